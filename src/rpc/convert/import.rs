//! Comments of another system's history.

use super::{Check, draft};
use crate::domain::{ActorKind, Decision, State, Timestamp};
use crate::pipeline::PastComment;
use crate::proto::v1;

const MAX_ACTOR: usize = 128;
const MAX_MESSAGE: usize = 4096;

/// A comment of another system's history, as of `now`.
pub fn past_comment(
    check: &mut Check,
    request: v1::ImportCommentsRequest,
    max_text_bytes: usize,
    now: Timestamp,
) -> Option<PastComment> {
    let (asked_state, asked_decision) = (request.state(), request.decision);
    let create_time = request.create_time.map_or(Some(now), |time| past(check, "create_time", time, now));
    let state = state(check, asked_state);
    let decision = asked_decision.and_then(|asked| decision(check, asked, state?, create_time?, now));
    if request.comment.as_ref().is_some_and(|comment| comment.id.is_empty()) {
        check.note("comment.id", "is required: it makes an import safe to repeat");
    }
    let (id, draft) = draft(check, request.comment, max_text_bytes)?;
    Some(PastComment { id: id?, draft, state: state?, decision, create_time: create_time? })
}

fn state(check: &mut Check, state: v1::CommentState) -> Option<State> {
    match state {
        v1::CommentState::Pending => Some(State::Pending),
        v1::CommentState::Escalated => Some(State::Escalated),
        v1::CommentState::Approved => Some(State::Approved),
        v1::CommentState::Rejected => Some(State::Rejected),
        v1::CommentState::Withdrawn => Some(State::Withdrawn),
        v1::CommentState::Unspecified => {
            check.note("state", "is required: where the comment stood, such as COMMENT_STATE_APPROVED");
            None
        }
    }
}

/// The decision that is to be kept: a moderator's. What the other system decided by itself is told by the state.
fn decision(
    check: &mut Check,
    asked: v1::Decision,
    state: State,
    create_time: Timestamp,
    now: Timestamp,
) -> Option<Decision> {
    if matches!(state, State::Pending | State::Withdrawn) {
        check.note(
            "decision",
            "leads to no such state; leave it out for comments that are pending or withdrawn",
        );
    } else if asked.state() != super::state(state) {
        check.note("decision.state", "differs from `state`; only the decision that led there can be kept");
    }
    let kind = asked.actor_kind();
    if kind == v1::ActorKind::Portal {
        check.note("decision.actor_kind", "must be ACTOR_KIND_MODERATOR or ACTOR_KIND_POLICY");
    }
    let by_policy = kind == v1::ActorKind::Policy;
    let actor = check.text("decision.actor", asked.actor, MAX_ACTOR);
    if actor.is_empty() && !by_policy {
        check.note("decision.actor", "is required: the moderator's name");
    }
    let time =
        asked.decide_time.map_or(Some(create_time), |time| past(check, "decision.decide_time", time, now));
    if time.is_some_and(|time| time < create_time) {
        check.note("decision.decide_time", "lies before `create_time`");
    }
    let decision = Decision {
        state,
        reason: check.reason("decision.reason", asked.reason),
        author_message: check.text("decision.author_message", asked.author_message, MAX_MESSAGE),
        note: check.text("decision.note", asked.note, MAX_MESSAGE),
        actor,
        actor_kind: ActorKind::Moderator,
        decide_time: time?,
    };
    (!by_policy).then_some(decision)
}

/// A time from 1970 until now.
fn past(check: &mut Check, field: &str, time: prost_types::Timestamp, now: Timestamp) -> Option<Timestamp> {
    let time = check.timestamp(field, Some(time))?;
    if !(Timestamp(0)..=now).contains(&time) {
        check.note(field, "must lie between 1970 and now");
        return None;
    }
    Some(time)
}
