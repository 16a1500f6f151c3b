//! What is handed to the road, and what comes back: a comment with its verdict, or why not.

use std::time::Duration;

use crate::domain::{Comment, CommentId, Draft, SiteName};
use crate::limit::Charge;
use crate::queue::{QueueError, Refusal};

/// A comment that asks for a verdict.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The id that the portal chose.
    pub id: Option<CommentId>,
    /// Without an id, makes the call safe to repeat; empty: it is not.
    pub request_id: String,
    /// What the reader wrote.
    pub draft: Draft,
    /// Judge only; keep nothing, spend nothing.
    pub validate_only: bool,
}

/// A comment that has its verdict.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// As it stands now.
    pub comment: Comment,
    /// It had been submitted before.
    pub replayed: bool,
}

/// Why a comment was not taken in. Nothing was changed and nothing spent.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// A rate limit refuses it for now.
    #[error("the limit {:?} on {} is used up; try again in {}", .charge.limit, .charge.key, humantime::format_duration(whole_millis(*.retry_after)))]
    Limited {
        /// The limit, its key and quota.
        charge: Box<Charge>,
        /// When to come back.
        retry_after: Duration,
    },
    /// As many comments wait as the site allows.
    #[error("the queue is full: {cap} comments wait; decide some, or raise queue.cap in the policy")]
    Full {
        /// The site's cap.
        cap: u64,
    },
    /// The id belongs to another comment.
    #[error("comment {0} exists with other content; choose another id, or revise it")]
    Taken(CommentId),
    /// This process does not serve the site.
    #[error("site {0} is not served here; add it to the configuration")]
    UnknownSite(SiteName),
    /// The store failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Why a revision was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReviseError {
    /// The revision would make it somebody else's comment, or put it elsewhere.
    #[error("a revision cannot change {0}; submit a new comment instead")]
    Moved(&'static str),
    /// The comment does not allow it.
    #[error("the comment does not allow this")]
    Refused(Refusal),
    /// This process does not serve the site.
    #[error("site {0} is not served here; add it to the configuration")]
    UnknownSite(SiteName),
    /// The store failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

fn whole_millis(span: Duration) -> Duration {
    Duration::from_millis(span.as_micros().div_ceil(1000) as u64)
}
