//! Colours and attributes, or attributes alone where colours are not wanted.

use ratatui::style::{Color, Modifier, Style};

/// What may be used to draw.
#[derive(Debug, Clone, Copy)]
pub struct Palette {
    /// Whether colours may be.
    pub colour: bool,
}

/// The heaviest findings get colours of their own, the same as in `modctl show`.
const FINDINGS: [Color; 6] =
    [Color::Red, Color::Yellow, Color::Magenta, Color::Cyan, Color::Blue, Color::Green];

impl Palette {
    fn in_colour(self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }

    /// What matters most.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What stands beside the point.
    pub fn faint(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// The row that is looked at.
    pub fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// What went well.
    pub fn good(self) -> Style {
        self.in_colour(Color::Green)
    }

    /// What waits, or is about to end.
    pub fn waiting(self) -> Style {
        self.in_colour(Color::Yellow)
    }

    /// What went wrong.
    pub fn bad(self) -> Style {
        self.in_colour(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// A finding, by its place in the list.
    pub fn finding(self, place: usize) -> Style {
        self.in_colour(FINDINGS[place % FINDINGS.len()]).add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }
}
