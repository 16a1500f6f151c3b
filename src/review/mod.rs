//! Review: what moderators do with the comments that wait.
//!
//! The store keeps the promises; this layer finds the comments that a filter means, and splits long
//! work into steps that the store takes whole.

mod filter;
mod listing;
mod similar;
mod stats;
mod watch;

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::{Clock, Comment, CommentId, Decision, SiteName, Timestamp, new_id};
use crate::queue::{ClaimRequest, MAX_BATCH, Outcome, Queue, QueueError, Ruling};

pub use filter::{Filter, FilterError};
pub use listing::{Listed, ListingError, OrderBy, PageToken};
pub use similar::{Wave, WaveMark};
pub use stats::{Breakdown, Stats};
pub use watch::{News, Watched};

/// The moderators' side of a queue.
#[derive(Clone)]
pub struct Review {
    queue: Arc<dyn Queue>,
    clock: Arc<dyn Clock>,
}

/// Who takes comments, which, and for how long.
#[derive(Debug, Clone)]
pub struct ClaimWish {
    /// The moderator.
    pub reviewer: String,
    /// Which comments may be taken.
    pub filter: Filter,
    /// Just these, when any are named.
    pub ids: Vec<CommentId>,
    /// At most this many; up to [`MAX_BATCH`].
    pub max_comments: usize,
    /// How long.
    pub lease: Duration,
}

/// Comments under a new lease.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Names the lease.
    pub claim_id: String,
    /// When it ends.
    pub expire_time: Timestamp,
    /// The comments, riskiest first.
    pub comments: Vec<Comment>,
}

/// The comments that a bulk decision is about.
#[derive(Debug, Clone)]
pub enum Target {
    /// All that match.
    Matching(Filter),
    /// The waiting ones among those that repeat this one.
    SimilarTo(CommentId),
}

/// What a bulk decision would be about.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    /// The comments, with the versions seen now.
    pub comments: Vec<(CommentId, u32)>,
    /// When the last of them was created.
    pub newest: Option<Timestamp>,
}

impl Review {
    /// Review over a queue.
    pub fn new(queue: Arc<dyn Queue>, clock: Arc<dyn Clock>) -> Self {
        Self { queue, clock }
    }

    /// One page of the comments that match, in order.
    ///
    /// # Errors
    /// A token of another query, an order that the states do not have, or the store's.
    pub async fn list(
        &self,
        site: &SiteName,
        filter: &Filter,
        order: OrderBy,
        page_size: usize,
        token: Option<PageToken>,
    ) -> Result<Listed, ListingError> {
        listing::list(&*self.queue, self.clock.now(), site, filter, order, page_size, token).await
    }

    /// Leases comments to a reviewer: the riskiest that match, still wait, are nobody's and were not
    /// deferred by this reviewer.
    ///
    /// # Errors
    /// The store's, or a listing's.
    pub async fn claim(&self, site: &SiteName, wish: ClaimWish) -> Result<Claimed, ListingError> {
        let claim_id = new_id();
        let wanted = wish.max_comments.min(MAX_BATCH);
        let mut won = Claimed { claim_id, expire_time: self.clock.now().plus(wish.lease), comments: vec![] };
        if !wish.ids.is_empty() {
            let found = self.queue.get(site, &wish.ids).await?;
            let free = found.into_iter().flatten().filter(|comment| comment.state.is_waiting());
            let mut free: Vec<_> = free.collect();
            free.sort_by_cached_key(|comment| {
                (Reverse(comment.tier), comment.create_time, comment.id.clone())
            });
            free.truncate(wanted);
            self.take(site, &wish, free, &mut won).await?;
            return Ok(won);
        }
        let deferred: HashSet<_> = self.queue.deferred(site, &wish.reviewer).await?.into_iter().collect();
        let mut token = None;
        loop {
            let listed = self.list(site, &wish.filter, OrderBy::Risk, MAX_BATCH, token).await?;
            let now = self.clock.now();
            let free = listed.comments.into_iter().filter(|comment| {
                comment.state.is_waiting() && !is_claimed(comment, now) && !deferred.contains(&comment.id)
            });
            let still_wanted = wanted - won.comments.len();
            self.take(site, &wish, free.take(still_wanted).collect(), &mut won).await?;
            token = listed.next;
            if token.is_none() || won.comments.len() >= wanted {
                return Ok(won);
            }
        }
    }

    async fn take(
        &self,
        site: &SiteName,
        wish: &ClaimWish,
        candidates: Vec<Comment>,
        won: &mut Claimed,
    ) -> Result<(), QueueError> {
        if candidates.is_empty() {
            return Ok(());
        }
        let request = ClaimRequest {
            claim_id: won.claim_id.clone(),
            reviewer: wish.reviewer.clone(),
            candidates: candidates.iter().map(|comment| (comment.id.clone(), comment.version)).collect(),
            lease: wish.lease,
        };
        let claimed = self.queue.claim(site, request).await?;
        won.expire_time = claimed.expire_time;
        let leased = self.queue.get(site, &claimed.ids).await?;
        won.comments.extend(leased.into_iter().flatten());
        Ok(())
    }

    /// Decides comments, each for itself; one outcome a ruling, in order.
    ///
    /// # Errors
    /// The store's. Rulings before the failing step may have been carried out.
    pub async fn decide(&self, site: &SiteName, rulings: Vec<Ruling>) -> Result<Vec<Outcome>, QueueError> {
        let mut outcomes = Vec::with_capacity(rulings.len());
        let mut rest = rulings.into_iter();
        loop {
            let step: Vec<Ruling> = rest.by_ref().take(MAX_BATCH).collect();
            if step.is_empty() {
                return Ok(outcomes);
            }
            outcomes.extend(self.queue.decide(site, step).await?);
        }
    }

    /// The comments that a bulk decision would be about, of those created before a time if there is one.
    ///
    /// # Errors
    /// The store's, or a listing's.
    pub async fn targets(
        &self,
        site: &SiteName,
        target: &Target,
        created_before: Option<Timestamp>,
    ) -> Result<Targets, ListingError> {
        let mut targets = Targets::default();
        let mut take = |comment: Comment| {
            if created_before.is_none_or(|bound| comment.create_time < bound) {
                targets.newest = targets.newest.max(Some(comment.create_time));
                targets.comments.push((comment.id, comment.version));
            }
        };
        match target {
            Target::Matching(filter) => self.each_matching(site, filter, &mut take).await?,
            Target::SimilarTo(id) => self.each_waiting_of_wave(site, id, &mut take).await?,
        }
        Ok(targets)
    }

    async fn each_matching(
        &self,
        site: &SiteName,
        filter: &Filter,
        take: &mut impl FnMut(Comment),
    ) -> Result<(), ListingError> {
        let mut token = None;
        loop {
            let listed = self.list(site, filter, OrderBy::Risk, listing::MAX_PAGE, token).await?;
            listed.comments.into_iter().for_each(&mut *take);
            token = listed.next;
            if token.is_none() {
                return Ok(());
            }
        }
    }

    async fn each_waiting_of_wave(
        &self,
        site: &SiteName,
        id: &CommentId,
        take: &mut impl FnMut(Comment),
    ) -> Result<(), QueueError> {
        let mut after: Option<CommentId> = None;
        loop {
            let ids = self.queue.similar(site, id, after.as_ref(), listing::MAX_PAGE).await?;
            let Some(last) = ids.last().cloned() else { return Ok(()) };
            let comments = self.queue.get(site, &ids).await?.into_iter().flatten();
            comments.filter(|comment| comment.state.is_waiting()).for_each(&mut *take);
            after = Some(last);
        }
    }

    /// Decides up to [`MAX_BATCH`] of the targets, each for itself; the outcomes in their order.
    ///
    /// # Errors
    /// The store's.
    pub async fn decide_targets(
        &self,
        site: &SiteName,
        targets: &[(CommentId, u32)],
        decision: &Decision,
    ) -> Result<Vec<(CommentId, Outcome)>, QueueError> {
        let ruling = |(id, version): &(CommentId, u32)| Ruling {
            id: id.clone(),
            expected: Some(*version),
            claim_id: String::new(),
            decision: decision.clone(),
            event_id: new_id(),
        };
        let outcomes = self.queue.decide(site, targets.iter().map(ruling).collect()).await?;
        Ok(targets.iter().map(|(id, _)| id.clone()).zip(outcomes).collect())
    }
}

fn is_claimed(comment: &Comment, now: Timestamp) -> bool {
    comment.claim.as_ref().is_some_and(|claim| claim.expire_time > now)
}
