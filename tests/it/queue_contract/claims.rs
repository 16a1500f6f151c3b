//! A claim is a visible lease: nobody else gets the comment, and it ends by itself.

use std::collections::BTreeSet;

use modqueue::domain::{CommentId, State};
use modqueue::queue::{ClaimRequest, Claimed, Renewed};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_claim_is_seen_and_leaves_the_comment_alone,
    a_claimed_comment_goes_to_nobody_else,
    the_same_claim_again_answers_the_same,
    a_claim_id_is_its_reviewers_alone,
    a_claim_wins_in_the_order_of_the_candidates,
    only_what_waits_at_the_version_seen_can_be_claimed,
    two_reviewers_at_once_never_share_a_comment,
    a_lease_ends_by_itself_and_the_comment_is_free_again,
    a_renewed_lease_lasts_from_now,
    renewing_without_ids_renews_all_that_live,
    a_lease_that_ended_is_lost_even_if_nobody_took_the_comment,
    a_lease_that_another_took_over_is_lost,
    a_released_comment_is_free_at_once,
    releasing_without_ids_releases_all_that_live,
    one_cannot_renew_or_release_anothers_claim,
    a_decision_ends_the_claim,
    a_deferred_comment_is_not_offered_and_the_lease_on_it_ends,
    deferring_leaves_anothers_lease_alone,
    a_deferral_ends_by_itself,
    a_full_batch_is_claimed_in_one_step,
];

async fn renew(store: &Store, claim_id: &str, names: &[&str]) -> Renewed {
    store.queue.renew(&store.site, claim_id, &ids(names), 10 * MINUTE).await.expect("renew answers")
}

async fn release(store: &Store, claim_id: &str, names: &[&str]) -> Vec<CommentId> {
    let mut released =
        store.queue.release(&store.site, claim_id, &ids(names)).await.expect("release answers");
    released.sort();
    released
}

async fn is_claimed(store: &Store, name: &str) -> bool {
    store.comment(name).await.claim.is_some()
}

async fn a_claim_is_seen_and_leaves_the_comment_alone(store: Store) {
    let before = store.stored(admission("a")).await;
    store.advance(MINUTE);
    let Claimed { expire_time, ids: won } =
        store.queue.claim(&store.site, claim("x", "rita", &["a"])).await.expect("claim answers");
    assert_eq!(won, ids(&["a"]));
    let mut comment = store.comment("a").await;
    let held = comment.claim.take().expect("it is claimed");
    assert_eq!((held.claim_id.as_str(), held.reviewer.as_str()), ("x", "rita"));
    assert_eq!(held.expire_time, expire_time);
    let lease = expire_time.since(before.create_time);
    assert!(lease >= 11 * MINUTE && lease < 12 * MINUTE, "{lease:?}");
    assert_eq!(comment, before, "nothing but the claim is new");
    assert_eq!(store.counts().await.claimed, 1);
    assert_eq!(store.events().await, []);
    assert_eq!(store.history("a").await.len(), 1);
}

async fn a_claimed_comment_goes_to_nobody_else(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    assert_eq!(store.claim(claim("x", "rita", &["a"])).await, ids(&["a"]));
    assert_eq!(store.claim(claim("y", "sven", &["a", "b"])).await, ids(&["b"]));
    assert_eq!(store.claim(claim("z", "rita", &["a", "b"])).await, [], "not even under another claim");
    assert_eq!(store.comment("a").await.claim.expect("held").claim_id, "x");
}

async fn the_same_claim_again_answers_the_same(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    assert_eq!(store.claim(claim("x", "rita", &["a", "b"])).await, ids(&["a", "b"]));
    store.advance(MINUTE);
    let again = store.queue.claim(&store.site, claim("x", "rita", &["a", "b"])).await.expect("claim answers");
    assert_eq!(again.ids, ids(&["a", "b"]));
    assert_eq!(store.comment("a").await.claim.expect("held").expire_time, again.expire_time);
    assert_eq!(store.counts().await.claimed, 2);
}

async fn a_claim_id_is_its_reviewers_alone(store: Store) {
    store.stored(admission("a")).await;
    store.claim(claim("x", "rita", &["a"])).await;
    assert_eq!(store.claim(claim("x", "sven", &["a"])).await, []);
    assert_eq!(store.comment("a").await.claim.expect("held").reviewer, "rita");
}

async fn a_claim_wins_in_the_order_of_the_candidates(store: Store) {
    store.stored_all(["a", "b", "c", "d"].map(admission)).await;
    store.claim(claim("x", "rita", &["b"])).await;
    assert_eq!(
        store.claim(claim("y", "sven", &["d", "missing", "a", "b", "c"])).await,
        ids(&["d", "a", "c"])
    );
}

async fn only_what_waits_at_the_version_seen_can_be_claimed(store: Store) {
    store.stored_all(["a", "b", "c"].map(admission)).await;
    store.stored(published("p")).await;
    store.decided(escalate("b")).await;
    store.decided(approve("c")).await;
    let candidates = [("a", 2), ("b", 1), ("c", 2), ("p", 1)].map(|(name, version)| (id(name), version));
    let request = ClaimRequest { candidates: candidates.to_vec(), ..claim("x", "rita", &[]) };
    assert_eq!(store.claim(request).await, []);
    let candidates = vec![(id("a"), 1), (id("b"), 2)];
    let request = ClaimRequest { candidates, ..claim("x", "rita", &[]) };
    assert_eq!(store.claim(request).await, ids(&["a", "b"]), "escalated comments wait, too");
}

async fn two_reviewers_at_once_never_share_a_comment(store: Store) {
    let names: Vec<String> = (0..60).map(|index| format!("c{index}")).collect();
    store.stored_all(names.iter().map(|name| admission(name))).await;
    let mut tasks = tokio::task::JoinSet::new();
    for reviewer in 0..6 {
        let (handle, site) = (store.handle().await, store.site.clone());
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.rotate_left(reviewer * 10);
        for part in names.chunks(20) {
            let request = claim(&format!("claim-{reviewer}"), &format!("reviewer-{reviewer}"), part);
            let (handle, site) = (handle.clone(), site.clone());
            tasks.spawn(async move { handle.claim(&site, request).await.expect("claim answers").ids });
        }
    }
    let won: Vec<CommentId> = tasks.join_all().await.concat();
    let distinct: BTreeSet<_> = won.iter().cloned().collect();
    assert_eq!((won.len(), distinct.len()), (60, 60));
    assert_eq!(store.counts().await.claimed, 60);
}

async fn a_lease_ends_by_itself_and_the_comment_is_free_again(store: Store) {
    store.stored(admission("a")).await;
    store.claim(claim("x", "rita", &["a"])).await;
    store.advance(10 * MINUTE - MINUTE / 2);
    assert!(is_claimed(&store, "a").await);
    store.advance(MINUTE / 2);
    assert!(!is_claimed(&store, "a").await);
    assert_eq!(store.counts().await.claimed, 0);
    assert_eq!(store.comment("a").await.version, 1);
    assert_eq!(store.claim(claim("y", "sven", &["a"])).await, ids(&["a"]));
}

async fn a_renewed_lease_lasts_from_now(store: Store) {
    store.stored(admission("a")).await;
    store.claim(claim("x", "rita", &["a"])).await;
    store.advance(9 * MINUTE);
    let renewed = renew(&store, "x", &["a"]).await;
    assert_eq!((&renewed.kept, &renewed.lost), (&ids(&["a"]), &Vec::new()));
    store.advance(9 * MINUTE);
    assert_eq!(store.comment("a").await.claim.expect("it lives").expire_time, renewed.expire_time);
    assert_eq!(store.counts().await.claimed, 1);
    store.advance(MINUTE);
    assert!(!is_claimed(&store, "a").await);
}

async fn renewing_without_ids_renews_all_that_live(store: Store) {
    store.stored_all(["c", "a", "b", "d"].map(admission)).await;
    store.claim(claim("x", "rita", &["c", "a"])).await;
    store.claim(claim("y", "rita", &["d"])).await;
    let renewed = renew(&store, "x", &[]).await;
    assert_eq!((renewed.kept, renewed.lost), (ids(&["a", "c"]), vec![]));
    let nothing = renew(&store, "nobody's", &[]).await;
    assert_eq!((nothing.kept, nothing.lost), (vec![], vec![]));
}

async fn a_lease_that_ended_is_lost_even_if_nobody_took_the_comment(store: Store) {
    store.stored_all(["b", "a"].map(admission)).await;
    store.claim(claim("x", "rita", &["a", "b"])).await;
    store.advance(10 * MINUTE);
    let renewed = renew(&store, "x", &["b", "a"]).await;
    assert_eq!((renewed.kept, renewed.lost), (vec![], ids(&["a", "b"])));
    assert!(!is_claimed(&store, "a").await);
    assert_eq!(renew(&store, "x", &[]).await.kept, []);
}

async fn a_lease_that_another_took_over_is_lost(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    let short = ClaimRequest { lease: MINUTE, ..claim("x", "rita", &["a"]) };
    store.claim(short).await;
    store.claim(claim("x", "rita", &["b"])).await;
    store.advance(MINUTE);
    store.claim(claim("y", "sven", &["a"])).await;
    let renewed = renew(&store, "x", &["missing", "b", "a"]).await;
    assert_eq!((renewed.kept, renewed.lost), (ids(&["b"]), ids(&["a", "missing"])));
    assert_eq!(store.comment("a").await.claim.expect("held").reviewer, "sven");
}

async fn a_released_comment_is_free_at_once(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    store.claim(claim("x", "rita", &["a", "b"])).await;
    assert_eq!(release(&store, "x", &["a", "missing"]).await, ids(&["a"]));
    assert!(!is_claimed(&store, "a").await);
    assert!(is_claimed(&store, "b").await);
    assert_eq!(store.counts().await.claimed, 1);
    assert_eq!(release(&store, "x", &["a"]).await, []);
    assert_eq!(store.claim(claim("y", "sven", &["a", "b"])).await, ids(&["a"]));
}

async fn releasing_without_ids_releases_all_that_live(store: Store) {
    store.stored_all(["a", "b", "c", "d"].map(admission)).await;
    store.claim(ClaimRequest { lease: MINUTE, ..claim("x", "rita", &["d"]) }).await;
    store.advance(MINUTE);
    store.claim(claim("x", "rita", &["a", "b"])).await;
    store.claim(claim("y", "sven", &["c"])).await;
    assert_eq!(release(&store, "x", &[]).await, ids(&["a", "b"]));
    assert_eq!(store.counts().await.claimed, 1);
}

async fn one_cannot_renew_or_release_anothers_claim(store: Store) {
    store.stored(admission("a")).await;
    store.claim(claim("x", "rita", &["a"])).await;
    let before = store.comment("a").await;
    store.advance(MINUTE);
    assert_eq!(renew(&store, "y", &["a"]).await.lost, ids(&["a"]));
    assert_eq!(release(&store, "y", &["a"]).await, []);
    assert_eq!(store.comment("a").await, before);
}

async fn a_decision_ends_the_claim(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    store.claim(claim("x", "rita", &["a", "b"])).await;
    for ruling in [approve("a"), escalate("b")] {
        let comment = store.decided(modqueue::queue::Ruling { claim_id: "x".into(), ..ruling }).await;
        assert_eq!(comment.claim, None);
    }
    assert_eq!(store.counts().await.claimed, 0);
    assert_eq!(renew(&store, "x", &["a", "b"]).await.lost, ids(&["a", "b"]));
    let request = ClaimRequest { candidates: vec![(id("b"), 2)], ..claim("y", "sven", &[]) };
    assert_eq!(store.claim(request).await, ids(&["b"]));
}

async fn a_deferred_comment_is_not_offered_and_the_lease_on_it_ends(store: Store) {
    store.stored_all(["b", "a"].map(admission)).await;
    store.claim(claim("x", "rita", &["a", "b"])).await;
    for name in ["b", "a"] {
        store.queue.defer(&store.site, "rita", &id(name), HOUR).await.expect("defer answers");
    }
    let mut deferred = store.queue.deferred(&store.site, "rita").await.expect("deferred answers");
    deferred.sort();
    assert_eq!(deferred, ids(&["a", "b"]));
    assert_eq!(store.queue.deferred(&store.site, "sven").await.expect("deferred answers"), []);
    assert_eq!(store.counts().await.claimed, 0);
    assert_eq!(store.comment("a").await.version, 1);
    assert_eq!(store.claim(claim("y", "sven", &["a"])).await, ids(&["a"]));
}

async fn deferring_leaves_anothers_lease_alone(store: Store) {
    store.stored(admission("a")).await;
    store.claim(claim("x", "rita", &["a"])).await;
    store.queue.defer(&store.site, "sven", &id("a"), HOUR).await.expect("defer answers");
    assert_eq!(store.comment("a").await.claim.expect("still held").reviewer, "rita");
}

async fn a_deferral_ends_by_itself(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    store.queue.defer(&store.site, "rita", &id("a"), HOUR).await.expect("defer answers");
    store.queue.defer(&store.site, "rita", &id("b"), 2 * HOUR).await.expect("defer answers");
    store.advance(HOUR);
    assert_eq!(store.queue.deferred(&store.site, "rita").await.expect("deferred answers"), ids(&["b"]));
}

async fn a_full_batch_is_claimed_in_one_step(store: Store) {
    let names: Vec<String> = (0..modqueue::queue::MAX_BATCH).map(|index| format!("c{index}")).collect();
    store.stored_all(names.iter().map(|name| admission(name))).await;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(store.claim(claim("x", "rita", &names)).await, ids(&names));
    assert_eq!(store.counts().await.claimed, names.len() as u64);
    assert_eq!(store.listed(State::Pending, modqueue::queue::Order::Risk).await.len(), names.len());
}
