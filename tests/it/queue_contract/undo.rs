//! An undo reverses all of a moderator's decision and tells the portal.

use modqueue::domain::{ActorKind, HistoryKind, State};
use modqueue::queue::{Admission, Order, Outcome, Refusal, Undo};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    an_undone_approval_waits_again_in_its_place,
    an_undone_rejection_of_a_published_comment_shows_it_again,
    an_undone_escalation_waits_as_before,
    an_undo_writes_a_compensating_event,
    an_undo_is_told_in_the_history,
    an_undo_gives_the_author_back_what_the_decision_took,
    the_decision_before_stands_again_and_can_be_undone_too,
    what_the_policy_decided_cannot_be_undone,
    a_comment_never_decided_cannot_be_undone,
    an_undone_decision_is_not_undone_twice,
    a_withdrawn_comment_cannot_be_undone,
    a_revision_leaves_nothing_to_undo,
    an_undo_on_an_older_version_is_refused,
    a_missing_comment_has_nothing_to_undo,
];

async fn try_undo(store: &Store, undo: Undo) -> Outcome {
    store.queue.undo(&store.site, undo).await.expect("undo answers")
}

async fn undone(store: &Store, name: &str) -> modqueue::domain::Comment {
    *try_undo(store, undo(name)).await.expect("undone")
}

async fn an_undone_approval_waits_again_in_its_place(store: Store) {
    let before = store.stored(Admission { tier: 9, ..admission("b") }).await;
    store.advance(MINUTE);
    store.stored_all(["a", "c"].map(|name| Admission { tier: 9, ..admission(name) })).await;
    let listed = store.listed(State::Pending, Order::Risk).await;
    store.decided(approve("b")).await;
    store.advance(MINUTE);
    let comment = undone(&store, "b").await;
    assert_eq!((comment.state, comment.published, comment.version), (State::Pending, false, 3));
    assert_eq!((comment.decision.clone(), comment.tier), (None, 9));
    assert_eq!(comment.create_time, before.create_time);
    assert!(comment.update_time >= before.update_time.plus(2 * MINUTE));
    assert_eq!((&comment.draft, &comment.verdict), (&before.draft, &before.verdict));
    assert_eq!(store.comment("b").await, comment);
    assert_eq!(store.listed(State::Pending, Order::Risk).await, listed);
    assert_eq!(store.counts().await.approved, 0);
}

async fn an_undone_rejection_of_a_published_comment_shows_it_again(store: Store) {
    let before = store.stored(published("a")).await;
    store.decided(reject("a")).await;
    let comment = undone(&store, "a").await;
    assert_eq!((comment.state, comment.published), (State::Approved, true));
    assert_eq!(comment.decision, before.decision, "the policy's decision stands again");
    assert_eq!(store.listed(State::Approved, Order::Risk).await, ids(&["a"]));
}

async fn an_undone_escalation_waits_as_before(store: Store) {
    store.stored(admission("a")).await;
    store.decided(escalate("a")).await;
    let comment = undone(&store, "a").await;
    assert_eq!((comment.state, comment.published, comment.decision), (State::Pending, false, None));
    assert_eq!((store.counts().await.pending, store.counts().await.escalated), (1, 0));
}

async fn an_undo_writes_a_compensating_event(store: Store) {
    store.stored(admission("a")).await;
    store.decided(approve("a")).await;
    let sent = undo("a");
    let comment = try_undo(&store, sent.clone()).await.expect("undone");
    let events = store.events().await;
    let event = &events[1];
    assert_eq!((events.len(), event.sequence, &event.event_id), (2, 2, &sent.event_id));
    assert_eq!((event.state, event.previous_state), (State::Pending, Some(State::Approved)));
    assert_eq!((event.published, event.version), (false, 3));
    assert_eq!(event.event_time, comment.update_time);
    assert_eq!((&event.comment_id, event.author_id.as_str()), (&id("a"), "ann"));
    assert_eq!((event.decision.actor.as_str(), event.decision.state), ("otto", State::Pending));
    assert_eq!(event.decision.actor_kind, ActorKind::Moderator);
}

async fn an_undo_is_told_in_the_history(store: Store) {
    store.stored(admission("a")).await;
    store.decided(reject("a")).await;
    undone(&store, "a").await;
    let history = store.history("a").await;
    let entry = history.last().expect("an entry");
    assert_eq!((history.len(), entry.kind), (3, HistoryKind::Undone));
    assert_eq!((entry.actor.as_str(), entry.note.as_str()), ("otto", "wrong key"));
    assert_eq!((entry.state, entry.version), (State::Pending, 3));
}

async fn an_undo_gives_the_author_back_what_the_decision_took(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    store.decided(approve("a")).await;
    store.decided(approve("b")).await;
    store.decided(reject("a")).await;
    assert_eq!(store.tally("ann").await, (1, 1));
    let version = store.author("ann").await.version;
    undone(&store, "a").await;
    assert_eq!(store.tally("ann").await, (2, 0));
    assert!(store.author("ann").await.version > version);
    undone(&store, "b").await;
    undone(&store, "a").await;
    assert_eq!(store.tally("ann").await, (0, 0));
}

async fn the_decision_before_stands_again_and_can_be_undone_too(store: Store) {
    store.stored(admission("a")).await;
    let escalated = store.decided(escalate("a")).await;
    let approved = store.decided(approve("a")).await;
    store.decided(reject("a")).await;
    let comment = undone(&store, "a").await;
    assert_eq!((comment.state, comment.published), (State::Approved, true));
    assert_eq!(comment.decision, approved.decision);
    let comment = undone(&store, "a").await;
    assert_eq!((comment.state, comment.published), (State::Escalated, false));
    assert_eq!(comment.decision, escalated.decision);
    let comment = undone(&store, "a").await;
    assert_eq!((comment.state, comment.decision, comment.version), (State::Pending, None, 7));
    assert_eq!(store.tally("ann").await, (0, 0));
}

async fn what_the_policy_decided_cannot_be_undone(store: Store) {
    store.stored_all([published("a"), refused("b")]).await;
    let refusal = Refusal::State { current: State::Approved };
    assert_eq!(try_undo(&store, undo("a")).await, Err(refusal.clone()));
    assert_eq!(try_undo(&store, undo("b")).await, Err(Refusal::State { current: State::Rejected }));
    store.decided(reject("a")).await;
    undone(&store, "a").await;
    assert_eq!(try_undo(&store, undo("a")).await, Err(refusal));
}

async fn a_comment_never_decided_cannot_be_undone(store: Store) {
    let before = store.stored(admission("a")).await;
    let refusal = Refusal::State { current: State::Pending };
    assert_eq!(try_undo(&store, undo("a")).await, Err(refusal));
    assert_eq!(store.comment("a").await, before);
    assert_eq!((store.events().await.len(), store.history("a").await.len()), (0, 1));
}

async fn an_undone_decision_is_not_undone_twice(store: Store) {
    store.stored(admission("a")).await;
    store.decided(approve("a")).await;
    undone(&store, "a").await;
    let refusal = Refusal::State { current: State::Pending };
    assert_eq!(try_undo(&store, undo("a")).await, Err(refusal));
    assert_eq!(store.events().await.len(), 2);
}

async fn a_withdrawn_comment_cannot_be_undone(store: Store) {
    store.stored(admission("a")).await;
    store.decided(approve("a")).await;
    store.queue.withdraw(&store.site, withdrawal("a")).await.expect("answers").expect("withdrawn");
    let refusal = Refusal::State { current: State::Withdrawn };
    assert_eq!(try_undo(&store, undo("a")).await, Err(refusal));
}

async fn a_revision_leaves_nothing_to_undo(store: Store) {
    store.stored(admission("a")).await;
    store.decided(approve("a")).await;
    store.queue.revise(&store.site, revision("a", "new")).await.expect("answers").expect("revised");
    let refusal = Refusal::State { current: State::Pending };
    assert_eq!(try_undo(&store, undo("a")).await, Err(refusal));
    store.decided(reject("a")).await;
    let comment = undone(&store, "a").await;
    assert_eq!((comment.state, comment.draft.text.as_str()), (State::Pending, "new"));
}

async fn an_undo_on_an_older_version_is_refused(store: Store) {
    store.stored(admission("a")).await;
    let before = store.decided(approve("a")).await;
    let stale = Undo { expected: Some(1), ..undo("a") };
    assert_eq!(try_undo(&store, stale).await, Err(Refusal::Stale { current: 2 }));
    assert_eq!(store.comment("a").await, before);
    let seen = Undo { expected: Some(2), ..undo("a") };
    assert_eq!(try_undo(&store, seen).await.expect("undone").state, State::Pending);
}

async fn a_missing_comment_has_nothing_to_undo(store: Store) {
    assert_eq!(try_undo(&store, undo("a")).await, Err(Refusal::Missing));
}
