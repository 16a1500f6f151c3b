//! Servers that die, freeze, fill up, forget their role, or hold what cannot be read.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use modqueue::domain::State;
use modqueue::queue::redis::{Durability, RedisOptions, RedisQueue, RedisTls};
use modqueue::queue::{Admission, Admitted, Order, Queue, QueueError};
use tempfile::TempDir;

use super::{connect, is_unavailable, options, raw, run_raw, stored, worker};
use crate::support::authority::Authority;
use crate::support::redis_server::{RedisServer, free_port};
use crate::support::samples::*;

#[test]
fn a_server_that_was_killed_and_came_back_is_used_again_and_has_everything() {
    let mut server = RedisServer::start_with(&["--appendonly", "yes", "--appendfsync", "always"]);
    worker(async {
        let queue = connect(&server).await;
        stored(&queue, admission("a")).await;
        server.kill_hard();
        server.restart();
        stored(&queue, admission("b")).await;
        let found = queue.get(&site("default"), &ids(&["a", "b"])).await.expect("get answers");
        assert!(found.iter().all(Option::is_some));
    });
}

#[test]
fn while_the_server_is_down_every_call_ends_as_unavailable_in_time() {
    let mut server = RedisServer::start();
    worker(async {
        let timeout = Duration::from_millis(300);
        let quick = RedisOptions { answer_timeout: timeout, ..options(&server) };
        let queue = RedisQueue::connect(quick.clone()).await.expect("redis-server answers");
        stored(&queue, admission("a")).await;
        server.kill_hard();
        let began = Instant::now();
        let site = site("default");
        assert!(is_unavailable(&queue.admit(&site, admission("b")).await));
        assert!(is_unavailable(&queue.recall(&site, probe("b")).await));
        assert!(is_unavailable(&queue.decide(&site, vec![approve("a")]).await));
        assert!(is_unavailable(&queue.check().await));
        let later = RedisQueue::connect(quick).await.expect("a server that is away is no error yet");
        assert!(is_unavailable(&later.check().await));
        assert!(began.elapsed() < Duration::from_secs(2) * 5, "five calls took {:?}", began.elapsed());
        server.restart();
        stored(&queue, admission("b")).await;
        stored(&later, admission("c")).await;
    });
}

#[test]
fn a_frozen_server_is_unavailable_in_time_and_goes_on_when_it_thaws() {
    let server = RedisServer::start();
    worker(async {
        let quick = RedisOptions { answer_timeout: Duration::from_millis(300), ..options(&server) };
        let queue = RedisQueue::connect(quick).await.expect("redis-server answers");
        let site = site("default");
        server.freeze();
        let began = Instant::now();
        let waiting = join_all((0..20).map(|index| queue.admit(&site, admission(&format!("c{index}")))));
        assert!(waiting.await.iter().all(is_unavailable));
        assert!(is_unavailable(&queue.counts(&site).await));
        assert!(began.elapsed() < Duration::from_secs(4), "two rounds took {:?}", began.elapsed());
        server.thaw();
        let answer = queue.admit(&site, admission("c0")).await.expect("admit answers");
        assert!(matches!(answer, Admitted::Stored { .. } | Admitted::Replayed(_)), "{answer:?}");
    });
}

#[test]
fn a_server_that_lost_its_primary_role_is_unavailable_until_it_has_it_again() {
    let server = RedisServer::start();
    worker(async {
        let quick = RedisOptions { answer_timeout: Duration::from_millis(300), ..options(&server) };
        let queue = RedisQueue::connect(quick).await.expect("redis-server answers");
        stored(&queue, admission("a")).await;
        run_raw::<()>(&server, &["REPLICAOF", "127.0.0.1", "1"]);
        let refused = queue.admit(&site("default"), admission("b")).await;
        assert!(is_unavailable(&refused), "{refused:?}");
        run_raw::<()>(&server, &["REPLICAOF", "NO", "ONE"]);
        stored(&queue, admission("b")).await;
    });
}

#[test]
fn a_full_memory_is_told_and_changes_nothing_until_there_is_room() {
    let server = RedisServer::start();
    worker(async {
        let queue = connect(&server).await;
        stored(&queue, admission("a")).await;
        run_raw::<()>(&server, &["CONFIG", "SET", "maxmemory", "1"]);
        let site = site("default");
        let limit = charge("author", "ann", 5, HOUR);
        let sent = Admission { charges: vec![limit.clone()], fingerprints: vec![7], ..published("b") };
        let full = queue.admit(&site, sent).await;
        assert!(is_unavailable(&full), "{full:?}");
        let full = queue.decide(&site, vec![approve("a")]).await;
        assert!(is_unavailable(&full), "{full:?}");
        run_raw::<()>(&server, &["CONFIG", "SET", "maxmemory", "0"]);
        assert_eq!(queue.get(&site, &ids(&["b"])).await.expect("get answers"), [None]);
        assert_eq!(queue.quota(&site, &[limit]).await.expect("quota answers")[0].remaining, 5);
        assert_eq!(queue.feed(&site, 0, 10).await.expect("feed answers").newest, 0);
        let found = queue.get(&site, &ids(&["a"])).await.expect("get answers").pop().flatten();
        assert_eq!(found.expect("it is there").state, State::Pending);
        stored(&queue, admission("b")).await;
    });
}

#[test]
fn a_write_that_must_reach_a_replica_is_unavailable_without_one() {
    let server = RedisServer::start_with(&["--appendonly", "yes"]);
    let on_replicas = RedisOptions { durability: Durability::Replicas, ..options(&server) };
    worker(async {
        let quick = RedisOptions { answer_timeout: Duration::from_millis(1500), ..on_replicas.clone() };
        let queue = RedisQueue::connect(quick).await.expect("redis-server answers");
        let site = site("default");
        let alone = queue.admit(&site, admission("a")).await;
        assert!(is_unavailable(&alone), "{alone:?}");
        assert!(queue.counts(&site).await.is_ok(), "what only reads needs no replica");
        let port = server.url().rsplit(':').next().expect("a port").to_owned();
        let _replica = RedisServer::start_with(&["--replicaof", "127.0.0.1", &port]);
        let queue =
            RedisQueue::connect(RedisOptions { answer_timeout: Duration::from_secs(20), ..on_replicas })
                .await
                .expect("redis-server answers");
        let answer = loop {
            match queue.admit(&site, admission("a")).await {
                Err(QueueError::Unavailable { .. }) => continue,
                answer => break answer.expect("admit answers"),
            }
        };
        assert!(matches!(answer, Admitted::Replayed(_)), "the first attempt was stored: {answer:?}");
    });
}

#[test]
fn a_write_that_must_reach_the_disk_is_unavailable_or_warned_of_while_redis_keeps_no_log() {
    let server = RedisServer::start();
    let on_disk = RedisOptions { durability: Durability::Disk, ..options(&server) };
    worker(async {
        let queue = RedisQueue::connect(on_disk).await.expect("redis-server answers");
        let unlogged = queue.admit(&site("default"), admission("a")).await;
        let warnings = queue.check().await.expect("check answers").warnings;
        assert!(warnings.iter().any(|warning| warning.contains("appendonly yes")), "{warnings:?}");
        assert!(
            is_unavailable(&unlogged) || unlogged.is_ok(),
            "it was done, so it has not failed: {unlogged:?}"
        );
        run_raw::<()>(&server, &["CONFIG", "SET", "appendonly", "yes"]);
        run_raw::<()>(&server, &["CONFIG", "SET", "appendfsync", "always"]);
        let logged = queue.admit(&site("default"), admission("a")).await;
        assert!(matches!(logged, Ok(Admitted::Replayed(_))), "the first attempt was stored: {logged:?}");
    });
}

#[test]
fn a_write_that_is_repeated_over_a_new_connection_still_waits_for_the_replica() {
    let server = RedisServer::start_with(&["--appendonly", "yes"]);
    let port = server.url().rsplit(':').next().expect("a port").to_owned();
    let replica = RedisServer::start_with(&["--replicaof", "127.0.0.1", &port]);
    let connect = async |answer_timeout| {
        let on_replicas =
            RedisOptions { durability: Durability::Replicas, answer_timeout, ..options(&server) };
        RedisQueue::connect(on_replicas).await.expect("redis-server answers")
    };
    worker(async {
        let patient = connect(Duration::from_secs(20)).await;
        while patient.admit(&site("default"), admission("a")).await.is_err() {}
        replica.freeze();
        for attempt in ["first", "again, over another connection"] {
            let answer =
                connect(Duration::from_millis(1500)).await.admit(&site("default"), admission("b")).await;
            assert!(is_unavailable(&answer), "{attempt}: {answer:?}");
        }
        replica.thaw();
        let answer = connect(Duration::from_secs(20)).await.admit(&site("default"), admission("b")).await;
        assert!(matches!(answer, Ok(Admitted::Replayed(_))), "the first attempt was stored: {answer:?}");
    });
}

#[test]
fn settings_that_lose_data_are_told_with_their_remedy() {
    let server = RedisServer::start();
    let told = |durability| {
        let options = RedisOptions { durability, ..options(&server) };
        worker(async {
            RedisQueue::connect(options).await.expect("connects").check().await.expect("check answers")
        })
    };
    let health = told(Durability::Fast);
    assert!(health.engine.starts_with("redis ") || health.engine.starts_with("valkey "), "{}", health.engine);
    assert!(health.warnings.iter().any(|warning| warning.contains("appendonly yes")), "{health:?}");
    run_raw::<()>(&server, &["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let health = told(Durability::Fast);
    assert!(health.warnings.iter().any(|warning| warning.contains("noeviction")), "{health:?}");
    run_raw::<()>(&server, &["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    run_raw::<()>(&server, &["CONFIG", "SET", "appendonly", "yes"]);
    run_raw::<()>(&server, &["CONFIG", "SET", "appendfsync", "always"]);
    assert_eq!(told(Durability::Disk).warnings, Vec::<String>::new());
}

#[test]
fn no_error_tells_the_password() {
    let mut server = RedisServer::start();
    run_raw::<()>(&server, &["CONFIG", "SET", "requirepass", "s3cret-right"]);
    let with = |password: &str| {
        let url = server.url().replace("redis://", &format!("redis://:{password}@"));
        RedisOptions { url, answer_timeout: Duration::from_millis(500), ..options(&server) }
    };
    let (wrong, right) = (with("s3cret-wrong"), with("s3cret-right"));
    worker(async {
        let queue = RedisQueue::connect(wrong).await.expect("the URL is well-formed");
        let refused = queue.check().await.expect_err("a wrong password").to_string();
        assert!(refused.contains("password") && !refused.contains("s3cret"), "{refused}");
        let queue = RedisQueue::connect(right.clone()).await.expect("the right password");
        assert!(!format!("{right:?} {queue:?}").contains("s3cret"));
        server.kill_hard();
        let gone = queue.counts(&site("default")).await.expect_err("it is gone").to_string();
        assert!(gone.contains("127.0.0.1") && !gone.contains("s3cret"), "{gone}");
    });
}

#[test]
fn a_server_that_asks_for_a_password_meanwhile_is_unavailable_until_it_does_not() {
    let server = RedisServer::start();
    worker(async {
        let queue = connect(&server).await;
        stored(&queue, admission("a")).await;
        let mut own = raw(&server);
        let mut run = |words: &[&str]| redis::cmd(words[0]).arg(&words[1..]).exec(&mut own).expect("it runs");
        run(&["CONFIG", "SET", "requirepass", "s3cret"]);
        run(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        for _ in 0..2 {
            let refused = queue.admit(&site("default"), admission("b")).await;
            assert!(is_unavailable(&refused), "{refused:?}");
            let refused = queue.counts(&site("default")).await;
            assert!(is_unavailable(&refused), "{refused:?}");
        }
        run(&["CONFIG", "SET", "requirepass", ""]);
        stored(&queue, admission("b")).await;
    });
}

#[test]
fn a_server_of_ones_own_authority_is_trusted_and_shown_a_certificate() {
    let directory = TempDir::new().expect("a directory");
    let authority = Authority::new(directory.path(), "redis");
    let (its, own) = (authority.issue("redis", &["localhost"]), authority.issue("own", &["modqueue"]));
    let (port, file) = (free_port().to_string(), |path: &Path| path.display().to_string());
    let _server = RedisServer::start_with(&[
        "--tls-port",
        &port,
        "--tls-cert-file",
        &file(&its.certificate),
        "--tls-key-file",
        &file(&its.key),
        "--tls-ca-cert-file",
        &file(&authority.file()),
    ]);
    let read = |path: &Path| std::fs::read(path).expect("it can be read");
    let connect = |tls| {
        let patient = Duration::from_secs(5);
        let usual = RedisOptions::new(&format!("rediss://localhost:{port}"));
        RedisQueue::connect(RedisOptions { tls, answer_timeout: patient, ..usual })
    };
    let authorities = Some(read(&authority.file()));
    let identity = Some((read(&own.certificate), read(&own.key)));
    worker(async {
        let stranger =
            connect(RedisTls { authorities: authorities.clone(), identity: None }).await.expect("PEM");
        assert!(is_unavailable(&stranger.counts(&site("default")).await), "it shows no certificate");
        let doubtful =
            connect(RedisTls { authorities: None, identity: identity.clone() }).await.expect("PEM");
        assert!(
            is_unavailable(&doubtful.counts(&site("default")).await),
            "it trusts the public authorities alone"
        );
        stored(&connect(RedisTls { authorities, identity }).await.expect("PEM"), admission("a")).await;
    });
}

#[test]
fn a_user_without_dangerous_commands_is_enough_and_one_without_the_keys_is_told() {
    let server = RedisServer::start();
    let user = "ACL SETUSER portal on >pw ~mq:* +@all -@dangerous";
    run_raw::<()>(&server, &user.split(' ').collect::<Vec<_>>());
    let url = server.url().replace("redis://", "redis://portal:pw@");
    worker(async {
        let queue =
            RedisQueue::connect(RedisOptions { url, ..options(&server) }).await.expect("it may connect");
        stored(&queue, admission("a")).await;
        let engine = queue.check().await.expect("check answers").engine;
        // Redis 6.0 does not answer to a greeting that asks for no protocol.
        let is_silent = run_raw::<String>(&server, &["INFO", "server"]).contains("redis_version:6.0.");
        let is_known = engine.ends_with(|last: char| last.is_ascii_digit());
        assert!(is_known || is_silent, "its version is known: {engine}");
        run_raw::<()>(&server, &["ACL", "SETUSER", "portal", "resetkeys", "~others:*"]);
        let refused = queue.admit(&site("default"), admission("b")).await.expect_err("no key is allowed");
        assert!(refused.to_string().contains("ACL"), "{refused}");
    });
}

#[test]
fn a_comment_that_cannot_be_read_does_not_block_the_others() {
    let server = RedisServer::start();
    worker(async {
        let queue = connect(&server).await;
        for name in ["a", "b", "c"] {
            stored(&queue, admission(name)).await;
        }
        run_raw::<()>(&server, &["SETRANGE", "mq:{default}:c:b", "40", "no record at all"]);
        run_raw::<()>(&server, &["SETRANGE", "mq:{default}:c:c", "0", "\u{9}"]);
        let site = site("default");
        for name in ["b", "c"] {
            let unreadable = queue.get(&site, &ids(&[name])).await;
            assert!(matches!(unreadable, Err(QueueError::Damaged { .. })), "{unreadable:?}");
            let undecided = queue.decide(&site, vec![approve("a"), approve(name)]).await;
            assert!(matches!(undecided, Err(QueueError::Damaged { .. })), "{undecided:?}");
        }
        for _ in 0..2 {
            let page = queue.page(&site, &query(State::Pending, Order::Risk)).await.expect("page answers");
            assert_eq!(page.comments.into_iter().map(|comment| comment.id).collect::<Vec<_>>(), ids(&["a"]));
        }
        assert_eq!(queue.counts(&site).await.expect("counts answers").pending, 1);
        let kept: String = run_raw(&server, &["GETRANGE", "mq:{default}:c:b", "40", "55"]);
        assert_eq!(kept, "no record at all");
    });
}
