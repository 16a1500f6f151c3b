//! A decision, and what an undo of it goes back to.

use prost::Message;

use super::{Unreadable, actor_kind, state};
use crate::domain::{Decision, State, Timestamp};

/// A decision that stands, with what an undo goes back to.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The decision.
    pub decision: Decision,
    /// The state before it.
    pub previous_state: State,
    /// Whether the comment was shown before it.
    pub previous_published: bool,
    /// `Counted` before it, as its code.
    pub previous_counted: u8,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct DecisionRow {
    #[prost(uint32, tag = "1")]
    state: u32,
    #[prost(string, tag = "2")]
    reason: String,
    #[prost(string, tag = "3")]
    author_message: String,
    #[prost(string, tag = "4")]
    note: String,
    #[prost(string, tag = "5")]
    actor: String,
    #[prost(uint32, tag = "6")]
    actor_kind: u32,
    #[prost(int64, tag = "7")]
    decide_time: i64,
}

#[derive(Clone, PartialEq, Message)]
struct StandingRow {
    #[prost(message, optional, tag = "1")]
    decision: Option<DecisionRow>,
    #[prost(uint32, tag = "2")]
    previous_state: u32,
    #[prost(bool, tag = "3")]
    previous_published: bool,
    #[prost(uint32, tag = "4")]
    previous_counted: u32,
}

/// The bytes of a standing decision.
pub fn encode_standing(standing: &Standing) -> Vec<u8> {
    StandingRow {
        decision: Some(decision_row(&standing.decision)),
        previous_state: u32::from(standing.previous_state.code()),
        previous_published: standing.previous_published,
        previous_counted: u32::from(standing.previous_counted),
    }
    .encode_to_vec()
}

/// Reads a standing decision.
pub fn decode_standing(bytes: &[u8]) -> Result<Standing, Unreadable> {
    let row = StandingRow::decode(bytes).map_err(|error| error.to_string())?;
    Ok(Standing {
        decision: decision(row.decision.ok_or("it has no decision")?)?,
        previous_state: state(row.previous_state)?,
        previous_published: row.previous_published,
        previous_counted: row.previous_counted as u8,
    })
}

pub(super) fn decision_row(decision: &Decision) -> DecisionRow {
    DecisionRow {
        state: u32::from(decision.state.code()),
        reason: decision.reason.clone(),
        author_message: decision.author_message.clone(),
        note: decision.note.clone(),
        actor: decision.actor.clone(),
        actor_kind: decision.actor_kind as u32,
        decide_time: decision.decide_time.0,
    }
}

pub(super) fn decision(row: DecisionRow) -> Result<Decision, Unreadable> {
    Ok(Decision {
        state: state(row.state)?,
        reason: row.reason,
        author_message: row.author_message,
        note: row.note,
        actor: row.actor,
        actor_kind: actor_kind(row.actor_kind)?,
        decide_time: Timestamp(row.decide_time),
    })
}
