//! What the contract cannot see of the Redis store: trips, keys, connections that break, settings that lose data.

mod keys;
mod trouble;

use std::time::Duration;

use futures_util::future::join_all;
use modqueue::domain::{Clock, ManualClock};
use modqueue::queue::redis::{RedisOptions, RedisQueue};
use modqueue::queue::{Admission, Admitted, Queue, QueueError};

use crate::support::redis_server::RedisServer;
use crate::support::samples::*;

const SECOND: Duration = Duration::from_secs(1);

/// A runtime as a worker has it: one thread.
fn worker<T>(case: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(case)
}

fn options(server: &RedisServer) -> RedisOptions {
    RedisOptions { answer_timeout: Duration::from_secs(5), ..RedisOptions::new(&server.url()) }
}

async fn connect(server: &RedisServer) -> RedisQueue {
    RedisQueue::connect(options(server)).await.expect("redis-server answers")
}

/// A connection of the test's own, past the store.
fn raw(server: &RedisServer) -> redis::Connection {
    let client = redis::Client::open(server.url()).expect("a well-formed URL");
    client.get_connection().expect("redis-server answers")
}

fn run_raw<T: redis::FromRedisValue>(server: &RedisServer, words: &[&str]) -> T {
    let mut command = redis::cmd(words[0]);
    command.arg(&words[1..]).query(&mut raw(server)).expect("the command runs")
}

/// How often the server was called by a command's name.
fn calls(server: &RedisServer, command: &str) -> u64 {
    let info: String = run_raw(server, &["INFO", "commandstats"]);
    let line = info.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.and_then(|line| line.split(',').next()).map_or(0, |calls| calls.parse().expect("a number"))
}

async fn stored(queue: &RedisQueue, admission: Admission) {
    match queue.admit(&site("default"), admission).await.expect("admit answers") {
        Admitted::Stored { .. } => {}
        other => panic!("not stored: {other:?}"),
    }
}

fn is_unavailable<T>(result: &Result<T, QueueError>) -> bool {
    matches!(result, Err(QueueError::Unavailable { .. }))
}

#[test]
fn admissions_that_wait_together_go_in_one_call() {
    let server = RedisServer::start();
    worker(async {
        let queue = connect(&server).await;
        stored(&queue, admission("first")).await;
        let before = calls(&server, "evalsha");
        let names: Vec<String> = (0..100).map(|index| format!("c{index}")).collect();
        join_all(names.iter().map(|name| stored(&queue, admission(name)))).await;
        assert_eq!(calls(&server, "evalsha") - before, 1);
        assert_eq!(queue.counts(&site("default")).await.expect("counts answers").pending, 101);
    });
}

#[test]
fn recalls_that_wait_together_go_in_one_trip() {
    let server = RedisServer::start();
    worker(async {
        let queue = connect(&server).await;
        let before = calls(&server, "mget");
        let names: Vec<String> = (0..100).map(|index| format!("c{index}")).collect();
        let site = site("default");
        let recalls = join_all(names.iter().map(|name| queue.recall(&site, probe(name)))).await;
        assert!(recalls.iter().all(|recalled| !recalled.as_ref().expect("recall answers").known));
        assert_eq!(calls(&server, "mget") - before, 1);
    });
}

#[test]
fn scripts_that_the_server_forgot_are_loaded_again() {
    let server = RedisServer::start();
    worker(async {
        let queue = connect(&server).await;
        stored(&queue, admission("a")).await;
        run_raw::<()>(&server, &["SCRIPT", "FLUSH"]);
        stored(&queue, admission("b")).await;
        let outcomes = queue.decide(&site("default"), vec![approve("a"), approve("b")]).await;
        assert!(outcomes.expect("decide answers").iter().all(Result::is_ok));
    });
}

#[test]
fn a_short_limit_is_counted_exactly_across_its_windows() {
    let server = RedisServer::start();
    worker(async {
        let clock = ManualClock::default();
        let options = RedisOptions { clock: clock.clone(), ..options(&server) };
        let queue = RedisQueue::connect(options).await.expect("redis-server answers");
        let limit = charge("author", "ann", 3, 10 * SECOND);
        let (mut passed, mut arrival) = (0, None);
        for step in 0..80 {
            clock.advance(Duration::from_millis(6180));
            let sent = Admission { charges: vec![limit.clone()], ..admission(&format!("c{step}")) };
            let before = micros(&clock);
            let is_stored = matches!(queue.admit(&site("default"), sent).await, Ok(Admitted::Stored { .. }));
            let after = micros(&clock);
            let expected = (limit.quota.admit(arrival, before), limit.quota.admit(arrival, after));
            match expected {
                (Ok(next), Ok(_)) => assert!(is_stored, "step {step}: {next}"),
                (Err(wait), Err(_)) => assert!(!is_stored, "step {step}: {wait}"),
                _ => {}
            }
            if is_stored {
                passed += 1;
                arrival = Some(arrival.unwrap_or(before).max(before) + limit.quota.emission_micros());
            }
        }
        assert!((50..=52).contains(&passed), "one in ten seconds and the burst make 52, not {passed}");
    });
}

fn micros(clock: &ManualClock) -> i64 {
    clock.now().0 * 1000
}
