//! The stored comments, newest first, a chunk at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::domain::{Comment, SiteName, State, Timestamp};
use crate::queue::{Mark, Order, PageQuery, Queue, QueueError};

/// Comments of one chunk, and of one read: few enough that neither the store nor a call beside it waits
/// noticeably.
pub(super) const CHUNK: usize = 250;

/// A walk over the comments of some states.
///
/// What comes in or changes after the walk began is left out, because a comment that moves to another state
/// would otherwise be met twice: each comment that is left alone is met exactly once, every other at most once.
pub struct Past {
    queue: Arc<dyn Queue>,
    site: SiteName,
    lanes: Vec<Lane>,
    from: Timestamp,
    by: By,
    began: Timestamp,
}

/// By which of a comment's times it belongs to the walk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Creation,
    Change,
}

/// The comments of one state, of which a page is at hand.
struct Lane {
    state: State,
    at_hand: VecDeque<Comment>,
    next: Option<Mark>,
    at_end: bool,
}

impl Past {
    /// A walk that begins `now`, over comments that came in at `from` or later.
    pub fn new(
        queue: Arc<dyn Queue>,
        site: SiteName,
        states: &[State],
        from: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        Self::walk(queue, site, states, from.unwrap_or(Timestamp(i64::MIN)), By::Creation, now)
    }

    /// A walk that begins `now`, over comments of settled states that changed at `from` or later, however long ago
    /// they came in.
    pub fn changed_since(
        queue: Arc<dyn Queue>,
        site: SiteName,
        states: &[State],
        from: Timestamp,
        now: Timestamp,
    ) -> Self {
        Self::walk(queue, site, states, from, By::Change, now)
    }

    fn walk(
        queue: Arc<dyn Queue>,
        site: SiteName,
        states: &[State],
        from: Timestamp,
        by: By,
        now: Timestamp,
    ) -> Self {
        let lane = |&state| Lane { state, at_hand: VecDeque::new(), next: None, at_end: false };
        Self { queue, site, lanes: states.iter().map(lane).collect(), from, by, began: now }
    }

    /// The next comments, at most a chunk and at most `most`; none at the end. The newest come first: the waiting
    /// by when they came in, the others by when they last changed, which is how they are kept.
    ///
    /// # Errors
    /// The store's.
    pub async fn next(&mut self, most: usize) -> Result<Vec<Comment>, QueueError> {
        let most = most.min(CHUNK);
        let mut chunk = Vec::with_capacity(most);
        while chunk.len() < most {
            for lane in &mut self.lanes {
                lane.fill(&*self.queue, &self.site, self.from).await?;
            }
            let Some(comment) = self.take_newest() else { break };
            if self.belongs(&comment) {
                chunk.push(comment);
            }
        }
        Ok(chunk)
    }

    fn belongs(&self, comment: &Comment) -> bool {
        let time = match self.by {
            By::Creation => comment.create_time,
            By::Change => comment.update_time,
        };
        time >= self.from && comment.update_time <= self.began
    }

    fn take_newest(&mut self) -> Option<Comment> {
        let newest = self.lanes.iter_mut().filter(|lane| !lane.at_hand.is_empty());
        newest.max_by_key(|lane| lane.at_hand.front().map(place))?.at_hand.pop_front()
    }
}

impl Lane {
    async fn fill(&mut self, queue: &dyn Queue, site: &SiteName, from: Timestamp) -> Result<(), QueueError> {
        while self.at_hand.is_empty() && !self.at_end {
            let query = PageQuery {
                state: self.state,
                order: Order::NewestFirst,
                after: self.next.take(),
                limit: CHUNK,
            };
            let page = queue.page(site, &query).await?;
            // Nothing changes before it comes in: behind a change before `from` lie only older comments.
            self.at_end = page.next.as_ref().is_none_or(|next| next.time < from);
            self.next = page.next;
            self.at_hand = page.comments.into();
        }
        Ok(())
    }
}

/// The time that a comment is kept by in the list of its state.
fn place(comment: &Comment) -> Timestamp {
    if comment.state.is_waiting() { comment.create_time } else { comment.update_time }
}
