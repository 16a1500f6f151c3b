//! Everything that a store can tell of a site, to compare two moments or two stores.

use modqueue::domain::{SiteName, State};
use modqueue::queue::{Order, Probe, Queue};

use super::samples::{id, probe, query, written_by};

/// Whom and what to ask for by name.
pub struct Sitters<'a> {
    pub comments: &'a [&'a str],
    pub authors: &'a [&'a str],
    pub reviewers: &'a [&'a str],
    pub fingerprints: &'a [u64],
}

/// One line for each question, with its answer.
pub async fn portrait(queue: &dyn Queue, site: &SiteName, sitters: &Sitters<'_>) -> Vec<String> {
    let mut lines = vec![format!("counts: {:?}", queue.counts(site).await.expect("counts answers"))];
    lines.extend(pages(queue, site).await);
    for name in sitters.comments {
        lines.extend(comment(queue, site, name).await);
    }
    for author in sitters.authors {
        lines.push(format!(
            "author {author}: {:?}",
            queue.author(site, author).await.expect("author answers")
        ));
        for order in [Order::OldestFirst, Order::NewestFirst] {
            let page = queue.author_comments(site, &written_by(author, order)).await;
            let written: Vec<_> =
                page.expect("answers").comments.into_iter().map(|comment| comment.id).collect();
            lines.push(format!("{author} wrote, by {order:?}: {written:?}"));
        }
    }
    for reviewer in sitters.reviewers {
        let mut deferred = queue.deferred(site, reviewer).await.expect("deferred answers");
        deferred.sort();
        lines.push(format!("deferred by {reviewer}: {deferred:?}"));
    }
    let probe = Probe { fingerprints: sitters.fingerprints.to_vec(), ..probe("never-sent") };
    let recalled = queue.recall(site, probe).await.expect("recall answers");
    lines.push(format!("seen {:?}, policy {}", recalled.seen, recalled.policy_revision));
    let revisions = queue.policy_revisions(site, u64::MAX, 100).await.expect("policy_revisions answers");
    lines.push(format!("policies: {revisions:?}"));
    for known in [None, Some(0)] {
        let mut model = queue.model(site, known).await.expect("model answers");
        model.generation = 0;
        lines.push(format!("{model:?}"));
    }
    let all: Vec<_> = sitters.comments.iter().map(|name| id(name)).collect();
    lines.push(format!("lessons: {:?}", queue.lessons(site, &all).await.expect("lessons answers")));
    let feed = queue.feed(site, 0, 10_000).await.expect("feed answers");
    lines.push(format!("feed from {} to {}", feed.oldest, feed.newest));
    lines.extend(feed.events.iter().map(|event| format!("{event:?}")));
    lines
}

async fn pages(queue: &dyn Queue, site: &SiteName) -> Vec<String> {
    let mut lines = Vec::new();
    for state in State::ALL {
        for order in [Order::Risk, Order::OldestFirst, Order::NewestFirst] {
            let page = queue.page(site, &query(state, order)).await.expect("page answers");
            let listed: Vec<_> = page.comments.iter().map(|comment| comment.id.as_str()).collect();
            lines.push(format!("{} by {order:?}: {listed:?}", state.name()));
        }
    }
    lines
}

async fn comment(queue: &dyn Queue, site: &SiteName, name: &str) -> Vec<String> {
    let id = id(name);
    let found = queue.get(site, std::slice::from_ref(&id)).await.expect("get answers");
    let history = queue.history(site, &id).await.expect("history answers");
    let like = queue.similar(site, &id, None, 100).await.expect("similar answers");
    let mut lines = vec![format!("{name}: {found:?}"), format!("{name} is like {like:?}")];
    lines.extend(history.iter().map(|entry| format!("{name}: {entry:?}")));
    lines
}

/// Fails at the first line that differs.
pub fn assert_same(left: &[String], right: &[String]) {
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left, right);
    }
    assert_eq!(left.len(), right.len());
}
