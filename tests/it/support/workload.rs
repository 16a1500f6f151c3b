//! A stream of changes with a ledger of what was acknowledged, and what must hold of any store
//! whatever happened to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use modqueue::domain::{ActorKind, Comment, CommentId, HistoryKind, ManualClock, SiteName, State};
use modqueue::queue::embedded::EmbeddedQueue;
use modqueue::queue::{Admitted, Order, PageQuery, Probe, Queue, QueueError, Reported};

use super::power_cut::{Chance, Disk};
use super::samples::*;

/// Callers at once; each changes comments of its own.
const CALLERS: u64 = 6;

/// A text that every comment of the workload shares.
const FINGERPRINT: u64 = 7;

/// Several callers and what each of them knows.
pub struct Workload {
    callers: Vec<Caller>,
}

struct Caller {
    number: u64,
    chance: Chance,
    made: u64,
    /// The comments as they were last acknowledged.
    known: BTreeMap<CommentId, Comment>,
    /// The comment whose change was sent and not answered.
    in_flight: Option<CommentId>,
}

impl Workload {
    /// The same seed makes the same changes.
    pub fn new(seed: u64) -> Self {
        let caller = |number| Caller {
            number,
            chance: Chance(seed * CALLERS + number),
            made: 0,
            known: BTreeMap::new(),
            in_flight: None,
        };
        Self { callers: (0..CALLERS).map(caller).collect() }
    }

    /// Opens a store on `disk` and works on it until the disk fails.
    pub async fn run_until_it_fails(&mut self, disk: &Disk) {
        let clock = Arc::new(ManualClock::default());
        if let Ok(queue) = EmbeddedQueue::open_on(disk.clone(), clock) {
            self.run(&queue, u32::MAX).await.expect_err("the disk fails some time");
        }
    }

    /// Lets every caller make so many changes; the first error stops a caller.
    pub async fn run(&mut self, queue: &EmbeddedQueue, changes: u32) -> Result<(), QueueError> {
        let results = join_all(self.callers.iter_mut().map(|caller| caller.run(queue, changes))).await;
        results.into_iter().collect()
    }

    /// The ids of all comments that were acknowledged or may have been stored.
    pub fn attempted(&self) -> Vec<CommentId> {
        let known = self.callers.iter().flat_map(|caller| caller.known.keys());
        let in_flight = self.callers.iter().filter_map(|caller| caller.in_flight.as_ref());
        let mut ids: Vec<_> = known.chain(in_flight).cloned().collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// Everything acknowledged is as it was acknowledged; only what was in flight may be one further.
    pub async fn assert_kept(&mut self, queue: &EmbeddedQueue) {
        for caller in &mut self.callers {
            if let Some(id) = caller.in_flight.take() {
                let version = caller.known.get(&id).map_or(0, |known| known.version);
                if let Some(found) = find(queue, &id).await {
                    assert!(
                        [version, version + 1].contains(&found.version),
                        "{id} was at {version}: {found:?}"
                    );
                    caller.known.insert(id, found);
                }
            }
            for (id, known) in &caller.known {
                assert_eq!(find(queue, id).await.as_ref(), Some(known), "{id}");
            }
        }
    }
}

impl Caller {
    async fn run(&mut self, queue: &EmbeddedQueue, changes: u32) -> Result<(), QueueError> {
        for _ in 0..changes {
            let id = self.pick();
            self.in_flight = Some(id.clone());
            let comment = self.change(queue, &id).await?;
            self.known.insert(id, comment);
            self.in_flight = None;
        }
        Ok(())
    }

    /// A new comment, or one of the latest.
    fn pick(&mut self) -> CommentId {
        if self.made > 0 && self.chance.one_in(2) {
            let back = self.chance.below(self.made.min(4));
            return self.id_of(self.made - 1 - back);
        }
        self.made += 1;
        self.id_of(self.made - 1)
    }

    fn id_of(&self, index: u64) -> CommentId {
        id(&format!("{}-{index:05}", self.number))
    }

    async fn change(&mut self, queue: &EmbeddedQueue, id: &CommentId) -> Result<Comment, QueueError> {
        let (site, name) = (site("default"), id.as_str());
        let Some(known) = self.known.get(id) else {
            let admission = if self.chance.one_in(3) { published(name) } else { admission(name) };
            let admission = modqueue::queue::Admission { fingerprints: vec![FINGERPRINT], ..admission };
            return match queue.admit(&site, admission).await? {
                Admitted::Stored { comment, .. } | Admitted::Replayed(comment) => Ok(*comment),
                other => panic!("not stored: {other:?}"),
            };
        };
        let decided = known.decision.as_ref().is_some_and(|by| by.actor_kind == ActorKind::Moderator);
        let outcome = match self.chance.below(4) {
            0 if decided => queue.undo(&site, undo(name)).await?,
            0 | 1 => queue.decide(&site, vec![approve(name)]).await?.remove(0),
            2 => queue.decide(&site, vec![reject(name)]).await?.remove(0),
            _ => {
                return report_of(queue, &site, name).await.map(|reported| reported.unwrap_or(known.clone()));
            }
        };
        Ok(*outcome.expect("nothing stands against it"))
    }
}

async fn report_of(
    queue: &EmbeddedQueue,
    site: &SiteName,
    name: &str,
) -> Result<Option<Comment>, QueueError> {
    match queue.report(site, report(name, "rita")).await? {
        Reported::Counted(comment) | Reported::Repeated(comment) => Ok(Some(*comment)),
        Reported::Refused(_) => Ok(None),
    }
}

async fn find(queue: &EmbeddedQueue, id: &CommentId) -> Option<Comment> {
    queue.get(&site("default"), std::slice::from_ref(id)).await.expect("get answers").remove(0)
}

/// No change is there by half: head, place, counts, feed, history, author and repeats all tell the
/// same of every comment.
pub async fn assert_whole(queue: &EmbeddedQueue, ids: &[CommentId]) {
    let site = site("default");
    let found = queue.get(&site, ids).await.expect("get answers");
    let comments: BTreeMap<_, _> =
        found.into_iter().flatten().map(|comment| (comment.id.clone(), comment)).collect();
    assert_listed(queue, &comments).await;
    assert_told(queue, &comments).await;
    let of_moderators = |state| {
        let by = |comment: &&Comment| {
            let decision = comment.decision.as_ref();
            decision.is_some_and(|by| by.actor_kind == ActorKind::Moderator && by.state == state)
        };
        comments.values().filter(by).count() as u32
    };
    let author = queue.author(&site, "ann").await.expect("author answers");
    assert_eq!(author.approved, of_moderators(State::Approved));
    assert_eq!(author.rejected, of_moderators(State::Rejected));
    let probe = Probe { id: id("none"), author_id: String::new(), fingerprints: vec![FINGERPRINT] };
    assert_eq!(queue.recall(&site, probe).await.expect("recall answers").seen, [comments.len() as u32]);
    if let Some(first) = comments.keys().next() {
        let alike = queue.similar(&site, first, None, usize::MAX).await.expect("similar answers");
        assert!(alike.iter().eq(comments.keys()), "{alike:?}");
    }
}

/// Each comment is on the page of its state, once, and counted there.
async fn assert_listed(queue: &EmbeddedQueue, comments: &BTreeMap<CommentId, Comment>) {
    let site = site("default");
    let mut listed = BTreeMap::new();
    for state in State::ALL {
        let mut query = PageQuery { limit: 100, ..query(state, Order::Risk) };
        loop {
            let page = queue.page(&site, &query).await.expect("page answers");
            for comment in page.comments {
                assert_eq!(comment.state, state);
                assert_eq!(listed.insert(comment.id.clone(), comment), None, "listed twice");
            }
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
    }
    assert_eq!(&listed, comments);
    let counts = queue.counts(&site).await.expect("counts answers");
    let counted = [counts.pending, counts.escalated, counts.approved, counts.rejected, counts.withdrawn];
    let of = |state| comments.values().filter(|comment| comment.state == state).count() as u64;
    assert_eq!(counted, State::ALL.map(of));
}

/// The feed has no gap, and its last word on a comment is where the comment stands; so has its
/// history. Reports of what waits are no news for the feed.
async fn assert_told(queue: &EmbeddedQueue, comments: &BTreeMap<CommentId, Comment>) {
    let site = site("default");
    let feed = queue.feed(&site, 0, usize::MAX).await.expect("feed answers");
    let sequences = feed.events.iter().map(|event| event.sequence);
    assert!(sequences.eq(1..=feed.newest), "a gap up to {}", feed.newest);
    for comment in comments.values() {
        let mut events = feed.events.iter().filter(|event| event.comment_id == comment.id);
        let history = queue.history(&site, &comment.id).await.expect("history answers");
        let steps = history.iter().zip(&history[1..]);
        let told = steps
            .filter(|(before, after)| after.kind != HistoryKind::Reported || after.state != before.state);
        assert_eq!(events.clone().count(), told.count());
        assert_eq!(history[0].kind, HistoryKind::Submitted);
        assert_eq!(
            history.last().map(|entry| (entry.state, entry.version)),
            Some((comment.state, comment.version))
        );
        let reports = history.iter().filter(|entry| entry.kind == HistoryKind::Reported).count();
        assert_eq!(reports, comment.report_count as usize);
        if let Some(last) = events.next_back() {
            assert_eq!((last.published, last.state), (comment.published, comment.state));
        }
    }
}
