//! Which keys there are, and that scripts touch no others.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};

use modqueue::domain::{Standing, State, Timestamp};
use modqueue::queue::redis::{RedisOptions, RedisQueue};
use modqueue::queue::{Admission, ModelChange, Order, Queue, Teaching};

use super::{SECOND, connect, options, run_raw, stored, worker};
use crate::support::redis_server::RedisServer;
use crate::support::samples::*;

/// Uses every method of the trait once, with names that try to break out of a key.
async fn use_everything(queue: &RedisQueue) {
    let site = site("default");
    let (hostile, now) = ("}{other}:*", Timestamp(i64::MAX / 2));
    let sent = |name: &str, state| Admission {
        state,
        fingerprints: vec![1, 2],
        charges: vec![charge(hostile, hostile, 5, HOUR), charge("short", hostile, 5, 20 * SECOND)],
        ..by(hostile, admission(name))
    };
    queue.recall(&site, probe("a")).await.expect("recall");
    for (name, state) in [("a", State::Pending), ("b", State::Approved), ("c", State::Pending)] {
        queue.admit(&site, sent(name, state)).await.expect("admit");
    }
    let charges = sent("a", State::Pending).charges;
    queue.quota(&site, &charges).await.expect("quota");
    let decision = Some(approve("e").decision);
    let brought = modqueue::queue::Import { decision, ..import("e", State::Approved) };
    queue.import(&site, 9, vec![brought, import("f", State::Pending)]).await.expect("import");
    queue.claim(&site, claim(hostile, hostile, &["a", "c"])).await.expect("claim");
    queue.renew(&site, hostile, &[], HOUR).await.expect("renew");
    queue.defer(&site, hostile, &id("a"), HOUR).await.expect("defer");
    queue.deferred(&site, hostile).await.expect("deferred");
    queue.release(&site, hostile, &[]).await.expect("release");
    queue.report(&site, report("b", hostile)).await.expect("report");
    queue.decide(&site, vec![approve("a"), reject("b")]).await.expect("decide");
    queue.undo(&site, undo("a")).await.expect("undo").expect("undone");
    queue.note(&site, note("a", hostile)).await.expect("note").expect("noted");
    queue.revise(&site, revision("c", "new")).await.expect("revise").expect("revised");
    queue.withdraw(&site, withdrawal("c")).await.expect("withdraw").expect("withdrawn");
    queue.get(&site, &ids(&["a"])).await.expect("get");
    queue.page(&site, &query(State::Pending, Order::NewestFirst)).await.expect("page");
    queue.history(&site, &id("a")).await.expect("history");
    queue.similar(&site, &id("a"), None, 10).await.expect("similar");
    queue.counts(&site).await.expect("counts");
    queue.feed(&site, 0, 10).await.expect("feed");
    let lessons = ["a", "b"].map(|name| (id(name), Some(b"lesson".to_vec()))).to_vec();
    let change = ModelChange::Added(b"change".to_vec());
    let teaching = Teaching { revision: 0, cursor: 0, learned_to: 1, change, lessons };
    assert!(queue.teach(&site, teaching.clone()).await.expect("teach"));
    let change = ModelChange::Whole(b"whole".to_vec());
    assert!(
        queue.teach(&site, Teaching { revision: 1, cursor: 1, change, ..teaching }).await.expect("teach")
    );
    queue.lessons(&site, &ids(&["a"])).await.expect("lessons");
    queue.model(&site, Some(0)).await.expect("model");
    queue.save_policy(&site, 0, policy(hostile)).await.expect("save_policy");
    queue.policy(&site).await.expect("policy");
    queue.policy_revisions(&site, 9, 9).await.expect("policy_revisions");
    queue.set_standing(&site, hostile, Standing::Watched).await.expect("set_standing");
    queue.author(&site, hostile).await.expect("author");
    queue.author_comments(&site, &written_by(hostile, Order::NewestFirst)).await.expect("author_comments");
    queue.erase_author(&site, "ann").await.expect("erase_author");
    queue.check().await.expect("check");
    queue.sweep(&site, Timestamp(0), Timestamp(0)).await.expect("sweep");
    queue.sweep(&site, now, now).await.expect("sweep");
    queue.admit(&site, sent("d", State::Rejected)).await.expect("admit");
}

#[test]
fn every_key_of_a_site_lies_in_the_sites_slot() {
    let server = RedisServer::start();
    worker(use_everything_on(&server, "mq"));
    let keys: BTreeSet<String> = run_raw(&server, &["KEYS", "*"]);
    assert!(keys.len() > 10, "{keys:?}");
    for key in &keys {
        assert!(key.starts_with("mq:{default}:"), "{key}");
    }
}

async fn use_everything_on(server: &RedisServer, key_prefix: &str) {
    let options = RedisOptions { key_prefix: key_prefix.into(), ..options(server) };
    use_everything(&RedisQueue::connect(options).await.expect("redis-server answers")).await;
}

#[test]
fn every_key_that_a_script_touches_is_declared() {
    let server = RedisServer::start();
    let watched = watch(&server);
    worker(use_everything_on(&server, "mq"));
    run_raw::<()>(&server, &["ECHO", WATCHED_ENOUGH]);
    let (mut declared, mut touched) = (BTreeSet::new(), 0);
    for line in watched.join().expect("the watcher ends") {
        let keys: BTreeSet<&str> = line.split('"').filter(|word| word.starts_with("mq:")).collect();
        if line.contains(" lua] ") {
            assert!(keys.iter().all(|key| declared.contains(*key)), "undeclared in {line}");
            touched += keys.len();
        } else if line.contains("\"EVALSHA\"") {
            declared = keys.into_iter().map(str::to_owned).collect();
        }
    }
    assert!(touched > 100, "{touched} keys were seen in scripts");
}

const WATCHED_ENOUGH: &str = "watched enough";

/// The lines of MONITOR, from now until it shows [`WATCHED_ENOUGH`].
fn watch(server: &RedisServer) -> std::thread::JoinHandle<Vec<String>> {
    let address = server.url().trim_start_matches("redis://").to_owned();
    let mut stream = std::net::TcpStream::connect(address).expect("redis-server answers");
    stream.write_all(b"MONITOR\r\n").expect("it takes the command");
    let mut lines = BufReader::new(stream).lines().map(|line| line.expect("a line"));
    assert_eq!(lines.next().as_deref(), Some("+OK"));
    std::thread::spawn(move || lines.take_while(|line| !line.contains(WATCHED_ENOUGH)).collect())
}

#[test]
fn a_node_of_a_cluster_runs_every_script() {
    let server = RedisServer::start_with(&["--cluster-enabled", "yes"]);
    let slots: Vec<String> = (0..16384).map(|slot| slot.to_string()).collect();
    let words: Vec<&str> =
        ["CLUSTER", "ADDSLOTS"].into_iter().chain(slots.iter().map(String::as_str)).collect();
    run_raw::<()>(&server, &words);
    while !run_raw::<String>(&server, &["CLUSTER", "INFO"]).contains("cluster_state:ok") {
        std::thread::yield_now();
    }
    worker(use_everything_on(&server, "mq"));
}

#[test]
fn a_swept_comment_leaves_no_key_and_no_trace_among_the_repeats() {
    let server = RedisServer::start();
    worker(async {
        let queue = connect(&server).await;
        let site = site("default");
        for name in ["gone-a", "gone-b", "gone-c"] {
            let fingerprints = vec![if name == "gone-c" { 8 } else { 7 }];
            stored(&queue, Admission { fingerprints, ..published(name) }).await;
            queue.report(&site, report(name, "rae")).await.expect("report answers");
        }
        let rulings = vec![approve("gone-a"), reject("gone-b"), reject("gone-c")];
        queue.decide(&site, rulings).await.expect("decide answers");
        let swept = queue.sweep(&site, Timestamp(i64::MAX / 2), Timestamp(i64::MAX / 2)).await;
        assert_eq!(swept.expect("sweep answers").comments, 3);
    });
    let keys: Vec<String> = run_raw(&server, &["KEYS", "*"]);
    let (seen, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| key.contains(":seen:"));
    assert_eq!(
        BTreeSet::from_iter(others),
        ["a:ann", "feed", "meta"].map(|name| format!("mq:{{default}}:{name}")).into()
    );
    for key in seen {
        let values: Vec<Vec<u8>> = run_raw(&server, &["HVALS", &key]);
        let told: Vec<_> = values.iter().map(|value| String::from_utf8_lossy(value)).collect();
        assert!(!told.iter().any(|value| value.contains("gone")), "{told:?}");
    }
}

#[test]
fn comments_older_than_the_index_of_authors_are_found() {
    let server = RedisServer::start();
    worker(async {
        let queue = connect(&server).await;
        let site = site("default");
        let written = async || {
            let page = queue.author_comments(&site, &written_by("ann", Order::OldestFirst)).await;
            page.expect("author_comments").comments.len()
        };
        for name in ["a", "b", "c"] {
            queue.admit(&site, admission(name)).await.expect("admit");
        }
        assert_eq!(written().await, 3);
        let shelves: BTreeSet<String> = run_raw(&server, &["KEYS", "*:by:*"]);
        assert_eq!(shelves.len(), 1);
        for shelf in &shelves {
            run_raw::<()>(&server, &["DEL", shelf]);
        }
        assert_eq!(written().await, 0);
        let meta: BTreeSet<String> = run_raw(&server, &["KEYS", "*:meta"]);
        run_raw::<()>(&server, &["HDEL", meta.first().expect("the site's"), "indexed"]);
        assert_eq!(written().await, 3);
    });
}
