//! The members of a spam wave are found from any of them.

use modqueue::domain::CommentId;
use modqueue::queue::{Admission, REPEAT_WINDOW, Revision};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_comment_that_repeats_nothing_is_alone,
    comments_that_share_any_fingerprint_are_alike,
    being_alike_is_not_passed_on,
    a_wave_reaches_into_the_next_window,
    the_list_is_ascending_and_comes_page_by_page,
    decided_and_withdrawn_comments_stay_in_the_wave,
    an_edited_comment_leaves_the_old_wave_and_joins_the_new,
    an_edit_within_a_wave_keeps_the_comment_in_it,
    a_wave_of_edited_comments_takes_in_new_ones,
    a_missing_comment_is_like_nothing,
];

async fn like(store: &Store, name: &str) -> Vec<CommentId> {
    store.queue.similar(&store.site, &id(name), None, 100).await.expect("similar answers")
}

async fn stored(store: &Store, name: &str, fingerprints: &[u64]) {
    store.stored(Admission { fingerprints: fingerprints.to_vec(), ..admission(name) }).await;
}

async fn a_comment_that_repeats_nothing_is_alone(store: Store) {
    stored(&store, "a", &[1, 2]).await;
    stored(&store, "b", &[3]).await;
    stored(&store, "c", &[]).await;
    for name in ["a", "b", "c"] {
        assert_eq!(like(&store, name).await, ids(&[name]));
    }
}

async fn comments_that_share_any_fingerprint_are_alike(store: Store) {
    stored(&store, "b", &[1, 2, 3, 4, 5, 6, 7, 8]).await;
    stored(&store, "a", &[8]).await;
    stored(&store, "c", &[9, 4]).await;
    stored(&store, "d", &[10]).await;
    assert_eq!(like(&store, "b").await, ids(&["a", "b", "c"]));
    assert_eq!(like(&store, "a").await, ids(&["a", "b"]));
    assert_eq!(like(&store, "c").await, ids(&["b", "c"]));
}

async fn being_alike_is_not_passed_on(store: Store) {
    stored(&store, "a", &[1]).await;
    stored(&store, "b", &[1, u64::MAX]).await;
    stored(&store, "c", &[u64::MAX]).await;
    assert_eq!(like(&store, "a").await, ids(&["a", "b"]));
    assert_eq!(like(&store, "c").await, ids(&["b", "c"]));
}

async fn a_wave_reaches_into_the_next_window(store: Store) {
    stored(&store, "a", &[1]).await;
    store.advance(REPEAT_WINDOW);
    stored(&store, "b", &[1]).await;
    store.advance(REPEAT_WINDOW);
    stored(&store, "c", &[1]).await;
    for name in ["a", "b", "c"] {
        assert_eq!(like(&store, name).await, ids(&["a", "b", "c"]), "{name}");
    }
}

async fn the_list_is_ascending_and_comes_page_by_page(store: Store) {
    let names: Vec<String> = (0..30).map(|index| format!("c{:02}", index * 7 % 30)).collect();
    for name in &names {
        stored(&store, name, &[1, 2]).await;
    }
    let mut expected = ids(&names);
    expected.sort();
    assert_eq!(like(&store, "c17").await, expected);
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page =
            store.queue.similar(&store.site, &id("c17"), after.as_ref(), 7).await.expect("similar answers");
        let Some(last) = page.last().cloned() else { break };
        assert!(page.len() == 7 || found.len() + page.len() == 30, "{page:?}");
        (found, after) = ([found, page].concat(), Some(last));
    }
    assert_eq!(found, expected, "page by page each comes once");
}

async fn decided_and_withdrawn_comments_stay_in_the_wave(store: Store) {
    for name in ["a", "b", "c"] {
        stored(&store, name, &[1]).await;
    }
    store.decided(reject("a")).await;
    store.queue.withdraw(&store.site, withdrawal("b")).await.expect("answers").expect("withdrawn");
    for name in ["a", "b", "c"] {
        assert_eq!(like(&store, name).await, ids(&["a", "b", "c"]));
    }
}

async fn an_edited_comment_leaves_the_old_wave_and_joins_the_new(store: Store) {
    stored(&store, "a", &[1]).await;
    stored(&store, "b", &[1]).await;
    stored(&store, "c", &[2]).await;
    edited(&store, "a", &[2]).await;
    assert_eq!(like(&store, "a").await, ids(&["a", "c"]));
    assert_eq!(like(&store, "b").await, ids(&["b"]));
    assert_eq!(like(&store, "c").await, ids(&["a", "c"]));
    stored(&store, "d", &[2]).await;
    assert_eq!(like(&store, "d").await, ids(&["a", "c", "d"]));
}

async fn edited(store: &Store, name: &str, fingerprints: &[u64]) {
    let edit = Revision { fingerprints: fingerprints.to_vec(), ..revision(name, "new") };
    store.queue.revise(&store.site, edit).await.expect("answers").expect("revised");
}

async fn an_edit_within_a_wave_keeps_the_comment_in_it(store: Store) {
    stored(&store, "a", &[]).await;
    edited(&store, "a", &[1]).await;
    edited(&store, "a", &[1]).await;
    stored(&store, "b", &[1]).await;
    assert_eq!(like(&store, "a").await, ids(&["a", "b"]));
}

async fn a_wave_of_edited_comments_takes_in_new_ones(store: Store) {
    for name in ["a", "b"] {
        stored(&store, name, &[]).await;
        edited(&store, name, &[1]).await;
    }
    edited(&store, "a", &[]).await;
    stored(&store, "c", &[1]).await;
    assert_eq!(like(&store, "b").await, ids(&["b", "c"]));
    assert_eq!(like(&store, "a").await, ids(&["a"]));
}

async fn a_missing_comment_is_like_nothing(store: Store) {
    stored(&store, "a", &[1]).await;
    assert_eq!(like(&store, "missing").await, []);
}
