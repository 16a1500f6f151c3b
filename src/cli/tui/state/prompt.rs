//! What is asked of the moderator while the comment waits: a reason, a text, a yes.

use unicode_segmentation::UnicodeSegmentation;

use super::{Around, Fix};
use crate::cli::counted::Counted;

/// The well-known reason codes, in the order of the picker, each with the key that picks it.
pub const REASONS: [(char, &str); 9] = [
    ('s', "spam"),
    ('a', "abuse"),
    ('h', "hate"),
    ('t', "threat"),
    ('x', "sexual"),
    ('o', "off_topic"),
    ('p', "personal_data"),
    ('i', "illegal"),
    ('e', "other"),
];

/// What a decision is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One comment.
    One(String),
    /// All that is marked.
    Marked,
    /// All that are like one, as many as were counted.
    Wave {
        /// The one.
        id: String,
        /// How many.
        counted: Counted,
    },
}

/// What is open over the comment.
#[derive(Debug, Clone, PartialEq)]
pub enum Prompt {
    /// Nothing: keys act.
    None,
    /// The keys.
    Help,
    /// The reason of a rejection.
    Reason {
        /// Which reason the cursor is on.
        cursor: usize,
        /// What is rejected.
        target: Target,
    },
    /// A note.
    Note {
        /// The comment that it is about.
        id: String,
        /// What is typed.
        input: Input,
    },
    /// What the texts must have.
    Search(Input),
    /// A filter.
    Filter(Input),
    /// Links of the comment.
    Links {
        /// The links.
        links: Vec<String>,
        /// Which one the cursor is on.
        cursor: usize,
    },
    /// Comments around the one that is looked at.
    Around(Around),
    /// A change of the policy.
    Fix(Box<Fix>),
    /// What to do with a wave.
    Wave {
        /// A comment of it.
        id: String,
        /// How many wait.
        counted: Counted,
    },
}

impl Prompt {
    /// Puts a pasted text where one is typed, its lines in one; elsewhere it does nothing.
    pub fn paste(&mut self, text: &str) {
        if let Self::Note { input, .. } | Self::Search(input) | Self::Filter(input) = self {
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).for_each(|c| input.insert(c));
        }
    }
}

/// A line that is typed; the cursor stands behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
}

impl Input {
    /// A line that can be changed.
    pub fn new(text: String) -> Self {
        Self { text }
    }

    /// What is typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Adds a character.
    pub fn insert(&mut self, c: char) {
        self.text.push(c);
    }

    /// Takes the last character back, as a reader counts characters.
    pub fn erase(&mut self) {
        let end = self.text.grapheme_indices(true).next_back().map_or(0, |(start, _)| start);
        self.text.truncate(end);
    }

    /// Takes the last word back.
    pub fn erase_word(&mut self) {
        let kept = self.text.trim_end().rfind(' ').map_or(0, |space| space + 1);
        self.text.truncate(kept);
    }

    /// Takes everything back.
    pub fn clear(&mut self) {
        self.text.clear();
    }
}
