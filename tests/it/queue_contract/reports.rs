//! A reader's report counts once, moves a comment up, or brings a published one back into the queue.

use modqueue::domain::{HistoryKind, State};
use modqueue::queue::{Admission, MAX_TIER, Order, REPORT_STEP, Refusal, Report, Reported};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_report_moves_a_waiting_comment_up_and_changes_nothing_else,
    a_report_counts_once_a_reporter,
    reporters_are_told_apart_whatever_their_ids,
    no_report_lifts_a_comment_above_the_highest_tier,
    a_reported_approved_comment_waits_again_and_stays_shown,
    a_report_can_hide_an_approved_comment,
    a_comment_brought_back_by_reports_is_decided_anew,
    an_escalated_comment_moves_up_as_well,
    rejected_withdrawn_and_missing_comments_take_no_reports,
    each_report_is_told_in_the_history,
    of_equal_reports_at_once_one_counts,
];

async fn a_report_moves_a_waiting_comment_up_and_changes_nothing_else(store: Store) {
    store.stored(Admission { tier: 5, ..admission("a") }).await;
    let before = store.stored(admission("b")).await;
    store.claim(claim("x", "rita", &["b"])).await;
    let claimed = store.comment("b").await.claim;
    store.advance(MINUTE);
    let comment = store.reported(report("b", "reader")).await;
    assert_eq!((comment.report_count, comment.tier), (1, before.tier + REPORT_STEP));
    assert_eq!((comment.version, comment.update_time), (1, before.update_time));
    assert_eq!((comment.state, comment.published, &comment.claim), (State::Pending, false, &claimed));
    assert_eq!(store.comment("b").await, comment);
    assert_eq!(store.listed(State::Pending, Order::Risk).await, ids(&["b", "a"]));
    assert_eq!(store.events().await, []);
}

async fn a_report_counts_once_a_reporter(store: Store) {
    store.stored(admission("a")).await;
    let first = store.reported(report("a", "reader")).await;
    for reason in ["rude", "spam"] {
        let again = Report { reason: reason.into(), hide: true, ..report("a", "reader") };
        match store.report(again).await {
            Reported::Repeated(comment) => assert_eq!(*comment, first),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(store.comment("a").await, first);
    assert_eq!(store.history("a").await.len(), 2);
    assert_eq!(store.reported(report("a", "another")).await.report_count, 2);
}

async fn reporters_are_told_apart_whatever_their_ids(store: Store) {
    store.stored_all(["a", "a:b"].map(admission)).await;
    let readers = ["", " ", "r", "r\0", "r\n", "{r}", "b:r", "å", "ａ"];
    for (index, reader) in readers.into_iter().enumerate() {
        assert_eq!(store.reported(report("a", reader)).await.report_count, index as u32 + 1, "{reader:?}");
    }
    assert_eq!(store.reported(report("a:b", "r")).await.report_count, 1);
}

async fn no_report_lifts_a_comment_above_the_highest_tier(store: Store) {
    store.stored(Admission { tier: MAX_TIER - 3, ..admission("a") }).await;
    let mut tiers = Vec::new();
    for reader in ["r1", "r2", "r3"] {
        tiers.push(store.reported(report("a", reader)).await.tier);
    }
    assert_eq!(tiers, [MAX_TIER - 1, MAX_TIER, MAX_TIER]);
    assert_eq!(store.comment("a").await.report_count, 3);
}

async fn a_reported_approved_comment_waits_again_and_stays_shown(store: Store) {
    store.stored_all([published("a"), admission("b")]).await;
    store.decided(approve("b")).await;
    for (name, version) in [("a", 2), ("b", 3)] {
        let comment = store.reported(report(name, "reader")).await;
        assert_eq!((comment.state, comment.published), (State::Pending, true), "{name}");
        assert_eq!((comment.version, comment.report_count), (version, 1), "{name}");
        let events = store.events().await;
        let event = events.last().expect("an event");
        assert_eq!((&event.comment_id, event.version, event.published), (&id(name), version, true));
        assert_eq!((event.state, event.previous_state), (State::Pending, Some(State::Approved)), "{name}");
    }
    store.reported(report("a", "another")).await;
    assert_eq!(
        store.events().await.len(),
        4,
        "a report of what waits changes neither state nor what is shown"
    );
    let mut waiting = store.listed(State::Pending, Order::Risk).await;
    waiting.sort();
    assert_eq!(waiting, ids(&["a", "b"]));
    assert_eq!(store.counts().await.approved, 0);
}

async fn a_report_can_hide_an_approved_comment(store: Store) {
    store.stored(published("a")).await;
    let sent = Report { hide: true, ..report("a", "reader") };
    let comment = store.reported(sent.clone()).await;
    assert_eq!((comment.state, comment.published, comment.version), (State::Pending, false, 2));
    let events = store.events().await;
    let event = &events[1];
    assert_eq!((events.len(), &event.event_id), (2, &sent.event_id));
    assert_eq!((event.state, event.previous_state), (State::Pending, Some(State::Approved)));
    assert_eq!((event.published, event.version), (false, 2));
}

async fn a_comment_brought_back_by_reports_is_decided_anew(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    store.decided(approve("a")).await;
    store.decided(approve("b")).await;
    store.reported(report("a", "reader")).await;
    store.reported(report("b", "reader")).await;
    let comment = store.decided(reject("a")).await;
    assert_eq!((comment.state, comment.published), (State::Rejected, false));
    assert_eq!(store.decided(approve("b")).await.state, State::Approved);
    let previous: Vec<_> = store.events().await[4..].iter().map(|event| event.previous_state).collect();
    assert_eq!(previous, [Some(State::Pending), Some(State::Pending)]);
    assert_eq!(store.tally("ann").await, (1, 1), "one standing decision a comment counts");
}

async fn an_escalated_comment_moves_up_as_well(store: Store) {
    store.stored(admission("a")).await;
    let before = store.decided(escalate("a")).await;
    let comment = store.reported(report("a", "reader")).await;
    assert_eq!((comment.state, comment.tier), (State::Escalated, before.tier + REPORT_STEP));
    assert_eq!((comment.version, comment.decision), (before.version, before.decision));
}

async fn rejected_withdrawn_and_missing_comments_take_no_reports(store: Store) {
    store.stored_all([refused("a"), admission("b")]).await;
    store.queue.withdraw(&store.site, withdrawal("b")).await.expect("answers").expect("withdrawn");
    let refusals = [
        ("a", Refusal::State { current: State::Rejected }),
        ("b", Refusal::State { current: State::Withdrawn }),
        ("missing", Refusal::Missing),
    ];
    for (name, expected) in refusals {
        match store.report(report(name, "reader")).await {
            Reported::Refused(refusal) => assert_eq!(refusal, expected, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(store.comment("a").await.report_count, 0);
    assert_eq!(store.history("missing").await, []);
}

async fn each_report_is_told_in_the_history(store: Store) {
    store.stored(published("a")).await;
    store.reported(report("a", "first")).await;
    store.reported(Report { reason: "spam".into(), ..report("a", "second") }).await;
    let history = store.history("a").await;
    let told: Vec<_> = history[2..].iter().map(|e| (e.kind, e.actor.as_str(), e.reason.as_str())).collect();
    assert_eq!(told, [(HistoryKind::Reported, "first", "rude"), (HistoryKind::Reported, "second", "spam")]);
    assert_eq!((history[2].state, history[2].version), (State::Pending, 2));
}

async fn of_equal_reports_at_once_one_counts(store: Store) {
    store.stored(published("a")).await;
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..20 {
        let (handle, site) = (store.handle().await, store.site.clone());
        let sent = report("a", if index % 2 == 0 { "even" } else { "odd" });
        tasks.spawn(async move { handle.report(&site, sent).await.expect("report answers") });
    }
    let answers = tasks.join_all().await;
    let counted = answers.iter().filter(|answer| matches!(answer, Reported::Counted(_))).count();
    assert_eq!((counted, store.comment("a").await.report_count), (2, 2));
    assert_eq!(store.comment("a").await.version, 2);
}
