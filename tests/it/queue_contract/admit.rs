//! A comment comes in once, whole, and comes back as it was sent.

use modqueue::domain::{Action, ActorKind, Draft, State, Thread, new_id};
use modqueue::queue::{Admission, Admitted, Order};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_held_comment_waits_unpublished_without_an_event,
    a_comment_published_by_the_policy_is_shown_with_an_event,
    a_comment_rejected_by_the_policy_is_hidden_with_an_event,
    a_second_submission_with_the_same_id_is_replayed,
    a_replay_shows_the_comment_as_it_is_now,
    a_replay_needs_the_same_text_author_thread_and_parent_only,
    an_id_with_other_content_is_taken,
    one_of_many_equal_submissions_at_once_is_stored,
    submissions_with_one_id_and_different_texts_leave_one_whole_comment,
    an_unknown_id_is_nowhere,
    get_answers_in_the_order_of_the_ids,
];

async fn a_held_comment_waits_unpublished_without_an_event(store: Store) {
    let sent = admission("a");
    let comment = store.stored(sent.clone()).await;
    assert_eq!((comment.state, comment.published, comment.version), (State::Pending, false, 1));
    assert_eq!((comment.draft.clone(), comment.verdict.clone()), (sent.draft, sent.verdict));
    assert_eq!((comment.tier, comment.report_count), (4, 0));
    assert_eq!((comment.decision.clone(), comment.claim.clone()), (None, None));
    assert_eq!(comment.create_time, comment.update_time);
    assert_eq!(store.comment("a").await, comment);
    assert_eq!(store.events().await, []);
}

async fn a_comment_published_by_the_policy_is_shown_with_an_event(store: Store) {
    let sent = published("a");
    let comment = store.stored(sent.clone()).await;
    assert_eq!((comment.state, comment.published), (State::Approved, true));
    assert_decided_by_policy(&store, &sent).await;
}

async fn a_comment_rejected_by_the_policy_is_hidden_with_an_event(store: Store) {
    let sent = refused("a");
    let comment = store.stored(sent.clone()).await;
    assert_eq!((comment.state, comment.published), (State::Rejected, false));
    assert_decided_by_policy(&store, &sent).await;
}

async fn assert_decided_by_policy(store: &Store, sent: &Admission) {
    let comment = store.comment(sent.id.as_str()).await;
    let decision = comment.decision.clone().expect("the policy decided");
    assert_eq!((decision.state, decision.decide_time), (sent.state, comment.create_time));
    assert_eq!((decision.actor.as_str(), decision.actor_kind), ("policy", ActorKind::Policy));
    let [event] = store.events().await.try_into().expect("one event");
    assert_eq!((event.sequence, event.event_id.as_str()), (1, sent.event_id.as_str()));
    assert_eq!((event.comment_id, event.version), (sent.id.clone(), 1));
    assert_eq!((event.thread_id.as_str(), event.author_id.as_str()), ("article-1", "ann"));
    assert_eq!((event.state, event.previous_state), (sent.state, None));
    assert_eq!((event.published, event.event_time), (comment.published, comment.create_time));
    assert_eq!(event.decision, decision);
}

async fn a_second_submission_with_the_same_id_is_replayed(store: Store) {
    for sent in [admission("a"), published("b"), refused("c")] {
        let first = store.stored(sent.clone()).await;
        let events = store.events().await;
        let again = Admission { event_id: new_id(), ..sent };
        let Admitted::Replayed(comment) = store.admit(again).await else { panic!("not replayed") };
        assert_eq!(*comment, first);
        assert_eq!(store.events().await, events);
    }
    let counts = store.counts().await;
    assert_eq!((counts.pending, counts.approved, counts.rejected), (1, 1, 1));
}

async fn a_replay_shows_the_comment_as_it_is_now(store: Store) {
    store.stored(admission("a")).await;
    let decided = store.decided(reject("a")).await;
    let Admitted::Replayed(comment) = store.admit(admission("a")).await else { panic!("not replayed") };
    assert_eq!(*comment, decided);
}

async fn a_replay_needs_the_same_text_author_thread_and_parent_only(store: Store) {
    let sent = admission("a");
    let first = store.stored(sent.clone()).await;
    let draft = Draft { language: "fr".into(), honeypot_filled: true, ..sent.draft.clone() };
    let other_verdict =
        Admission { draft, state: State::Rejected, verdict: verdict(Action::Reject, 30.0), tier: 30, ..sent };
    let Admitted::Replayed(comment) = store.admit(other_verdict).await else { panic!("not replayed") };
    assert_eq!(*comment, first);
}

async fn an_id_with_other_content_is_taken(store: Store) {
    let sent = admission("a");
    let first = store.stored(sent.clone()).await;
    let others = [
        Draft { text: "another text".into(), ..sent.draft.clone() },
        Draft { author: author("bob"), ..sent.draft.clone() },
        Draft {
            thread: Thread { id: "article-2".into(), ..sent.draft.thread.clone() },
            ..sent.draft.clone()
        },
        Draft { parent_id: "b".into(), ..sent.draft.clone() },
    ];
    for draft in others {
        let answer = store.admit(Admission { draft, ..sent.clone() }).await;
        assert!(matches!(answer, Admitted::Taken), "{answer:?}");
    }
    assert_eq!(store.comment("a").await, first);
    assert_eq!(store.counts().await.pending, 1);
}

async fn one_of_many_equal_submissions_at_once_is_stored(store: Store) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let handle = store.handle().await;
        for _ in 0..10 {
            let (handle, site) = (handle.clone(), store.site.clone());
            tasks.spawn(async move { handle.admit(&site, published("a")).await });
        }
    }
    let (mut stored, mut replayed) = (0, 0);
    while let Some(answer) = tasks.join_next().await {
        match answer.expect("no panic").expect("admit answers") {
            Admitted::Stored { .. } => stored += 1,
            Admitted::Replayed(_) => replayed += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((stored, replayed), (1, 39));
    assert_eq!(store.events().await.len(), 1);
}

async fn submissions_with_one_id_and_different_texts_leave_one_whole_comment(store: Store) {
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..20 {
        let (handle, site) = (store.handle().await, store.site.clone());
        let sent =
            by(&format!("author-{index}"), Admission { draft: draft(&"x".repeat(index)), ..admission("a") });
        tasks.spawn(async move { (sent.draft.clone(), handle.admit(&site, sent).await) });
    }
    let mut winners = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (draft, answer) = done.expect("no panic");
        match answer.expect("admit answers") {
            Admitted::Stored { .. } => winners.push(draft),
            Admitted::Taken => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(winners, [store.comment("a").await.draft]);
    assert_eq!(store.listed(State::Pending, Order::Risk).await, ids(&["a"]));
}

async fn an_unknown_id_is_nowhere(store: Store) {
    assert_eq!(store.find("a").await, None);
    assert_eq!(store.history("a").await, []);
    assert!(!store.queue.recall(&store.site, probe("a")).await.expect("recall answers").known);
    store.stored(admission("a")).await;
    assert!(store.queue.recall(&store.site, probe("a")).await.expect("recall answers").known);
}

async fn get_answers_in_the_order_of_the_ids(store: Store) {
    store.stored_all(["a", "b", "c"].map(admission)).await;
    let asked = ids(&["c", "missing", "a", "c"]);
    let found = store.queue.get(&store.site, &asked).await.expect("get answers");
    let found: Vec<_> = found.into_iter().map(|comment| comment.map(|comment| comment.id)).collect();
    assert_eq!(found, [Some(id("c")), None, Some(id("a")), Some(id("c"))]);
    assert_eq!(store.queue.get(&store.site, &[]).await.expect("get answers"), []);
}
