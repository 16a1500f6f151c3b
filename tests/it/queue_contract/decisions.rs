//! A decision changes state, author's record, history and feed together, on the version it was made on.

use modqueue::domain::{Decision, HistoryKind, State};
use modqueue::queue::{MAX_BATCH, Refusal, Ruling};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    an_approval_shows_the_comment_and_says_so_everywhere,
    a_rejection_hides_the_comment,
    an_escalation_leaves_the_comment_shown_or_hidden,
    an_escalated_comment_is_decided_by_a_senior,
    a_decision_may_be_replaced,
    the_authors_record_follows_the_standing_decision,
    what_the_policy_decided_is_not_in_the_authors_record,
    a_missing_comment_is_missing,
    a_withdrawn_comment_cannot_be_decided,
    a_comment_under_anothers_lease_cannot_be_decided,
    a_comment_under_ones_own_lease_can_be_decided,
    a_late_decision_is_judged_by_its_version,
    a_decision_on_an_older_version_is_refused,
    the_first_reason_to_refuse_is_named,
    a_refused_ruling_changes_nothing,
    rulings_are_answered_in_order_and_refused_one_by_one,
    a_full_batch_is_decided,
    of_many_decisions_on_one_version_at_once_one_passes,
];

fn on_version(expected: u32, ruling: Ruling) -> Ruling {
    Ruling { expected: Some(expected), ..ruling }
}

fn under(claim_id: &str, ruling: Ruling) -> Ruling {
    Ruling { claim_id: claim_id.into(), ..ruling }
}

async fn withdraw(store: &Store, name: &str) {
    store.queue.withdraw(&store.site, withdrawal(name)).await.expect("withdraw answers").expect("withdrawn");
}

async fn an_approval_shows_the_comment_and_says_so_everywhere(store: Store) {
    let before = store.stored(admission("a")).await;
    store.advance(MINUTE);
    let sent = on_version(1, approve("a"));
    let comment = store.decided(sent.clone()).await;
    assert_eq!((comment.state, comment.published, comment.version), (State::Approved, true, 2));
    assert_eq!((&comment.draft, &comment.verdict), (&before.draft, &before.verdict));
    assert_eq!(comment.create_time, before.create_time);
    assert!(comment.update_time >= before.update_time.plus(MINUTE));
    let decision = comment.decision.clone().expect("it was decided");
    assert_eq!(decision, Decision { decide_time: comment.update_time, ..sent.decision });
    assert_eq!(store.comment("a").await, comment);
    let [event] = store.events().await.try_into().expect("one event");
    assert_eq!((event.sequence, event.event_id), (1, sent.event_id));
    assert_eq!(
        (event.comment_id, event.thread_id, event.author_id),
        (id("a"), "article-1".into(), "ann".into())
    );
    assert_eq!((event.state, event.previous_state), (State::Approved, Some(State::Pending)));
    assert_eq!((event.published, event.version, event.event_time), (true, 2, comment.update_time));
    assert_eq!(event.decision, decision);
    assert_eq!(store.history_kinds("a").await, [HistoryKind::Submitted, HistoryKind::Approved]);
    assert_eq!(store.tally("ann").await, (1, 0));
}

async fn a_rejection_hides_the_comment(store: Store) {
    store.stored(published("a")).await;
    let comment = store.decided(reject("a")).await;
    assert_eq!((comment.state, comment.published, comment.version), (State::Rejected, false, 2));
    let events = store.events().await;
    let event = events.last().expect("an event");
    assert_eq!((event.state, event.previous_state), (State::Rejected, Some(State::Approved)));
    assert!(!event.published);
    assert_eq!(store.tally("ann").await, (0, 1));
}

async fn an_escalation_leaves_the_comment_shown_or_hidden(store: Store) {
    store.stored_all([admission("hidden"), published("shown"), refused("refused")]).await;
    for (name, published) in [("hidden", false), ("shown", true), ("refused", false)] {
        let comment = store.decided(escalate(name)).await;
        assert_eq!((comment.state, comment.published), (State::Escalated, published), "{name}");
        assert_eq!(comment.decision.expect("decided").state, State::Escalated);
        assert_eq!(store.events().await.last().expect("an event").published, published, "{name}");
    }
    assert_eq!(store.tally("ann").await, (0, 0));
}

async fn an_escalated_comment_is_decided_by_a_senior(store: Store) {
    store.stored(admission("a")).await;
    store.decided(escalate("a")).await;
    let comment = store.decided(on_version(2, approve("a"))).await;
    assert_eq!((comment.state, comment.published, comment.version), (State::Approved, true, 3));
    assert_eq!(store.events().await[1].previous_state, Some(State::Escalated));
    assert_eq!(store.tally("ann").await, (1, 0));
}

async fn a_decision_may_be_replaced(store: Store) {
    store.stored(admission("a")).await;
    store.decided(approve("a")).await;
    let second = reject("a");
    let comment = store.decided(second.clone()).await;
    assert_eq!((comment.state, comment.published, comment.version), (State::Rejected, false, 3));
    let decision = comment.decision.expect("decided");
    assert_eq!(decision, Decision { decide_time: comment.update_time, ..second.decision });
    let again = store.decided(reject("a")).await;
    assert_eq!((again.state, again.version), (State::Rejected, 4), "also by the same decision");
    assert_eq!(store.events().await.len(), 3);
}

async fn the_authors_record_follows_the_standing_decision(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    let steps = [
        (approve("a"), (1, 0)),
        (approve("b"), (2, 0)),
        (reject("a"), (1, 1)),
        (reject("a"), (1, 1)),
        (escalate("a"), (1, 0)),
        (approve("a"), (2, 0)),
        (approve("a"), (2, 0)),
        (escalate("b"), (1, 0)),
    ];
    let mut version = store.author("ann").await.version;
    let mut before = (0, 0);
    for (step, (ruling, expected)) in steps.into_iter().enumerate() {
        store.decided(ruling).await;
        let record = store.author("ann").await;
        assert_eq!((record.approved, record.rejected), expected, "step {step}");
        if expected != before {
            assert!(record.version > version, "step {step} changed the record, not its version");
        }
        (version, before) = (record.version, expected);
    }
    assert_eq!(store.tally("bob").await, (0, 0));
}

async fn what_the_policy_decided_is_not_in_the_authors_record(store: Store) {
    store.stored_all([published("a"), refused("b")]).await;
    assert_eq!(store.author("ann").await, Default::default());
    store.decided(approve("b")).await;
    store.decided(approve("a")).await;
    assert_eq!(store.tally("ann").await, (2, 0));
}

async fn a_missing_comment_is_missing(store: Store) {
    let ruling = on_version(1, under("x", approve("a")));
    assert_eq!(store.decide(ruling).await, Err(Refusal::Missing));
    assert_eq!(store.events().await, []);
}

async fn a_withdrawn_comment_cannot_be_decided(store: Store) {
    store.stored(admission("a")).await;
    withdraw(&store, "a").await;
    let refusal = Refusal::State { current: State::Withdrawn };
    for ruling in [approve("a"), reject("a"), escalate("a")] {
        assert_eq!(store.decide(ruling).await, Err(refusal.clone()));
    }
    assert_eq!(store.decide(on_version(1, approve("a"))).await, Err(refusal), "state goes before version");
}

async fn a_comment_under_anothers_lease_cannot_be_decided(store: Store) {
    store.stored(admission("a")).await;
    store.claim(claim("x", "rita", &["a"])).await;
    let until = store.comment("a").await.claim.expect("held").expire_time;
    let held = Err(Refusal::Held { reviewer: "rita".into(), until });
    assert_eq!(store.decide(under("y", approve("a"))).await, held);
    assert_eq!(store.decide(approve("a")).await, held, "no lease is another lease");
    assert_eq!(store.decide(on_version(9, approve("a"))).await, held, "the lease goes before the version");
}

async fn a_comment_under_ones_own_lease_can_be_decided(store: Store) {
    store.stored(admission("a")).await;
    store.claim(claim("x", "rita", &["a"])).await;
    let comment = store.decided(on_version(1, under("x", approve("a")))).await;
    assert_eq!((comment.state, comment.claim), (State::Approved, None));
}

async fn a_late_decision_is_judged_by_its_version(store: Store) {
    store.stored_all(["a", "b", "c"].map(admission)).await;
    store.claim(claim("x", "rita", &["a", "b", "c"])).await;
    store.advance(10 * MINUTE);
    store.decided(on_version(1, under("x", approve("a")))).await;
    store.claim(claim("y", "sven", &["b", "c"])).await;
    let outcome = store.decide(on_version(1, under("x", approve("b")))).await;
    assert!(matches!(outcome, Err(Refusal::Held { .. })), "{outcome:?}");
    store.decided(on_version(1, under("y", reject("c")))).await;
    let outcome = store.decide(on_version(1, under("x", approve("c")))).await;
    assert_eq!(outcome, Err(Refusal::Stale { current: 2 }));
}

async fn a_decision_on_an_older_version_is_refused(store: Store) {
    store.stored(admission("a")).await;
    store.decided(on_version(1, approve("a"))).await;
    assert_eq!(store.decide(on_version(1, reject("a"))).await, Err(Refusal::Stale { current: 2 }));
    assert_eq!(store.decide(on_version(3, reject("a"))).await, Err(Refusal::Stale { current: 2 }));
    store.decided(on_version(2, reject("a"))).await;
}

async fn the_first_reason_to_refuse_is_named(store: Store) {
    store.stored_all(["claimed", "withdrawn"].map(admission)).await;
    store.claim(claim("x", "rita", &["claimed", "withdrawn"])).await;
    withdraw(&store, "withdrawn").await;
    let ask = |name| store.decide(on_version(7, under("y", approve(name))));
    assert_eq!(ask("missing").await, Err(Refusal::Missing));
    assert_eq!(ask("withdrawn").await, Err(Refusal::State { current: State::Withdrawn }));
    let outcome = ask("claimed").await;
    assert!(matches!(outcome, Err(Refusal::Held { .. })), "{outcome:?}");
    let outcome = store.decide(on_version(7, under("x", approve("claimed")))).await;
    assert_eq!(outcome, Err(Refusal::Stale { current: 1 }));
}

async fn a_refused_ruling_changes_nothing(store: Store) {
    store.stored(admission("a")).await;
    store.claim(claim("x", "rita", &["a"])).await;
    let before = store.comment("a").await;
    assert!(store.decide(approve("a")).await.is_err());
    assert!(store.decide(on_version(2, under("x", approve("a")))).await.is_err());
    assert_eq!(store.comment("a").await, before);
    assert_eq!(store.events().await, []);
    assert_eq!(store.history("a").await.len(), 1);
    assert_eq!(store.author("ann").await, Default::default());
}

async fn rulings_are_answered_in_order_and_refused_one_by_one(store: Store) {
    store.stored_all(["a", "b", "c"].map(admission)).await;
    let rulings = vec![
        approve("c"),
        approve("missing"),
        on_version(4, approve("b")),
        reject("a"),
        on_version(1, reject("c")),
        on_version(2, reject("c")),
    ];
    let outcomes = store.queue.decide(&store.site, rulings).await.expect("decide answers");
    let told: Vec<_> = outcomes.into_iter().map(|outcome| outcome.map(|c| (c.id.clone(), c.state))).collect();
    assert_eq!(
        told,
        [
            Ok((id("c"), State::Approved)),
            Err(Refusal::Missing),
            Err(Refusal::Stale { current: 1 }),
            Ok((id("a"), State::Rejected)),
            Err(Refusal::Stale { current: 2 }),
            Ok((id("c"), State::Rejected)),
        ]
    );
    let told: Vec<_> =
        store.events().await.into_iter().map(|event| (event.sequence, event.comment_id)).collect();
    assert_eq!(told, [(1, id("c")), (2, id("a")), (3, id("c"))]);
    assert_eq!(store.tally("ann").await, (0, 2));
    assert_eq!(store.queue.decide(&store.site, vec![]).await.expect("decide answers"), []);
}

async fn a_full_batch_is_decided(store: Store) {
    let names: Vec<String> = (0..MAX_BATCH).map(|index| format!("c{index}")).collect();
    store.stored_all(names.iter().map(|name| admission(name))).await;
    let rulings = names.iter().map(|name| reject(name)).collect();
    let outcomes = store.queue.decide(&store.site, rulings).await.expect("decide answers");
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), MAX_BATCH);
    assert_eq!(store.tally("ann").await, (0, MAX_BATCH as u32));
    let sequences: Vec<_> = store.events().await.into_iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=MAX_BATCH as u64).collect::<Vec<_>>());
}

async fn of_many_decisions_on_one_version_at_once_one_passes(store: Store) {
    store.stored(admission("a")).await;
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..20 {
        let (handle, site) = (store.handle().await, store.site.clone());
        let ruling = on_version(1, if index % 2 == 0 { approve("a") } else { reject("a") });
        tasks.spawn(
            async move { handle.decide(&site, vec![ruling]).await.expect("decide answers").remove(0) },
        );
    }
    let outcomes = tasks.join_all().await;
    let passed: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    assert_eq!(passed.len(), 1);
    assert_eq!(**passed[0], store.comment("a").await);
    for outcome in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert_eq!(*outcome, Refusal::Stale { current: 2 });
    }
    assert_eq!(store.events().await.len(), 1);
    let (approved, rejected) = store.tally("ann").await;
    assert_eq!(approved + rejected, 1);
}
