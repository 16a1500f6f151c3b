//! What is open over the comment: the reason picker, the links, the wave, and lines that are typed.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use super::style::Palette;
use crate::cli::harmless::one_line;
use crate::cli::tui::state::{Input, Prompt, REASONS, State, Target};

/// Draws the prompt: a box in the middle of `body`, or a line that is typed in `bottom`.
pub fn draw(frame: &mut Frame, body: Rect, bottom: Rect, prompt: &Prompt, state: &State, palette: Palette) {
    match prompt {
        Prompt::Reason { cursor, target } => {
            let title = format!(" reject {}: why? ", told(target, state));
            boxed(frame, body, title, reasons(*cursor, palette));
        }
        Prompt::Links { links, cursor } => {
            let lines = links
                .iter()
                .enumerate()
                .map(|(place, link)| option(one_line(link), place == *cursor, palette));
            boxed(frame, body, " links; enter copies ".to_owned(), lines.collect());
        }
        Prompt::Wave { counted, .. } => {
            let title = format!(" the whole wave: {counted} that wait ");
            let keys = "a approve all   r reject all   e escalate all   esc leave them";
            boxed(frame, body, title, vec![Line::raw(keys)]);
        }
        Prompt::Note { input, .. } => typed(frame, bottom, "note: ", input, palette),
        Prompt::Search(input) => typed(frame, bottom, "/", input, palette),
        Prompt::Filter(input) => typed(frame, bottom, "filter: ", input, palette),
        Prompt::None | Prompt::Help | Prompt::Around(_) | Prompt::Fix(_) => {}
    }
}

fn told(target: &Target, state: &State) -> String {
    match target {
        Target::One(id) => one_line(id),
        Target::Marked => format!("{} marked", state.queue.marked.len()),
        Target::Wave { counted, .. } => format!("all {} of the wave", counted.count),
    }
}

fn reasons<'a>(cursor: usize, palette: Palette) -> Vec<Line<'a>> {
    let line = |(place, (letter, reason)): (usize, &(char, &str))| {
        option(format!("{letter}  {reason}"), place == cursor, palette)
    };
    REASONS.iter().enumerate().map(line).collect()
}

/// A line that can be chosen.
pub fn option<'a>(text: String, here: bool, palette: Palette) -> Line<'a> {
    chosen(vec![Span::raw(text)], here, palette)
}

/// The same of several parts.
pub fn chosen<'a>(mut parts: Vec<Span<'a>>, here: bool, palette: Palette) -> Line<'a> {
    parts.insert(0, Span::raw(if here { "▸ " } else { "  " }));
    let line = Line::from(parts);
    if here { line.style(palette.selected()) } else { line }
}

/// Lines in a box in the middle, as wide as they need.
pub fn boxed(frame: &mut Frame, body: Rect, title: String, lines: Vec<Line>) {
    let widest = lines.iter().map(Line::width).max().unwrap_or_default().max(Line::raw(&*title).width());
    let width = u16::try_from(widest + 4).unwrap_or(u16::MAX).min(body.width);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(body.height);
    let area =
        Rect { x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width, height };
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(title)), area);
}

/// The end of a line that is longer than the screen is what is seen.
fn typed(frame: &mut Frame, area: Rect, label: &'static str, input: &Input, palette: Palette) {
    let text = one_line(input.text());
    let line = Line::from(vec![Span::styled(label, palette.strong()), Span::raw(text)]);
    let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
    let hidden = (width + 1).saturating_sub(area.width);
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(line).scroll((0, hidden)), area);
    frame.set_cursor_position(Position::new(area.x + width - hidden, area.y));
}
