//! Draws the state, and does nothing else.

mod around;
mod comment;
mod findings;
mod fix;
mod help;
mod prompt;
mod queue;
mod style;
#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use self::style::Palette;
use super::action::Action;
use super::state::{Prompt, Scroll, State};
use crate::cli::harmless::one_line;
use crate::cli::time::{in_words, span};

/// A screen with fewer columns has the queue above the comment.
const SIDE_BY_SIDE: u16 = 70;

/// Lines that what is said can take.
const MESSAGE_LINES: u16 = 3;

/// What the footer names, as far as there is room; the help has the rest.
const HINTS: [(Action, &str); 12] = [
    (Action::Help, "help"),
    (Action::Approve, "approve"),
    (Action::Reject, "reject"),
    (Action::Escalate, "escalate"),
    (Action::Skip, "skip"),
    (Action::Undo, "undo"),
    (Action::Mark, "mark"),
    (Action::DecideWave, "wave"),
    (Action::Search, "search"),
    (Action::Note, "note"),
    (Action::NextQueue, "queue"),
    (Action::Quit, "quit"),
];

/// Draws everything; answers how the comment's text stands.
pub fn draw(frame: &mut Frame, state: &State, colour: bool) -> Scroll {
    let palette = Palette { colour };
    let said = told(state, palette);
    let width = frame.area().width;
    let lines = u16::try_from(said.line_count(width)).unwrap_or(1).clamp(1, MESSAGE_LINES);
    let rows = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(lines),
        Constraint::Length(1),
    ]);
    let [head, body, message, hints] = rows.areas(frame.area());
    frame.render_widget(header(state, palette), head);
    let (list, detail) = split(body);
    queue::draw(frame, list, state, palette);
    let scroll = comment::draw(frame, detail, state, palette);
    frame.render_widget(said, message);
    frame.render_widget(footer(state, width, palette), hints);
    match &state.prompt {
        Prompt::None => {}
        Prompt::Help => help::draw(frame, body, state, palette),
        Prompt::Around(around) => around::draw(frame, body, around, state, palette),
        Prompt::Fix(fix) => fix::draw(frame, body, fix, palette),
        open => prompt::draw(frame, body, message, open, state, palette),
    }
    scroll
}

fn split(body: Rect) -> (Rect, Rect) {
    if body.width < SIDE_BY_SIDE {
        let [list, detail] = Layout::vertical([Constraint::Percentage(30), Constraint::Fill(1)]).areas(body);
        return (list, detail);
    }
    let list = (body.width * 2 / 5).clamp(28, 60);
    let [list, detail] = Layout::horizontal([Constraint::Length(list), Constraint::Fill(1)]).areas(body);
    (list, detail)
}

fn header<'a>(state: &State, palette: Palette) -> Line<'a> {
    let mut parts = vec![Span::styled(format!(" {}", state.queue.kind.name()), palette.strong())];
    if let Some(stats) = &state.stats {
        let oldest = span(stats.oldest_age.as_ref()).map(in_words);
        let oldest = oldest.map(|oldest| format!(", oldest {oldest}")).unwrap_or_default();
        let escalated = match stats.escalated_count {
            0 => String::new(),
            count => format!(", {count} escalated"),
        };
        parts.push(Span::raw(format!("  {} wait{escalated}{oldest}", stats.pending_count)));
    }
    parts.push(Span::styled(format!("  by {}", state.queue.order()), palette.faint()));
    for (sign, text) in [("", &state.queue.filter), ("/", &state.queue.search)] {
        if !text.is_empty() {
            parts.push(Span::styled(format!("  {sign}{}", one_line(text)), palette.waiting()));
        }
    }
    if state.unwatched.is_some() {
        parts.push(Span::styled("  not connected", palette.bad()));
    }
    if state.readonly {
        parts.push(Span::styled("  read-only", palette.waiting()));
    }
    let told = [
        (state.queue.marked.len() as u64, "marked"),
        (state.decided, "decided"),
        (state.under_way() as u64, "on the way"),
        (state.arrived, "new, reload"),
    ];
    for (count, what) in told.into_iter().filter(|(count, _)| *count > 0) {
        parts.push(Span::raw(format!("  {count} {what}")));
    }
    Line::from(parts)
}

fn told<'a>(state: &State, palette: Palette) -> Paragraph<'a> {
    let line = match (&state.message, &state.unwatched) {
        (Some(message), _) => {
            let style = if message.bad { palette.bad() } else { palette.good() };
            let mark = if message.bad { " ! " } else { " " };
            Line::styled(format!("{mark}{}", one_line(&message.text)), style)
        }
        (None, Some(why)) => Line::styled(format!(" ! not connected: {}", one_line(why)), palette.bad()),
        (None, None) => Line::default(),
    };
    Paragraph::new(line).wrap(Wrap { trim: false })
}

/// As many hints as there is room for.
fn footer<'a>(state: &State, width: u16, palette: Palette) -> Line<'a> {
    let mut line = Line::default();
    for &(action, name) in &HINTS {
        let key = Span::styled(format!(" {}", state.keymap.key(action)), palette.strong());
        let name = Span::styled(format!(" {name}"), palette.faint());
        if line.width() + key.width() + name.width() > usize::from(width) {
            break;
        }
        line.extend([key, name]);
    }
    line
}
