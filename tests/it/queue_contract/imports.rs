//! History of another system comes in.

use std::time::Duration;

use modqueue::domain::{ActorKind, Clock as _, Decision, HistoryKind, State, Timestamp};
use modqueue::queue::{ClaimRequest, Import, Imported, Order, Refusal};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    an_imported_comment_stands_where_it_stood_with_its_times,
    an_import_writes_no_event_and_counts_no_repeat,
    the_history_tells_the_decision_before_the_import,
    a_decision_from_before_counts_for_its_author,
    an_import_can_be_repeated_and_another_content_is_refused,
    a_waiting_one_takes_its_place_in_the_queue,
    a_full_queue_refuses_what_would_wait_and_nothing_else,
    a_decision_from_before_can_be_undone,
    an_undecided_one_has_nothing_to_undo,
    what_was_imported_is_decided_like_any_other,
    an_import_is_kept_as_long_as_what_was_decided_today,
    an_author_s_imported_comments_are_listed_by_when_they_were_written,
    imported_comments_are_erased_with_their_author,
    imports_survive_opening_the_store_again,
];

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A comment of a year ago, approved an hour later.
fn past(store: &Store, name: &str) -> Import {
    let written = store.clock.now().minus(YEAR);
    Import { create_time: written, ..import(name, State::Approved, written.plus(HOUR)) }
}

async fn imported(store: &Store, imports: Vec<Import>) -> Vec<Imported> {
    store.queue.import(&store.site, 1_000, imports).await.expect("import answers")
}

async fn an_imported_comment_stands_where_it_stood_with_its_times(store: Store) {
    let sent = past(&store, "a");
    assert_eq!(imported(&store, vec![sent.clone()]).await, [Imported::Stored]);
    let comment = store.comment("a").await;
    assert_eq!((comment.state, comment.published, comment.version), (State::Approved, true, 2));
    assert_eq!((&comment.draft, &comment.verdict), (&sent.draft, &sent.verdict));
    assert_eq!((comment.create_time, &comment.decision), (sent.create_time, &sent.decision));
    assert!(store.clock.now().since(comment.update_time) < MINUTE, "it is new here");
    let counts = store.counts().await;
    assert_eq!((counts.approved, counts.pending), (1, 0));
    let undecided = Import { state: State::Withdrawn, decision: None, ..past(&store, "b") };
    imported(&store, vec![undecided]).await;
    let comment = store.comment("b").await;
    assert_eq!((comment.state, comment.published, comment.version), (State::Withdrawn, false, 1));
    assert_eq!(comment.decision, None);
}

async fn an_import_writes_no_event_and_counts_no_repeat(store: Store) {
    let states = [State::Pending, State::Escalated, State::Approved, State::Rejected, State::Withdrawn];
    let imports = states.map(|state| Import { state, decision: None, ..past(&store, state.name()) });
    assert_eq!(imported(&store, imports.to_vec()).await, [Imported::Stored; 5]);
    assert_eq!(store.events().await, []);
    let seen =
        store.queue.recall(&store.site, modqueue::queue::Probe { fingerprints: vec![1], ..probe("x") });
    assert_eq!(seen.await.expect("recall answers").seen, [0]);
}

async fn the_history_tells_the_decision_before_the_import(store: Store) {
    let sent = past(&store, "a");
    let decided = sent.decision.clone().expect("it was decided");
    imported(&store, vec![sent, Import { decision: None, ..past(&store, "b") }]).await;
    assert_eq!(store.history_kinds("a").await, [HistoryKind::Approved, HistoryKind::Imported]);
    let history = store.history("a").await;
    assert_eq!((history[0].time, &history[0].actor), (decided.decide_time, &decided.actor));
    assert_eq!((&history[0].reason, &history[0].note), (&decided.reason, &decided.note));
    assert_eq!((history[1].actor.as_str(), history[1].state), ("mover", State::Approved));
    assert!(history[1].time > history[0].time);
    assert_eq!(store.history_kinds("b").await, [HistoryKind::Imported], "nobody here judged it");
}

async fn a_decision_from_before_counts_for_its_author(store: Store) {
    let rejected = import("b", State::Rejected, store.clock.now().minus(HOUR));
    let undecided = Import { decision: None, ..past(&store, "c") };
    let guest = past(&store, "d");
    let guest = Import { draft: modqueue::domain::Draft { author: author(""), ..guest.draft }, ..guest };
    imported(&store, vec![past(&store, "a"), rejected, undecided, guest]).await;
    assert_eq!(store.tally("ann").await, (1, 1));
    assert_eq!(store.tally("").await, (0, 0));
}

async fn an_import_can_be_repeated_and_another_content_is_refused(store: Store) {
    store.stored(admission("own")).await;
    let sent = past(&store, "a");
    let other = Import { draft: draft("something else"), ..past(&store, "a") };
    let own = past(&store, "own");
    let taken = Import { draft: draft("not what came in"), ..past(&store, "own") };
    let answers = imported(&store, vec![sent.clone(), sent, other, own, taken]).await;
    use Imported::*;
    assert_eq!(answers, [Stored, Here, Taken, Here, Taken]);
    assert_eq!(store.comment("own").await.state, State::Pending, "what is here is left as it is");
    assert_eq!(store.tally("ann").await, (1, 0));
    assert_eq!(store.history("a").await.len(), 2);
}

async fn a_waiting_one_takes_its_place_in_the_queue(store: Store) {
    store.stored(admission("new")).await;
    let waits =
        |name: &str, tier| Import { state: State::Pending, tier, decision: None, ..past(&store, name) };
    imported(&store, vec![waits("old", 4), waits("risky", 9)]).await;
    assert_eq!(store.listed(State::Pending, Order::Risk).await, ids(&["risky", "old", "new"]));
    let written = store.comment("old").await.create_time;
    assert_eq!(store.counts().await.oldest_pending, Some(written));
    let request = ClaimRequest { candidates: vec![(id("old"), 1)], ..claim("x", "rita", &[]) };
    assert_eq!(store.claim(request).await, ids(&["old"]));
}

async fn a_full_queue_refuses_what_would_wait_and_nothing_else(store: Store) {
    store.stored(admission("a")).await;
    let waits = |name: &str| Import { state: State::Pending, decision: None, ..past(&store, name) };
    let imports = vec![waits("b"), waits("c"), past(&store, "d"), waits("b")];
    let answers = store.queue.import(&store.site, 2, imports).await.expect("import answers");
    use Imported::*;
    assert_eq!(answers, [Stored, Full, Stored, Here]);
    assert_eq!(store.find("c").await, None);
}

async fn a_decision_from_before_can_be_undone(store: Store) {
    imported(&store, vec![past(&store, "a")]).await;
    let undone = store.queue.undo(&store.site, undo("a")).await.expect("undo answers").expect("it is undone");
    assert_eq!((undone.state, undone.published, &undone.decision), (State::Pending, false, &None));
    assert_eq!(store.tally("ann").await, (0, 0));
    let events = store.events().await;
    assert_eq!((events.len(), events[0].previous_state), (1, Some(State::Approved)));
}

async fn an_undecided_one_has_nothing_to_undo(store: Store) {
    imported(&store, vec![Import { decision: None, ..past(&store, "a") }]).await;
    let outcome = store.queue.undo(&store.site, undo("a")).await.expect("undo answers");
    assert_eq!(outcome, Err(Refusal::State { current: State::Approved }));
}

async fn what_was_imported_is_decided_like_any_other(store: Store) {
    let sent = past(&store, "a");
    imported(&store, vec![sent.clone()]).await;
    let rejected = store.decided(reject("a")).await;
    assert_eq!((rejected.state, rejected.version), (State::Rejected, 3));
    assert_eq!(store.tally("ann").await, (0, 1));
    let undone = store.queue.undo(&store.site, undo("a")).await.expect("undo answers").expect("it is undone");
    assert_eq!((undone.state, undone.decision), (State::Approved, sent.decision));
    assert_eq!(store.tally("ann").await, (1, 0));
    let reported = store.reported(report("a", "reader")).await;
    assert_eq!((reported.state, reported.published), (State::Pending, true));
}

async fn an_import_is_kept_as_long_as_what_was_decided_today(store: Store) {
    imported(&store, vec![past(&store, "a")]).await;
    assert_eq!(store.sweep(DAY).await.comments, 0);
    store.advance(2 * DAY);
    assert_eq!(store.sweep(DAY).await.comments, 1);
    assert_eq!(store.find("a").await, None);
    assert_eq!(imported(&store, vec![past(&store, "a")]).await, [Imported::Stored], "nothing of it is left");
    assert_eq!(store.history("a").await.len(), 2);
}

async fn an_author_s_imported_comments_are_listed_by_when_they_were_written(store: Store) {
    store.stored(admission("today")).await;
    let at = |name: &str, age: u32| {
        let written = store.clock.now().minus(age * DAY);
        Import { create_time: written, ..import(name, State::Approved, written) }
    };
    imported(&store, vec![at("early", 9), at("late", 2), at("middle", 5)]).await;
    let query = written_by("ann", Order::OldestFirst);
    let page = store.queue.author_comments(&store.site, &query).await.expect("author_comments answers");
    let names: Vec<_> = page.comments.iter().map(|comment| comment.id.as_str()).collect();
    assert_eq!(names, ["early", "middle", "late", "today"]);
}

async fn imported_comments_are_erased_with_their_author(store: Store) {
    imported(&store, vec![past(&store, "a"), past(&store, "b")]).await;
    let erased = store.queue.erase_author(&store.site, "ann").await.expect("erase answers");
    assert_eq!((erased.comments, store.find("a").await, store.tally("ann").await), (2, None, (0, 0)));
    assert_eq!(store.history("a").await, []);
}

async fn imports_survive_opening_the_store_again(store: Store) {
    let sent = past(&store, "a");
    imported(&store, vec![sent.clone()]).await;
    let store = store.reopen().await;
    assert_eq!(store.comment("a").await.decision, sent.decision);
    assert_eq!(imported(&store, vec![sent]).await, [Imported::Here]);
}

/// Decided by `mona` then, in the same words as today's samples.
fn import(name: &str, state: State, decide_time: Timestamp) -> Import {
    let decision = Decision { decide_time, actor_kind: ActorKind::Moderator, ..ruling(name, state).decision };
    Import { decision: Some(decision), ..crate::support::samples::import(name, state) }
}
