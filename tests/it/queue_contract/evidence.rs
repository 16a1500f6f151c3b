//! A verdict is stored only while the evidence under it holds: repeats, author, the site's cap.

use modqueue::domain::{AuthorRecord, Standing, State};
use modqueue::queue::{Admission, Admitted, Grounds, Probe, REPEAT_WINDOW, Recalled};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    recall_of_a_fresh_site_knows_nothing,
    recall_counts_what_was_stored_and_nothing_else,
    recall_answers_in_the_order_of_the_fingerprints,
    repeats_are_forgotten_after_the_window_and_the_one_before,
    grounds_that_hold_let_the_comment_in,
    a_repeat_that_crossed_a_rule_makes_the_verdict_stale,
    who_is_stored_is_told_of_the_newest_policy,
    a_decision_about_the_author_makes_the_verdict_stale,
    a_record_of_the_same_version_and_other_content_makes_the_verdict_stale,
    a_standing_set_meanwhile_makes_the_verdict_stale,
    a_fingerprint_without_a_rule_never_makes_the_verdict_stale,
    a_verdict_without_grounds_stands_whatever_changed,
    of_a_wave_at_once_only_as_many_pass_as_the_rule_allows,
    a_guest_has_no_record_to_go_stale,
    a_full_queue_takes_nothing_that_would_wait,
    a_full_queue_takes_what_is_decided_at_once,
    a_decision_makes_room_in_a_full_queue,
    the_cap_counts_escalated_comments,
];

fn repeated(name: &str, fingerprints: &[u64]) -> Admission {
    Admission { fingerprints: fingerprints.to_vec(), ..admission(name) }
}

fn grounds(author: AuthorRecord, seen_below: &[u32]) -> Option<Grounds> {
    Some(Grounds { author, seen_below: seen_below.to_vec() })
}

async fn recall(store: &Store, fingerprints: &[u64]) -> Recalled {
    let probe = Probe { fingerprints: fingerprints.to_vec(), ..probe("new") };
    store.queue.recall(&store.site, probe).await.expect("recall answers")
}

/// The fresh evidence that a stale admission answers; nothing was changed.
async fn stale(store: &Store, admission: Admission) -> Recalled {
    let id = admission.id.clone();
    let (counts, events) = (store.counts().await, store.events().await);
    let recalled = match store.admit(admission).await {
        Admitted::Stale { recalled, .. } => recalled,
        other => panic!("not stale: {other:?}"),
    };
    assert_eq!(store.find(id.as_str()).await, None);
    assert_eq!((store.counts().await, store.events().await), (counts, events));
    recalled
}

async fn recall_of_a_fresh_site_knows_nothing(store: Store) {
    let recalled = recall(&store, &[1, 2]).await;
    assert!(!recalled.known);
    assert_eq!((recalled.author, recalled.seen), (Default::default(), vec![0, 0]));
    assert_eq!(recalled.policy_revision, 0);
    assert!(recall(&store, &[]).await.seen.is_empty());
}

async fn recall_counts_what_was_stored_and_nothing_else(store: Store) {
    store.stored(repeated("a", &[7, 8])).await;
    store.stored(Admission { fingerprints: vec![7], ..refused("b") }).await;
    store.admit(repeated("a", &[7, 8])).await;
    let full = store.admit(Admission { waiting_cap: 0, ..repeated("c", &[7, 8]) }).await;
    assert!(matches!(full, Admitted::Full), "{full:?}");
    stale(
        &store,
        Admission {
            grounds: grounds(AuthorRecord { version: 99, ..AuthorRecord::default() }, &[]),
            ..repeated("d", &[7, 8])
        },
    )
    .await;
    let limit = charge("author", "ann", 1, HOUR);
    store.stored(Admission { charges: vec![limit.clone()], ..admission("e") }).await;
    store.admit(Admission { charges: vec![limit], ..repeated("f", &[7, 8]) }).await;
    recall(&store, &[7, 8]).await;
    assert_eq!(recall(&store, &[7, 8, 9]).await.seen, [2, 1, 0]);
}

async fn recall_answers_in_the_order_of_the_fingerprints(store: Store) {
    store.stored(repeated("a", &[u64::MAX, 0])).await;
    store.stored(repeated("b", &[u64::MAX, 1 << 63])).await;
    assert_eq!(
        recall(&store, &[5, 0, u64::MAX, 1 << 63, 0, 6, 7, u64::MAX]).await.seen,
        [0, 1, 2, 1, 1, 0, 0, 2]
    );
}

async fn repeats_are_forgotten_after_the_window_and_the_one_before(store: Store) {
    store.stored(repeated("a", &[7])).await;
    store.advance(REPEAT_WINDOW);
    store.stored(repeated("b", &[7])).await;
    assert_eq!(recall(&store, &[7]).await.seen, [2], "the window before counts");
    store.advance(REPEAT_WINDOW);
    assert_eq!(recall(&store, &[7]).await.seen, [1], "the one before that does not");
    store.advance(REPEAT_WINDOW);
    assert_eq!(recall(&store, &[7]).await.seen, [0]);
}

async fn grounds_that_hold_let_the_comment_in(store: Store) {
    store.stored(repeated("a", &[7, 8])).await;
    let second = Admission { grounds: grounds(AuthorRecord::default(), &[2, 2]), ..repeated("b", &[7, 8]) };
    store.stored(second).await;
    assert_eq!(recall(&store, &[7, 8]).await.seen, [2, 2]);
}

async fn a_repeat_that_crossed_a_rule_makes_the_verdict_stale(store: Store) {
    store.stored(repeated("a", &[7, 8])).await;
    store.stored(repeated("b", &[7, 8])).await;
    store.queue.save_policy(&store.site, 0, policy("")).await.expect("save_policy answers");
    let third =
        Admission { grounds: grounds(AuthorRecord::default(), &[u32::MAX, 2]), ..repeated("c", &[7, 8]) };
    let recalled = stale(&store, third).await;
    let fresh = recall(&store, &[7, 8]).await;
    assert_eq!(recalled, Recalled { now: recalled.now, ..fresh });
    assert_eq!((recalled.seen, recalled.policy_revision), (vec![2, 2], 1));
}

async fn who_is_stored_is_told_of_the_newest_policy(store: Store) {
    for (name, saved) in [("a", 0), ("b", 1), ("c", 2)] {
        match store.admit(admission(name)).await {
            Admitted::Stored { policy_revision, .. } => assert_eq!(policy_revision, saved),
            other => panic!("not stored: {other:?}"),
        }
        store.queue.save_policy(&store.site, saved, policy("")).await.expect("save_policy answers");
    }
}

async fn a_decision_about_the_author_makes_the_verdict_stale(store: Store) {
    store.stored(admission("a")).await;
    let judged_by = recall(&store, &[]).await.author;
    store.decided(reject("a")).await;
    let recalled = stale(&store, Admission { grounds: grounds(judged_by, &[]), ..published("b") }).await;
    assert_eq!(recalled.author, store.author("ann").await);
    assert_eq!((recalled.author.approved, recalled.author.rejected), (0, 1));
    store.stored(Admission { grounds: grounds(recalled.author, &[]), ..published("b") }).await;
}

async fn a_record_of_the_same_version_and_other_content_makes_the_verdict_stale(store: Store) {
    store.stored(admission("a")).await;
    store.decided(reject("a")).await;
    let record = store.author("ann").await;
    let erased_since = AuthorRecord { approved: 1, rejected: 0, ..record.clone() };
    let recalled = stale(&store, Admission { grounds: grounds(erased_since, &[]), ..published("b") }).await;
    assert_eq!(recalled.author, record);
}

async fn a_standing_set_meanwhile_makes_the_verdict_stale(store: Store) {
    store.queue.set_standing(&store.site, "ann", Standing::Banned).await.expect("set_standing answers");
    let recalled =
        stale(&store, Admission { grounds: grounds(AuthorRecord::default(), &[]), ..published("a") }).await;
    assert_eq!(recalled.author.standing, Standing::Banned);
}

async fn a_fingerprint_without_a_rule_never_makes_the_verdict_stale(store: Store) {
    for index in 0..20 {
        let sent = repeated(&format!("a{index}"), &[7]);
        store.stored(Admission { grounds: grounds(AuthorRecord::default(), &[u32::MAX]), ..sent }).await;
    }
}

async fn a_verdict_without_grounds_stands_whatever_changed(store: Store) {
    store.stored(repeated("a", &[7])).await;
    store.decided(reject("a")).await;
    store.stored(repeated("b", &[7])).await;
}

async fn of_a_wave_at_once_only_as_many_pass_as_the_rule_allows(store: Store) {
    const ALLOWED: u32 = 5;
    let handles = [store.handle().await, store.handle().await];
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..200 {
        let (handle, site) = (handles[index % 2].clone(), store.site.clone());
        let sent = by(&format!("author-{index}"), published(&format!("c{index}")));
        let sent = Admission {
            fingerprints: vec![7],
            grounds: grounds(AuthorRecord::default(), &[ALLOWED]),
            ..sent
        };
        tasks.spawn(async move { handle.admit(&site, sent).await });
    }
    let (mut stored, mut stale) = (0, 0);
    while let Some(answer) = tasks.join_next().await {
        match answer.expect("no panic").expect("admit answers") {
            Admitted::Stored { .. } => stored += 1,
            Admitted::Stale { recalled, .. } => {
                assert_eq!(recalled.seen, [ALLOWED]);
                stale += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((stored, stale), (ALLOWED, 200 - ALLOWED));
}

async fn a_guest_has_no_record_to_go_stale(store: Store) {
    store.stored(by("", admission("a"))).await;
    store.decided(reject("a")).await;
    let guest = Probe { author_id: String::new(), ..probe("b") };
    let recalled = store.queue.recall(&store.site, guest).await.expect("recall answers");
    assert_eq!(recalled.author, Default::default());
    store
        .stored(Admission { grounds: grounds(AuthorRecord::default(), &[]), ..by("", admission("b")) })
        .await;
}

async fn a_full_queue_takes_nothing_that_would_wait(store: Store) {
    let capped = |name| Admission { waiting_cap: 2, ..admission(name) };
    let limit = charge("author", "ann", 10, HOUR);
    store.stored_all(["a", "b"].map(capped)).await;
    let third = Admission { charges: vec![limit.clone()], fingerprints: vec![7], ..capped("c") };
    let answer = store.admit(third).await;
    assert!(matches!(answer, Admitted::Full), "{answer:?}");
    assert_eq!(store.find("c").await, None);
    assert_eq!(store.counts().await.pending, 2);
    let left = store.queue.quota(&store.site, &[limit]).await.expect("quota answers");
    assert_eq!(left[0].remaining, 10);
    assert_eq!(recall(&store, &[7]).await.seen, [0]);
    let replayed = store.admit(capped("a")).await;
    assert!(matches!(replayed, Admitted::Replayed(_)), "{replayed:?}");
}

async fn a_full_queue_takes_what_is_decided_at_once(store: Store) {
    store.stored(admission("a")).await;
    store.stored(Admission { waiting_cap: 1, ..published("b") }).await;
    store.stored(Admission { waiting_cap: 1, ..refused("c") }).await;
}

async fn a_decision_makes_room_in_a_full_queue(store: Store) {
    let capped = |name| Admission { waiting_cap: 1, ..admission(name) };
    store.stored(capped("a")).await;
    assert!(matches!(store.admit(capped("b")).await, Admitted::Full));
    store.decided(approve("a")).await;
    store.stored(capped("b")).await;
}

async fn the_cap_counts_escalated_comments(store: Store) {
    store.stored(admission("a")).await;
    assert_eq!(store.decided(escalate("a")).await.state, State::Escalated);
    let answer = store.admit(Admission { waiting_cap: 1, ..admission("b") }).await;
    assert!(matches!(answer, Admitted::Full), "{answer:?}");
}
