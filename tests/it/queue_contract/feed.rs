//! The feed has one event for each decision, in order and without gaps.

use modqueue::domain::{CommentId, State};
use modqueue::queue::FeedPage;

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_feed_that_was_never_written_is_empty,
    events_come_in_order_from_one_without_gaps,
    a_feed_is_read_on_from_where_one_was,
    the_event_at_the_cursor_is_named,
    beyond_the_newest_there_is_nothing,
    the_generation_stays_the_same,
    events_of_decisions_at_once_have_no_gaps,
    each_event_shows_the_comment_after_it,
];

async fn read(store: &Store, after: u64, limit: usize) -> FeedPage {
    store.queue.feed(&store.site, after, limit).await.expect("feed answers")
}

async fn ten_published(store: &Store) -> Vec<String> {
    let sent: Vec<_> = (0..10).map(|index| published(&format!("c{index}"))).collect();
    store.stored_all(sent.clone()).await;
    sent.into_iter().map(|admission| admission.event_id).collect()
}

async fn a_feed_that_was_never_written_is_empty(store: Store) {
    let page = read(&store, 0, 100).await;
    assert_eq!((page.generation, page.oldest, page.newest), (0, 1, 0));
    assert_eq!((page.anchor_event_id, page.events), (None, vec![]));
}

async fn events_come_in_order_from_one_without_gaps(store: Store) {
    let event_ids = ten_published(&store).await;
    let page = read(&store, 0, 100).await;
    assert_eq!((page.oldest, page.newest), (1, 10));
    let told: Vec<_> = page.events.into_iter().map(|event| (event.sequence, event.event_id)).collect();
    assert_eq!(told, (1..).zip(event_ids).collect::<Vec<_>>());
}

async fn a_feed_is_read_on_from_where_one_was(store: Store) {
    ten_published(&store).await;
    let (mut after, mut told) = (0, Vec::new());
    for _ in 0..10 {
        let page = read(&store, after, 3).await;
        assert!(page.events.len() <= 3);
        assert_eq!((page.oldest, page.newest), (1, 10), "the bounds are the feed's, not the page's");
        let Some(last) = page.events.last() else { break };
        after = last.sequence;
        told.extend(page.events);
    }
    assert_eq!(told, store.events().await);
    assert_eq!(told.len(), 10);
}

async fn the_event_at_the_cursor_is_named(store: Store) {
    let event_ids = ten_published(&store).await;
    assert_eq!(read(&store, 0, 1).await.anchor_event_id, None);
    for (after, event_id) in (1..).zip(event_ids) {
        assert_eq!(read(&store, after, 1).await.anchor_event_id, Some(event_id));
    }
}

async fn beyond_the_newest_there_is_nothing(store: Store) {
    ten_published(&store).await;
    assert_eq!(read(&store, 10, 100).await.events, []);
    for after in [11, 1000, u64::from(u32::MAX), 1 << 53] {
        let page = read(&store, after, 100).await;
        assert_eq!((page.oldest, page.newest), (1, 10), "after {after}");
        assert_eq!((page.anchor_event_id, page.events), (None, vec![]), "after {after}");
    }
}

async fn the_generation_stays_the_same(store: Store) {
    store.stored(published("a")).await;
    let generation = read(&store, 0, 1).await.generation;
    assert_ne!(generation, 0);
    store.stored_all([admission("b"), published("c")]).await;
    store.decided(approve("b")).await;
    assert_eq!(read(&store, 0, 1).await.generation, generation);
    let other = store.handle().await.feed(&store.site, 0, 1).await.expect("feed answers");
    assert_eq!(other.generation, generation);
}

async fn events_of_decisions_at_once_have_no_gaps(store: Store) {
    let names: Vec<String> = (0..100).map(|index| format!("c{index}")).collect();
    store.stored_all(names.iter().map(|name| admission(name))).await;
    let mut tasks = tokio::task::JoinSet::new();
    for part in names.chunks(5) {
        let (handle, site) = (store.handle().await, store.site.clone());
        let rulings = part.iter().map(|name| approve(name)).collect();
        tasks.spawn(async move { handle.decide(&site, rulings).await.expect("decide answers") });
    }
    tasks.join_all().await;
    let events = store.events().await;
    assert!(events.iter().map(|event| event.sequence).eq(1..=100));
    assert!(events.is_sorted_by_key(|event| event.event_time));
    let mut told: Vec<CommentId> = events.into_iter().map(|event| event.comment_id).collect();
    let mut expected = ids(&names);
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
}

async fn each_event_shows_the_comment_after_it(store: Store) {
    store.stored(by("", published("a"))).await;
    let mut expected = vec![(State::Approved, None, true, 1)];
    for (ruling, published) in [(escalate("a"), true), (reject("a"), false), (escalate("a"), false)] {
        let before = store.comment("a").await.state;
        let comment = store.decided(ruling).await;
        expected.push((comment.state, Some(before), published, comment.version));
    }
    let events = store.events().await;
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.state, event.previous_state, event.published, event.version))
        .collect();
    assert_eq!(told, expected);
    assert!(events.iter().all(|event| event.author_id.is_empty()), "a guest's comment");
}
