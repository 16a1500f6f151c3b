//! An entry of the decision feed.

use prost::Message;

use super::Unreadable;
use super::decision::{DecisionRow, decision, decision_row};
use crate::domain::{ActorKind, CommentId, Decision, DecisionEvent, State, Timestamp};

/// What of an event is known before the store gives it its number, time, states and version.
#[derive(Debug, Clone, PartialEq)]
pub struct EventBody {
    /// Tells a repeated delivery.
    pub event_id: String,
    /// The comment.
    pub comment_id: CommentId,
    /// Its thread.
    pub thread_id: String,
    /// Its author.
    pub author_id: String,
    /// The decision; the store's step sets its `decide_time`.
    pub decision: Decision,
}

/// What the step that writes an event adds to its [`EventBody`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventHead {
    /// The site's own counter.
    pub sequence: u64,
    /// The state after.
    pub state: State,
    /// The state before.
    pub previous_state: Option<State>,
    /// Whether the comment is shown after.
    pub published: bool,
    /// The version after.
    pub version: u32,
    /// When.
    pub time: Timestamp,
}

#[derive(Clone, PartialEq, Message)]
struct EventRow {
    #[prost(string, tag = "1")]
    event_id: String,
    #[prost(string, tag = "2")]
    comment_id: String,
    #[prost(string, tag = "3")]
    thread_id: String,
    #[prost(string, tag = "4")]
    author_id: String,
    #[prost(message, optional, tag = "5")]
    decision: Option<DecisionRow>,
}

/// The bytes of an event, without what the step adds.
pub fn encode_event(body: &EventBody) -> Vec<u8> {
    EventRow {
        event_id: body.event_id.clone(),
        comment_id: body.comment_id.as_str().to_owned(),
        thread_id: body.thread_id.clone(),
        author_id: body.author_id.clone(),
        decision: Some(decision_row(&body.decision)),
    }
    .encode_to_vec()
}

/// Reads an event, given what the step added.
pub fn decode_event(head: EventHead, bytes: &[u8]) -> Result<DecisionEvent, Unreadable> {
    let row = EventRow::decode(bytes).map_err(|error| error.to_string())?;
    let decision = decision(row.decision.ok_or("it has no decision")?)?;
    Ok(DecisionEvent {
        sequence: head.sequence,
        event_id: row.event_id,
        comment_id: CommentId::new(&row.comment_id).map_err(|error| error.to_string())?,
        thread_id: row.thread_id,
        author_id: row.author_id,
        state: head.state,
        previous_state: head.previous_state,
        published: head.published,
        version: head.version,
        decision: Decision { decide_time: head.time, ..decision },
        event_time: head.time,
    })
}

/// An event's body without its author: the ids and the decision stay, so that portals miss nothing of the feed; what was
/// said to the author or about them goes.
pub fn without_author(event: DecisionEvent, author_id: &str) -> Vec<u8> {
    let DecisionEvent { event_id, comment_id, thread_id, decision, .. } = event;
    let actor = if decision.actor == author_id { String::new() } else { decision.actor };
    let decision = Decision { author_message: String::new(), note: String::new(), actor, ..decision };
    encode_event(&EventBody { event_id, comment_id, thread_id, author_id: String::new(), decision })
}

/// True when an event tells of an author, or of what they did as a reader.
pub fn tells_of(event: &DecisionEvent, author_id: &str) -> bool {
    let by_reader = event.decision.actor_kind == ActorKind::Portal && event.decision.actor == author_id;
    event.author_id == author_id || by_reader
}
