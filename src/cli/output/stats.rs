//! The queue in figures.

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::csv::Field;
use super::json::{ApiMessage, Json};
use super::screen::{FAINT, STRONG, Screen, WAITING};
use super::table::{Cell, Column, render};
use super::{Record, flow};
use crate::cli::harmless::one_line;
use crate::cli::time::{in_words, rfc3339, span};
use crate::proto::v1::{NamedCount, QueueStats};

/// Rows of each list; the tail is rarely worth a look.
const ROWS: usize = 12;

impl Record for QueueStats {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] = &[Column::Words("WHAT"), Column::Figures("COMMENTS")];
    const FIELDS: &'static [&'static str] = &[
        "count_time",
        "pending",
        "escalated",
        "claimed",
        "approved",
        "rejected",
        "withdrawn",
        "oldest_pending_time",
    ];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        vec![Cell::new("waiting"), Cell::new((self.pending_count + self.escalated_count).to_string())]
    }

    fn fields(&self) -> Vec<Field> {
        let counts = [
            self.pending_count,
            self.escalated_count,
            self.claimed_count,
            self.approved_count,
            self.rejected_count,
            self.withdrawn_count,
        ];
        let mut fields = vec![Field::plain(rfc3339(self.count_time.as_ref()))];
        fields.extend(counts.map(Field::plain));
        fields.push(Field::plain(rfc3339(self.oldest_pending_time.as_ref())));
        fields
    }

    fn id(&self) -> Option<&str> {
        None
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

/// The figures, then the waiting comments by section and by rule with bars.
pub fn stats(stats: &QueueStats, screen: &Screen) -> String {
    let count = |name: &str, count: u64| vec![Cell::new(name), Cell::new(count.to_string())];
    let mut pending = count("pending", stats.pending_count);
    if stats.pending_count > 0 {
        pending[0] = Cell::styled("pending", WAITING);
    }
    let rows = [
        pending,
        count("escalated", stats.escalated_count),
        count("claimed now", stats.claimed_count),
        count("approved", stats.approved_count),
        count("rejected", stats.rejected_count),
        count("withdrawn", stats.withdrawn_count),
    ];
    let mut drawn = render(QueueStats::COLUMNS, &rows, screen);
    if let Some(age) = span(stats.oldest_age.as_ref()) {
        drawn.push_str(&format!("the oldest pending comment has waited {}\n", in_words(age)));
    }
    drawn.push_str(&bars("waiting by section", &stats.by_section, screen));
    drawn.push_str(&bars("waiting by rule", &stats.by_rule, screen));
    let waiting = stats.pending_count + stats.escalated_count;
    if stats.sampled_count < waiting && !stats.by_rule.is_empty() {
        let note = format!("counted over the {} riskiest of {waiting}", stats.sampled_count);
        drawn.push_str(&format!("{}\n", screen.paint(FAINT, &note)));
    }
    drawn
}

/// Names with their counts as a small bar chart; nothing when there are none.
pub fn bars(title: &str, counts: &[NamedCount], screen: &Screen) -> String {
    let Some(most) = counts.iter().map(|count| count.count).max().filter(|&most| most > 0) else {
        return String::new();
    };
    let name_of = |count: &NamedCount| match count.name.as_str() {
        "" => "(none)".to_owned(),
        name => flow::clip(&one_line(name), screen.width / 2),
    };
    let named = counts.iter().take(ROWS).map(|count| (name_of(count), count.count));
    let named: Vec<_> = named.collect();
    let widest = named.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    let digits = most.to_string().len();
    let room = screen.width.saturating_sub(widest + digits + 6).clamp(1, 40);
    let mut drawn = format!("\n{}\n", screen.paint(STRONG, title));
    for (name, count) in named {
        let bar = bar(count, most, room);
        let gap = " ".repeat(widest - name.width());
        drawn.push_str(&format!("  {name}{gap}  {count:>digits$}  {}\n", screen.paint(FAINT, &bar)));
    }
    if counts.len() > ROWS {
        drawn.push_str(&format!("  and {} more\n", counts.len() - ROWS));
    }
    drawn
}

/// At least one block for any count, so that small ones are seen.
pub fn bar(count: u64, most: u64, room: usize) -> String {
    let blocks = (count as f64 / most as f64 * room as f64).round() as usize;
    "█".repeat(if count > 0 { blocks.max(1) } else { 0 })
}
