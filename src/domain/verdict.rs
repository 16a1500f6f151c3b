//! What the policy made of a comment.

use super::Finding;

/// What happens to a comment now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Action {
    /// Show it.
    Publish = 1,
    /// Let a moderator look first.
    Hold = 2,
    /// Refuse it.
    Reject = 3,
}

/// A judgement with its reasons, frozen as it was at that moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What to do.
    pub action: Action,
    /// The sum of the findings' weights.
    pub score: f64,
    /// The heaviest findings first, at most [`Verdict::MAX_FINDINGS`].
    pub findings: Vec<Finding>,
    /// How many there were before the cut.
    pub finding_count: u32,
    /// The policy revision that judged.
    pub policy_revision: u64,
    /// The learned model's revision; 0 when none took part.
    pub model_revision: u64,
    /// How probable the learned filter found it that a moderator would reject the comment, 0 to 1; `None` when
    /// it did not judge.
    pub learned_probability: Option<f32>,
}

impl Verdict {
    /// Findings kept in a verdict.
    pub const MAX_FINDINGS: usize = 64;
    /// Spans kept in a finding.
    pub const MAX_SPANS: usize = 16;

    /// The stricter of two verdicts: by action, then by score.
    pub fn stricter(self, other: Self) -> Self {
        if (other.action, other.score) > (self.action, self.score) { other } else { self }
    }
}
