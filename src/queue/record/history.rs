//! What happened to a comment.

use prost::Message;

use super::verdict::{VerdictRow, verdict, verdict_row};
use super::{Unreadable, actor_kind};
use crate::domain::{HistoryEntry, HistoryKind, State, Timestamp};

/// What the step that writes a history entry adds to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryHead {
    /// When.
    pub time: Timestamp,
    /// The state after.
    pub state: State,
    /// The version after.
    pub version: u32,
}

#[derive(Clone, PartialEq, Message)]
struct HistoryRow {
    #[prost(uint32, tag = "1")]
    kind: u32,
    #[prost(string, tag = "2")]
    actor: String,
    #[prost(uint32, tag = "3")]
    actor_kind: u32,
    #[prost(string, tag = "4")]
    reason: String,
    #[prost(string, tag = "5")]
    author_message: String,
    #[prost(string, tag = "6")]
    note: String,
    #[prost(string, tag = "7")]
    previous_text: String,
    #[prost(message, optional, tag = "8")]
    previous_verdict: Option<VerdictRow>,
}

/// The bytes of a history entry, without what the step adds.
pub fn encode_history(entry: &HistoryEntry) -> Vec<u8> {
    HistoryRow {
        kind: entry.kind as u32,
        actor: entry.actor.clone(),
        actor_kind: entry.actor_kind as u32,
        reason: entry.reason.clone(),
        author_message: entry.author_message.clone(),
        note: entry.note.clone(),
        previous_text: entry.previous_text.clone(),
        previous_verdict: entry.previous_verdict.as_ref().map(verdict_row),
    }
    .encode_to_vec()
}

/// Reads a history entry, given what the step added.
pub fn decode_history(head: HistoryHead, bytes: &[u8]) -> Result<HistoryEntry, Unreadable> {
    let row = HistoryRow::decode(bytes).map_err(|error| error.to_string())?;
    let kind = HistoryKind::ALL.into_iter().find(|kind| *kind as u32 == row.kind);
    Ok(HistoryEntry {
        kind: kind.ok_or_else(|| format!("history kind {} is not known", row.kind))?,
        time: head.time,
        actor: row.actor,
        actor_kind: actor_kind(row.actor_kind)?,
        reason: row.reason,
        author_message: row.author_message,
        note: row.note,
        state: head.state,
        version: head.version,
        previous_text: row.previous_text,
        previous_verdict: row.previous_verdict.map(verdict).transpose()?,
    })
}

/// A whole history: how the comment came in, which is told from its head, and what was written down since. What was
/// brought in from another system has been written down from its beginning.
pub fn with_submission(submission: Vec<HistoryEntry>, written: Vec<HistoryEntry>) -> Vec<HistoryEntry> {
    match written.iter().any(|entry| entry.kind == HistoryKind::Imported) {
        true => written,
        false => submission.into_iter().chain(written).collect(),
    }
}

/// True when a history entry tells of a report by this reader.
pub fn is_report_by(entry: &HistoryEntry, reader_id: &str) -> bool {
    entry.kind == HistoryKind::Reported && entry.actor == reader_id
}
