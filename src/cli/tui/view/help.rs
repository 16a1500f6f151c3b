//! The help: the key map, in as many columns as there is room for.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use super::style::Palette;
use crate::cli::tui::keymap::Binding;
use crate::cli::tui::state::State;

/// Draws it over everything else.
pub fn draw(frame: &mut Frame, area: Rect, state: &State, palette: Palette) {
    let bindings = state.keymap.bindings();
    let block = Block::bordered().title(" keys; any key closes ");
    let inner = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    let height = usize::from(inner.height).max(1);
    let columns = bindings.len().div_ceil(height).max(1);
    let areas = Layout::horizontal(vec![Constraint::Fill(1); columns]).split(inner);
    for (bindings, area) in bindings.chunks(height).zip(areas.iter()) {
        let lines: Vec<_> = bindings.iter().map(|binding| row(binding, palette)).collect();
        frame.render_widget(Paragraph::new(lines), *area);
    }
}

fn row<'a>(binding: &Binding, palette: Palette) -> Line<'a> {
    Line::from(vec![
        Span::styled(format!("{:>9}  ", binding.keys()), palette.strong()),
        Span::raw(binding.help),
    ])
}
