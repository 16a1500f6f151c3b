//! Watching a queue: its counts, and the comments that changed as far as that can be told.
//!
//! Decisions are in the feed; comments that come in are the newest pending ones. What neither explains, such
//! as a lease that ended, shows in the counts alone: then the news says that it is incomplete.

use super::Review;
use super::stats::Stats;
use crate::domain::{Comment, CommentId, Cursor, DecisionEvent, SiteName, State};
use crate::feed::{Feed, FeedError, Start};
use crate::queue::{Counts, Order, PageQuery, QueueError};

/// Changes told in one piece of news.
const MAX_CHANGES: usize = 100;

/// A queue under watch.
pub struct Watched {
    review: Review,
    feed: Feed,
    site: SiteName,
    cursor: Cursor,
    seen: Stats,
}

/// What changed since the last look.
#[derive(Debug, Clone)]
pub struct News {
    /// The counts now.
    pub stats: Stats,
    /// Comments that changed, each once, as they are now.
    pub changed: Vec<Comment>,
    /// More changed than is told.
    pub incomplete: bool,
}

impl Review {
    /// Begins to watch a queue from now on.
    ///
    /// # Errors
    /// The store's.
    pub async fn watch(&self, feed: &Feed, site: &SiteName) -> Result<Watched, FeedError> {
        let cursor = feed.open(site, Start::Now).await?;
        let seen = self.counts(site).await?;
        Ok(Watched { review: self.clone(), feed: feed.clone(), site: site.clone(), cursor, seen })
    }
}

impl Watched {
    /// Which queue.
    pub fn site(&self) -> &SiteName {
        &self.site
    }

    /// Looks again; `None` when nothing changed.
    ///
    /// # Errors
    /// The store's.
    pub async fn look(&mut self) -> Result<Option<News>, FeedError> {
        let stats = self.review.counts(&self.site).await?;
        let (events, mut incomplete) = self.events().await?;
        if events.is_empty() && !incomplete && stats.counts == self.seen.counts {
            return Ok(None);
        }
        let explained = events.iter().fold(self.seen.counts.clone(), after);
        let mut ids: Vec<CommentId> = events.iter().map(|event| event.comment_id.clone()).collect();
        let came_in = stats.counts.pending.saturating_sub(explained.pending);
        let new = self.came_in(came_in).await?;
        incomplete |= !explains(&explained, &stats.counts, new.len() as u64, events.len() as u64);
        ids.extend(new);
        ids.sort_unstable();
        ids.dedup();
        incomplete |= ids.len() > MAX_CHANGES;
        ids.truncate(MAX_CHANGES);
        let changed = self.review.queue.get(&self.site, &ids).await?.into_iter().flatten().collect();
        self.seen = stats.clone();
        Ok(Some(News { stats, changed, incomplete }))
    }

    /// New events, and whether some may have been missed.
    async fn events(&mut self) -> Result<(Vec<DecisionEvent>, bool), FeedError> {
        match self.feed.read(&self.cursor, MAX_CHANGES).await {
            Ok(read) => {
                self.cursor = read.next;
                let full = read.events.len() == MAX_CHANGES;
                Ok((read.events.into_iter().map(|(_, event)| event).collect(), full))
            }
            Err(FeedError::Queue(error)) => Err(error.into()),
            Err(_) => {
                self.cursor = self.feed.open(&self.site, Start::Now).await?;
                Ok((vec![], true))
            }
        }
    }

    /// Ids of the newest pending comments, at most `count`, that came in since the last look.
    async fn came_in(&self, count: u64) -> Result<Vec<CommentId>, QueueError> {
        if count == 0 {
            return Ok(vec![]);
        }
        let limit = usize::try_from(count).unwrap_or(MAX_CHANGES).min(MAX_CHANGES);
        let query = PageQuery { state: State::Pending, order: Order::NewestFirst, after: None, limit };
        let page = self.review.queue.page(&self.site, &query).await?;
        let new = page.comments.into_iter().filter(|comment| comment.create_time >= self.seen.time);
        Ok(new.map(|comment| comment.id).collect())
    }
}

fn after(mut counts: Counts, event: &DecisionEvent) -> Counts {
    if let Some(before) = event.previous_state {
        let count = of(&mut counts, before);
        *count = count.saturating_sub(1);
    }
    *of(&mut counts, event.state) += 1;
    counts
}

fn of(counts: &mut Counts, state: State) -> &mut u64 {
    match state {
        State::Pending => &mut counts.pending,
        State::Escalated => &mut counts.escalated,
        State::Approved => &mut counts.approved,
        State::Rejected => &mut counts.rejected,
        State::Withdrawn => &mut counts.withdrawn,
    }
}

/// Whether the counts are what the events and the newcomers make of those before. A decision may end a lease.
fn explains(explained: &Counts, now: &Counts, came_in: u64, decisions: u64) -> bool {
    let states = |counts: &Counts| {
        (counts.pending, counts.escalated, counts.approved, counts.rejected, counts.withdrawn)
    };
    let with_new = Counts { pending: explained.pending + came_in, ..explained.clone() };
    let leases_ended = explained.claimed.checked_sub(now.claimed);
    states(&with_new) == states(now) && leases_ended.is_some_and(|ended| ended <= decisions)
}
