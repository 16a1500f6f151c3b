//! What happened to a comment, a line each.

use anstyle::Style;

use super::flow::{Run, flow};
use super::screen::{FAINT, STRONG, Screen};
use super::word;
use crate::cli::harmless::one_line;
use crate::cli::time::rfc3339;
use crate::proto::v1::HistoryEntry;

/// The history, oldest first, behind how many entries were left out; nothing when there is none.
pub(super) fn history(entries: &[HistoryEntry], omitted: u64, screen: &Screen) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let before =
        if omitted > 0 { format!("  {omitted} older entries are left out\n") } else { String::new() };
    let lines: String = entries.iter().map(|entry| line(entry, screen)).collect();
    format!("\n{}\n{before}{lines}", screen.paint(STRONG, "history"))
}

fn line(entry: &HistoryEntry, screen: &Screen) -> String {
    let runs = [
        Run::new(rfc3339(entry.time.as_ref()), FAINT),
        Run::new(format!("  {}{}", what(entry), said(entry)), Style::new()),
    ];
    flow(&runs, 2, screen)
}

fn what(entry: &HistoryEntry) -> String {
    let kind = word(entry.kind().as_str_name(), "HISTORY_KIND_");
    let by = if entry.actor.is_empty() { String::new() } else { format!(" by {}", one_line(&entry.actor)) };
    let reason =
        if entry.reason.is_empty() { String::new() } else { format!(" for {}", one_line(&entry.reason)) };
    kind + &by + &reason
}

fn said(entry: &HistoryEntry) -> String {
    let note = (!entry.note.is_empty()).then(|| format!("; note: {}", one_line(&entry.note)));
    let told =
        (!entry.author_message.is_empty()).then(|| format!("; told: {}", one_line(&entry.author_message)));
    let before = entry.previous.as_ref().map(|previous| format!("; before: {}", one_line(&previous.text)));
    [note, told, before].into_iter().flatten().collect()
}
