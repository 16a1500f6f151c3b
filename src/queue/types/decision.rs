//! Moderators' decisions, what takes them back, and why one is refused.

use crate::domain::{Comment, CommentId, Decision, State, Timestamp};

/// A moderator's decision on one comment.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// Which comment.
    pub id: CommentId,
    /// The version that was looked at; `None`: whatever is current.
    pub expected: Option<u32>,
    /// The lease it was looked at under; empty: none. A live lease with another id refuses the ruling.
    pub claim_id: String,
    /// What was decided: Approved, Rejected or Escalated. The store sets `decide_time`.
    pub decision: Decision,
    /// Names the event.
    pub event_id: String,
}

/// Takes a decision back.
#[derive(Debug, Clone)]
pub struct Undo {
    /// Which comment.
    pub id: CommentId,
    /// The version that was looked at; `None`: whatever is current.
    pub expected: Option<u32>,
    /// Who undoes.
    pub actor: String,
    /// For the history.
    pub note: String,
    /// Names the compensating event.
    pub event_id: String,
}

/// A note for moderators.
#[derive(Debug, Clone)]
pub struct Note {
    /// Which comment.
    pub id: CommentId,
    /// Who writes.
    pub actor: String,
    /// What.
    pub text: String,
}

/// The comment after the change, or why there was none.
pub type Outcome = Result<Box<Comment>, Refusal>;

/// Why a comment was not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such comment.
    Missing,
    /// It changed since it was looked at.
    Stale {
        /// Its version now.
        current: u32,
    },
    /// Another lease on it is live.
    Held {
        /// Who holds it.
        reviewer: String,
        /// Until when.
        until: Timestamp,
    },
    /// Its state does not allow this, such as deciding a withdrawn comment or undoing where no
    /// moderator's decision stands.
    State {
        /// Where it stands.
        current: State,
    },
}
