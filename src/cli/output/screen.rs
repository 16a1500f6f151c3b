//! What the output is drawn on: its width, its colours, and the time that it is seen at.

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;

/// Everything that drawing depends on beside the data, so that it can be tested without a terminal.
#[derive(Debug, Clone)]
pub struct Screen {
    /// Whether colours and other attributes may be used.
    pub colour: bool,
    /// Columns a line may have.
    pub width: usize,
    /// What "now" is.
    pub now: Timestamp,
}

/// A line never gets narrower than this, whatever the terminal says.
const MIN_WIDTH: usize = 40;

impl Screen {
    /// A screen of at least 40 columns.
    pub fn new(colour: bool, width: usize, now: Timestamp) -> Self {
        Self { colour, width: width.max(MIN_WIDTH), now }
    }

    /// `text` in `style`, if there are styles at all.
    pub fn paint(&self, style: Style, text: &str) -> String {
        if self.colour && style != Style::new() && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// Headings and what matters most.
pub const STRONG: Style = Style::new().bold();
/// What stands beside the point.
pub const FAINT: Style = Style::new().dimmed();
/// Published, approved.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Waiting.
pub const WAITING: Style = AnsiColor::Yellow.on_default();
/// Rejected, failed.
pub const BAD: Style = AnsiColor::Red.on_default();

/// The style of a verdict's finding, by its place in the list; the heaviest get colours of their own.
pub fn finding_style(place: usize) -> Style {
    const COLOURS: [AnsiColor; 6] = [
        AnsiColor::Red,
        AnsiColor::Yellow,
        AnsiColor::Magenta,
        AnsiColor::Cyan,
        AnsiColor::Blue,
        AnsiColor::Green,
    ];
    COLOURS[place % COLOURS.len()].on_default().bold().underline()
}
