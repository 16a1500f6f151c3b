//! What goes into the store and what comes out of it.

use std::time::Duration;

use crate::domain::{
    AuthorRecord, Comment, CommentId, Decision, DecisionEvent, Draft, State, Timestamp, Verdict,
};
use crate::limit::Charge;

/// What can go wrong in the store itself.
#[derive(Debug, Clone, thiserror::Error)]
pub enum QueueError {
    /// The store did not answer in time or is not reachable. The detail is for the log alone.
    #[error("the queue store is not available: {detail}")]
    Unavailable {
        /// What the driver said, passwords masked.
        detail: String,
    },
    /// A record cannot be read; it was set aside.
    #[error("the record of {what} cannot be read: {detail}")]
    Damaged {
        /// Which record.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The store refuses what was asked for reasons of its own, such as a full disk.
    #[error("the queue store failed: {detail}")]
    Failed {
        /// What the driver said.
        detail: String,
    },
}

/// What [`super::Queue::recall`] looks up.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The id that the comment will have.
    pub id: CommentId,
    /// The author's id; empty for guests.
    pub author_id: String,
    /// Fingerprints of the text, the exact one first. At most 8.
    pub fingerprints: Vec<u64>,
}

/// What [`super::Queue::recall`] found.
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
    /// See [`super::tier`].
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
    /// Version of the author's record that was judged by.
    pub author_version: u32,
    /// For each fingerprint, the count from which another rule would fire: stale when the store
    /// has seen it that often. `u32::MAX`: never.
    pub seen_below: Vec<u32>,
}

/// What became of an [`Admission`].
#[derive(Debug, Clone)]
pub enum Admitted {
    /// Stored. The comment as it is now, and the shadow limits (indices into `charges`) that it would have broken.
    Stored {
        /// As stored.
        comment: Box<Comment>,
        /// Indices of exceeded charges in shadow mode.
        shadow_hits: Vec<usize>,
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
    /// See [`super::tier`].
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
    /// See [`super::tier`]; reports so far are added by the store.
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

/// A reader's report.
#[derive(Debug, Clone)]
pub struct Report {
    /// Which comment.
    pub id: CommentId,
    /// Who reports; one report a reporter counts.
    pub reporter_id: String,
    /// The reason code.
    pub reason: String,
    /// Hide an approved comment while it waits again.
    pub hide: bool,
    /// Names the event, should there be one.
    pub event_id: String,
}

/// What became of a [`Report`].
#[derive(Debug, Clone)]
pub enum Reported {
    /// Counted; the comment as it is now.
    Counted(Box<Comment>),
    /// This reporter had reported it before; nothing was changed.
    Repeated(Box<Comment>),
    /// Rejected and withdrawn comments take no reports, and a missing one neither.
    Refused(Refusal),
}

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

/// A wish to lease comments.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    /// Names the lease; made before the first attempt.
    pub claim_id: String,
    /// Who takes it.
    pub reviewer: String,
    /// Comments and the versions at which they were seen.
    pub candidates: Vec<(CommentId, u32)>,
    /// How long.
    pub lease: Duration,
}

/// What a claim won.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// When the lease ends.
    pub expire_time: Timestamp,
    /// The comments that are leased now, in the candidates' order.
    pub ids: Vec<CommentId>,
}

/// What a renewal kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewed {
    /// When the lease ends now.
    pub expire_time: Timestamp,
    /// Renewed, in ascending order.
    pub kept: Vec<CommentId>,
    /// Asked for by id and not held any more, in ascending order.
    pub lost: Vec<CommentId>,
}

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

/// A part of the feed.
#[derive(Debug, Clone, Default)]
pub struct FeedPage {
    /// The store's generation for this site; 0 while nothing was ever written.
    pub generation: u64,
    /// The oldest event that is kept; one past `newest` when there is none.
    pub oldest: u64,
    /// The newest event that was written; 0 when none was.
    pub newest: u64,
    /// The event at `after` itself, when it is still kept: its tag tells a rewound feed.
    pub anchor_event_id: Option<String>,
    /// The events.
    pub events: Vec<DecisionEvent>,
}

/// A policy to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDraft {
    /// The TOML text.
    pub source: String,
    /// Who saves it.
    pub author: String,
    /// Why.
    pub comment: String,
}

/// A saved policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRecord {
    /// From 1, by one.
    pub revision: u64,
    /// What was saved.
    pub draft: PolicyDraft,
    /// When.
    pub create_time: Timestamp,
}

/// What the store keeps of a site's learned model. The bytes are the learner's own; the store only
/// keeps them in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredModel {
    /// The store's generation for this site; 0 while nothing was ever written.
    pub generation: u64,
    /// Counts the changes; 0 before the first.
    pub revision: u64,
    /// The last event that was learned from.
    pub cursor: u64,
    /// The newest event that was written.
    pub newest_event: u64,
    /// The revision at which the model was last stored whole; 0 when it never was.
    pub whole_revision: u64,
    /// The whole model at `whole_revision`, empty when that is 0; `None` when the reader did not need it.
    pub whole: Option<Vec<u8>>,
    /// What was added since, in order.
    pub changes: Vec<Vec<u8>>,
}

/// What one step of the learner does to a site's model, all or nothing.
#[derive(Debug, Clone)]
pub struct Teaching {
    /// The revision that it was made on; another one refuses the step.
    pub revision: u64,
    /// The cursor that it was made on; another one refuses the step.
    pub cursor: u64,
    /// The last event that it learned from: the new cursor.
    pub learned_to: u64,
    /// The change.
    pub change: ModelChange,
    /// What is to be kept with comments, in the place of what is kept now; `None`: nothing. At most
    /// [`super::MAX_BATCH`]. Nothing is kept with a comment that is not there any more.
    pub lessons: Vec<(CommentId, Option<Vec<u8>>)>,
}

/// How a step changes the stored model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelChange {
    /// Not at all: only the cursor moves, and the revision stays.
    Nothing,
    /// This comes on top.
    Added(Vec<u8>),
    /// This takes the place of all that is stored.
    Whole(Vec<u8>),
}

/// How far the erasure of an author has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// Comments erased since it was first asked for.
    pub comments: u64,
    /// When it was first asked for.
    pub start_time: Timestamp,
    /// When the store's files no longer held any of it; `None`: they may still.
    pub complete_time: Option<Timestamp>,
}

/// A policy that somebody suggests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalDraft {
    /// The whole TOML text.
    pub source: String,
    /// The revision that it was made from.
    pub base_revision: u64,
    /// Why.
    pub comment: String,
    /// The comment that gave rise to it.
    pub comment_id: Option<CommentId>,
    /// Who suggests it.
    pub proposer: String,
}

/// A suggestion that was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// From 1, by one.
    pub number: u64,
    /// What was suggested.
    pub draft: ProposalDraft,
    /// The revision that settled it; `None` while it is open.
    pub applied_revision: Option<u64>,
    /// When it was made.
    pub create_time: Timestamp,
}

/// What became of a policy that settles a proposal. Nothing was changed unless it was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// Saved, and the proposal settled by it.
    Saved(PolicyRecord),
    /// Another revision was saved meanwhile.
    Conflict,
    /// There is no such proposal, or it is settled.
    NotOpen,
}

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Comments removed.
    pub comments: u64,
    /// Events removed.
    pub events: u64,
    /// There is more to remove.
    pub more: bool,
}

/// A store that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What runs, such as `redis 7.0.15` or `embedded`.
    pub engine: String,
    /// Settings under which acknowledged data may be lost, each with its remedy. Empty: none.
    pub warnings: Vec<String>,
}

/// How much an acknowledgement promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The store has it, as the store is configured. A crash of the store may lose what it had not yet written.
    #[default]
    Fast,
    /// It is on the store's disk.
    Disk,
    /// It is on the store's disk and on a replica.
    Replicas,
}

impl std::str::FromStr for Durability {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "fast" => Ok(Self::Fast),
            "disk" => Ok(Self::Disk),
            "replicas" => Ok(Self::Replicas),
            _ => Err("must be fast, disk or replicas".to_owned()),
        }
    }
}
