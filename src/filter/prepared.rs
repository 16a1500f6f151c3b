//! A comment, made ready once for all filters.

use super::fingerprint::{Fingerprints, fingerprints};
use super::text::Text;
use crate::domain::Draft;

/// A draft with what the filters share.
pub struct Prepared<'a> {
    /// The comment as it came.
    pub draft: &'a Draft,
    /// Its text and the views of it.
    pub text: Text<'a>,
    fingerprints: Fingerprints,
}

impl<'a> Prepared<'a> {
    /// Prepares a draft.
    pub fn new(draft: &'a Draft) -> Self {
        let text = Text::new(&draft.text);
        let fingerprints = fingerprints(&text);
        Self { draft, text, fingerprints }
    }

    /// The text's fingerprints: the exact one first, then those that texts like it share; at most 8,
    /// none when the text is too short to be called a repeat.
    pub fn fingerprints(&self) -> &[u64] {
        self.fingerprints.as_slice()
    }
}
