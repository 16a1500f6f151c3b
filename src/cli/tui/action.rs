//! Everything that can happen on the screen: what keys ask for, what comes in, and what is asked of the server.

use crossterm::event::KeyEvent;
use jiff::Timestamp;

use super::state::Rows;
use crate::cli::counted::Counted;
use crate::cli::failure::Refusal;
use crate::cli::output::Outcome;
use crate::proto::v1::{
    ClaimCommentsResponse, Comment, CommentState, DecideMatchingResponse, DecidedComment, DecisionInput,
    InspectCommentResponse, ListCommentsResponse, Policy, RenewClaimsResponse, ReplayPolicyResponse,
    WatchQueueResponse,
};

/// What a key asks for while no prompt is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Decide that the comment may be shown.
    Approve,
    /// Ask for the reason, then decide that it may not.
    Reject,
    /// Pass it on to a senior moderator.
    Escalate,
    /// Decide as the last time.
    Repeat,
    /// Look at it later.
    Skip,
    /// Write for other moderators.
    Note,
    /// Take the last decision back.
    Undo,
    /// Mark or unmark it.
    Mark,
    /// Approve all that is marked.
    ApproveMarked,
    /// Reject all that is marked.
    RejectMarked,
    /// Count the comments like it, then decide them all.
    DecideWave,
    /// Type what the texts must have.
    Search,
    /// Type a filter.
    Filter,
    /// Look at everything again.
    Clear,
    /// Look at its thread alone.
    Thread,
    /// The next order.
    Order,
    /// The next queue.
    NextQueue,
    /// List the queue anew.
    Reload,
    /// The comment below.
    Next,
    /// The comment above.
    Previous,
    /// The first comment.
    First,
    /// The last comment that is loaded.
    Last,
    /// Further down in the text.
    ScrollDown,
    /// Further up in the text.
    ScrollUp,
    /// Go to the next place that was found.
    NextSpot,
    /// Change the policy so that it is found no more.
    Fix,
    /// List what its author wrote.
    AuthorComments,
    /// List what its thread has.
    ThreadComments,
    /// List the comments like it.
    WaveComments,
    /// List the links.
    Links,
    /// Copy the text.
    Copy,
    /// Copy the id.
    CopyId,
    /// Show the keys.
    Help,
    /// End the review.
    Quit,
}

impl Action {
    /// Whether it would change anything for others.
    pub fn changes(self) -> bool {
        use Action::*;
        matches!(
            self,
            Approve
                | Reject
                | Escalate
                | Repeat
                | Skip
                | Note
                | Undo
                | ApproveMarked
                | RejectMarked
                | DecideWave
        )
    }
}

/// What comments have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The author.
    Author,
    /// The thread.
    Thread,
    /// The text, or nearly so.
    Wave,
}

/// What somebody may do with a changed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// Put it in force.
    Apply,
    /// Propose it to those who can.
    Propose,
}

/// What became of a changed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It is in force, as this revision.
    Applied(u64),
    /// It is written down under this name.
    Proposed(String),
}

/// A decision before it is about a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// What is decided.
    pub state: CommentState,
    /// The reason's code; empty: none.
    pub reason: String,
}

impl Ruling {
    /// A decision without a reason.
    pub fn plain(state: CommentState) -> Self {
        Self { state, reason: String::new() }
    }

    /// What was done, in a word or two: `rejected (spam)`.
    pub fn told(&self) -> String {
        let state = match self.state {
            CommentState::Approved => "approved",
            CommentState::Rejected => "rejected",
            CommentState::Escalated => "escalated",
            CommentState::Pending | CommentState::Withdrawn | CommentState::Unspecified => "changed",
        };
        if self.reason.is_empty() { state.to_owned() } else { format!("{state} ({})", self.reason) }
    }
}

/// What comes in.
pub enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted; never taken for keys.
    Pasted(String),
    /// The terminal has another size.
    Resized,
    /// The terminal is gone, or the system wants the review to end.
    Ended,
    /// A second went by.
    Tick(Timestamp),
    /// A page of the queue, or why there is none.
    Listed {
        /// The listing that it belongs to.
        generation: u64,
        /// The page.
        page: Result<ListCommentsResponse, Refusal>,
    },
    /// What the first rows are now, or why that cannot be told.
    Looked {
        /// The listing that they belong to.
        generation: u64,
        /// They.
        page: Result<ListCommentsResponse, Refusal>,
    },
    /// A comment with what is beside it.
    Inspected {
        /// The comment.
        id: String,
        /// The page.
        page: Result<Box<InspectCommentResponse>, Refusal>,
    },
    /// Leases.
    Claimed {
        /// What was asked for.
        ids: Vec<String>,
        /// What was given.
        claimed: Result<ClaimCommentsResponse, Refusal>,
    },
    /// Leases with a new end.
    Renewed {
        /// The lease.
        claim_id: String,
        /// The comments that it was asked for.
        ids: Vec<String>,
        /// What was kept.
        renewed: Result<RenewClaimsResponse, Refusal>,
    },
    /// Decisions that the server made or refused.
    Decided(Vec<Outcome>),
    /// A comment was put off, or not.
    Skipped {
        /// The comment.
        id: String,
        /// Why not.
        result: Result<(), Refusal>,
    },
    /// A decision was taken back, or not.
    Undone(Outcome),
    /// A note was written, or not.
    Noted(Outcome),
    /// Comments around one, or why they cannot be listed.
    Around {
        /// The one.
        id: String,
        /// What they have in common.
        relation: Relation,
        /// They.
        comments: Result<Vec<Comment>, Refusal>,
    },
    /// The policy in force.
    PolicyRead(Result<Box<Policy>, Refusal>),
    /// What this moderator may do with the changed policy of a trial, or what is wrong with it.
    MayChange {
        /// The trial.
        serial: u64,
        /// What they may do.
        authority: Result<Authority, Refusal>,
    },
    /// What the changed policy of a trial would have done.
    Replayed {
        /// The trial.
        serial: u64,
        /// Progress, or the report.
        replayed: Result<ReplayPolicyResponse, Refusal>,
    },
    /// What became of a changed policy.
    Settled(Result<Settled, Refusal>),
    /// How many comments are like one.
    WaveCounted {
        /// The comment.
        id: String,
        /// How many wait.
        counted: Result<Counted, Refusal>,
    },
    /// The progress of a decision on a whole wave.
    WaveDecided(Result<DecideMatchingResponse, Refusal>),
    /// The decision on a whole wave was taken back, as far as it could be.
    WaveUndone {
        /// On how many comments.
        count: usize,
        /// Why not on the last of the others.
        refused: Option<Refusal>,
    },
    /// What changed in the queue.
    Watched(Box<WatchQueueResponse>),
    /// The queue cannot be watched at the moment.
    Unwatched(Refusal),
}

/// What is asked of the server, or of the terminal.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A page of the queue.
    List {
        /// Which listing it is for.
        generation: u64,
        /// Which comments.
        filter: String,
        /// In which order.
        order_by: &'static str,
        /// How many of them.
        page_size: u32,
        /// Where to go on; empty: at the first page.
        page_token: String,
    },
    /// The first rows as they are now, to see who looks at them.
    Look {
        /// Which listing it is for.
        generation: u64,
        /// Which comments.
        filter: String,
        /// In which order.
        order_by: &'static str,
        /// How many of them.
        page_size: u32,
    },
    /// A comment with what is beside it.
    Inspect(String),
    /// Leases on these, as far as they are free.
    Claim(Vec<String>),
    /// A new end for leases.
    Renew {
        /// The lease.
        claim_id: String,
        /// The comments to keep.
        ids: Vec<String>,
    },
    /// The end of a lease on these comments.
    Release {
        /// The lease.
        claim_id: String,
        /// The comments.
        ids: Vec<String>,
    },
    /// Decisions, each for itself.
    Decide(Vec<DecisionInput>),
    /// Put off.
    Skip(String),
    /// Take the last decision back.
    Undo {
        /// The comment.
        id: String,
        /// The version that the decision made; empty: whatever is current.
        etag: String,
    },
    /// Write a note.
    Note {
        /// The comment.
        id: String,
        /// What others are told.
        text: String,
    },
    /// List the comments around one.
    LookAround {
        /// The one.
        id: String,
        /// What they have in common.
        relation: Relation,
        /// The filter that finds them; of no use for a wave.
        filter: String,
    },
    /// The policy in force.
    ReadPolicy,
    /// Whether a changed policy is one, what may be done with it, and what it would have done.
    TryPolicy {
        /// The trial.
        serial: u64,
        /// The TOML.
        source: String,
        /// The version that was changed.
        etag: String,
    },
    /// Put a changed policy in force, or propose it.
    SettlePolicy {
        /// Which of the two.
        authority: Authority,
        /// The TOML.
        source: String,
        /// The version that was changed.
        etag: String,
        /// The revision that was changed.
        revision: u64,
        /// Why.
        why: String,
        /// The comment that gave rise to it.
        comment_id: String,
    },
    /// Count the comments like this one.
    CountWave(String),
    /// Decide the comments like this one.
    DecideWave {
        /// The comment.
        id: String,
        /// How many the moderator was shown.
        counted: Counted,
        /// The decision.
        ruling: Ruling,
        /// Leases to end first: a wave is decided under none, and one's own would stand in its way.
        claims: Vec<Command>,
    },
    /// Take the decision on a whole wave back.
    UndoWave(Vec<DecidedComment>),
    /// Into the terminal's clipboard.
    Copy(String),
    /// Memory that takes a while to be given back.
    Free(Rows),
}
