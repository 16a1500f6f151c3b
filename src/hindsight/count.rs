//! What is counted of a comment.

use std::collections::HashMap;

use crate::domain::{Action, ActorKind, Comment, State};

/// Counts of verdicts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByAction {
    /// Published.
    pub published: u64,
    /// Held.
    pub held: u64,
    /// Rejected.
    pub rejected: u64,
}

impl ByAction {
    /// The count of one action, to be changed.
    pub fn of(&mut self, action: Action) -> &mut u64 {
        match action {
            Action::Publish => &mut self.published,
            Action::Hold => &mut self.held,
            Action::Reject => &mut self.rejected,
        }
    }
}

/// What a moderator decided, as the action that would have been right; `None` while none did.
pub fn decided(comment: &Comment) -> Option<Action> {
    let decision = comment.decision.as_ref()?;
    match (decision.actor_kind, decision.state) {
        (ActorKind::Moderator, State::Approved) => Some(Action::Publish),
        (ActorKind::Moderator, State::Rejected) => Some(Action::Reject),
        _ => None,
    }
}

/// Names with their counts, the greatest first and equals by name, at most `most`.
pub fn greatest(counted: &HashMap<String, u64>, most: usize) -> Vec<(String, u64)> {
    let mut counted: Vec<_> = counted.iter().map(|(name, &count)| (name.clone(), count)).collect();
    counted.sort_by(|(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
    counted.truncate(most);
    counted
}
