//! Policies are saved one after the other, and none is lost to another.

use modqueue::queue::{PolicyDraft, PolicyRecord};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_fresh_site_has_no_policy,
    the_newest_policy_is_in_force,
    a_policy_saved_meanwhile_is_not_overwritten,
    of_two_saved_at_once_one_is_kept,
    revisions_are_listed_newest_first,
    a_policy_comes_back_to_the_byte,
];

async fn save(store: &Store, expected: u64, draft: PolicyDraft) -> Option<PolicyRecord> {
    store.queue.save_policy(&store.site, expected, draft).await.expect("save_policy answers")
}

async fn in_force(store: &Store) -> Option<PolicyRecord> {
    store.queue.policy(&store.site).await.expect("policy answers")
}

async fn revisions(store: &Store, before: u64, limit: usize) -> Vec<u64> {
    let records = store.queue.policy_revisions(&store.site, before, limit).await.expect("answers");
    records.into_iter().map(|record| record.revision).collect()
}

async fn a_fresh_site_has_no_policy(store: Store) {
    assert_eq!(in_force(&store).await, None);
    assert!(revisions(&store, u64::MAX, 10).await.is_empty());
}

async fn the_newest_policy_is_in_force(store: Store) {
    let first = save(&store, 0, policy("mode = 'pre'")).await.expect("saved");
    assert_eq!((first.revision, &first.draft), (1, &policy("mode = 'pre'")));
    assert_eq!(in_force(&store).await, Some(first.clone()));
    store.advance(MINUTE);
    let second = save(&store, 1, policy("mode = 'post'")).await.expect("saved");
    assert_eq!(second.revision, 2);
    assert!(second.create_time >= first.create_time.plus(MINUTE));
    assert_eq!(in_force(&store).await, Some(second));
    let recalled = store.queue.recall(&store.site, probe("a")).await.expect("recall answers");
    assert_eq!(recalled.policy_revision, 2);
}

async fn a_policy_saved_meanwhile_is_not_overwritten(store: Store) {
    assert_eq!(save(&store, 1, policy("early")).await, None);
    let first = save(&store, 0, policy("first")).await;
    assert_eq!(save(&store, 0, policy("late")).await, None);
    assert_eq!(save(&store, 2, policy("early")).await, None);
    assert_eq!(in_force(&store).await, first);
    assert_eq!(revisions(&store, u64::MAX, 10).await, [1]);
}

async fn of_two_saved_at_once_one_is_kept(store: Store) {
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..10 {
        let (handle, site) = (store.handle().await, store.site.clone());
        let draft = policy(&format!("# by {index}"));
        tasks.spawn(async move { handle.save_policy(&site, 0, draft).await.expect("save_policy answers") });
    }
    let mut saved: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(saved.len(), 1);
    assert_eq!(in_force(&store).await, saved.pop());
}

async fn revisions_are_listed_newest_first(store: Store) {
    for expected in 0..5 {
        save(&store, expected, policy(&format!("# {expected}"))).await.expect("saved");
    }
    assert_eq!(revisions(&store, u64::MAX, 10).await, [5, 4, 3, 2, 1]);
    assert_eq!(revisions(&store, 6, 2).await, [5, 4]);
    assert_eq!(revisions(&store, 4, 2).await, [3, 2]);
    assert_eq!(revisions(&store, 2, 10).await, [1]);
    assert!(revisions(&store, 1, 10).await.is_empty());
    assert!(revisions(&store, 0, 10).await.is_empty());
    let records = store.queue.policy_revisions(&store.site, 4, 1).await.expect("answers");
    assert_eq!(records[0].draft, policy("# 2"));
}

async fn a_policy_comes_back_to_the_byte(store: Store) {
    let source = format!("{}\r\n\0 \u{202e} ünïcödé 🌉 \"'''", "x = 1\n".repeat(20_000));
    let draft = PolicyDraft { source, author: "ada\n{x}\0".into(), comment: "\u{feff}why".into() };
    let saved = save(&store, 0, draft.clone()).await.expect("saved");
    assert_eq!(saved.draft, draft);
    assert_eq!(in_force(&store).await, Some(saved));
    let empty = PolicyDraft { source: String::new(), author: String::new(), comment: String::new() };
    assert_eq!(save(&store, 1, empty.clone()).await.expect("saved").draft, empty);
}
