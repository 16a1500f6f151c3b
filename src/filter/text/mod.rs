//! The text, prepared once, and how to get back from every view to the reader's own bytes.
//!
//! Three views, each a little further from what was written:
//! - **folded**: case, accents, styles and invisible characters gone; letters borrowed from another
//!   script inside a word replaced by those of the word's own. One [`Word`] for each run of letters and digits.
//! - **skeleton**: the folded text with look-alikes merged and runs squeezed, for finding parts of words.
//! - **readings**: other ways to read the few places that look written to slip past: signs for
//!   letters, masked, separated. Plain text has none.
//!
//! Architecture invariant: a view only ever adds suspicion where a word resembles a *listed* word;
//! no view by itself makes a comment look bad.

mod build;
mod fold;
mod likeness;
mod lookalike;
mod readings;
mod skeleton;

use crate::domain::Span;

pub use build::Counts;
pub use fold::{Class, fold};
pub use likeness::{Likeness, likeness};
pub use lookalike::{is_full_width, is_styled, looks_like};
pub use readings::{Kind, Reading, Readings};
pub use skeleton::{WordHash, class, skeleton};

/// A run of letters and digits in the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// First byte in the folded text.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// [`WordHash`] of the word.
    pub hash: u64,
    /// What it is made of: a union of the `Word::HAS_…` bits.
    pub traits: u8,
}

impl Word {
    /// Latin letters.
    pub const HAS_LATIN: u8 = 1;
    /// Letters of other scripts that put spaces between words.
    pub const HAS_OTHER: u8 = 2;
    /// Letters of scripts without spaces between words.
    pub const HAS_UNSPACED: u8 = 4;
    /// Digits.
    pub const HAS_DIGIT: u8 = 8;
    /// A capital I after a lower-case letter, which looks like an l.
    pub const HAS_INNER_I: u8 = 16;
    /// Capital letters.
    pub const HAS_CAPITAL: u8 = 32;

    /// Whether it has one of these traits.
    pub fn has(&self, traits: u8) -> bool {
        self.traits & traits != 0
    }
}

/// A text and its views.
pub struct Text<'a> {
    original: &'a str,
    folded: String,
    /// For each folded byte the start of its character in the original; `None` when they are the same.
    origins: Option<Vec<u32>>,
    words: Vec<Word>,
    skeleton: String,
    /// For each skeleton byte the start of its run in the folded text.
    runs: Vec<u32>,
    readings: Readings,
    counts: Counts,
}

impl<'a> Text<'a> {
    /// Makes every view.
    pub fn new(original: &'a str) -> Self {
        let mut text = build::build(original);
        text.readings = readings::read(&text);
        text
    }

    /// What the reader wrote.
    pub fn original(&self) -> &'a str {
        self.original
    }

    /// The folded text.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The words of the folded text, in order.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// A word's letters, folded.
    pub fn word(&self, word: &Word) -> &str {
        &self.folded[word.start as usize..word.end as usize]
    }

    /// The skeleton of the folded text; what lies between words is one space.
    pub fn skeleton(&self) -> &str {
        &self.skeleton
    }

    /// The part of the folded text that a part of the skeleton came from.
    pub fn behind_skeleton(&self, start: usize, end: usize) -> (u32, u32) {
        let after = self.runs.get(end).copied().unwrap_or(self.folded.len() as u32);
        (self.runs[start], after)
    }

    /// Other ways to read parts of the text.
    pub fn readings(&self) -> &Readings {
        &self.readings
    }

    /// What the text is made of.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The original bytes behind a part of the folded text.
    pub fn span(&self, start: u32, end: u32) -> Span {
        let Some(origins) = &self.origins else { return Span { start, end } };
        let last = origins[(end - 1) as usize];
        let width = self.original[last as usize..].chars().next().map_or(0, char::len_utf8);
        Span { start: origins[start as usize], end: last + width as u32 }
    }
}

#[cfg(test)]
mod tests;
