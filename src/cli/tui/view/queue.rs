//! The list: a row a comment, only those that are seen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::style::Palette;
use crate::cli::harmless::one_line;
use crate::cli::tui::state::State;
use crate::proto::v1::Comment;

/// Characters of a text that a row can show at most; a text can be long, and rows are drawn often.
const PREVIEW: usize = 240;

/// Draws the rows around the selection.
pub fn draw(frame: &mut Frame, area: Rect, state: &State, palette: Palette) {
    let block =
        Block::new().borders(Borders::TOP | Borders::RIGHT).title(title(state)).border_style(palette.faint());
    let inner = block.inner(area);
    let height = usize::from(inner.height).max(1);
    let selected = state.queue.rows.rank();
    let first = selected / height * height;
    let rows = (first..).zip(state.queue.rows.from_rank(first)).take(height);
    let lines: Vec<_> = rows.map(|(rank, comment)| row(comment, rank == selected, state, palette)).collect();
    let lines = if lines.is_empty() { vec![nothing(state, palette)] } else { lines };
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

fn title(state: &State) -> String {
    match state.queue.rows.len() {
        0 => " queue ".to_owned(),
        rows => {
            let all = match (state.queue.has_more(), state.waiting()) {
                (false, _) => rows.to_string(),
                (true, Some(all)) => all.to_string(),
                (true, None) => format!("{rows}+"),
            };
            format!(" {} of {all} ", state.queue.rows.rank() + 1)
        }
    }
}

fn nothing<'a>(state: &State, palette: Palette) -> Line<'a> {
    let told = match (state.queue.loading, state.queue.failed) {
        (true, _) => " listing …",
        (false, true) => " the queue could not be listed",
        (false, false) if state.queue.filter.is_empty() => " nothing waits here",
        (false, false) => " nothing here matches",
    };
    Line::styled(told, palette.faint())
}

fn row<'a>(comment: &Comment, selected: bool, state: &State, palette: Palette) -> Line<'a> {
    let marked = state.queue.marked.contains(&comment.id);
    let mark = if marked { Span::styled("●", palette.waiting()) } else { Span::raw(" ") };
    let score = comment.verdict.as_ref().map(|verdict| verdict.score).unwrap_or_default();
    let line = Line::from(vec![
        mark,
        holder(comment, state, palette),
        Span::styled(format!("{score:>5.1} "), palette.strong()),
        Span::raw(preview(comment)),
    ]);
    if selected { line.style(palette.selected()) } else { line }
}

/// `·` ours, `×` someone else's.
fn holder<'a>(comment: &Comment, state: &State, palette: Palette) -> Span<'a> {
    if state.leases.on(&comment.id).is_some() {
        return Span::styled("·", palette.good());
    }
    if state.is_another_s(comment) { Span::styled("×", palette.bad()) } else { Span::raw(" ") }
}

/// The beginning of the text, in one line.
pub fn preview(comment: &Comment) -> String {
    let text = comment.draft.as_ref().map(|draft| draft.text.as_str()).unwrap_or_default();
    one_line(&text.chars().take(PREVIEW).collect::<String>())
}
