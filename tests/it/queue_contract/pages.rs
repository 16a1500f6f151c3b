//! Pages list each comment once, in order, and counts say what pages list.

use std::collections::BTreeSet;

use modqueue::domain::{CommentId, State};
use modqueue::queue::{Admission, Order, PageQuery};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    the_riskiest_comes_first_and_within_a_tier_the_oldest,
    by_time_the_tier_does_not_matter,
    decided_comments_are_ordered_by_their_last_change,
    decided_comments_by_risk_come_as_oldest_first,
    hundreds_of_ties_are_listed_once_each_in_every_order,
    a_page_is_never_longer_than_asked_nor_than_five_hundred,
    the_last_page_has_no_next,
    an_empty_state_has_an_empty_page,
    a_mark_whose_comment_has_moved_on_still_marks_its_place,
    a_comment_that_comes_in_between_pages_disturbs_no_other,
    counts_are_what_pages_list,
    the_oldest_pending_is_the_oldest_of_those_that_still_wait,
];

const ORDERS: [Order; 3] = [Order::Risk, Order::OldestFirst, Order::NewestFirst];

/// Everything of one state, page by page.
async fn paged(store: &Store, state: State, order: Order, limit: usize) -> Vec<CommentId> {
    let mut query = PageQuery { limit, ..query(state, order) };
    let mut listed = Vec::new();
    for _ in 0..1000 {
        let page = store.queue.page(&store.site, &query).await.expect("page answers");
        assert!(page.comments.len() <= limit);
        for comment in &page.comments {
            assert_eq!(comment.state, state);
        }
        listed.extend(page.comments.into_iter().map(|comment| comment.id));
        let Some(next) = page.next else { return listed };
        query.after = Some(next);
    }
    panic!("paging by {limit} never ends")
}

/// Five comments a minute apart; by name, in tiers 3, 9, 3, 31, 9.
async fn five_waiting(store: &Store) {
    for (name, tier) in [("e", 3), ("d", 9), ("c", 3), ("b", 31), ("a", 9)] {
        store.stored(Admission { tier, ..admission(name) }).await;
        store.advance(MINUTE);
    }
}

async fn the_riskiest_comes_first_and_within_a_tier_the_oldest(store: Store) {
    five_waiting(&store).await;
    for limit in [1, 2, 500] {
        let listed = paged(&store, State::Pending, Order::Risk, limit).await;
        assert_eq!(listed, ids(&["b", "d", "a", "e", "c"]), "by {limit}");
    }
}

async fn by_time_the_tier_does_not_matter(store: Store) {
    five_waiting(&store).await;
    store.reported(report("e", "reader")).await;
    for limit in [1, 2, 500] {
        let listed = paged(&store, State::Pending, Order::OldestFirst, limit).await;
        assert_eq!(listed, ids(&["e", "d", "c", "b", "a"]), "by {limit}");
        let listed = paged(&store, State::Pending, Order::NewestFirst, limit).await;
        assert_eq!(listed, ids(&["a", "b", "c", "d", "e"]), "by {limit}");
    }
}

async fn decided_comments_are_ordered_by_their_last_change(store: Store) {
    five_waiting(&store).await;
    for (name, state) in [("c", State::Approved), ("a", State::Approved), ("d", State::Approved)] {
        store.decided(ruling(name, state)).await;
        store.advance(MINUTE);
    }
    assert_eq!(paged(&store, State::Approved, Order::OldestFirst, 2).await, ids(&["c", "a", "d"]));
    store.decided(approve("c")).await;
    assert_eq!(paged(&store, State::Approved, Order::OldestFirst, 2).await, ids(&["a", "d", "c"]));
    assert_eq!(paged(&store, State::Approved, Order::NewestFirst, 2).await, ids(&["c", "d", "a"]));
}

async fn decided_comments_by_risk_come_as_oldest_first(store: Store) {
    for (name, tier) in [("c", 1), ("a", 31), ("b", 12)] {
        store.stored(Admission { tier, ..refused(name) }).await;
        store.advance(MINUTE);
    }
    for limit in [1, 500] {
        assert_eq!(paged(&store, State::Rejected, Order::Risk, limit).await, ids(&["c", "a", "b"]));
    }
}

async fn hundreds_of_ties_are_listed_once_each_in_every_order(store: Store) {
    const MANY: usize = 300;
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..MANY {
        let (handle, site) = (store.queue.clone(), store.site.clone());
        let name = format!("c{}", index * 7919 % MANY);
        tasks.spawn(async move { handle.admit(&site, admission(&name)).await.expect("admit answers") });
    }
    assert_eq!(tasks.join_all().await.len(), MANY);
    for order in ORDERS {
        let page = store.queue.page(&store.site, &query(State::Pending, order)).await.expect("page answers");
        let mut expected: Vec<_> = page.comments.iter().map(|c| (c.create_time, c.id.clone())).collect();
        let times: BTreeSet<_> = expected.iter().map(|(time, _)| *time).collect();
        assert!(times.len() < MANY, "no two came in the same millisecond");
        expected.sort();
        if order == Order::NewestFirst {
            expected.reverse();
        }
        let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
        assert_eq!(paged(&store, State::Pending, order, 7).await, expected, "{order:?}");
        assert_eq!(paged(&store, State::Pending, order, 500).await, expected, "{order:?}");
    }
}

async fn a_page_is_never_longer_than_asked_nor_than_five_hundred(store: Store) {
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..501 {
        let (handle, site) = (store.queue.clone(), store.site.clone());
        let sent = admission(&format!("c{index}"));
        tasks.spawn(async move { handle.admit(&site, sent).await.expect("admit answers") });
    }
    tasks.join_all().await;
    let query = PageQuery { limit: usize::MAX, ..query(State::Pending, Order::Risk) };
    let page = store.queue.page(&store.site, &query).await.expect("page answers");
    assert_eq!(page.comments.len(), 500);
    assert!(page.next.is_some());
    let listed = paged(&store, State::Pending, Order::Risk, usize::MAX).await;
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>().len(), 501);
}

async fn the_last_page_has_no_next(store: Store) {
    store.stored_all(["a", "b", "c"].map(admission)).await;
    let page =
        store.queue.page(&store.site, &query(State::Pending, Order::Risk)).await.expect("page answers");
    assert_eq!((page.comments.len(), page.next), (3, None));
}

async fn an_empty_state_has_an_empty_page(store: Store) {
    store.stored(admission("a")).await;
    for state in [State::Escalated, State::Approved, State::Rejected, State::Withdrawn] {
        for order in ORDERS {
            assert_eq!(store.listed(state, order).await, [], "{state:?} {order:?}");
        }
    }
}

async fn a_mark_whose_comment_has_moved_on_still_marks_its_place(store: Store) {
    five_waiting(&store).await;
    for order in ORDERS {
        let whole = paged(&store, State::Pending, order, 500).await;
        let first = PageQuery { limit: 2, ..query(State::Pending, order) };
        let page = store.queue.page(&store.site, &first).await.expect("page answers");
        let last = page.comments[1].id.clone();
        store.decided(approve(last.as_str())).await;
        let rest = PageQuery { after: page.next, ..query(State::Pending, order) };
        let rest = store.queue.page(&store.site, &rest).await.expect("page answers");
        let rest: Vec<_> = rest.comments.into_iter().map(|comment| comment.id).collect();
        assert_eq!(rest, whole[2..], "{order:?}");
        store.queue.undo(&store.site, undo(last.as_str())).await.expect("undo answers").expect("undone");
    }
}

async fn a_comment_that_comes_in_between_pages_disturbs_no_other(store: Store) {
    five_waiting(&store).await;
    let first = PageQuery { limit: 2, ..query(State::Pending, Order::Risk) };
    let page = store.queue.page(&store.site, &first).await.expect("page answers");
    store.stored(Admission { tier: 31, ..admission("riskier") }).await;
    store.stored(Admission { tier: 0, ..admission("safer") }).await;
    let rest = PageQuery { after: page.next, ..query(State::Pending, Order::Risk) };
    let rest = store.queue.page(&store.site, &rest).await.expect("page answers");
    let rest: Vec<_> = rest.comments.into_iter().map(|comment| comment.id).collect();
    assert_eq!(rest, ids(&["a", "e", "c", "safer"]));
}

async fn counts_are_what_pages_list(store: Store) {
    assert_eq!(store.counts().await, Default::default());
    five_waiting(&store).await;
    store.stored(published("p")).await;
    store.stored(refused("r")).await;
    assert_counts_agree(&store, [5, 0, 1, 1, 0]).await;
    store.decided(approve("a")).await;
    store.decided(escalate("b")).await;
    store.queue.withdraw(&store.site, withdrawal("c")).await.expect("answers").expect("withdrawn");
    store.reported(report("p", "reader")).await;
    assert_counts_agree(&store, [3, 1, 1, 1, 1]).await;
    store.queue.undo(&store.site, undo("a")).await.expect("answers").expect("undone");
    store.queue.revise(&store.site, revision("r", "milder")).await.expect("answers").expect("revised");
    store.claim(claim("x", "rita", &["a", "d", "e"])).await;
    assert_counts_agree(&store, [5, 1, 0, 0, 1]).await;
}

async fn assert_counts_agree(store: &Store, expected: [u64; 5]) {
    let counts = store.counts().await;
    let counted = [counts.pending, counts.escalated, counts.approved, counts.rejected, counts.withdrawn];
    assert_eq!(counted, expected);
    for (state, count) in State::ALL.into_iter().zip(expected) {
        for order in ORDERS {
            assert_eq!(store.listed(state, order).await.len() as u64, count, "{state:?} {order:?}");
        }
    }
}

async fn the_oldest_pending_is_the_oldest_of_those_that_still_wait(store: Store) {
    five_waiting(&store).await;
    let created = |name: &'static str| {
        let store = &store;
        async move { store.comment(name).await.create_time }
    };
    assert_eq!(store.counts().await.oldest_pending, Some(created("e").await));
    store.decided(approve("e")).await;
    store.decided(escalate("d")).await;
    let counts = store.counts().await;
    assert_eq!(counts.oldest_pending, Some(created("c").await));
    assert_eq!(counts.oldest_escalated, Some(created("d").await));
    store.queue.undo(&store.site, undo("e")).await.expect("undo answers").expect("undone");
    assert_eq!(store.counts().await.oldest_pending, Some(created("e").await));
}
