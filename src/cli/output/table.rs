//! Tables without borders that fit the screen: one column gives way, clipped or wrapped, the others keep what they have.

use anstyle::{AnsiColor, Color, Effects, Style};
use comfy_table::{Attribute, CellAlignment, ContentArrangement, presets};
use unicode_width::UnicodeWidthStr;

use super::flow::{broken, clip};
use super::screen::Screen;
use crate::cli::harmless;

/// Spaces between two columns.
const GAP: usize = 2;

/// The column that gives way never gets narrower than this; beyond it, all cells wrap.
const MIN_ROOM: usize = 12;

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Words; kept whole, wrapped when nothing else helps.
    Words(&'static str),
    /// Figures; set to the right.
    Figures(&'static str),
    /// Text that may be clipped to one line. At most one in a table, and none beside a wrapped one.
    Clipped(&'static str),
    /// Text that is wrapped within its column. At most one in a table.
    Wrapped(&'static str),
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A cell with text from anywhere: it is made harmless here.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self::styled(text, Style::new())
    }

    /// A cell in a style; its text is made harmless here.
    pub fn styled(text: impl AsRef<str>, style: Style) -> Self {
        Self { text: harmless::one_line(text.as_ref()), style }
    }
}

impl Column {
    fn title(self) -> &'static str {
        match self {
            Self::Words(title) | Self::Figures(title) | Self::Clipped(title) | Self::Wrapped(title) => title,
        }
    }

    fn gives_way(self) -> bool {
        matches!(self, Self::Clipped(_) | Self::Wrapped(_))
    }
}

/// The rows under the columns' titles, a line each where they fit. Ends with a newline.
pub fn render(columns: &[Column], rows: &[Vec<Cell>], screen: &Screen) -> String {
    let room = room_that_is_left(columns, rows, screen.width);
    let mut table = comfy_table::Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(screen.width).unwrap_or(u16::MAX));
    if screen.colour {
        table.enforce_styling()
    } else {
        table.force_no_tty()
    };
    table.set_header(columns.iter().map(|column| drawn(column.title(), Style::new().bold())));
    for row in rows {
        table.add_row(columns.iter().zip(row).map(|(column, cell)| match column {
            Column::Clipped(_) => drawn(&clip(&cell.text, room), cell.style),
            Column::Wrapped(_) => drawn(&broken(&cell.text, room).join("\n"), cell.style),
            _ => drawn(&cell.text, cell.style),
        }));
    }
    for (place, column) in columns.iter().enumerate() {
        if let Some(drawn) = table.column_mut(place) {
            let gap = if place + 1 < columns.len() { GAP } else { 0 };
            drawn.set_padding((0, u16::try_from(gap).unwrap_or(0)));
            if matches!(column, Column::Figures(_)) {
                drawn.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// What the other columns leave.
fn room_that_is_left(columns: &[Column], rows: &[Vec<Cell>], width: usize) -> usize {
    let widest = |place: usize, column: &Column| {
        let cells = rows.iter().filter_map(|row| row.get(place)).map(|cell| cell.text.width());
        cells.max().unwrap_or(0).max(column.title().width())
    };
    let others = columns.iter().enumerate().filter(|(_, column)| !column.gives_way());
    let taken: usize = others.map(|(place, column)| widest(place, column)).sum();
    width.saturating_sub(taken + GAP * columns.len().saturating_sub(1)).max(MIN_ROOM)
}

fn drawn(text: &str, style: Style) -> comfy_table::Cell {
    let mut cell = comfy_table::Cell::new(text);
    let effects = style.get_effects();
    for (effect, attribute) in [(Effects::BOLD, Attribute::Bold), (Effects::DIMMED, Attribute::Dim)] {
        if effects.contains(effect) {
            cell = cell.add_attribute(attribute);
        }
    }
    match style.get_fg_color() {
        Some(Color::Ansi(AnsiColor::Green)) => cell.fg(comfy_table::Color::DarkGreen),
        Some(Color::Ansi(AnsiColor::Yellow)) => cell.fg(comfy_table::Color::DarkYellow),
        Some(Color::Ansi(AnsiColor::Red)) => cell.fg(comfy_table::Color::DarkRed),
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: [Column; 3] = [Column::Words("ID"), Column::Figures("SCORE"), Column::Clipped("TEXT")];

    fn screen() -> Screen {
        Screen { colour: false, width: 80, now: jiff::Timestamp::UNIX_EPOCH }
    }

    fn row(id: &str, score: &str, text: &str) -> Vec<Cell> {
        vec![Cell::new(id), Cell::new(score), Cell::new(text)]
    }

    #[test]
    fn figures_stand_to_the_right_and_nothing_trails() {
        let table = render(&COLUMNS, &[row("c-1", "12.5", "hello"), row("comment-2", "3.0", "")], &screen());
        assert_eq!(table, "ID         SCORE  TEXT\nc-1         12.5  hello\ncomment-2    3.0\n");
    }

    #[test]
    fn a_long_text_gives_way_and_keeps_its_line() {
        let table = render(&COLUMNS, &[row("c-1", "1.0", &"日本語 👍 ".repeat(40))], &screen());
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[1].width() <= 80 && lines[1].ends_with('…'), "{lines:?}");
    }

    #[test]
    fn a_wrapped_text_goes_on_under_its_own_beginning() {
        let columns = [Column::Words("ID"), Column::Wrapped("TEXT")];
        let narrow = Screen { width: 22, ..screen() };
        let table =
            render(&columns, &[vec![Cell::new("c-1"), Cell::new("one two three four five")]], &narrow);
        assert_eq!(table, "ID   TEXT\nc-1  one two three\n     four five\n");
    }

    #[test]
    fn colours_come_only_when_asked_for() {
        let rows = [vec![Cell::styled("c-1", super::super::screen::BAD), Cell::new("1"), Cell::new("x")]];
        assert!(!render(&COLUMNS, &rows, &screen()).contains('\u{1b}'));
        assert!(render(&COLUMNS, &rows, &Screen { colour: true, ..screen() }).contains('\u{1b}'));
    }

    proptest! {
        #[test]
        fn a_table_fits_the_screen_and_is_harmless(id in "\\PC{0,60}", text in any::<String>()) {
            let wrapped = [COLUMNS[0], COLUMNS[1], Column::Wrapped("TEXT")];
            for line in [COLUMNS, wrapped].iter().flat_map(|columns| drawn_lines(columns, &id, &text)) {
                prop_assert!(line.width() <= 80, "{line:?}");
                prop_assert!(!line.chars().any(harmless_breaker), "{line:?}");
            }
        }
    }

    fn drawn_lines(columns: &[Column], id: &str, text: &str) -> Vec<String> {
        render(columns, &[row(id, "1.0", text)], &screen()).lines().map(str::to_owned).collect()
    }

    fn harmless_breaker(c: char) -> bool {
        c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    }
}
