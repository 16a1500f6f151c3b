//! The records that travel to a script ready-made: events, history entries, decisions.

use crate::domain::{ActorKind, CommentId, Decision, HistoryEntry, HistoryKind, State, Timestamp};
use crate::queue::record::{EventBody, Standing, encode_event, encode_standing};

use super::stored::by_policy;

/// A history entry with nothing said; time, state and version come from the script.
pub(super) fn entry(kind: HistoryKind, actor: &str, actor_kind: ActorKind) -> HistoryEntry {
    HistoryEntry {
        kind,
        time: Timestamp(0),
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

/// A decision with nothing said; its time comes from the script.
pub(super) fn decision(actor: &str, actor_kind: ActorKind, state: State) -> Decision {
    Decision { actor: actor.into(), actor_kind, ..by_policy(state, Timestamp(0)) }
}

/// The kind of history entry for a decision that led to this state; `None` when none leads there.
pub(super) fn decided(state: State) -> Option<HistoryKind> {
    match state {
        State::Approved => Some(HistoryKind::Approved),
        State::Rejected => Some(HistoryKind::Rejected),
        State::Escalated => Some(HistoryKind::Escalated),
        State::Pending | State::Withdrawn => None,
    }
}

/// A decision for the comment's list; what was before it comes from the script.
pub(super) fn standing(decision: &Decision) -> Vec<u8> {
    encode_standing(&Standing {
        decision: decision.clone(),
        previous_state: State::Pending,
        previous_published: false,
        previous_counted: 0,
    })
}

/// An event's body.
pub(super) fn event(
    event_id: &str,
    comment_id: &CommentId,
    draft: &crate::domain::Draft,
    decision: Decision,
) -> Vec<u8> {
    encode_event(&EventBody {
        event_id: event_id.into(),
        comment_id: comment_id.clone(),
        thread_id: draft.thread.id.clone(),
        author_id: draft.author.id.clone(),
        decision,
    })
}
