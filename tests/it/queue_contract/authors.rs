//! What a site knows of an author.

use modqueue::domain::{AuthorRecord, Standing};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    an_author_nobody_decided_upon_has_the_default_record,
    a_standing_is_kept_beside_the_counts,
    each_standing_comes_back,
    authors_are_told_apart_whatever_their_ids,
    guests_have_no_record,
    decisions_at_once_on_one_author_are_all_counted,
];

async fn set_standing(store: &Store, author_id: &str, standing: Standing) -> AuthorRecord {
    store.queue.set_standing(&store.site, author_id, standing).await.expect("set_standing answers")
}

async fn an_author_nobody_decided_upon_has_the_default_record(store: Store) {
    store.stored(admission("a")).await;
    assert_eq!(store.author("ann").await, AuthorRecord::default());
    assert_eq!(store.author("never seen").await, AuthorRecord::default());
}

async fn a_standing_is_kept_beside_the_counts(store: Store) {
    store.stored_all(["a", "b"].map(admission)).await;
    store.decided(approve("a")).await;
    let before = store.author("ann").await;
    let record = set_standing(&store, "ann", Standing::Trusted).await;
    assert_eq!((record.approved, record.rejected, record.standing), (1, 0, Standing::Trusted));
    assert!(record.version > before.version);
    assert_eq!(store.author("ann").await, record);
    store.decided(reject("b")).await;
    let record = store.author("ann").await;
    assert_eq!((record.approved, record.rejected, record.standing), (1, 1, Standing::Trusted));
}

async fn each_standing_comes_back(store: Store) {
    let mut version = 0;
    for standing in [Standing::Trusted, Standing::Watched, Standing::Banned, Standing::Counted] {
        let record = set_standing(&store, "ann", standing).await;
        assert_eq!(record.standing, standing);
        assert!(record.version > version);
        assert_eq!(store.author("ann").await, record);
        version = record.version;
    }
}

async fn authors_are_told_apart_whatever_their_ids(store: Store) {
    let long = "x".repeat(5000);
    let authors =
        [" ", "a", "A", "a\0", "a\n", "{a}", "a}", "a:b", "a b", "å", "a\u{30a}", "ａ", "\u{202e}a", &long];
    for (index, author_id) in authors.into_iter().enumerate() {
        assert_eq!(store.tally(author_id).await, (0, 0), "{author_id:?} has another's record");
        let name = format!("c{index}");
        let comment = store.stored(by(author_id, admission(&name))).await;
        assert_eq!(comment.draft.author.id, author_id);
        store.decided(approve(&name)).await;
        assert_eq!(store.tally(author_id).await, (1, 0), "{author_id:?}");
    }
}

async fn guests_have_no_record(store: Store) {
    store.stored_all([by("", admission("a")), by("", admission("b"))]).await;
    store.decided(approve("a")).await;
    store.decided(reject("b")).await;
    store.queue.undo(&store.site, undo("b")).await.expect("answers").expect("undone");
    assert_eq!(store.author("").await, AuthorRecord::default());
}

async fn decisions_at_once_on_one_author_are_all_counted(store: Store) {
    let names: Vec<String> = (0..60).map(|index| format!("c{index}")).collect();
    store.stored_all(names.iter().map(|name| admission(name))).await;
    let mut tasks = tokio::task::JoinSet::new();
    for (index, name) in names.iter().enumerate() {
        let (handle, site) = (store.handle().await, store.site.clone());
        let ruling = if index % 3 == 0 { reject(name) } else { approve(name) };
        tasks.spawn(
            async move { handle.decide(&site, vec![ruling]).await.expect("decide answers").remove(0) },
        );
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!(store.tally("ann").await, (40, 20));
}
