//! The history tells everything that happened to a comment, oldest first.

use modqueue::domain::{ActorKind, HistoryKind, State};
use modqueue::queue::{Refusal, Report, Revision};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_history_begins_with_the_submission,
    a_decision_by_the_policy_follows_the_submission,
    a_decision_is_told_with_all_that_was_said,
    everything_that_happens_is_told_in_order,
    a_note_is_told_and_changes_nothing_else,
    a_comment_can_be_noted_in_every_state,
    a_missing_comment_takes_no_note,
    claims_are_not_history,
];

async fn a_history_begins_with_the_submission(store: Store) {
    let comment = store.stored(admission("a")).await;
    store.advance(MINUTE);
    store.decided(approve("a")).await;
    store.queue.revise(&store.site, revision("a", "new")).await.expect("answers").expect("revised");
    let history = store.history("a").await;
    let entry = &history[0];
    assert_eq!((entry.kind, entry.version), (HistoryKind::Submitted, 1));
    assert_eq!((entry.time, entry.state), (comment.create_time, State::Pending));
    assert_eq!((entry.previous_text.as_str(), &entry.previous_verdict), ("", &None));
}

async fn a_decision_by_the_policy_follows_the_submission(store: Store) {
    store.stored_all([published("a"), refused("b")]).await;
    let expected =
        [("a", HistoryKind::Approved, State::Approved), ("b", HistoryKind::Rejected, State::Rejected)];
    for (name, kind, state) in expected {
        let comment = store.comment(name).await;
        let history = store.history(name).await;
        assert_eq!((history.len(), history[0].kind), (2, HistoryKind::Submitted));
        let entry = &history[1];
        assert_eq!((entry.kind, entry.state, entry.version), (kind, state, 1));
        assert_eq!((entry.actor.as_str(), entry.actor_kind), ("policy", ActorKind::Policy));
        assert_eq!(entry.time, comment.create_time);
    }
}

async fn a_decision_is_told_with_all_that_was_said(store: Store) {
    store.stored(admission("a")).await;
    let said = reject("a").decision;
    let comment = store.decided(reject("a")).await;
    let history = store.history("a").await;
    let entry = &history[1];
    assert_eq!((entry.kind, entry.time), (HistoryKind::Rejected, comment.update_time));
    assert_eq!((&entry.actor, entry.actor_kind), (&said.actor, said.actor_kind));
    assert_eq!((&entry.reason, &entry.author_message), (&said.reason, &said.author_message));
    assert_eq!((&entry.note, entry.state, entry.version), (&said.note, State::Rejected, 2));
}

async fn everything_that_happens_is_told_in_order(store: Store) {
    store.stored(admission("a")).await;
    store.queue.note(&store.site, note("a", "who is this?")).await.expect("answers").expect("noted");
    store.decided(escalate("a")).await;
    store.decided(approve("a")).await;
    store.reported(report("a", "reader")).await;
    store.decided(reject("a")).await;
    store.queue.undo(&store.site, undo("a")).await.expect("answers").expect("undone");
    let edit = Revision { state: State::Approved, ..revision("a", "new") };
    store.queue.revise(&store.site, edit).await.expect("answers").expect("revised");
    store.reported(Report { hide: true, ..report("a", "another") }).await;
    store.queue.withdraw(&store.site, withdrawal("a")).await.expect("answers").expect("withdrawn");
    let history = store.history("a").await;
    let told: Vec<_> = history.iter().map(|entry| (entry.kind, entry.state, entry.version)).collect();
    let expected = [
        (HistoryKind::Submitted, State::Pending, 1),
        (HistoryKind::Noted, State::Pending, 1),
        (HistoryKind::Escalated, State::Escalated, 2),
        (HistoryKind::Approved, State::Approved, 3),
        (HistoryKind::Reported, State::Pending, 4),
        (HistoryKind::Rejected, State::Rejected, 5),
        (HistoryKind::Undone, State::Pending, 6),
        (HistoryKind::Revised, State::Approved, 7),
        (HistoryKind::Approved, State::Approved, 7),
        (HistoryKind::Reported, State::Pending, 8),
        (HistoryKind::Withdrawn, State::Withdrawn, 9),
    ];
    assert_eq!(told, expected);
    assert!(history.is_sorted_by_key(|entry| entry.time));
}

async fn a_note_is_told_and_changes_nothing_else(store: Store) {
    let before = store.stored(admission("a")).await;
    store.advance(MINUTE);
    let answered = store.queue.note(&store.site, note("a", "ask the author")).await.expect("note answers");
    assert_eq!(answered, Ok(Box::new(before.clone())));
    store.queue.note(&store.site, note("a", "asked")).await.expect("answers").expect("noted");
    assert_eq!(store.comment("a").await, before);
    assert_eq!(store.events().await, []);
    let history = store.history("a").await;
    assert_eq!(history.len(), 3);
    for (entry, text) in history[1..].iter().zip(["ask the author", "asked"]) {
        assert_eq!((entry.kind, entry.note.as_str()), (HistoryKind::Noted, text));
        assert_eq!((entry.actor.as_str(), entry.actor_kind), ("mona", ActorKind::Moderator));
        assert!(entry.time >= before.create_time.plus(MINUTE));
    }
}

async fn a_comment_can_be_noted_in_every_state(store: Store) {
    store.stored_all([admission("a"), admission("b"), published("c"), refused("d"), admission("e")]).await;
    store.decided(escalate("b")).await;
    store.queue.withdraw(&store.site, withdrawal("e")).await.expect("answers").expect("withdrawn");
    for name in ["a", "b", "c", "d", "e"] {
        let noted = store.queue.note(&store.site, note(name, "seen")).await.expect("note answers");
        assert_eq!(noted, Ok(Box::new(store.comment(name).await)));
        assert_eq!(store.history_kinds(name).await.last(), Some(&HistoryKind::Noted));
    }
}

async fn a_missing_comment_takes_no_note(store: Store) {
    let refused = store.queue.note(&store.site, note("a", "where is it?")).await.expect("note answers");
    assert_eq!(refused, Err(Refusal::Missing));
    assert_eq!(store.history("a").await, []);
}

async fn claims_are_not_history(store: Store) {
    store.stored(admission("a")).await;
    store.claim(claim("x", "rita", &["a"])).await;
    store.queue.renew(&store.site, "x", &[], MINUTE).await.expect("renew answers");
    store.queue.defer(&store.site, "rita", &id("a"), MINUTE).await.expect("defer answers");
    assert_eq!(store.history_kinds("a").await, [HistoryKind::Submitted]);
}
