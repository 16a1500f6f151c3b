//! An edit replaces the content, ends what was decided upon the old one, and keeps the old one in the history.

use modqueue::domain::{Action, HistoryKind, State, Verdict};
use modqueue::queue::{Admission, Admitted, Order, Outcome, Refusal, Revision, Ruling};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_revision_replaces_content_and_verdict,
    the_text_before_goes_into_the_history_each_time,
    an_edit_of_what_waits_unpublished_writes_no_event,
    an_edit_of_an_escalated_comment_writes_an_event,
    an_edit_that_hides_a_published_comment_writes_an_event,
    an_edit_that_the_policy_decides_writes_an_event,
    an_edit_ends_decision_and_claim,
    an_edit_leaves_the_authors_record_alone,
    an_edited_comment_keeps_its_age_and_its_reports,
    reports_weigh_on_the_new_verdict,
    the_id_belongs_to_the_new_content_from_then_on,
    an_edit_charges_no_limit_and_counts_no_repeat,
    an_edit_of_an_older_version_is_refused,
    a_withdrawn_comment_cannot_be_edited,
    a_missing_comment_cannot_be_edited,
    a_decision_on_the_text_before_is_refused,
];

async fn try_revise(store: &Store, revision: Revision) -> Outcome {
    store.queue.revise(&store.site, revision).await.expect("revise answers")
}

async fn revised(store: &Store, revision: Revision) -> modqueue::domain::Comment {
    *try_revise(store, revision).await.expect("revised")
}

async fn a_revision_replaces_content_and_verdict(store: Store) {
    let before = store.stored(admission("a")).await;
    store.advance(MINUTE);
    let mut sent = revision("a", "gentler words");
    sent.draft.labels.clear();
    let comment = revised(&store, sent.clone()).await;
    assert_eq!((&comment.draft, &comment.verdict), (&sent.draft, &sent.verdict));
    assert_eq!((comment.state, comment.published, comment.version), (State::Pending, false, 2));
    assert_eq!((comment.tier, comment.create_time), (2, before.create_time));
    assert!(comment.update_time >= before.update_time.plus(MINUTE));
    assert_eq!(store.comment("a").await, comment);
}

async fn the_text_before_goes_into_the_history_each_time(store: Store) {
    let first = store.stored(admission("a")).await;
    let second = revised(&store, revision("a", "second")).await;
    let third = revised(&store, revision("a", "third")).await;
    let history = store.history("a").await;
    let kinds: Vec<_> = history.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [HistoryKind::Submitted, HistoryKind::Revised, HistoryKind::Revised]);
    for (entry, (before, after)) in history[1..].iter().zip([(&first, &second), (&second, &third)]) {
        assert_eq!(entry.previous_text, before.draft.text);
        assert_eq!(entry.previous_verdict.as_ref(), Some(&before.verdict));
        assert_eq!((entry.version, entry.state), (after.version, State::Pending));
        assert_eq!((entry.actor.as_str(), entry.time), ("portal-token", after.update_time));
    }
}

async fn an_edit_of_what_waits_unpublished_writes_no_event(store: Store) {
    store.stored(admission("a")).await;
    revised(&store, revision("a", "new")).await;
    assert_eq!(store.events().await, []);
}

async fn an_edit_of_an_escalated_comment_writes_an_event(store: Store) {
    store.stored(admission("a")).await;
    store.decided(escalate("a")).await;
    let sent = revision("a", "new");
    revised(&store, sent.clone()).await;
    let events = store.events().await;
    let event = &events[1];
    assert_eq!((events.len(), &event.event_id, event.version), (2, &sent.event_id, 3));
    assert_eq!((event.state, event.previous_state), (State::Pending, Some(State::Escalated)));
    assert!(!event.published);
    assert_eq!(store.counts().await.pending, 1, "it waits for anyone again");
}

async fn an_edit_that_hides_a_published_comment_writes_an_event(store: Store) {
    store.stored_all([published("a"), admission("b"), published("c")]).await;
    store.decided(approve("b")).await;
    store.reported(report("c", "reader")).await;
    let states = [("a", State::Approved), ("b", State::Approved), ("c", State::Pending)];
    for (name, previous) in states {
        let sent = revision(name, "new");
        let comment = revised(&store, sent.clone()).await;
        assert_eq!((comment.state, comment.published), (State::Pending, false), "{name}");
        let events = store.events().await;
        let event = events.last().expect("an event");
        assert_eq!((&event.event_id, &event.comment_id), (&sent.event_id, &id(name)));
        assert_eq!((event.state, event.previous_state), (State::Pending, Some(previous)), "{name}");
        assert_eq!((event.published, event.version), (false, comment.version), "{name}");
        assert_eq!(event.decision.state, State::Pending);
    }
}

async fn an_edit_that_the_policy_decides_writes_an_event(store: Store) {
    store.stored_all([admission("a"), admission("b"), published("c"), refused("d")]).await;
    let cases = [
        ("a", State::Pending, State::Approved),
        ("b", State::Pending, State::Rejected),
        ("c", State::Approved, State::Approved),
        ("d", State::Rejected, State::Pending),
    ];
    for (name, before, after) in cases {
        let sent = Revision { state: after, ..revision(name, "new") };
        let comment = revised(&store, sent.clone()).await;
        assert_eq!((comment.state, comment.published), (after, after == State::Approved), "{name}");
        assert_eq!(comment.decision.map(|decision| decision.state), Some(after).filter(|s| !s.is_waiting()));
        let events = store.events().await;
        let event = events.last().expect("an event");
        assert_eq!(
            (&event.event_id, event.state, event.previous_state),
            (&sent.event_id, after, Some(before))
        );
        assert_eq!((event.published, event.version), (comment.published, 2), "{name}");
    }
}

async fn an_edit_ends_decision_and_claim(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    store.decided(reject("a")).await;
    store.claim(claim("x", "rita", &["b"])).await;
    for name in ["a", "b"] {
        let comment = revised(&store, revision(name, "new")).await;
        assert_eq!((comment.state, comment.decision, comment.claim), (State::Pending, None, None));
        assert_eq!(store.comment(name).await.decision, None);
    }
    let counts = store.counts().await;
    assert_eq!((counts.pending, counts.rejected, counts.claimed), (2, 0, 0));
}

async fn an_edit_leaves_the_authors_record_alone(store: Store) {
    store.stored(admission("a")).await;
    store.decided(reject("a")).await;
    let record = store.author("ann").await;
    revised(&store, revision("a", "new")).await;
    assert_eq!(store.author("ann").await, record);
    store.decided(approve("a")).await;
    assert_eq!(store.tally("ann").await, (1, 1), "the old text's rejection stays");
}

async fn an_edited_comment_keeps_its_age_and_its_reports(store: Store) {
    for name in ["old", "new"] {
        store.stored(Admission { tier: 2, ..admission(name) }).await;
        store.advance(MINUTE);
    }
    store.reported(report("old", "reader")).await;
    let comment = revised(&store, Revision { tier: 0, ..revision("old", "edited") }).await;
    assert_eq!((comment.report_count, comment.tier), (1, 2));
    assert_eq!(store.listed(State::Pending, Order::Risk).await, ids(&["old", "new"]));
    assert_eq!(store.listed(State::Pending, Order::OldestFirst).await, ids(&["old", "new"]));
    let again = store.report(report("old", "reader")).await;
    assert!(matches!(again, modqueue::queue::Reported::Repeated(_)), "{again:?}");
}

async fn reports_weigh_on_the_new_verdict(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    for reader in ["r1", "r2", "r3"] {
        store.reported(report("a", reader)).await;
        store.reported(report("b", reader)).await;
    }
    let verdict = |score| -> Verdict { verdict(Action::Hold, score) };
    let milder = Revision { tier: 1, verdict: verdict(1.0), ..revision("a", "milder") };
    assert_eq!(revised(&store, milder).await.tier, 7);
    let worse = Revision { tier: 30, verdict: verdict(30.0), ..revision("b", "worse") };
    assert_eq!(revised(&store, worse).await.tier, 31);
    assert_eq!(store.listed(State::Pending, Order::Risk).await, ids(&["b", "a"]));
}

async fn the_id_belongs_to_the_new_content_from_then_on(store: Store) {
    let sent = admission("a");
    store.stored(sent.clone()).await;
    let comment = revised(&store, revision("a", "new")).await;
    let old = store.admit(sent.clone()).await;
    assert!(matches!(old, Admitted::Taken), "{old:?}");
    match store.admit(Admission { draft: draft("new"), ..sent }).await {
        Admitted::Replayed(replayed) => assert_eq!(*replayed, comment),
        other => panic!("{other:?}"),
    }
}

async fn an_edit_charges_no_limit_and_counts_no_repeat(store: Store) {
    store.stored(admission("a")).await;
    revised(&store, Revision { fingerprints: vec![7], ..revision("a", "new") }).await;
    let probe = modqueue::queue::Probe { fingerprints: vec![7], ..probe("b") };
    assert_eq!(store.queue.recall(&store.site, probe).await.expect("recall answers").seen, [0]);
}

async fn an_edit_of_an_older_version_is_refused(store: Store) {
    store.stored(admission("a")).await;
    let before = store.decided(approve("a")).await;
    let late = Revision { expected: Some(1), ..revision("a", "late") };
    assert_eq!(try_revise(&store, late).await, Err(Refusal::Stale { current: 2 }));
    assert_eq!(store.comment("a").await, before);
    let seen = Revision { expected: Some(2), ..revision("a", "new") };
    assert_eq!(revised(&store, seen).await.version, 3);
}

async fn a_withdrawn_comment_cannot_be_edited(store: Store) {
    store.stored(admission("a")).await;
    let before =
        store.queue.withdraw(&store.site, withdrawal("a")).await.expect("answers").expect("withdrawn");
    let refusal = Refusal::State { current: State::Withdrawn };
    assert_eq!(try_revise(&store, revision("a", "new")).await, Err(refusal));
    assert_eq!(store.comment("a").await, *before);
}

async fn a_missing_comment_cannot_be_edited(store: Store) {
    assert_eq!(try_revise(&store, revision("a", "new")).await, Err(Refusal::Missing));
    assert_eq!(store.find("a").await, None);
}

async fn a_decision_on_the_text_before_is_refused(store: Store) {
    store.stored(admission("a")).await;
    revised(&store, revision("a", "much worse")).await;
    let ruling = Ruling { expected: Some(1), ..approve("a") };
    assert_eq!(store.decide(ruling).await, Err(Refusal::Stale { current: 2 }));
}
