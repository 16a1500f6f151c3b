//! A comment's history, told as what it means for those who count.

use std::time::Duration;

use crate::domain::{Action, ActorKind, Comment, HistoryEntry, HistoryKind, State, Timestamp};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening<'h> {
    /// It came in, and the policy did this with it.
    CameIn(Action),
    /// A moderator decided.
    Decided {
        /// The state that it led to.
        state: State,
        /// Who.
        reviewer: &'h str,
        /// How long it had waited; `None` when it did not wait, or its times are not known.
        waited: Option<Duration>,
        /// The policy had done the opposite.
        overturned: bool,
    },
    /// A decision was taken back.
    Undone,
    /// A reader reported it.
    Reported,
    /// It began to wait.
    Waited {
        /// When that ended; `None`: it waits still.
        until: Option<Timestamp>,
    },
}

/// Tells what happened to a comment and when, in any order. An empty history is that of a comment that nothing
/// happened to since it came in.
pub fn tell<'h>(
    comment: &Comment,
    history: &'h [HistoryEntry],
    mut told: impl FnMut(Timestamp, Happening<'h>),
) {
    if history.is_empty() {
        told(comment.create_time, Happening::CameIn(comment.verdict.action));
        if comment.state.is_waiting() {
            told(comment.create_time, Happening::Waited { until: None });
        }
        return;
    }
    let mut since = waiting_when_written(comment, history).then_some(comment.create_time);
    let mut judged = None;
    for entry in history {
        let by_moderator = entry.actor_kind == ActorKind::Moderator;
        match entry.kind {
            HistoryKind::Submitted => {
                judged = Some(action(entry.state));
                told(entry.time, Happening::CameIn(action(entry.state)));
            }
            HistoryKind::Revised => judged = Some(action(entry.state)),
            HistoryKind::Approved | HistoryKind::Rejected | HistoryKind::Escalated if by_moderator => {
                told(entry.time, decided(entry, since, judged));
            }
            HistoryKind::Undone => told(entry.time, Happening::Undone),
            HistoryKind::Reported => told(entry.time, Happening::Reported),
            _ => {}
        }
        match (since, entry.state.is_waiting()) {
            (None, true) => since = Some(entry.time),
            (Some(start), false) => {
                told(start, Happening::Waited { until: Some(entry.time) });
                since = None;
            }
            _ => {}
        }
    }
    if let Some(start) = since {
        told(start, Happening::Waited { until: None });
    }
}

fn decided(entry: &HistoryEntry, since: Option<Timestamp>, judged: Option<Action>) -> Happening<'_> {
    let against = match entry.state {
        State::Approved => Some(Action::Reject),
        State::Rejected => Some(Action::Publish),
        _ => None,
    };
    Happening::Decided {
        state: entry.state,
        reviewer: &entry.actor,
        // Where another system kept no time of the decision, the import takes that of the comment.
        waited: since.map(|since| entry.time.since(since)).filter(|waited| !waited.is_zero()),
        overturned: against.is_some() && against == judged,
    }
}

/// Whether a comment from another system waited there: it was decided there, or it waits still.
fn waiting_when_written(comment: &Comment, history: &[HistoryEntry]) -> bool {
    let imported = history.iter().position(|entry| entry.kind == HistoryKind::Imported);
    imported.is_some_and(|place| {
        place > 0 || history[0].state.is_waiting() && comment.create_time <= history[0].time
    })
}

/// What the policy did with a comment that it brought into this state.
fn action(state: State) -> Action {
    match state {
        State::Approved => Action::Publish,
        State::Rejected => Action::Reject,
        State::Pending | State::Escalated | State::Withdrawn => Action::Hold,
    }
}
