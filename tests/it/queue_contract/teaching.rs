//! What moderators taught is kept in one step, once, and told to whoever lacks it.

use modqueue::domain::State;
use modqueue::queue::{ModelChange, StoredModel, Teaching};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_site_that_was_never_taught_has_no_model,
    what_was_added_is_told_in_order_to_whoever_lacks_it,
    a_whole_model_takes_the_place_of_what_was_added,
    a_reader_ahead_of_the_store_gets_the_whole,
    a_step_that_only_moves_the_cursor_leaves_the_revision,
    a_step_on_another_revision_or_cursor_is_refused_and_changes_nothing,
    of_many_steps_on_one_cursor_one_is_taken,
    lessons_are_kept_replaced_and_forgotten_with_the_step,
    nothing_is_kept_with_a_comment_that_is_not_there,
    a_lesson_goes_with_its_comment,
    a_whole_model_of_a_megabyte_comes_back,
    sites_are_taught_apart,
    what_was_taught_is_there_after_a_restart,
];

fn added(revision: u64, cursor: u64, change: &[u8]) -> Teaching {
    let change = ModelChange::Added(change.to_vec());
    Teaching { revision, cursor, learned_to: cursor + 1, change, lessons: vec![] }
}

fn whole(revision: u64, cursor: u64, model: &[u8]) -> Teaching {
    Teaching { change: ModelChange::Whole(model.to_vec()), ..added(revision, cursor, &[]) }
}

fn keeping(revision: u64, cursor: u64, lessons: &[(&str, Option<&[u8]>)]) -> Teaching {
    let lessons = lessons.iter().map(|(name, lesson)| (id(name), lesson.map(<[u8]>::to_vec))).collect();
    Teaching { lessons, ..added(revision, cursor, b"x") }
}

async fn teach(store: &Store, teaching: Teaching) -> bool {
    store.queue.teach(&store.site, teaching).await.expect("teach answers")
}

async fn model(store: &Store, known: Option<u64>) -> StoredModel {
    store.queue.model(&store.site, known).await.expect("model answers")
}

/// What a reader of `known` is told: the whole if it lacks it, and the changes.
async fn told(store: &Store, known: u64) -> (Option<String>, Vec<String>) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let model = model(store, Some(known)).await;
    (model.whole.map(text), model.changes.into_iter().map(text).collect())
}

async fn lessons(store: &Store, names: &[&str]) -> Vec<Option<Vec<u8>>> {
    store.queue.lessons(&store.site, &ids(names)).await.expect("lessons answers")
}

async fn a_site_that_was_never_taught_has_no_model(store: Store) {
    assert_eq!(model(&store, Some(0)).await, StoredModel::default());
    store.stored(published("a")).await;
    let model = model(&store, Some(0)).await;
    assert!(model.generation > 0);
    assert_eq!(
        model,
        StoredModel { generation: model.generation, newest_event: 1, ..StoredModel::default() }
    );
    assert_eq!(lessons(&store, &["a", "b"]).await, [None, None]);
    assert_eq!(lessons(&store, &[]).await.len(), 0);
}

async fn what_was_added_is_told_in_order_to_whoever_lacks_it(store: Store) {
    for (revision, change) in ["one", "two", "three"].into_iter().enumerate() {
        assert!(teach(&store, added(revision as u64, revision as u64, change.as_bytes())).await);
    }
    let head = model(&store, None).await;
    assert_eq!((head.revision, head.cursor, head.whole_revision), (3, 3, 0));
    assert_eq!((head.whole, head.changes.len()), (None, 0), "the numbers alone");
    assert_eq!(told(&store, 0).await, (None, vec!["one".into(), "two".into(), "three".into()]));
    assert_eq!(told(&store, 2).await, (None, vec!["three".into()]));
    assert_eq!(told(&store, 3).await, (None, vec![]));
}

async fn a_whole_model_takes_the_place_of_what_was_added(store: Store) {
    assert!(teach(&store, added(0, 0, b"one")).await);
    assert!(teach(&store, whole(1, 1, b"all")).await);
    assert!(teach(&store, added(2, 2, b"three")).await);
    assert_eq!(model(&store, None).await.whole_revision, 2);
    for known in [0, 1] {
        assert_eq!(told(&store, known).await, (Some("all".into()), vec!["three".into()]));
    }
    assert_eq!(told(&store, 2).await, (None, vec!["three".into()]));
}

async fn a_reader_ahead_of_the_store_gets_the_whole(store: Store) {
    assert!(teach(&store, added(0, 0, b"one")).await);
    assert_eq!(told(&store, 9).await, (Some(String::new()), vec!["one".into()]));
    assert!(teach(&store, whole(1, 1, b"all")).await);
    assert_eq!(told(&store, 9).await, (Some("all".into()), vec![]));
}

async fn a_step_that_only_moves_the_cursor_leaves_the_revision(store: Store) {
    assert!(teach(&store, added(0, 0, b"one")).await);
    let step = Teaching { change: ModelChange::Nothing, learned_to: 40, ..added(1, 1, &[]) };
    assert!(teach(&store, step).await);
    let head = model(&store, Some(1)).await;
    assert_eq!((head.revision, head.cursor, head.changes.len()), (1, 40, 0));
}

async fn a_step_on_another_revision_or_cursor_is_refused_and_changes_nothing(store: Store) {
    store.stored(admission("a")).await;
    assert!(teach(&store, keeping(0, 0, &[("a", Some(b"kept"))])).await);
    let before = model(&store, Some(0)).await;
    for (revision, cursor) in [(0, 0), (1, 0), (0, 1), (2, 1), (1, 2)] {
        assert!(!teach(&store, keeping(revision, cursor, &[("a", None)])).await, "{revision} {cursor}");
        assert!(!teach(&store, whole(revision, cursor, b"all")).await);
    }
    assert_eq!(model(&store, Some(0)).await, before);
    assert_eq!(lessons(&store, &["a"]).await, [Some(b"kept".to_vec())]);
}

async fn of_many_steps_on_one_cursor_one_is_taken(store: Store) {
    for round in 0..5 {
        let mut learners = Vec::new();
        for _ in 0..6 {
            let (queue, site) = (store.handle().await, store.site.clone());
            let learner = async move { queue.teach(&site, added(round, round, b"x")).await };
            learners.push(tokio::spawn(learner));
        }
        let mut taken = 0;
        for learner in learners {
            taken += u32::from(learner.await.expect("it ends").expect("teach answers"));
        }
        assert_eq!(taken, 1);
    }
    assert_eq!(told(&store, 0).await.1.len(), 5);
}

async fn lessons_are_kept_replaced_and_forgotten_with_the_step(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    assert!(teach(&store, keeping(0, 0, &[("a", Some(b"one")), ("b", Some(b"\0\xff"))])).await);
    assert_eq!(lessons(&store, &["b", "a"]).await, [Some(b"\0\xff".to_vec()), Some(b"one".to_vec())]);
    assert!(teach(&store, keeping(1, 1, &[("a", Some(b"two")), ("b", None)])).await);
    assert_eq!(lessons(&store, &["a", "b"]).await, [Some(b"two".to_vec()), None]);
}

async fn nothing_is_kept_with_a_comment_that_is_not_there(store: Store) {
    assert!(teach(&store, keeping(0, 0, &[("gone", Some(b"one"))])).await);
    assert_eq!(lessons(&store, &["gone"]).await, [None]);
    assert_eq!(model(&store, None).await.revision, 1, "the rest of the step holds");
}

async fn a_lesson_goes_with_its_comment(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    store.decided(approve("a")).await;
    assert!(teach(&store, keeping(0, 0, &[("a", Some(b"one")), ("b", Some(b"two"))])).await);
    store.advance(31 * DAY);
    assert_eq!(store.sweep(30 * DAY).await.comments, 1);
    assert_eq!(lessons(&store, &["a", "b"]).await, [None, Some(b"two".to_vec())]);
    assert_eq!(store.counts().await.pending, 1);
    assert_eq!(store.listed(State::Approved, modqueue::queue::Order::Risk).await, []);
}

async fn a_whole_model_of_a_megabyte_comes_back(store: Store) {
    let bytes: Vec<u8> =
        (0..1_400_000u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert!(teach(&store, whole(0, 0, &bytes)).await);
    assert!(model(&store, Some(0)).await.whole == Some(bytes));
}

async fn sites_are_taught_apart(store: Store) {
    assert!(teach(&store, added(0, 0, b"one")).await);
    let (other, longer) = (site("other"), site("default-2"));
    for site in [&other, &longer] {
        assert_eq!(store.queue.model(site, Some(0)).await.expect("model answers").revision, 0);
    }
    assert!(store.queue.teach(&longer, whole(0, 0, b"all")).await.expect("teach answers"));
    assert_eq!(told(&store, 0).await, (None, vec!["one".into()]));
}

async fn what_was_taught_is_there_after_a_restart(store: Store) {
    store.stored(admission("a")).await;
    assert!(teach(&store, whole(0, 0, b"all")).await);
    assert!(teach(&store, keeping(1, 1, &[("a", Some(b"one"))])).await);
    let before = model(&store, Some(0)).await;
    let store = store.reopen().await;
    assert_eq!(model(&store, Some(0)).await, before);
    assert_eq!(lessons(&store, &["a"]).await, [Some(b"one".to_vec())]);
}
