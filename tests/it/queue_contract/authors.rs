//! What a site knows of an author.

use modqueue::domain::{AuthorRecord, CommentId, Draft, Standing};
use modqueue::queue::{AuthorQuery, Order, Revision};

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
    an_authors_comments_are_found_in_every_state_newest_or_oldest_first,
    an_authors_pages_go_on_where_they_ended,
    guests_comments_are_nobodys,
    a_revision_under_another_name_moves_to_that_author,
    a_swept_comment_is_no_longer_its_authors,
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

async fn written(store: &Store, author_id: &str, order: Order) -> Vec<CommentId> {
    let page =
        store.queue.author_comments(&store.site, &written_by(author_id, order)).await.expect("answers");
    page.comments.into_iter().map(|comment| comment.id).collect()
}

async fn an_authors_comments_are_found_in_every_state_newest_or_oldest_first(store: Store) {
    store.stored(by("bob", admission("other"))).await;
    for admission in [admission("d"), published("c"), refused("b"), admission("a")] {
        store.stored(admission).await;
        store.advance(MINUTE);
    }
    store.queue.withdraw(&store.site, withdrawal("d")).await.expect("answers").expect("withdrawn");
    store.decided(escalate("a")).await;
    store.queue.revise(&store.site, revision("c", "new")).await.expect("answers").expect("revised");
    assert_eq!(written(&store, "ann", Order::OldestFirst).await, ids(&["d", "c", "b", "a"]));
    assert_eq!(written(&store, "ann", Order::NewestFirst).await, ids(&["a", "b", "c", "d"]));
    assert_eq!(written(&store, "bob", Order::NewestFirst).await, ids(&["other"]));
    assert!(written(&store, "nobody", Order::NewestFirst).await.is_empty());
    let store = store.reopen().await;
    assert_eq!(written(&store, "ann", Order::NewestFirst).await, ids(&["a", "b", "c", "d"]));
}

async fn an_authors_pages_go_on_where_they_ended(store: Store) {
    let names: Vec<String> = (0..300).map(|index| format!("c{index:03}")).collect();
    for (index, name) in names.iter().enumerate() {
        store.stored(admission(name)).await;
        if index % 60 == 0 {
            store.advance(MINUTE);
        }
    }
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let mut query = AuthorQuery { limit: 70, ..written_by("ann", order) };
        let mut found = Vec::new();
        loop {
            let page = store.queue.author_comments(&store.site, &query).await.expect("answers");
            assert!(page.comments.len() <= 70);
            found.extend(page.comments.into_iter().map(|comment| comment.id));
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        let whole = written(&store, "ann", order).await;
        assert_eq!(found, whole, "{order:?}");
        assert_eq!(whole.len(), 300);
    }
}

async fn guests_comments_are_nobodys(store: Store) {
    store.stored_all([by("", admission("a")), admission("b")]).await;
    assert!(written(&store, "", Order::NewestFirst).await.is_empty());
    assert_eq!(written(&store, "ann", Order::NewestFirst).await, ids(&["b"]));
}

async fn a_revision_under_another_name_moves_to_that_author(store: Store) {
    store.stored_all([admission("a"), by("", admission("b"))]).await;
    for name in ["a", "b"] {
        let draft = Draft { author: author("bob"), ..draft("new") };
        let revision = Revision { draft, ..revision(name, "new") };
        store.queue.revise(&store.site, revision).await.expect("answers").expect("revised");
    }
    assert!(written(&store, "ann", Order::OldestFirst).await.is_empty());
    assert_eq!(written(&store, "bob", Order::OldestFirst).await.len(), 2);
}

async fn a_swept_comment_is_no_longer_its_authors(store: Store) {
    store.stored_all([published("a"), admission("b")]).await;
    store.advance(2 * DAY);
    assert_eq!(store.sweep(DAY).await.comments, 1);
    assert_eq!(written(&store, "ann", Order::OldestFirst).await, ids(&["b"]));
    store.stored(by("bob", admission("a"))).await;
    assert_eq!(written(&store, "ann", Order::OldestFirst).await, ids(&["b"]));
}
