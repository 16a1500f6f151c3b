//! The queue store: where comments wait, and everything that must be atomic about it.
//!
//! [`Queue`] speaks domain types only. Two stores keep the same promises, checked by one contract
//! suite: `redis` for any number of servers, `embedded` for one.
//!
//! Architecture invariant: no method reveals its driver, and nothing here decides what a comment
//! deserves. The store is told the verdict; it answers what is so.
//!
//! Promises that every store keeps:
//! - A method that changes something is one atomic step, durable to the configured level when it
//!   returns. An error other than [`QueueError::Unavailable`] means that nothing was changed; after
//!   `Unavailable` it may or may not have been, and the same call with the same ids is safe to repeat.
//! - A comment is in exactly one state, and counted from there.
//! - `version` grows by one with each change of content or state.
//! - The feed has one event for each decision, without gaps and in order.

pub mod embedded;
mod hot;
mod record;
pub mod redis;
mod types;

use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{AuthorRecord, Comment, CommentId, HistoryEntry, SiteName, Standing, State, Timestamp};
use crate::limit::{Charge, QuotaLeft};

pub use types::*;

/// How far back repeats are counted: the current window of this length and the one before it.
pub const REPEAT_WINDOW: Duration = Duration::from_secs(6 * 60 * 60);

/// How long an erasure is remembered after it was last gone on with.
pub const ERASURE_REMEMBERED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How many comments one step may change; a longer list is the caller's to split.
pub const MAX_BATCH: usize = 100;

/// Proposals that are kept a site; the oldest makes way for a new one.
pub const MAX_PROPOSALS: u64 = 100;

/// The highest place in the queue.
pub const MAX_TIER: u8 = 31;

/// What each report adds to a comment's tier.
pub const REPORT_STEP: u8 = 2;

/// A comment's place among the waiting: one tier a whole point of risk, riskier first; within a
/// tier the oldest first.
pub fn tier(score: f64, report_count: u32) -> u8 {
    let risk = score.clamp(0.0, f64::from(MAX_TIER)) as u32;
    let reported = report_count.saturating_mul(u32::from(REPORT_STEP));
    risk.saturating_add(reported).min(u32::from(MAX_TIER)) as u8
}

/// A store of comments, claims, decisions, limits and policies of any number of sites.
#[async_trait]
pub trait Queue: Send + Sync + 'static {
    // --- a comment comes in -------------------------------------------------------------------

    /// What the store knows about a draft. Reads only; may be a moment old.
    async fn recall(&self, site: &SiteName, probe: Probe) -> Result<Recalled, QueueError>;

    /// Takes a judged comment in: the id first, then the evidence, the site's cap and every limit,
    /// then the record, its place, the repeats and, when the policy decided, the event. All or
    /// nothing; only [`Admitted::Stored`] charges limits and counts repeats.
    async fn admit(&self, site: &SiteName, admission: Admission) -> Result<Admitted, QueueError>;

    /// Brings history of another system in, each comment all or nothing for itself, with its decision in the
    /// author's record and in its history. No limit is charged, no repeat counted and no event written, so that
    /// nobody learns from it. It counts as changed now. At most [`MAX_BATCH`]; a comment that would wait is refused
    /// when `waiting_cap` do.
    async fn import(
        &self,
        site: &SiteName,
        waiting_cap: u64,
        imports: Vec<Import>,
    ) -> Result<Vec<Imported>, QueueError>;

    /// What is left of each limit. Spends nothing. In the order of `charges`.
    async fn quota(&self, site: &SiteName, charges: &[Charge]) -> Result<Vec<QuotaLeft>, QueueError>;

    /// Replaces the content of a comment with a newly judged one. The text before goes into the
    /// history; a decision and a claim on it end. Writes an event unless the comment waits
    /// unpublished before and after.
    async fn revise(&self, site: &SiteName, revision: Revision) -> Result<Outcome, QueueError>;

    /// Takes a comment back for good, with an event. Withdrawing twice answers the same.
    async fn withdraw(&self, site: &SiteName, withdrawal: Withdrawal) -> Result<Outcome, QueueError>;

    /// Counts a reader's report, once a reader. A waiting comment moves up by [`REPORT_STEP`]; an
    /// approved one goes back to [`State::Pending`], published as before unless told to hide it. An
    /// event is written when `published` changed.
    async fn report(&self, site: &SiteName, report: Report) -> Result<Reported, QueueError>;

    // --- looking ------------------------------------------------------------------------------

    /// The comments with these ids, in their order; `None` where there is none.
    async fn get(&self, site: &SiteName, ids: &[CommentId]) -> Result<Vec<Option<Comment>>, QueueError>;

    /// One page of one state. At most 500 comments.
    async fn page(&self, site: &SiteName, query: &PageQuery) -> Result<Page, QueueError>;

    /// One page of an author's comments, whatever their states. At most 500 comments; guests have none.
    async fn author_comments(&self, site: &SiteName, query: &AuthorQuery) -> Result<Page, QueueError>;

    /// Everything that happened to a comment, oldest first; empty when there is no such comment.
    async fn history(&self, site: &SiteName, id: &CommentId) -> Result<Vec<HistoryEntry>, QueueError>;

    /// Ids of the comments that share a fingerprint with this one, itself among them, in ascending
    /// order: the first `limit` of those above `after`. Just itself when it repeats nothing; empty when there is no such
    /// comment.
    async fn similar(
        &self,
        site: &SiteName,
        id: &CommentId,
        after: Option<&CommentId>,
        limit: usize,
    ) -> Result<Vec<CommentId>, QueueError>;

    /// How many comments are where, counted now.
    async fn counts(&self, site: &SiteName) -> Result<Counts, QueueError>;

    // --- claims -------------------------------------------------------------------------------

    /// Leases to one reviewer those candidates that still wait unclaimed at the version seen, or
    /// are this reviewer's already under the same claim id. Answers their ids. At most [`MAX_BATCH`].
    async fn claim(&self, site: &SiteName, request: ClaimRequest) -> Result<Claimed, QueueError>;

    /// Sets a new end for the leases of `claim_id` that are still live; all of them when `ids` is
    /// empty. A lease that ended is lost, even if nobody took the comment since.
    async fn renew(
        &self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
        lease: Duration,
    ) -> Result<Renewed, QueueError>;

    /// Ends leases of `claim_id`; all of them when `ids` is empty. Answers the ids that were live.
    async fn release(
        &self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
    ) -> Result<Vec<CommentId>, QueueError>;

    /// Keeps a comment from being offered to this reviewer for `span`, and ends their lease on it.
    async fn defer(
        &self,
        site: &SiteName,
        reviewer: &str,
        id: &CommentId,
        span: Duration,
    ) -> Result<(), QueueError>;

    /// What this reviewer deferred and is not over yet.
    async fn deferred(&self, site: &SiteName, reviewer: &str) -> Result<Vec<CommentId>, QueueError>;

    // --- decisions ----------------------------------------------------------------------------

    /// Decides comments, each all or nothing for itself: state, author's record, history, event, end of the
    /// claim. One outcome a ruling, in order. At most [`MAX_BATCH`].
    async fn decide(&self, site: &SiteName, rulings: Vec<Ruling>) -> Result<Vec<Outcome>, QueueError>;

    /// Takes the last moderator's decision back: the state, place and publication before it, the
    /// author's record, the decision before it; writes a compensating event.
    async fn undo(&self, site: &SiteName, undo: Undo) -> Result<Outcome, QueueError>;

    /// Adds a note to a comment's history.
    async fn note(&self, site: &SiteName, note: Note) -> Result<Outcome, QueueError>;

    // --- the feed -----------------------------------------------------------------------------

    /// Events after `after` in order, at most `limit`, with the feed's bounds at that moment.
    async fn feed(&self, site: &SiteName, after: u64, limit: usize) -> Result<FeedPage, QueueError>;

    // --- what moderators taught ---------------------------------------------------------------

    /// The site's learned model for a reader that has revision `known` of it: the changes since, or the
    /// whole of it and the changes since that. `None`: the numbers alone.
    async fn model(&self, site: &SiteName, known: Option<u64>) -> Result<StoredModel, QueueError>;

    /// What is kept with each comment of what it taught; `None` where nothing is.
    async fn lessons(&self, site: &SiteName, ids: &[CommentId]) -> Result<Vec<Option<Vec<u8>>>, QueueError>;

    /// Changes the model, moves the cursor and keeps the lessons. False, and nothing changed, when
    /// another learner did so meanwhile: every event is learned from once.
    async fn teach(&self, site: &SiteName, teaching: Teaching) -> Result<bool, QueueError>;

    // --- policies and authors -----------------------------------------------------------------

    /// The policy in force; `None` before the first was saved.
    async fn policy(&self, site: &SiteName) -> Result<Option<PolicyRecord>, QueueError>;

    /// Saves the revision after `expected` (0: the first). `None`: another was saved meanwhile.
    async fn save_policy(
        &self,
        site: &SiteName,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Option<PolicyRecord>, QueueError>;

    /// Revisions below `before`, newest first, at most `limit`.
    async fn policy_revisions(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<PolicyRecord>, QueueError>;

    /// Writes a suggested policy down.
    async fn propose_policy(&self, site: &SiteName, draft: ProposalDraft) -> Result<Proposal, QueueError>;

    /// Suggestions with numbers below `before`, newest first, at most `limit`; of the last [`MAX_PROPOSALS`].
    async fn policy_proposals(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Proposal>, QueueError>;

    /// Saves the revision after `expected`, as [`Queue::save_policy`] does, and settles an open proposal with it.
    async fn settle_proposal(
        &self,
        site: &SiteName,
        number: u64,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Settled, QueueError>;

    /// What the site knows of an author; the default when it never decided upon them.
    async fn author(&self, site: &SiteName, author_id: &str) -> Result<AuthorRecord, QueueError>;

    /// Sets an author's standing and answers the new record.
    async fn set_standing(
        &self,
        site: &SiteName,
        author_id: &str,
        standing: Standing,
    ) -> Result<AuthorRecord, QueueError>;

    /// Erases everything of an author: comments with all that hangs on them, the record, reports they made, and
    /// in the feed their id and the words to them. When it returns, nothing of it can be read here; the answer tells
    /// whether the store's files hold it still. Broken off, or not yet complete, it goes on with the next call.
    async fn erase_author(&self, site: &SiteName, author_id: &str) -> Result<Erasure, QueueError>;

    // --- house-keeping ------------------------------------------------------------------------

    /// Removes what has been kept long enough, a bounded number a call: comments in a final or decided state
    /// unchanged since `decided_before`, with all that hangs on them, and events before
    /// `events_before`. Waiting comments stay.
    async fn sweep(
        &self,
        site: &SiteName,
        decided_before: Timestamp,
        events_before: Timestamp,
    ) -> Result<Swept, QueueError>;

    /// Whether the store answers, and what it may lose.
    async fn check(&self) -> Result<Health, QueueError>;
}

/// The states whose comments are kept only for a while.
pub const SWEPT_STATES: [State; 3] = [State::Approved, State::Rejected, State::Withdrawn];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_is_a_whole_point_of_risk_and_reports_raise_it() {
        assert_eq!(tier(-3.0, 0), 0);
        assert_eq!(tier(4.9, 0), 4);
        assert_eq!(tier(4.9, 3), 10);
        assert_eq!(tier(1e9, u32::MAX), MAX_TIER);
        assert_eq!(tier(f64::NAN, 0), 0);
    }
}
