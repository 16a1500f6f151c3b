//! What a terminal shows, as SVG: a text a run of cells that look alike.

use std::fmt::Write;

use vt100::{Cell, Color, Screen};

/// A cell's size in pixels, and the space around all of them.
const CELL: (f32, f32) = (8.4, 18.0);
const MARGIN: f32 = 14.0;

const BACKGROUND: &str = "#16181d";
const FOREGROUND: &str = "#d7dae0";

/// The sixteen colours that a terminal names.
const COLOURS: [&str; 16] = [
    "#2b2f38", "#ef6b73", "#8cc570", "#e5b567", "#6cb0f2", "#c792ea", "#5ec4c4", "#d7dae0", "#5c6370",
    "#ff8f96", "#a8e08a", "#ffd080", "#8ec9ff", "#deb0ff", "#86e0e0", "#ffffff",
];

/// How a run of cells looks.
#[derive(Clone, PartialEq)]
struct Look {
    ink: String,
    ground: Option<String>,
    bold: bool,
    dim: bool,
    underlined: bool,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let (ink, ground) = (colour(cell.fgcolor()), colour(cell.bgcolor()));
        let (ink, ground) = match cell.inverse() {
            true => {
                (ground.unwrap_or_else(|| BACKGROUND.into()), Some(ink.unwrap_or_else(|| FOREGROUND.into())))
            }
            false => (ink.unwrap_or_else(|| FOREGROUND.into()), ground),
        };
        Self { ink, ground, bold: cell.bold(), dim: cell.dim(), underlined: cell.underline() }
    }
}

fn colour(colour: Color) -> Option<String> {
    match colour {
        Color::Default => None,
        Color::Idx(index) => COLOURS.get(usize::from(index)).map(|&colour| colour.to_owned()),
        Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
    }
}

/// The picture. Lines at the end that are empty are left out.
pub fn drawn(screen: &Screen) -> String {
    let (all, columns) = screen.size();
    let text: Vec<_> = screen.rows(0, columns).collect();
    let rows = text.iter().rposition(|row| !row.trim().is_empty()).map_or(all, |last| last as u16 + 1);
    let (width, height) =
        (f32::from(columns) * CELL.0 + 2.0 * MARGIN, f32::from(rows) * CELL.1 + 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"14\" xml:space=\"preserve\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n"
    );
    for row in 0..rows {
        for (column, cells, text, look) in runs(screen, row, columns) {
            run(&mut svg, row, column, cells, &text, &look);
        }
    }
    svg + "</svg>\n"
}

/// Cells that look alike and stand together: where they begin, how many there are, what they say. A wide character stands
/// for itself, so that no font can move what stands behind it.
fn runs(screen: &Screen, row: u16, columns: u16) -> Vec<(u16, u16, String, Look)> {
    let mut runs: Vec<(u16, u16, String, Look)> = vec![];
    let mut alone = true;
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation()) else {
            continue;
        };
        let (look, wide) = (Look::of(cell), cell.is_wide());
        let text = if cell.has_contents() { cell.contents() } else { " " };
        match runs.last_mut() {
            Some(last) if !wide && !alone && last.3 == look => {
                last.1 += 1;
                last.2.push_str(text);
            }
            _ => runs.push((column, if wide { 2 } else { 1 }, text.to_owned(), look)),
        }
        alone = wide || !text.is_ascii();
    }
    runs
}

fn run(svg: &mut String, row: u16, column: u16, cells: u16, text: &str, look: &Look) {
    let (x, y) = (MARGIN + f32::from(column) * CELL.0, MARGIN + f32::from(row) * CELL.1);
    let width = f32::from(cells) * CELL.0;
    if let Some(ground) = &look.ground {
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{ground}\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let mut style = String::new();
    for (is, written) in [
        (look.bold, " font-weight=\"bold\""),
        (look.dim, " opacity=\"0.6\""),
        (look.underlined, " text-decoration=\"underline\""),
    ] {
        style.push_str(if is { written } else { "" });
    }
    // Browsers run ordinary spaces together; other programs do it with these, too, unless told to preserve them.
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace(' ', "\u{a0}");
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{}\"{style}>{text}</text>",
        y + CELL.1 * 0.76,
        look.ink
    );
}
