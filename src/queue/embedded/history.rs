//! Everything that happened to a comment.
//!
//! How it came in is not written down: its head tells it. A comment that waits untouched costs no
//! history at all.

use super::batch::{Batch, next_part};
use super::fault::Fault;
use super::keys;
use super::row::{self, Row};
use super::tables::{Readable, Tables};
use crate::domain::{ActorKind, CommentId, HistoryEntry, HistoryKind, SiteName};
use crate::queue::record::{self, HistoryHead};
use crate::queue::{Note, Outcome, Refusal};

/// How many of the last changes are known by name, to tell a repeated call.
const NAMED_CHANGES: usize = 8;

impl<B: Readable> Tables<B> {
    /// All entries, oldest first; empty when there is no such comment.
    pub fn history(&self, site: &SiteName, id: &CommentId) -> Result<Vec<HistoryEntry>, Fault> {
        let Some(row) = self.head(site, id)? else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        let range = keys::starting_with(&keys::of_comment(row.ordinal));
        for stored in self.history.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())? {
            let entry = row::decode_history(stored?.1.value())
                .and_then(|(head, _, body)| record::decode_history(head, body))
                .map_err(|detail| Fault::damaged(format_args!("the history of comment {id}"), detail))?;
            entries.push(entry);
        }
        Ok(record::with_submission(submitted(&row), entries))
    }

    /// True when the change of this name is among the comment's last: the call is repeated.
    pub fn happened(&self, row: &Row, change: &str) -> Result<bool, Fault> {
        let range = keys::starting_with(&keys::of_comment(row.ordinal));
        let entries = self.history.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())?;
        for stored in entries.rev().take(NAMED_CHANGES) {
            let (_, value) = stored?;
            if row::decode_history(value.value()).is_ok_and(|(_, name, _)| !name.is_empty() && name == change)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Batch<'_> {
    /// Appends to the history of a comment that stands at `row` now. `change` names the call.
    pub fn note_down(&mut self, row: &Row, change: &str, entry: &HistoryEntry) -> Result<(), Fault> {
        let number = next_part(&self.tables.history, row.ordinal)?;
        let head = HistoryHead { time: self.now, state: row.hot.state, version: row.hot.version };
        let stored = row::encode_history(head, change, &record::encode_history(entry));
        self.tables.history.insert(&keys::part(row.ordinal, number)[..], stored.as_slice())?;
        Ok(())
    }

    /// Adds a note for moderators.
    pub fn note(&mut self, site: &SiteName, note: Note) -> Result<Outcome, Fault> {
        let Some(loaded) = self.tables.load(site, &note.id, self.now)? else {
            return Ok(Err(Refusal::Missing));
        };
        self.touch(site)?;
        let entry = HistoryEntry {
            note: note.text,
            ..HistoryEntry::by(HistoryKind::Noted, &note.actor, ActorKind::Moderator)
        };
        self.note_down(&loaded.row, "", &entry)?;
        Ok(Ok(loaded.into_comment()))
    }
}

fn submitted(row: &Row) -> Vec<HistoryEntry> {
    let at_admission = |entry: HistoryEntry| HistoryEntry {
        time: row.hot.create_time,
        state: row.admitted_as,
        version: 1,
        ..entry
    };
    let came_in = HistoryEntry::by(HistoryKind::Submitted, "", ActorKind::Portal);
    let by_policy = |kind| HistoryEntry::by(kind, "policy", ActorKind::Policy);
    let decided = HistoryKind::of_decision(row.admitted_as).map(by_policy);
    [came_in].into_iter().chain(decided).map(at_admission).collect()
}
