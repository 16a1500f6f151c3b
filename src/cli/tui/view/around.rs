//! The comments around one: a row each, with state, score, author and text.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::prompt::{boxed, chosen};
use super::queue::preview;
use super::style::Palette;
use crate::cli::harmless::one_line;
use crate::cli::time::ago;
use crate::cli::tui::action::Relation;
use crate::cli::tui::state::{Around, State};
use crate::proto::v1::{Comment, CommentState};

/// Draws the list, or that it is on its way.
pub fn draw(frame: &mut Frame, body: Rect, around: &Around, state: &State, palette: Palette) {
    let what = match around.relation {
        Relation::Author => "of the same author",
        Relation::Thread => "in the same thread",
        Relation::Wave => "like it",
    };
    let Some(comments) = &around.comments else {
        return boxed(frame, body, format!(" {what} "), vec![Line::raw(" looking …")]);
    };
    let room = usize::from(body.height.saturating_sub(2)).max(1);
    let first = around.cursor / room * room;
    let rows = (first..).zip(comments.iter().skip(first)).take(room);
    let lines: Vec<_> =
        rows.map(|(place, comment)| row(comment, place == around.cursor, around, state, palette)).collect();
    let lines = if lines.is_empty() { vec![Line::raw(" none")] } else { lines };
    boxed(frame, body, format!(" {} {what}; enter goes there ", comments.len()), lines);
}

fn row<'a>(comment: &Comment, here: bool, around: &Around, state: &State, palette: Palette) -> Line<'a> {
    let (told, style) = match comment.state() {
        CommentState::Approved => ("approved ", palette.good()),
        CommentState::Rejected => ("rejected ", palette.bad()),
        CommentState::Escalated => ("escalated", palette.waiting()),
        CommentState::Pending => ("waits    ", palette.waiting()),
        CommentState::Withdrawn | CommentState::Unspecified => ("         ", palette.faint()),
    };
    let author = comment.draft.as_ref().and_then(|draft| draft.author.as_ref());
    let author = author.map(|author| one_line(&author.id)).filter(|_| around.relation != Relation::Author);
    let itself = if comment.id == around.id { "◆" } else { " " };
    chosen(
        vec![
            Span::raw(itself),
            Span::styled(told, style),
            Span::styled(format!(" {:>10}  ", ago(comment.create_time.as_ref(), state.now)), palette.faint()),
            Span::styled(author.map(|author| format!("{author}: ")).unwrap_or_default(), palette.strong()),
            Span::raw(preview(comment)),
        ],
        here,
        palette,
    )
}
