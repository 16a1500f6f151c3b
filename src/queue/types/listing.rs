//! Pages of comments and their counts.

use crate::domain::{Comment, CommentId, State, Timestamp};

/// One page of one state.
#[derive(Debug, Clone)]
pub struct PageQuery {
    /// Which state.
    pub state: State,
    /// In which order.
    pub order: Order,
    /// Where the last page ended.
    pub after: Option<Mark>,
    /// At most this many.
    pub limit: usize,
}

/// One page of one author.
#[derive(Debug, Clone)]
pub struct AuthorQuery {
    /// Who wrote them.
    pub author_id: String,
    /// By creation: [`Order::NewestFirst`], or any other for oldest first.
    pub order: Order,
    /// Where the last page ended.
    pub after: Option<Mark>,
    /// At most this many.
    pub limit: usize,
}

/// The order of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Waiting states: highest tier first, then oldest. Other states: as [`Order::OldestFirst`].
    Risk,
    /// By time, ascending: of creation for waiting states, of the last change for the others.
    OldestFirst,
    /// The same time, descending.
    NewestFirst,
}

/// The place after a comment in an order: the tier (0 unless the order is by risk among the
/// waiting), the time, the id. Comments are compared in that order, ids bytewise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The comment's tier.
    pub tier: u8,
    /// Its time in this order.
    pub time: Timestamp,
    /// Its id.
    pub id: CommentId,
}

/// What a page holds.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The comments.
    pub comments: Vec<Comment>,
    /// Where to go on; `None` at the end. A page may be empty and still have a next.
    pub next: Option<Mark>,
}

/// How many comments are where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting for a moderator.
    pub pending: u64,
    /// Waiting for a senior moderator.
    pub escalated: u64,
    /// Approved and still kept.
    pub approved: u64,
    /// Rejected and still kept.
    pub rejected: u64,
    /// Withdrawn and still kept.
    pub withdrawn: u64,
    /// Under a live lease.
    pub claimed: u64,
    /// When the oldest pending comment came in.
    pub oldest_pending: Option<Timestamp>,
    /// When the oldest escalated comment came in.
    pub oldest_escalated: Option<Timestamp>,
}
