//! A comment as a row of a sheet, so that nothing of it is lost when it is imported again.

use std::io;

use csv::{Terminator, WriterBuilder};
use prost_types::Timestamp;

use crate::cli::time::moment;
use crate::proto::v1::Comment;

/// The columns, by the names that `import` knows.
const COLUMNS: [&str; 25] = [
    "id",
    "state",
    "create_time",
    "text",
    "thread.id",
    "thread.url",
    "thread.title",
    "thread.section",
    "parent_id",
    "author.id",
    "author.display_name",
    "author.email",
    "author.url",
    "author.ip_address",
    "author.user_agent",
    "author.registered_at",
    "language",
    "honeypot_filled",
    "seconds_to_submit",
    "labels",
    "decision.reason",
    "decision.author_message",
    "decision.note",
    "decision.actor",
    "decision.decide_time",
];

/// The header row.
pub fn header() -> io::Result<Vec<u8>> {
    spelled(COLUMNS.map(str::to_owned))
}

/// The row of a comment.
pub fn row(comment: &Comment) -> io::Result<Vec<u8>> {
    let draft = comment.draft.clone().unwrap_or_default();
    let (thread, author) = (draft.thread.unwrap_or_default(), draft.author.unwrap_or_default());
    let decision = comment.decision.clone().unwrap_or_default();
    let labels = if draft.labels.is_empty() { String::new() } else { serde_json::to_string(&draft.labels)? };
    spelled([
        comment.id.clone(),
        comment.state().as_str_name().to_owned(),
        time(comment.create_time.as_ref()),
        draft.text,
        thread.id,
        thread.url,
        thread.title,
        thread.section,
        draft.parent_id,
        author.id,
        author.display_name,
        author.email,
        author.url,
        author.ip_address,
        author.user_agent,
        time(author.registered_at.as_ref()),
        draft.language,
        if draft.honeypot_filled { "true".into() } else { String::new() },
        draft.seconds_to_submit.map(|seconds| seconds.to_string()).unwrap_or_default(),
        labels,
        decision.reason,
        decision.author_message,
        decision.note,
        decision.actor,
        time(decision.decide_time.as_ref()),
    ])
}

fn time(time: Option<&Timestamp>) -> String {
    moment(time).map(|time| time.to_string()).unwrap_or_default()
}

/// Spreadsheets run what begins like a formula; an apostrophe before it keeps them from it, and `import` takes it away.
fn guarded(cell: String) -> String {
    let formula = cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@']);
    if formula { format!("'{cell}") } else { cell }
}

fn spelled(cells: [String; COLUMNS.len()]) -> io::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(vec![]);
    writer.write_record(cells.map(guarded))?;
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}
