//! Comments of the past, brought in.

use crate::domain::{CommentId, Decision, Draft, State, Timestamp, Verdict};

/// A comment of another system's history. Whoever hands it in has checked that its times are in order.
#[derive(Debug, Clone)]
pub struct Import {
    /// Its id, which makes the import safe to repeat.
    pub id: CommentId,
    /// What the reader wrote.
    pub draft: Draft,
    /// What the policy would make of it now.
    pub verdict: Verdict,
    /// Where it stood, whatever the verdict.
    pub state: State,
    /// See [`crate::queue::tier`].
    pub tier: u8,
    /// The moderator's decision that led to `state`, with its time.
    pub decision: Option<Decision>,
    /// When it was written, after 1970.
    pub create_time: Timestamp,
    /// Who brings it in, for the history.
    pub actor: String,
}

/// What became of an [`Import`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// Stored.
    Stored,
    /// The id exists with the same content. Nothing was changed.
    Here,
    /// The id exists with other content. Nothing was changed.
    Taken,
    /// It would wait, and the site's queue is full. Nothing was changed.
    Full,
}
