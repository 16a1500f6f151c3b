//! Limits are exact, charged all or none, and only by what was stored.

use std::time::Duration;

use futures_util::future::join_all;
use modqueue::domain::{AuthorRecord, CommentId, State};
use modqueue::limit::{Charge, LimitMode, Quota, QuotaLeft};
use modqueue::queue::{Admission, Admitted, Grounds};

use crate::support::backend::{Backend, contract, run};
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_burst_passes_and_the_next_is_told_when_to_come_back,
    coming_back_when_told_is_enough,
    a_refusal_charges_nothing_and_does_not_extend_the_wait,
    a_refusal_by_one_limit_charges_no_other,
    the_limit_that_opens_last_is_named,
    a_replay_and_a_taken_id_charge_nothing,
    what_the_policy_decides_at_once_is_charged_as_well,
    limits_of_different_names_on_one_key_are_counted_apart,
    asking_what_is_left_spends_nothing_and_keeps_the_order,
    a_shadow_limit_lets_pass_and_says_so,
    a_shadow_limit_that_is_exceeded_is_not_charged,
    a_hold_limit_asks_for_a_stricter_verdict_and_changes_nothing,
    stale_grounds_come_with_the_hold_limits_that_are_exceeded,
    a_hold_limit_lets_a_verdict_pass_that_stands_whatever_changed,
    an_enforced_limit_refuses_what_a_hold_limit_would_hold,
    exactly_as_many_as_the_limit_says_pass_of_hundreds_at_once,
    a_limit_on_a_strange_key_is_a_limit_on_that_key_alone,
];

/// Not a case for the embedded store: it keeps limits in memory, and a restart forgets them.
#[test]
fn redis_counts_limits_on_after_opening_again() {
    run(Backend::Redis, |store: Store| async {
        let limit = charge("author", "ann", 1, HOUR);
        store.stored(charged("a", std::slice::from_ref(&limit))).await;
        let store = store.reopen().await;
        limited(&store, charged("b", &[limit])).await;
    });
}

/// As the application runs it: each worker has a runtime and a handle of its own.
#[test]
fn workers_on_runtimes_of_their_own_share_one_limit() {
    for backend in [Backend::Redis, Backend::Embedded, Backend::Reference] {
        run(backend, |store: Store| async move {
            let limit = charge("site", "all", 25, DAY);
            let passed: usize = std::thread::scope(|scope| {
                let (store, limit) = (&store, &limit);
                let work = |worker| scope.spawn(move || one_worker(store, worker, limit));
                let workers: Vec<_> = (0..4).map(work).collect();
                workers.into_iter().map(|worker| worker.join().expect("no panic")).sum()
            });
            assert_eq!(passed, 25, "{backend:?}");
        });
    }
}

/// Sends fifty comments at once; how many of them passed.
fn one_worker(store: &Store, worker: usize, limit: &Charge) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let handle = store.handle().await;
        let send = |index: usize| {
            let sent = charged(&format!("c{worker}-{index}"), std::slice::from_ref(limit));
            let (handle, site) = (handle.clone(), store.site.clone());
            async move { handle.admit(&site, sent).await.expect("admit answers") }
        };
        let answers = join_all((0..50).map(send)).await;
        answers.iter().filter(|answer| matches!(answer, Admitted::Stored { .. })).count()
    })
}

fn charged(name: &str, charges: &[Charge]) -> Admission {
    Admission { charges: charges.to_vec(), ..admission(name) }
}

fn in_mode(mode: LimitMode, charge: Charge) -> Charge {
    Charge { mode, ..charge }
}

/// Grounds that hold as long as nobody decides upon the author.
fn grounds() -> Option<Grounds> {
    Some(Grounds { author: AuthorRecord::default(), seen_below: Vec::new() })
}

async fn left(store: &Store, charge: &Charge) -> QuotaLeft {
    let left = store.queue.quota(&store.site, std::slice::from_ref(charge)).await.expect("quota answers");
    assert_eq!(left.len(), 1);
    left[0]
}

async fn remaining(store: &Store, charge: &Charge) -> u32 {
    left(store, charge).await.remaining
}

/// Which limit refused, and for how long.
async fn limited(store: &Store, admission: Admission) -> (usize, Duration) {
    match store.admit(admission).await {
        Admitted::Limited { index, retry_after } => (index, retry_after),
        other => panic!("not limited: {other:?}"),
    }
}

/// True when `span` is what is left of `whole` after the moments that a test takes.
fn is_almost(span: Duration, whole: Duration) -> bool {
    span <= whole && span + 5 * MINUTE > whole
}

async fn a_burst_passes_and_the_next_is_told_when_to_come_back(store: Store) {
    let limit = charge("author", "ann", 3, HOUR);
    store.stored_all(["a", "b", "c"].map(|name| charged(name, std::slice::from_ref(&limit)))).await;
    let (index, retry_after) = limited(&store, charged("d", &[limit])).await;
    assert_eq!(index, 0);
    assert!(is_almost(retry_after, HOUR), "{retry_after:?}");
    assert_eq!(store.find("d").await, None);
}

async fn coming_back_when_told_is_enough(store: Store) {
    let limit = charge("author", "ann", 1, HOUR);
    store.stored(charged("a", std::slice::from_ref(&limit))).await;
    let (_, retry_after) = limited(&store, charged("b", std::slice::from_ref(&limit))).await;
    store.advance(retry_after - MINUTE);
    let (_, retry_after) = limited(&store, charged("b", std::slice::from_ref(&limit))).await;
    store.advance(retry_after + Duration::from_millis(1));
    store.stored(charged("b", &[limit])).await;
}

async fn a_refusal_charges_nothing_and_does_not_extend_the_wait(store: Store) {
    let limit = charge("author", "ann", 2, HOUR);
    store.stored_all(["a", "b"].map(|name| charged(name, std::slice::from_ref(&limit)))).await;
    let before = left(&store, &limit).await;
    for attempt in 0..20 {
        let (_, retry_after) =
            limited(&store, charged(&format!("c{attempt}"), std::slice::from_ref(&limit))).await;
        assert!(retry_after <= HOUR, "attempt {attempt}: {retry_after:?}");
    }
    let after = left(&store, &limit).await;
    assert_eq!((before.remaining, after.remaining), (0, 0));
    assert!(after.full_after <= before.full_after, "{after:?}");
    store.advance(HOUR);
    store.stored(charged("c", &[limit])).await;
}

async fn a_refusal_by_one_limit_charges_no_other(store: Store) {
    let site = charge("site", "all", 5, HOUR);
    let author = charge("author", "ann", 1, HOUR);
    let address = charge("address", "192.0.2.7", 5, HOUR);
    let charges = [site.clone(), author, address.clone()];
    store.stored(charged("a", &charges)).await;
    for attempt in 0..3 {
        let (index, _) = limited(&store, charged(&format!("b{attempt}"), &charges)).await;
        assert_eq!(index, 1);
    }
    assert_eq!((remaining(&store, &site).await, remaining(&store, &address).await), (4, 4));
}

async fn the_limit_that_opens_last_is_named(store: Store) {
    let charges = [
        charge("author", "ann", 1, HOUR),
        charge("thread", "article-1", 1, 24 * HOUR),
        charge("address", "192.0.2.7", 1, 2 * HOUR),
        charge("site", "all", 10, HOUR),
    ];
    store.stored(charged("a", &charges)).await;
    let (index, retry_after) = limited(&store, charged("b", &charges)).await;
    assert_eq!(index, 1);
    assert!(is_almost(retry_after, 24 * HOUR), "{retry_after:?}");
}

async fn a_replay_and_a_taken_id_charge_nothing(store: Store) {
    let limit = charge("author", "ann", 1, HOUR);
    store.stored(charged("a", std::slice::from_ref(&limit))).await;
    let replayed = store.admit(charged("a", std::slice::from_ref(&limit))).await;
    assert!(matches!(replayed, Admitted::Replayed(_)), "an id is known before it is limited: {replayed:?}");
    let other = Admission { draft: draft("another text"), ..charged("a", std::slice::from_ref(&limit)) };
    let taken = store.admit(other).await;
    assert!(matches!(taken, Admitted::Taken), "{taken:?}");
    store.advance(HOUR);
    store.stored(charged("b", &[limit])).await;
}

async fn what_the_policy_decides_at_once_is_charged_as_well(store: Store) {
    let limit = charge("author", "ann", 5, HOUR);
    let charges = vec![limit.clone()];
    store.stored(Admission { charges: charges.clone(), ..published("a") }).await;
    store.stored(Admission { charges: charges.clone(), ..refused("b") }).await;
    store.stored(Admission { charges, ..admission("c") }).await;
    assert_eq!(remaining(&store, &limit).await, 2);
}

async fn limits_of_different_names_on_one_key_are_counted_apart(store: Store) {
    let slow = charge("author by the day", "ann", 3, DAY);
    let fast = charge("author by the minute", "ann", 2, MINUTE);
    store.stored(charged("a", std::slice::from_ref(&slow))).await;
    assert_eq!(remaining(&store, &fast).await, 2);
    store.stored(charged("b", &[slow.clone(), fast.clone()])).await;
    assert_eq!((remaining(&store, &slow).await, remaining(&store, &fast).await), (1, 1));
}

async fn asking_what_is_left_spends_nothing_and_keeps_the_order(store: Store) {
    let ann = charge("author", "ann", 3, HOUR);
    let bob = charge("author", "bob", 5, HOUR);
    store.stored(charged("a", std::slice::from_ref(&ann))).await;
    for _ in 0..5 {
        let asked = [bob.clone(), ann.clone(), bob.clone()];
        let left = store.queue.quota(&store.site, &asked).await.expect("quota answers");
        assert_eq!(left.iter().map(|left| left.remaining).collect::<Vec<_>>(), [5, 2, 5]);
        assert_eq!(left[0].full_after, Duration::ZERO);
        assert!(is_almost(left[1].full_after, HOUR), "{left:?}");
    }
    assert_eq!(store.queue.quota(&store.site, &[]).await.expect("quota answers"), []);
}

async fn a_shadow_limit_lets_pass_and_says_so(store: Store) {
    let shadow = in_mode(LimitMode::Shadow, charge("trial", "ann", 1, HOUR));
    let charges = [charge("author", "ann", 10, HOUR), shadow];
    for (name, expected) in [("a", vec![]), ("b", vec![1]), ("c", vec![1])] {
        match store.admit(charged(name, &charges)).await {
            Admitted::Stored { shadow_hits, .. } => assert_eq!(shadow_hits, expected, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(store.counts().await.pending, 3);
}

async fn a_shadow_limit_that_is_exceeded_is_not_charged(store: Store) {
    let shadow = in_mode(LimitMode::Shadow, charge("trial", "ann", 1, HOUR));
    store.stored_all(["a", "b", "c"].map(|name| charged(name, std::slice::from_ref(&shadow)))).await;
    let left = left(&store, &shadow).await;
    assert_eq!(left.remaining, 0);
    assert!(left.full_after <= HOUR, "{left:?}");
}

async fn a_hold_limit_asks_for_a_stricter_verdict_and_changes_nothing(store: Store) {
    let hold = in_mode(LimitMode::Hold, charge("calm", "ann", 1, HOUR));
    let author = charge("author", "ann", 10, HOUR);
    let charges = vec![author.clone(), hold.clone()];
    store.stored(Admission { charges: charges.clone(), grounds: grounds(), ..published("a") }).await;
    let second = Admission { charges, grounds: grounds(), fingerprints: vec![7], ..published("b") };
    match store.admit(second).await {
        Admitted::Stale { recalled, held_by } => {
            assert_eq!(held_by, [1]);
            assert_eq!((recalled.known, recalled.seen), (false, vec![0]));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(store.find("b").await, None);
    assert_eq!(remaining(&store, &author).await, 9);
    assert_eq!(store.events().await.len(), 1);
}

async fn stale_grounds_come_with_the_hold_limits_that_are_exceeded(store: Store) {
    let hold = in_mode(LimitMode::Hold, charge("calm", "ann", 1, HOUR));
    store.stored(charged("a", std::slice::from_ref(&hold))).await;
    store.decided(reject("a")).await;
    let judged_before = Admission { grounds: grounds(), ..charged("b", &[hold]) };
    match store.admit(judged_before).await {
        Admitted::Stale { recalled, held_by } => {
            assert_eq!((recalled.author.rejected, held_by), (1, vec![0]))
        }
        other => panic!("{other:?}"),
    }
}

async fn a_hold_limit_lets_a_verdict_pass_that_stands_whatever_changed(store: Store) {
    let hold = in_mode(LimitMode::Hold, charge("calm", "ann", 1, HOUR));
    let author = charge("author", "ann", 10, HOUR);
    let charges = [author.clone(), hold.clone()];
    store.stored_all(["a", "b", "c"].map(|name| charged(name, &charges))).await;
    assert_eq!(remaining(&store, &author).await, 7);
    let left = left(&store, &hold).await;
    assert!(left.full_after <= HOUR, "an exceeded hold limit was charged: {left:?}");
}

async fn an_enforced_limit_refuses_what_a_hold_limit_would_hold(store: Store) {
    let hold = in_mode(LimitMode::Hold, charge("calm", "ann", 1, 24 * HOUR));
    let author = charge("author", "ann", 1, HOUR);
    let charges = vec![hold, author];
    store.stored(Admission { charges: charges.clone(), grounds: grounds(), ..admission("a") }).await;
    let second = Admission { charges, grounds: grounds(), ..admission("b") };
    let (index, retry_after) = limited(&store, second).await;
    assert_eq!(index, 1);
    assert!(is_almost(retry_after, HOUR), "{retry_after:?}");
}

async fn exactly_as_many_as_the_limit_says_pass_of_hundreds_at_once(store: Store) {
    const TRIES: usize = 500;
    const LIMIT: u32 = 37;
    let limit =
        Charge { quota: Quota::new(LIMIT, DAY, LIMIT).expect("a quota"), ..charge("site", "all", 1, DAY) };
    let handles = [store.handle().await, store.handle().await];
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..TRIES {
        let (handle, site) = (handles[index % 2].clone(), store.site.clone());
        let sent = charged(&format!("c{index}"), std::slice::from_ref(&limit));
        tasks.spawn(async move { (sent.id.clone(), handle.admit(&site, sent).await) });
    }
    let mut passed: Vec<CommentId> = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (id, answer) = done.expect("no panic");
        match answer.expect("admit answers") {
            Admitted::Stored { .. } => passed.push(id),
            Admitted::Limited { index: 0, .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(passed.len(), LIMIT as usize);
    passed.sort();
    let mut waiting = store.listed(State::Pending, modqueue::queue::Order::Risk).await;
    waiting.sort();
    assert_eq!(waiting, passed);
}

async fn a_limit_on_a_strange_key_is_a_limit_on_that_key_alone(store: Store) {
    let keys = ["", " ", "a", "a\0", "a\nb", "{a}", "a:b", "a}{b", "å", "ａ", "author=1,thread=2"];
    for (index, key) in keys.into_iter().enumerate() {
        let limit = charge("by {key}: all\n", key, 1, HOUR);
        assert_eq!(remaining(&store, &limit).await, 1, "{key:?} was charged for another");
        store.stored(charged(&format!("a{index}"), std::slice::from_ref(&limit))).await;
        assert_eq!(remaining(&store, &limit).await, 0, "{key:?}");
    }
}
