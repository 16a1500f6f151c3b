//! The records that travel to a script ready-made: events, decisions.

use crate::domain::{CommentId, Decision, Draft, State};
use crate::queue::record::{EventBody, Standing, encode_event, encode_standing};

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
pub(super) fn event(event_id: &str, comment_id: &CommentId, draft: &Draft, decision: Decision) -> Vec<u8> {
    encode_event(&EventBody {
        event_id: event_id.into(),
        comment_id: comment_id.clone(),
        thread_id: draft.thread.id.clone(),
        author_id: draft.author.id.clone(),
        decision,
    })
}
