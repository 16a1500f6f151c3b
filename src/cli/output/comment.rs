//! A comment as a row.

use anstyle::Style;
use serde::Serialize;

use super::csv::Field;
use super::flow::clip;
use super::json::{ApiMessage, Json};
use super::screen::{BAD, FAINT, GOOD, WAITING};
use super::table::{Cell, Column};
use super::{Record, Screen, word};
use crate::cli::harmless::one_line;
use crate::cli::time::{ago, rfc3339};
use crate::proto::v1::{Comment, CommentState};

/// Columns that an author's name gets in a table.
const AUTHOR_WIDTH: usize = 16;

impl Record for Comment {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] = &[
        Column::Words("ID"),
        Column::Words("STATE"),
        Column::Figures("SCORE"),
        Column::Words("AGE"),
        Column::Words("AUTHOR"),
        Column::Clipped("TEXT"),
    ];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "site",
        "state",
        "published",
        "score",
        "rules",
        "thread",
        "section",
        "author",
        "author_name",
        "claimed_by",
        "report_count",
        "create_time",
        "update_time",
        "etag",
        "text",
    ];

    fn cells(&self, screen: &Screen) -> Vec<Cell> {
        vec![
            Cell::new(&self.id),
            Cell::styled(standing(self), state_style(self.state())),
            Cell::new(format!("{:.1}", score_of(self))),
            Cell::styled(ago(self.create_time.as_ref(), screen.now).trim_end_matches(" ago"), FAINT),
            Cell::new(clip(&one_line(author_label(self)), AUTHOR_WIDTH)),
            Cell::new(text_of(self)),
        ]
    }

    fn fields(&self) -> Vec<Field> {
        let thread = self.draft.as_ref().and_then(|draft| draft.thread.as_ref());
        let author = self.draft.as_ref().and_then(|draft| draft.author.as_ref());
        vec![
            Field::text(&self.id),
            Field::plain(&self.site),
            Field::plain(state_word(self.state())),
            Field::plain(self.published),
            Field::plain(score_of(self)),
            Field::text(rules_of(self).join(" ")),
            Field::text(thread.map_or("", |thread| &thread.id)),
            Field::text(thread.map_or("", |thread| &thread.section)),
            Field::text(author.map_or("", |author| &author.id)),
            Field::text(author.map_or("", |author| &author.display_name)),
            Field::text(self.claim.as_ref().map_or("", |claim| &claim.reviewer)),
            Field::plain(self.report_count),
            Field::plain(rfc3339(self.create_time.as_ref())),
            Field::plain(rfc3339(self.update_time.as_ref())),
            Field::plain(&self.etag),
            Field::text(text_of(self)),
        ]
    }

    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

/// The comment's text, empty when there is none.
pub(super) fn text_of(comment: &Comment) -> &str {
    comment.draft.as_ref().map_or("", |draft| &draft.text)
}

/// The rules that found something, each once, as `filter/rule`.
pub fn rules_of(comment: &Comment) -> Vec<String> {
    let findings = comment.verdict.iter().flat_map(|verdict| &verdict.findings);
    let mut rules: Vec<_> = findings.map(|finding| format!("{}/{}", finding.filter, finding.rule)).collect();
    rules.sort();
    rules.dedup();
    rules
}

fn score_of(comment: &Comment) -> f64 {
    comment.verdict.as_ref().map_or(0.0, |verdict| verdict.score)
}

/// The state, and whether that is not what readers see.
fn standing(comment: &Comment) -> String {
    let unexpected = match (comment.state(), comment.published) {
        (CommentState::Pending | CommentState::Escalated, true) => " (shown)",
        (CommentState::Approved, false) => " (hidden)",
        _ => "",
    };
    state_word(comment.state()) + unexpected
}

fn author_label(comment: &Comment) -> &str {
    let author = comment.draft.as_ref().and_then(|draft| draft.author.as_ref());
    author.map_or("", |author| if author.display_name.is_empty() { &author.id } else { &author.display_name })
}

/// A state in one word.
pub(super) fn state_word(state: CommentState) -> String {
    word(state.as_str_name(), "COMMENT_STATE_")
}

/// A state's colour.
pub(super) fn state_style(state: CommentState) -> Style {
    match state {
        CommentState::Approved => GOOD,
        CommentState::Pending | CommentState::Escalated => WAITING,
        CommentState::Rejected => BAD,
        CommentState::Withdrawn | CommentState::Unspecified => FAINT,
    }
}
