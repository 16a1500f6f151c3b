//! States and answers for tests.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;

use super::State;
use crate::cli::counted::Counted;
use crate::cli::failure::Refusal;
use crate::cli::output::Outcome;
use crate::cli::tui::action::{Command, Event};
use crate::cli::tui::keymap::Keymap;
use crate::proto::v1::*;

/// The time at which all tests begin.
pub const NOW: i64 = 1_000_000;

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub fn key(code: KeyCode) -> Event {
    Event::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

/// A wave to which nothing comes any more.
pub fn all(count: u64) -> Counted {
    Counted { count, created_before: None }
}

/// Presses characters one after the other.
pub fn press(state: &mut State, keys: &str) -> Vec<Command> {
    keys.chars().flat_map(|c| state.update(key(KeyCode::Char(c)))).collect()
}

pub fn comment(id: &str, text: &str) -> Comment {
    let finding = Finding {
        filter: "keywords".into(),
        rule: "money".into(),
        weight: 6.0,
        spans: vec![Span { start: 0, end: 3, text: String::new() }],
        message: "A listed word.".into(),
        effect: FindingEffect::Score.into(),
    };
    let verdict = Verdict { score: 6.0, findings: vec![finding], finding_count: 1, ..Verdict::default() };
    Comment {
        id: id.into(),
        state: CommentState::Pending.into(),
        etag: format!("{id}-1"),
        draft: Some(CommentDraft { id: id.into(), text: text.into(), ..CommentDraft::default() }),
        verdict: Some(verdict),
        ..Comment::default()
    }
}

pub fn listed(comments: Vec<Comment>) -> Event {
    Event::Listed {
        generation: 1,
        page: Ok(ListCommentsResponse { comments, next_page_token: String::new() }),
    }
}

/// A screen with the comments `c1`, `c2`, `c3`.
pub fn state() -> State {
    let mut state = State::new(Keymap::default(), String::new(), false, at(NOW));
    state.begin();
    let texts = ["buy now", "hello", "bye"];
    let comments = texts.iter().zip(1..).map(|(text, number)| comment(&format!("c{number}"), text));
    state.update(listed(comments.collect()));
    state
}

pub fn ids(state: &State) -> Vec<&str> {
    state.queue.rows.from_rank(0).map(|comment| comment.id.as_str()).collect()
}

pub fn refusal(reason: &str, message: &str) -> Refusal {
    let mut refusal = Refusal::from(&tonic::Status::aborted(message));
    refusal.reason = reason.into();
    refusal
}

pub fn decided(id: &str, state: CommentState) -> Outcome {
    let comment = Comment { state: state.into(), etag: format!("{id}-2"), ..comment(id, "") };
    Outcome { comment_id: id.into(), result: Ok(Box::new(comment)) }
}

pub fn refused(id: &str, refusal: Refusal) -> Outcome {
    Outcome { comment_id: id.into(), result: Err(refusal) }
}

/// Leases on these for five minutes.
pub fn claimed(ids: &[&str]) -> Event {
    let expire_time = Some(prost_types::Timestamp { seconds: NOW + 300, nanos: 0 });
    let comments = ids.iter().map(|id| comment(id, "buy now")).collect();
    let claimed = ClaimCommentsResponse { claim_id: "lease".into(), expire_time, comments };
    Event::Claimed { ids: ids.iter().map(|&id| id.into()).collect(), claimed: Ok(claimed) }
}

pub fn changed(id: &str, state: CommentState) -> Event {
    let change = QueueChange { comment_id: id.into(), state: state.into(), ..QueueChange::default() };
    Event::Watched(Box::new(WatchQueueResponse { changes: vec![change], ..WatchQueueResponse::default() }))
}

pub fn said(state: &State) -> &str {
    state.message.as_ref().map(|message| message.text.as_str()).unwrap_or_default()
}
