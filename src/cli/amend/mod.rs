//! From the finding to the fix: what could be changed in a policy so that a finding would be another one.
//!
//! Pure: a finding and the policy's TOML in, edited TOML out. Comments and layout stay as their author left them. A
//! change of words is offered only when the keyword filter, tried on the comment itself, finds the place no more.

pub(in crate::cli) mod array;
mod diff;
mod home;
mod hosts;
mod words;

use toml_edit::DocumentMut;

pub use self::diff::{Edit, diff};
use self::home::Home;
pub(in crate::cli) use self::home::put;
use crate::proto::v1::Finding;

/// The place in a comment that a moderator looks at, and the finding that marked it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The comment's text.
    pub text: &'a str,
    /// What was found.
    pub finding: &'a Finding,
    /// Which of the finding's places; `None` when it has none.
    pub span: Option<usize>,
}

/// A change of the policy that can be proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// What it does, in half a sentence: `allow “cock robin” in profanity`.
    pub what: String,
    /// The whole TOML with the change.
    pub source: String,
}

/// The changes that could be made about a finding, the narrowest first.
///
/// # Errors
/// A sentence, when the policy cannot be read as TOML.
pub fn amendments(subject: Subject<'_>, source: &str) -> Result<Vec<Amendment>, String> {
    let document: DocumentMut =
        source.parse().map_err(|error| format!("the policy cannot be read: {error}"))?;
    let home = Home::of(subject.finding, &document);
    let mut offers = Offers { document: &document, made: vec![] };
    match subject.finding.filter.as_str() {
        "keywords" => words::offer(subject, &home, &mut offers),
        "links" => hosts::offer(subject, &home, &mut offers),
        _ => {}
    }
    home::offer(subject, &home, &mut offers);
    Ok(offers.made)
}

/// Collects what can be proposed; each change is made on a copy of the document.
struct Offers<'d> {
    document: &'d DocumentMut,
    made: Vec<Amendment>,
}

impl Offers<'_> {
    /// Offers a change, unless it cannot be made or changes nothing.
    fn add(&mut self, what: String, change: impl FnOnce(&mut DocumentMut) -> Option<()>) {
        let mut copy = self.document.clone();
        if change(&mut copy).is_none() {
            return;
        }
        let source = copy.to_string();
        if source != self.document.to_string() {
            self.made.push(Amendment { what, source });
        }
    }
}

impl<'a> Subject<'a> {
    /// The part of the text that the place covers, with its bounds.
    fn place(&self) -> Option<(usize, usize, &'a str)> {
        let span = self.finding.spans.get(self.span?)?;
        let (start, end) = (span.start as usize, span.end as usize);
        Some((start, end, self.text.get(start..end)?))
    }
}

#[cfg(test)]
mod tests;
