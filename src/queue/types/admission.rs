//! A comment on its way in: what is looked up for it, what is admitted, what came of it; its revision and its withdrawal.

use std::time::Duration;

use crate::domain::{AuthorRecord, Comment, CommentId, Draft, State, Timestamp, Verdict};
use crate::limit::Charge;

/// What [`crate::queue::Queue::recall`] looks up.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The id that the comment will have.
    pub id: CommentId,
    /// The author's id; empty for guests.
    pub author_id: String,
    /// Fingerprints of the text, the exact one first. At most 8.
    pub fingerprints: Vec<u64>,
}

/// What [`crate::queue::Queue::recall`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Recalled {
    /// The store's time.
    pub now: Timestamp,
    /// A comment with this id exists.
    pub known: bool,
    /// The author's record.
    pub author: AuthorRecord,
    /// How often each fingerprint was seen in the repeat window.
    pub seen: Vec<u32>,
    /// The newest policy revision that the store holds; 0 when none was saved.
    pub policy_revision: u64,
}

/// A judged comment that asks to be taken in.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Its id, made before the first attempt.
    pub id: CommentId,
    /// What the reader wrote.
    pub draft: Draft,
    /// What the policy made of it.
    pub verdict: Verdict,
    /// Pending, Approved or Rejected.
    pub state: State,
    /// See [`crate::queue::tier`].
    pub tier: u8,
    /// Fingerprints of the text, the exact one first. At most 8.
    pub fingerprints: Vec<u64>,
    /// Names the event, should there be one.
    pub event_id: String,
    /// Limits to charge.
    pub charges: Vec<Charge>,
    /// The evidence that the verdict rests on; `None` when the judgement stands whatever changed.
    pub grounds: Option<Grounds>,
    /// Most comments that may wait (pending and escalated); only a comment that would wait is
    /// refused for it.
    pub waiting_cap: u64,
}

/// The evidence under a verdict, to be looked at again in the admit step.
#[derive(Debug, Clone)]
pub struct Grounds {
    /// The author's record that was judged by. The whole of it: after an erasure versions begin anew.
    pub author: AuthorRecord,
    /// For each fingerprint, the count from which another rule would fire: stale when the store
    /// has seen it that often. `u32::MAX`: never.
    pub seen_below: Vec<u32>,
}

/// What became of an [`Admission`].
#[derive(Debug, Clone)]
pub enum Admitted {
    /// Stored.
    Stored {
        /// The comment as it is now.
        comment: Box<Comment>,
        /// Indices of exceeded charges in shadow mode.
        shadow_hits: Vec<usize>,
        /// The newest policy revision that the store holds; 0 when none was saved.
        policy_revision: u64,
    },
    /// The id exists with the same content; this is the comment as it is now. Nothing was changed.
    Replayed(Box<Comment>),
    /// The id exists with other content. Nothing was changed.
    Taken,
    /// The grounds no longer hold, or limits in mode `hold` are exceeded. Nothing was changed: judge again.
    Stale {
        /// What is so now.
        recalled: Recalled,
        /// Indices of exceeded charges in mode `hold`.
        held_by: Vec<usize>,
    },
    /// Enforced limits refuse it. Nothing was charged.
    Limited {
        /// Index into `charges` of the limit that is open again last.
        index: usize,
        /// How long until all of the broken limits would let it pass.
        retry_after: Duration,
    },
    /// The site's queue is full. Nothing was changed.
    Full,
}

/// An author's edit, judged anew.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Which comment.
    pub id: CommentId,
    /// The version that was edited; `None`: whatever is current.
    pub expected: Option<u32>,
    /// The new content.
    pub draft: Draft,
    /// The new verdict.
    pub verdict: Verdict,
    /// Pending, Approved or Rejected.
    pub state: State,
    /// See [`crate::queue::tier`]; reports so far are added by the store.
    pub tier: u8,
    /// Fingerprints of the new text.
    pub fingerprints: Vec<u64>,
    /// Who sent it, for the history.
    pub actor: String,
    /// Names the event, should there be one.
    pub event_id: String,
}

/// A comment is taken back.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// Which comment.
    pub id: CommentId,
    /// The version that was seen; `None`: whatever is current.
    pub expected: Option<u32>,
    /// Who asks, for history and event.
    pub actor: String,
    /// Names the event.
    pub event_id: String,
}
