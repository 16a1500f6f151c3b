//! Decisions, the events that tell portals of them, and a comment's history.

use super::{CommentId, State, Timestamp, Verdict};

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ActorKind {
    /// The site's policy, by itself.
    Policy = 1,
    /// A person in review.
    Moderator = 2,
    /// The portal, on the author's behalf.
    Portal = 3,
}

/// A decision about one comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The state it led to.
    pub state: State,
    /// A short code such as `spam`; empty when none was given.
    pub reason: String,
    /// Text that the portal may show to the author.
    pub author_message: String,
    /// Text for other moderators.
    pub note: String,
    /// The moderator's or the token's name; `policy` when the policy decided.
    pub actor: String,
    /// What kind of actor that is.
    pub actor_kind: ActorKind,
    /// When.
    pub decide_time: Timestamp,
}

impl Decision {
    /// A decision without a word.
    pub fn by(actor: impl Into<String>, actor_kind: ActorKind, state: State, decide_time: Timestamp) -> Self {
        Self {
            state,
            reason: String::new(),
            author_message: String::new(),
            note: String::new(),
            actor: actor.into(),
            actor_kind,
            decide_time,
        }
    }

    /// The decision of a policy that let nobody wait.
    pub fn by_policy(state: State, decide_time: Timestamp) -> Self {
        Self::by("policy", ActorKind::Policy, state, decide_time)
    }
}

/// One entry of the decision feed.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionEvent {
    /// The site's own counter, from 1, without gaps.
    pub sequence: u64,
    /// Tells a repeated delivery.
    pub event_id: String,
    /// The comment decided upon.
    pub comment_id: CommentId,
    /// Its thread.
    pub thread_id: String,
    /// Its author; empty for guests.
    pub author_id: String,
    /// The state after the event.
    pub state: State,
    /// The state before it; `None` for a comment that the policy decided at submission.
    pub previous_state: Option<State>,
    /// Whether the portal must show the comment now.
    pub published: bool,
    /// The comment's version after the event.
    pub version: u32,
    /// What was decided. For an undo: who undid, with the state it went back to.
    pub decision: Decision,
    /// When.
    pub event_time: Timestamp,
}

/// What kind of thing happened to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum HistoryKind {
    /// It came in.
    Submitted = 1,
    /// Its author changed it.
    Revised = 2,
    /// A decision for it.
    Approved = 3,
    /// A decision against it.
    Rejected = 4,
    /// Passed on to a senior moderator.
    Escalated = 5,
    /// The decision before was taken back.
    Undone = 6,
    /// A note for moderators.
    Noted = 7,
    /// A reader reported it.
    Reported = 8,
    /// Taken back by its author or the portal.
    Withdrawn = 9,
    /// Brought in from another system.
    Imported = 10,
}

impl HistoryKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [HistoryKind; 10] = [
        HistoryKind::Submitted,
        HistoryKind::Revised,
        HistoryKind::Approved,
        HistoryKind::Rejected,
        HistoryKind::Escalated,
        HistoryKind::Undone,
        HistoryKind::Noted,
        HistoryKind::Reported,
        HistoryKind::Withdrawn,
        HistoryKind::Imported,
    ];

    /// The kind for a decision that led to this state; `None` when none leads there.
    pub fn of_decision(state: State) -> Option<Self> {
        match state {
            State::Approved => Some(Self::Approved),
            State::Rejected => Some(Self::Rejected),
            State::Escalated => Some(Self::Escalated),
            State::Pending | State::Withdrawn => None,
        }
    }
}

/// One thing that happened to a comment.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// What.
    pub kind: HistoryKind,
    /// When.
    pub time: Timestamp,
    /// Who: a moderator, a reporter, a token's name, or `policy`.
    pub actor: String,
    /// What kind of actor that is.
    pub actor_kind: ActorKind,
    /// The reason code; empty when none.
    pub reason: String,
    /// What the author was told.
    pub author_message: String,
    /// What moderators were told.
    pub note: String,
    /// The state after it.
    pub state: State,
    /// The version after it.
    pub version: u32,
    /// For a revision: the text before it.
    pub previous_text: String,
    /// For a revision: the verdict before it.
    pub previous_verdict: Option<Verdict>,
}

impl HistoryEntry {
    /// An entry without a word. Its time, state and version are those of the step that writes it.
    pub fn by(kind: HistoryKind, actor: impl Into<String>, actor_kind: ActorKind) -> Self {
        Self {
            kind,
            time: Timestamp::default(),
            actor: actor.into(),
            actor_kind,
            reason: String::new(),
            author_message: String::new(),
            note: String::new(),
            state: State::Pending,
            version: 0,
            previous_text: String::new(),
            previous_verdict: None,
        }
    }

    /// The entry for a moderator's decision.
    pub fn of_decision(decision: &Decision) -> Self {
        let kind = HistoryKind::of_decision(decision.state).unwrap_or(HistoryKind::Escalated);
        Self {
            reason: decision.reason.clone(),
            author_message: decision.author_message.clone(),
            note: decision.note.clone(),
            ..Self::by(kind, &decision.actor, decision.actor_kind)
        }
    }
}
