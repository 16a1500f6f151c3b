//! Sites share nothing, and a store that is opened again has everything.

use modqueue::domain::{SiteName, Standing, State};
use modqueue::queue::{Admission, Admitted, Counts};

use crate::support::backend::contract;
use crate::support::portrait::{Sitters, assert_same, portrait};
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    the_same_id_on_two_sites_is_two_comments,
    nothing_of_one_site_is_seen_on_another,
    limits_of_one_site_are_not_spent_on_another,
    what_was_acknowledged_is_there_after_opening_again,
    two_handles_see_each_others_work,
    a_store_that_answers_says_what_it_is,
];

const SITTERS: Sitters<'_> = Sitters {
    comments: &["a", "b", "c", "d", "e"],
    authors: &["ann", "bob"],
    reviewers: &["rita"],
    fingerprints: &[7],
};

/// A site with something of everything.
async fn lively(store: &Store) {
    store.stored(Admission { fingerprints: vec![7], ..admission("a") }).await;
    store.stored(Admission { fingerprints: vec![7], ..published("b") }).await;
    store.stored_all(["c", "d", "e"].map(admission)).await;
    store.decided(reject("c")).await;
    store.decided(approve("d")).await;
    store.queue.undo(&store.site, undo("d")).await.expect("answers").expect("undone");
    store.queue.note(&store.site, note("a", "hm")).await.expect("answers").expect("noted");
    store.reported(report("b", "reader")).await;
    store.queue.withdraw(&store.site, withdrawal("e")).await.expect("answers").expect("withdrawn");
    store.claim(claim("x", "rita", &["a"])).await;
    store.queue.defer(&store.site, "rita", &id("d"), DAY).await.expect("defer answers");
    store.queue.save_policy(&store.site, 0, policy("mode = 'pre'")).await.expect("save_policy answers");
    store.queue.set_standing(&store.site, "bob", Standing::Watched).await.expect("set_standing answers");
}

async fn portrait_of(store: &Store, site: &SiteName) -> Vec<String> {
    portrait(&*store.queue, site, &SITTERS).await
}

async fn the_same_id_on_two_sites_is_two_comments(store: Store) {
    store.stored(admission("a")).await;
    let other = site("default-2");
    let sent = Admission { draft: draft("another text"), ..published("a") };
    let answer = store.queue.admit(&other, sent).await.expect("admit answers");
    assert!(matches!(answer, Admitted::Stored { .. }), "{answer:?}");
    assert_eq!(store.comment("a").await.draft.text, "text of a");
    let events = store.queue.feed(&other, 0, 10).await.expect("feed answers").events;
    assert_eq!((events.len(), events[0].sequence), (1, 1));
    assert_eq!(store.events().await, []);
    store.decided(approve("a")).await;
    assert_eq!(store.events().await[0].sequence, 1);
}

async fn nothing_of_one_site_is_seen_on_another(store: Store) {
    let neighbours = ["other", "default-", "defaul", "d"].map(site);
    let mut empty = Vec::new();
    for neighbour in &neighbours {
        empty.push(portrait_of(&store, neighbour).await);
    }
    lively(&store).await;
    for (neighbour, before) in neighbours.iter().zip(empty) {
        assert_eq!(store.queue.counts(neighbour).await.expect("counts answers"), Counts::default());
        assert_same(&portrait_of(&store, neighbour).await, &before);
    }
}

async fn limits_of_one_site_are_not_spent_on_another(store: Store) {
    let limit = charge("author", "ann", 2, DAY);
    store.stored(Admission { charges: vec![limit.clone()], ..admission("a") }).await;
    for (name, expected) in [("default", 1), ("other", 2)] {
        let left = store.queue.quota(&site(name), std::slice::from_ref(&limit)).await.expect("quota answers");
        assert_eq!(left[0].remaining, expected, "{name}");
    }
}

async fn what_was_acknowledged_is_there_after_opening_again(store: Store) {
    lively(&store).await;
    let before = portrait_of(&store, &store.site).await;
    let generation = store.queue.feed(&store.site, 0, 1).await.expect("feed answers").generation;
    let store = store.reopen().await;
    assert_same(&portrait_of(&store, &store.site).await, &before);
    assert_eq!(store.queue.feed(&store.site, 0, 1).await.expect("feed answers").generation, generation);
    store.stored(published("f")).await;
    let sequences: Vec<_> = store.events().await.into_iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=sequences.len() as u64).collect::<Vec<_>>());
}

async fn two_handles_see_each_others_work(store: Store) {
    let other = store.handle().await;
    store.stored(admission("a")).await;
    let found = other.get(&store.site, &[id("a")]).await.expect("get answers");
    assert_eq!(found, [Some(store.comment("a").await)]);
    other.decide(&store.site, vec![approve("a")]).await.expect("decide answers")[0].clone().expect("decided");
    assert_eq!(store.comment("a").await.state, State::Approved);
    assert_eq!(store.events().await.len(), 1);
}

async fn a_store_that_answers_says_what_it_is(store: Store) {
    let health = store.queue.check().await.expect("check answers");
    assert!(!health.engine.is_empty());
    assert!(health.warnings.iter().all(|warning| !warning.is_empty()), "{health:?}");
}
