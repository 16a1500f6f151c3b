//! The help: the key map, in as many columns as it takes.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::prompt::boxed;
use super::style::Palette;
use crate::cli::tui::keymap::Binding;
use crate::cli::tui::state::State;

/// Columns of the screen between two columns of keys.
const GAP: usize = 2;

/// Draws it over everything else.
pub fn draw(frame: &mut Frame, area: Rect, state: &State, palette: Palette) {
    let bindings = state.keymap.bindings();
    let height = usize::from(area.height.saturating_sub(2)).max(1);
    let rows = bindings.len().div_ceil(bindings.len().div_ceil(height).max(1));
    let widest = |column: &[Binding]| column.iter().map(|one| cell(one, palette).width()).max().unwrap_or(0);
    let mut lines = vec![Line::default(); rows];
    for column in bindings.chunks(rows.max(1)) {
        let width = widest(column);
        for (line, binding) in lines.iter_mut().zip(column) {
            let cell = cell(binding, palette);
            let padding = width + GAP - cell.width();
            line.extend(cell);
            line.push_span(" ".repeat(padding));
        }
    }
    boxed(frame, area, " keys; any key closes ".to_owned(), lines);
}

fn cell<'a>(binding: &Binding, palette: Palette) -> Line<'a> {
    Line::from(vec![
        Span::styled(format!("{:>9}  ", binding.keys()), palette.strong()),
        Span::raw(binding.help),
    ])
}
