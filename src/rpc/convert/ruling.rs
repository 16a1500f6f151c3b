//! Moderators' decisions.

use super::Check;
use crate::domain::{ActorKind, CommentId, Decision, State, Timestamp, new_id};
use crate::proto::v1;
use crate::queue::Ruling;

const MAX_MESSAGE: usize = 4096;
const MAX_CLAIM_ID: usize = 128;

/// A decision about one comment by `reviewer`.
pub fn ruling(check: &mut Check, input: v1::DecisionInput, reviewer: &str) -> Option<Ruling> {
    let id = check.comment_id("comment_id", &input.comment_id);
    let expected = check.etag("etag", &input.etag);
    let claim_id = check.text("claim_id", input.claim_id, MAX_CLAIM_ID);
    let state = decision_state(check, input.state);
    let decision = decision(check, state, reviewer, input.reason, input.author_message, input.note);
    Some(Ruling { id: id?, expected, claim_id, decision: decision?, event_id: new_id() })
}

/// A decision for `state`. The store sets when it was made.
pub fn decision(
    check: &mut Check,
    state: Option<State>,
    reviewer: &str,
    reason: String,
    author_message: String,
    note: String,
) -> Option<Decision> {
    let reason = check.reason("reason", reason);
    let author_message = check.text("author_message", author_message, MAX_MESSAGE);
    let note = check.text("note", note, MAX_MESSAGE);
    Some(Decision {
        state: state?,
        reason,
        author_message,
        note,
        actor: reviewer.to_owned(),
        actor_kind: ActorKind::Moderator,
        decide_time: Timestamp::default(),
    })
}

/// A state that a moderator can decide for.
pub fn decision_state(check: &mut Check, state: i32) -> Option<State> {
    match v1::CommentState::try_from(state) {
        Ok(v1::CommentState::Approved) => Some(State::Approved),
        Ok(v1::CommentState::Rejected) => Some(State::Rejected),
        Ok(v1::CommentState::Escalated) => Some(State::Escalated),
        _ => {
            check.note(
                "state",
                "must be COMMENT_STATE_APPROVED, COMMENT_STATE_REJECTED or COMMENT_STATE_ESCALATED",
            );
            None
        }
    }
}

impl Check {
    /// A note for moderators, at most 4,096 bytes.
    pub fn moderators_note(&mut self, field: &str, note: String) -> String {
        self.text(field, note, MAX_MESSAGE)
    }

    /// The name of a lease, which must be there.
    pub fn claim_id(&mut self, field: &str, claim_id: String) -> String {
        self.required_text(field, claim_id, MAX_CLAIM_ID)
    }

    /// The comment that a request is about, and the version of it that the caller looked at.
    pub fn target(&mut self, comment_id: &str, etag: &str) -> Option<(CommentId, Option<u32>)> {
        let id = self.comment_id("comment_id", comment_id);
        let expected = self.etag("etag", etag);
        Some((id?, expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> v1::DecisionInput {
        v1::DecisionInput {
            comment_id: "c".into(),
            etag: "2".into(),
            state: v1::CommentState::Rejected.into(),
            reason: "spam".into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_ruling_names_the_moderator_and_the_version() {
        let mut check = Check::default();
        let ruling = ruling(&mut check, input(), "ada").unwrap();
        assert!(check.finish().is_ok());
        assert_eq!((ruling.expected, ruling.decision.state), (Some(2), State::Rejected));
        assert_eq!(
            (ruling.decision.actor.as_str(), ruling.decision.actor_kind),
            ("ada", ActorKind::Moderator)
        );
    }

    #[test]
    fn states_that_nobody_decides_for_are_refused() {
        for state in [0, v1::CommentState::Pending.into(), v1::CommentState::Withdrawn.into(), 77] {
            let mut check = Check::default();
            assert!(ruling(&mut check, v1::DecisionInput { state, ..input() }, "ada").is_none());
            assert!(check.finish().unwrap_err().message().starts_with("state: "), "{state}");
        }
    }

    #[test]
    fn reasons_are_codes_and_texts_are_bounded() {
        let mut check = Check::default();
        let (reason, note) = ("Very Bad".into(), "x".repeat(4097));
        let _ = ruling(&mut check, v1::DecisionInput { reason, note, ..input() }, "ada");
        let message = check.finish().unwrap_err().message().to_owned();
        assert!(message.contains("reason: ") && message.contains("note: "), "{message}");
    }
}
