//! What a filter found, with the evidence.

use std::borrow::Cow;
use std::sync::Arc;

/// One thing that a filter found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The filter's name, such as `keywords`.
    pub filter: Cow<'static, str>,
    /// The rule in the policy that fired, such as the name of a word list.
    pub rule: Arc<str>,
    /// Points towards the score; negative for findings in the comment's favour.
    pub weight: f64,
    /// What the finding does besides adding points.
    pub effect: Effect,
    /// Where in the original text, ordered, without overlaps. Empty when it concerns the whole comment.
    pub spans: Vec<Span>,
    /// A sentence for moderators.
    pub message: String,
}

/// What a finding does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Effect {
    /// Found and counted, without any effect on the verdict.
    Shadow = 0,
    /// Adds its weight to the score.
    #[default]
    Score = 1,
    /// Adds its weight, and the comment waits for a moderator whatever the score.
    Hold = 2,
    /// Adds its weight, and the comment is rejected whatever the score.
    Reject = 3,
}

/// A part of the original text: byte offsets, on character boundaries, `start < end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The part of `text` that this span covers; `None` when it does not fit.
    pub fn of(self, text: &str) -> Option<&str> {
        text.get(self.start as usize..self.end as usize)
    }
}
