//! A sweep removes what has been kept long enough, with all that hangs on it, and nothing that waits.

use modqueue::domain::State;
use modqueue::queue::{Admission, Admitted, Order, Swept};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    decided_and_withdrawn_comments_go_when_they_are_old,
    waiting_comments_stay_however_old,
    a_change_makes_a_comment_young_again,
    a_swept_comment_leaves_nothing_behind,
    a_swept_id_is_free_again,
    the_authors_record_outlives_the_comments,
    old_events_go_and_numbering_goes_on,
    a_feed_without_events_knows_where_it_was,
    a_sweep_of_one_site_spares_the_others,
    hundreds_are_swept_in_bounded_steps,
    sweeping_what_is_swept_finds_nothing,
];

async fn decided_and_withdrawn_comments_go_when_they_are_old(store: Store) {
    store.stored_all([published("old-a"), refused("old-r"), admission("old-w"), admission("old-m")]).await;
    store.queue.withdraw(&store.site, withdrawal("old-w")).await.expect("answers").expect("withdrawn");
    store.decided(reject("old-m")).await;
    store.advance(2 * DAY);
    store.stored_all([published("new-a"), refused("new-r"), admission("new-w")]).await;
    store.queue.withdraw(&store.site, withdrawal("new-w")).await.expect("answers").expect("withdrawn");
    assert_eq!(store.sweep(DAY).await.comments, 4);
    for name in ["old-a", "old-r", "old-w", "old-m"] {
        assert_eq!(store.find(name).await, None, "{name}");
    }
    assert_eq!(store.listed(State::Approved, Order::Risk).await, ids(&["new-a"]));
    assert_eq!(store.listed(State::Rejected, Order::Risk).await, ids(&["new-r"]));
    assert_eq!(store.listed(State::Withdrawn, Order::Risk).await, ids(&["new-w"]));
    let counts = store.counts().await;
    assert_eq!((counts.approved, counts.rejected, counts.withdrawn), (1, 1, 1));
}

async fn waiting_comments_stay_however_old(store: Store) {
    store.stored_all([admission("p"), admission("e"), published("reported")]).await;
    store.decided(escalate("e")).await;
    store.reported(report("reported", "reader")).await;
    store.advance(1000 * DAY);
    assert_eq!(store.sweep(DAY).await.comments, 0);
    let counts = store.counts().await;
    assert_eq!((counts.pending, counts.escalated), (2, 1));
    assert!(store.comment("reported").await.published);
}

async fn a_change_makes_a_comment_young_again(store: Store) {
    store.stored_all(["a", "b"].map(published)).await;
    store.advance(2 * DAY);
    store.decided(reject("a")).await;
    assert_eq!(store.sweep(DAY).await.comments, 1);
    assert_eq!(store.comment("a").await.state, State::Rejected);
    assert_eq!(store.find("b").await, None);
}

async fn a_swept_comment_leaves_nothing_behind(store: Store) {
    for name in ["a", "b", "c"] {
        store.stored(Admission { fingerprints: vec![7], ..admission(name) }).await;
    }
    store.queue.note(&store.site, note("a", "hm")).await.expect("answers").expect("noted");
    store.decided(approve("a")).await;
    store.decided(reject("a")).await;
    store.advance(2 * DAY);
    assert_eq!(store.sweep(DAY).await.comments, 1);
    assert_eq!(store.history("a").await, []);
    assert_eq!(store.queue.similar(&store.site, &id("a"), None, 10).await.expect("similar answers"), []);
    assert_eq!(
        store.queue.similar(&store.site, &id("b"), None, 10).await.expect("similar answers"),
        ids(&["b", "c"])
    );
    let refusal = Err(modqueue::queue::Refusal::Missing);
    assert_eq!(store.decide(approve("a")).await, refusal);
    assert_eq!(store.queue.undo(&store.site, undo("a")).await.expect("undo answers"), refusal);
}

async fn a_swept_id_is_free_again(store: Store) {
    store.stored(published("a")).await;
    store.reported(report("a", "reader")).await;
    store.decided(approve("a")).await;
    store.advance(2 * DAY);
    store.sweep(DAY).await;
    let sent = Admission { draft: draft("something else"), ..published("a") };
    let answer = store.admit(sent).await;
    let Admitted::Stored { comment, .. } = answer else { panic!("{answer:?}") };
    assert_eq!((comment.version, comment.report_count), (1, 0));
    assert_eq!(store.history("a").await.len(), 2);
    assert_eq!(store.reported(report("a", "reader")).await.report_count, 1);
    let undone = store.queue.undo(&store.site, undo("a")).await.expect("undo answers");
    assert!(undone.is_err(), "the decision on the swept comment is undone: {undone:?}");
}

async fn the_authors_record_outlives_the_comments(store: Store) {
    store.stored(admission("a")).await;
    store.decided(reject("a")).await;
    store.advance(2 * DAY);
    store.sweep(DAY).await;
    assert_eq!(store.tally("ann").await, (0, 1));
}

async fn old_events_go_and_numbering_goes_on(store: Store) {
    store.stored_all(["a", "b", "c"].map(published)).await;
    store.advance(2 * DAY);
    let kept: Vec<_> = ["d", "e"].map(published).to_vec();
    let event_ids: Vec<_> = kept.iter().map(|admission| admission.event_id.clone()).collect();
    store.stored_all(kept).await;
    assert_eq!(store.sweep(DAY).await, Swept { comments: 3, events: 3, more: false });
    let page = store.queue.feed(&store.site, 0, 100).await.expect("feed answers");
    assert_eq!((page.oldest, page.newest), (4, 5));
    let told: Vec<_> = page.events.into_iter().map(|event| (event.sequence, event.event_id)).collect();
    assert_eq!(told, (4..).zip(event_ids.clone()).collect::<Vec<_>>());
    let gone = store.queue.feed(&store.site, 3, 100).await.expect("feed answers");
    assert_eq!((gone.anchor_event_id, gone.events.len()), (None, 2));
    let there = store.queue.feed(&store.site, 4, 100).await.expect("feed answers");
    assert_eq!(there.anchor_event_id, Some(event_ids[0].clone()));
}

async fn a_feed_without_events_knows_where_it_was(store: Store) {
    store.stored_all(["a", "b", "c"].map(published)).await;
    let generation = store.queue.feed(&store.site, 0, 1).await.expect("feed answers").generation;
    store.advance(2 * DAY);
    assert_eq!(store.sweep(DAY).await.events, 3);
    let page = store.queue.feed(&store.site, 0, 100).await.expect("feed answers");
    assert_eq!((page.oldest, page.newest, page.generation), (4, 3, generation));
    assert_eq!(page.events, []);
    store.stored(published("d")).await;
    assert_eq!(store.events().await[0].sequence, 4);
}

async fn a_sweep_of_one_site_spares_the_others(store: Store) {
    let other = site("other");
    store.stored(published("a")).await;
    store.queue.admit(&other, published("a")).await.expect("admit answers");
    store.advance(2 * DAY);
    assert_eq!(store.sweep(DAY).await.comments, 1);
    assert_eq!(store.queue.counts(&other).await.expect("counts answers").approved, 1);
    assert_eq!(store.queue.feed(&other, 0, 10).await.expect("feed answers").events.len(), 1);
}

async fn hundreds_are_swept_in_bounded_steps(store: Store) {
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..600 {
        let (handle, site) = (store.queue.clone(), store.site.clone());
        let sent =
            if index % 3 == 0 { refused(&format!("c{index}")) } else { published(&format!("c{index}")) };
        tasks.spawn(async move { handle.admit(&site, sent).await.expect("admit answers") });
    }
    tasks.join_all().await;
    store.stored(admission("waiting")).await;
    store.advance(2 * DAY);
    let swept = store.sweep(DAY).await;
    assert_eq!((swept.comments, swept.events), (600, 600));
    let counts = store.counts().await;
    assert_eq!((counts.approved, counts.rejected, counts.pending), (0, 0, 1));
    let page = store.queue.feed(&store.site, 0, 10).await.expect("feed answers");
    assert_eq!((page.oldest, page.newest), (601, 600));
}

async fn sweeping_what_is_swept_finds_nothing(store: Store) {
    assert_eq!(store.sweep(DAY).await, Swept::default());
    store.stored(published("a")).await;
    assert_eq!(store.sweep(DAY).await, Swept::default(), "nothing is old yet");
    store.advance(2 * DAY);
    store.sweep(DAY).await;
    assert_eq!(store.sweep(DAY).await, Swept::default());
}
