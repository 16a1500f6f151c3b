//! A withdrawn comment is gone for readers and moderators, for good.

use modqueue::domain::{ActorKind, HistoryKind, State};
use modqueue::queue::{Admitted, ClaimRequest, Order, Outcome, Refusal, Withdrawal};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_withdrawal_hides_the_comment_and_says_so,
    a_withdrawal_leaves_the_decision_before_it_to_be_seen,
    whatever_state_it_is_in_a_comment_can_be_withdrawn,
    withdrawing_twice_answers_the_same,
    a_withdrawal_ends_the_claim,
    a_withdrawal_leaves_the_authors_record_alone,
    a_withdrawal_of_an_older_version_is_refused,
    a_missing_comment_cannot_be_withdrawn,
    a_withdrawn_id_stays_taken,
];

async fn withdraw(store: &Store, withdrawal: Withdrawal) -> Outcome {
    store.queue.withdraw(&store.site, withdrawal).await.expect("withdraw answers")
}

async fn a_withdrawal_hides_the_comment_and_says_so(store: Store) {
    let before = store.stored(published("a")).await;
    let sent = withdrawal("a");
    let comment = withdraw(&store, sent.clone()).await.expect("withdrawn");
    assert_eq!((comment.state, comment.published, comment.version), (State::Withdrawn, false, 2));
    assert_eq!(comment.draft, before.draft);
    let events = store.events().await;
    let event = &events[1];
    assert_eq!((events.len(), &event.event_id), (2, &sent.event_id));
    assert_eq!((event.state, event.previous_state), (State::Withdrawn, Some(State::Approved)));
    assert_eq!((event.published, event.version), (false, 2));
    assert_eq!((event.decision.state, event.decision.actor_kind), (State::Withdrawn, ActorKind::Portal));
    assert_eq!(event.decision.actor, "portal-token");
    let history = store.history("a").await;
    let entry = history.last().expect("an entry");
    assert_eq!((entry.kind, entry.actor.as_str()), (HistoryKind::Withdrawn, "portal-token"));
    assert_eq!((entry.state, entry.version), (State::Withdrawn, 2));
}

async fn a_withdrawal_leaves_the_decision_before_it_to_be_seen(store: Store) {
    store.stored_all([admission("a"), published("b"), admission("c")]).await;
    store.decided(reject("c")).await;
    for name in ["a", "b", "c"] {
        let before = store.comment(name).await.decision;
        let comment = withdraw(&store, withdrawal(name)).await.expect("withdrawn");
        assert_eq!(comment.decision, before, "{name}");
        assert_eq!(store.comment(name).await.decision, before, "{name}");
    }
}

async fn whatever_state_it_is_in_a_comment_can_be_withdrawn(store: Store) {
    store.stored_all([admission("a"), admission("b"), published("c"), refused("d")]).await;
    store.decided(escalate("b")).await;
    for name in ["a", "b", "c", "d"] {
        let comment = withdraw(&store, withdrawal(name)).await.expect("withdrawn");
        assert_eq!((comment.state, comment.published), (State::Withdrawn, false));
        assert_eq!(store.events().await.last().expect("an event").comment_id, id(name));
        store.advance(MINUTE);
    }
    let counts = store.counts().await;
    assert_eq!(
        (counts.withdrawn, counts.pending + counts.escalated + counts.approved + counts.rejected),
        (4, 0)
    );
    assert_eq!(store.listed(State::Withdrawn, Order::OldestFirst).await, ids(&["a", "b", "c", "d"]));
}

async fn withdrawing_twice_answers_the_same(store: Store) {
    store.stored(admission("a")).await;
    let sent = Withdrawal { expected: Some(1), ..withdrawal("a") };
    let first = withdraw(&store, sent.clone()).await.expect("withdrawn");
    assert_eq!(withdraw(&store, sent).await, Ok(first.clone()), "the same call again");
    assert_eq!(withdraw(&store, withdrawal("a")).await, Ok(first.clone()), "another call");
    assert_eq!(store.comment("a").await, *first);
    assert_eq!(store.events().await.len(), 1);
    assert_eq!(store.history("a").await.len(), 2);
}

async fn a_withdrawal_ends_the_claim(store: Store) {
    store.stored(admission("a")).await;
    store.claim(claim("x", "rita", &["a"])).await;
    let comment = withdraw(&store, withdrawal("a")).await.expect("withdrawn");
    assert_eq!(comment.claim, None);
    assert_eq!(store.counts().await.claimed, 0);
    let request = ClaimRequest { candidates: vec![(id("a"), 2)], ..claim("y", "sven", &[]) };
    assert_eq!(store.claim(request).await, []);
}

async fn a_withdrawal_leaves_the_authors_record_alone(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    store.decided(approve("a")).await;
    store.decided(reject("b")).await;
    let record = store.author("ann").await;
    withdraw(&store, withdrawal("a")).await.expect("withdrawn");
    withdraw(&store, withdrawal("b")).await.expect("withdrawn");
    assert_eq!(store.author("ann").await, record);
}

async fn a_withdrawal_of_an_older_version_is_refused(store: Store) {
    store.stored(admission("a")).await;
    let before = store.decided(approve("a")).await;
    let late = Withdrawal { expected: Some(1), ..withdrawal("a") };
    assert_eq!(withdraw(&store, late).await, Err(Refusal::Stale { current: 2 }));
    assert_eq!(store.comment("a").await, before);
    assert_eq!(store.events().await.len(), 1);
}

async fn a_missing_comment_cannot_be_withdrawn(store: Store) {
    assert_eq!(withdraw(&store, withdrawal("a")).await, Err(Refusal::Missing));
    assert_eq!(store.events().await, []);
}

async fn a_withdrawn_id_stays_taken(store: Store) {
    let sent = admission("a");
    store.stored(sent.clone()).await;
    withdraw(&store, withdrawal("a")).await.expect("withdrawn");
    let answer = store.admit(sent).await;
    let Admitted::Replayed(comment) = answer else { panic!("{answer:?}") };
    assert_eq!(comment.state, State::Withdrawn);
}
