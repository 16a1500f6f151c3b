//! Limits over time, clocks that jump, and quotas that nobody means.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use modqueue::domain::{Clock, ManualClock, Timestamp};
use modqueue::limit::{Charge, LimitMode, Quota};
use modqueue::policy::Policy;
use modqueue::queue::embedded::EmbeddedQueue;
use modqueue::queue::{Admission, Admitted, Queue};

use crate::support::backend::{connect, contract, runtime};
use crate::support::redis_server::RedisServer;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_jump_of_ten_years_opens_what_was_shut_and_breaks_nothing,
    the_largest_and_the_smallest_quota_count_exactly,
];

const TEN_YEARS: Duration = Duration::from_secs(3650 * 24 * 60 * 60);

fn charged(name: &str, charges: Vec<Charge>) -> Admission {
    Admission { charges, ..admission(name) }
}

async fn wait(queue: &dyn Queue, name: &str, limit: &Charge) -> Option<Duration> {
    match queue.admit(&site("default"), charged(name, vec![limit.clone()])).await.expect("admit answers") {
        Admitted::Stored { .. } => None,
        Admitted::Limited { retry_after, .. } => Some(retry_after),
        other => panic!("neither stored nor limited: {other:?}"),
    }
}

async fn a_jump_of_ten_years_opens_what_was_shut_and_breaks_nothing(store: Store) {
    let (short, long) = (charge("short", "ann", 1, MINUTE), charge("long", "ann", 1, DAY));
    let both = |name: &str| charged(name, vec![short.clone(), long.clone()]);
    store.stored(both("a")).await;
    assert!(matches!(store.admit(both("b")).await, Admitted::Limited { index: 1, .. }));
    store.advance(TEN_YEARS);
    store.stored(both("c")).await;
    let Admitted::Limited { retry_after, .. } = store.admit(both("d")).await else { panic!("not limited") };
    assert!(retry_after <= DAY, "{retry_after:?}");
}

async fn the_largest_and_the_smallest_quota_count_exactly(store: Store) {
    let quota = |count, period, burst| Quota::new(count, period, burst).expect("within the bounds");
    let limit = |name: &str, quota| Charge {
        limit: name.into(),
        key: "site".into(),
        quota,
        mode: LimitMode::Enforce,
    };
    let dense = limit("dense", quota(1_000_000, Duration::from_secs(1), u32::MAX));
    let sparse = limit("sparse", quota(1, 30 * DAY, 1));
    let slow_burst = limit("slow burst", quota(1, 30 * DAY, 12));
    for name in ["a", "b", "c"] {
        store.stored(charged(name, vec![dense.clone(), slow_burst.clone()])).await;
    }
    store.stored(charged("d", vec![sparse.clone()])).await;
    let Admitted::Limited { retry_after, .. } = store.admit(charged("e", vec![sparse])).await else {
        panic!("the month is not over")
    };
    assert!(retry_after > 29 * DAY && retry_after <= 30 * DAY, "{retry_after:?}");
    let left = store.queue.quota(&store.site, &[dense, slow_burst]).await.expect("quota answers");
    assert_eq!(left[1].remaining, 9);
    assert!(left[0].remaining >= u32::MAX - 3, "{:?}", left[0]);
}

/// Redis' own clock, set back: a server whose offset is what the jump was.
#[test]
fn a_clock_that_jumps_back_lets_nothing_more_pass_on_redis() {
    let server = RedisServer::start();
    runtime().block_on(async {
        let ahead = ManualClock::default();
        let limit = charge("author", "ann", 2, HOUR);
        let queue = connect(&server.url(), "mq", &ahead).await;
        ahead.advance(DAY);
        assert_eq!(wait(&queue, "a", &limit).await, None);
        let back = connect(&server.url(), "mq", &ManualClock::default()).await;
        assert_eq!(wait(&back, "b", &limit).await, None, "what is left of the burst passes");
        for name in ["c", "d"] {
            let told = wait(&back, name, &limit).await.expect("the burst is used up");
            assert!(told <= HOUR, "and nobody waits for the jump as well: {told:?}");
        }
        assert!(wait(&queue, "e", &limit).await.is_some(), "both servers agree");
        ahead.advance(HOUR);
        assert_eq!(wait(&queue, "f", &limit).await, None);
    });
}

/// A clock that a test sets, forward and back.
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[test]
fn a_clock_that_jumps_back_lets_nothing_more_pass_on_the_embedded_store() {
    runtime().block_on(async {
        let directory = tempfile::TempDir::new().expect("a directory");
        let clock = Arc::new(SetClock(AtomicI64::new(1_900_000_000_000)));
        let set = |queue_clock: &SetClock, by: i64| queue_clock.0.fetch_add(by, Ordering::SeqCst);
        let queue = EmbeddedQueue::open(&directory.path().join("queue.redb"), Arc::clone(&clock) as _)
            .expect("it opens");
        let limit = charge("author", "ann", 2, HOUR);
        let day = DAY.as_millis() as i64;
        assert_eq!(wait(&queue, "a", &limit).await, None);
        set(&clock, -day);
        assert_eq!(wait(&queue, "b", &limit).await, None, "what is left of the burst passes");
        for name in ["c", "d"] {
            let told = wait(&queue, name, &limit).await.expect("the burst is used up");
            assert!(told <= HOUR, "and nobody waits for the jump as well: {told:?}");
        }
        set(&clock, day + HOUR.as_millis() as i64);
        assert_eq!(wait(&queue, "e", &limit).await, None);
    });
}

/// Long limits have keys of their own, short ones share two; both go when nothing in them counts any more.
#[test]
fn every_limit_key_in_redis_ends_with_its_window() {
    let server = RedisServer::start();
    runtime().block_on(async {
        let queue = connect(&server.url(), "mq", &ManualClock::default()).await;
        let names = |start: &str| {
            let client = ::redis::Client::open(server.url()).expect("a well-formed URL");
            let mut connection = client.get_connection().expect("redis-server answers");
            let keys: BTreeSet<String> = ::redis::cmd("KEYS")
                .arg(format!("mq:{{default}}:{start}*"))
                .query(&mut connection)
                .expect("keys");
            let left =
                |key: &String| ::redis::cmd("PTTL").arg(key).query::<i64>(&mut connection).expect("a time");
            keys.iter().map(left).collect::<Vec<_>>()
        };
        for index in 0..300 {
            let key = format!("address=198.51.100.{index}");
            let charges = vec![charge("long", &key, 3, HOUR), charge("short", &key, 1, MINUTE)];
            let sent = charged(&format!("c{index}"), charges);
            assert!(matches!(queue.admit(&site("default"), sent).await, Ok(Admitted::Stored { .. })));
        }
        let (long, short) = (names("l:"), names("limits:"));
        assert_eq!(long.len(), 300);
        let hour = HOUR.as_millis() as i64;
        assert!(long.iter().all(|left| (1..=hour).contains(left)), "{long:?}");
        let longest = 3 * 5 * MINUTE.as_millis() as i64;
        assert!(!short.is_empty() && short.iter().all(|left| (1..=longest).contains(left)), "{short:?}");
        // A key that counts for a second more is gone in a second.
        let soon = charge("soon", "address=192.0.2.1", 301, Duration::from_secs(1));
        assert!(matches!(
            queue.admit(&site("default"), charged("soon", vec![soon])).await,
            Ok(Admitted::Stored { .. })
        ));
        assert_eq!(names("l:").len(), 301);
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while names("l:").len() > 300 {
            assert!(std::time::Instant::now() < until, "the key stays");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
}

/// What a limit says, and what is said of it.
const ABSURD: [(&str, &str); 11] = [
    ("quota = 0\nper = '1m'", "quota"),
    ("quota = -3\nper = '1m'", "quota"),
    ("quota = 1.5\nper = '1m'", "quota"),
    ("quota = 4294967296\nper = '1m'", "quota"),
    ("quota = '10'\nper = '1m'", "quota"),
    ("quota = 4294967295\nper = '1s'", "more than a million a second"),
    ("quota = 10\nper = '0s'", "from 1 second to 30 days"),
    ("quota = 10\nper = '31d'", "from 1 second to 30 days"),
    ("quota = 10\nper = 'soon'", "per"),
    ("quota = 10\nper = '1m'\nburst = 0", "burst"),
    ("quota = 1\nper = '30d'\nburst = 4294967295", "more than a year"),
];

#[test]
fn absurd_quotas_are_refused_at_their_line_with_a_remedy() {
    for (limit, said) in ABSURD {
        let source = format!("mode = 'pre'\n\n[[limits]]\nname = 'absurd'\nkey = ['author']\n{limit}\n");
        let mistakes = Policy::compile(&source, 1).err().unwrap_or_else(|| panic!("accepted: {limit}"));
        assert_eq!(mistakes.len(), 1, "{limit}: {mistakes:?}");
        let mistake = &mistakes[0];
        assert!((6..=8).contains(&mistake.line), "{limit}: {mistake:?}");
        assert!(mistake.message.contains(said) || mistake.field.ends_with(said), "{limit}: {mistake:?}");
    }
    let all: String = ABSURD
        .iter()
        .enumerate()
        .map(|(index, (limit, _))| {
            format!("[[limits]]\nname = 'absurd {index}'\nkey = ['author']\n{limit}\n")
        })
        .collect();
    assert_eq!(Policy::compile(&all, 1).err().expect("refused").len(), ABSURD.len(), "all are told at once");
}
