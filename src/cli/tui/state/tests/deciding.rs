//! Decisions, skips and undos.

use crossterm::event::KeyCode;

use super::decisions;
use crate::cli::tui::action::{Command, Event};
use crate::cli::tui::state::Prompt;
use crate::cli::tui::state::samples::*;
use crate::proto::v1::*;

#[test]
fn approving_takes_the_comment_off_at_once_and_asks_for_exactly_the_version_that_was_seen() {
    let mut state = state();
    let asked = decisions(&press(&mut state, "a"));
    assert_eq!(ids(&state), ["c2", "c3"]);
    assert_eq!((asked[0].comment_id.as_str(), asked[0].etag.as_str()), ("c1", "c1-1"));
    assert_eq!(asked[0].state(), CommentState::Approved);
}

#[test]
fn a_decision_is_made_under_the_lease_that_is_held() {
    let mut state = state();
    state.update(claimed(&["c1"]));
    assert_eq!(decisions(&press(&mut state, "a"))[0].claim_id, "lease");
}

#[test]
fn a_refused_decision_brings_the_comment_back_to_its_place_with_the_reason() {
    let mut state = state();
    press(&mut state, "ja");
    state.update(Event::Decided(vec![refused("c2", refusal("CLAIM_HELD", "eve holds it"))]));
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
    assert_eq!(state.queue.current().unwrap().id, "c2");
    assert_eq!(said(&state), "c2 was not approved: eve holds it");
}

#[test]
fn what_cannot_be_read_or_claimed_does_not_hide_why_a_decision_failed() {
    let mut state = state();
    press(&mut state, "a");
    state.update(Event::Decided(vec![refused("c1", refusal("", "no route"))]));
    state.update(Event::Inspected { id: "c1".into(), page: Err(refusal("", "no route")) });
    state.update(Event::Claimed { ids: vec!["c1".into()], claimed: Err(refusal("", "no route")) });
    assert_eq!(said(&state), "c1 was not approved: no route");
}

#[test]
fn a_comment_that_is_back_is_read_again() {
    let mut state = state();
    press(&mut state, "a");
    let commands = state.update(Event::Decided(vec![refused("c1", refusal("ETAG_STALE", "changed"))]));
    assert!(commands.contains(&Command::Inspect("c1".into())), "{commands:?}");
}

#[test]
fn rejecting_asks_for_the_reason_and_remembers_it() {
    let mut state = state();
    assert_eq!(decisions(&press(&mut state, "r")), []);
    assert_eq!(decisions(&press(&mut state, "h"))[0].reason, "hate");
    press(&mut state, "r");
    let asked = decisions(&state.update(key(KeyCode::Enter)));
    assert_eq!((asked[0].comment_id.as_str(), asked[0].reason.as_str()), ("c2", "hate"));
}

#[test]
fn leaving_the_reasons_decides_nothing() {
    let mut state = state();
    press(&mut state, "r");
    assert_eq!(state.update(key(KeyCode::Esc)), []);
    assert_eq!((ids(&state).len(), &state.prompt), (3, &Prompt::None));
}

#[test]
fn the_dot_decides_as_the_last_time() {
    let mut state = state();
    press(&mut state, "rs");
    let asked = decisions(&press(&mut state, "."));
    assert_eq!((asked[0].comment_id.as_str(), asked[0].reason.as_str()), ("c2", "spam"));
}

#[test]
fn what_is_marked_is_decided_together_and_taken_back_together() {
    let mut state = state();
    assert_eq!(decisions(&press(&mut state, "  A")).len(), 2);
    let outcomes = ["c1", "c2"].map(|id| decided(id, CommentState::Approved));
    state.update(Event::Decided(outcomes.to_vec()));
    assert_eq!((ids(&state), state.decided), (vec!["c3"], 2));
    press(&mut state, "u");
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
}

#[test]
fn undo_names_the_version_that_the_decision_made() {
    let mut state = state();
    press(&mut state, "a");
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    let undo = Command::Undo { id: "c1".into(), etag: "c1-2".into() };
    assert!(press(&mut state, "u").contains(&undo));
}

#[test]
fn undo_before_the_answer_waits_for_it_and_then_takes_the_decision_back() {
    let mut state = state();
    press(&mut state, "a");
    assert!(!press(&mut state, "u").iter().any(|command| matches!(command, Command::Undo { .. })));
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
    let commands = state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert!(commands.contains(&Command::Undo { id: "c1".into(), etag: "c1-2".into() }));
}

#[test]
fn undo_takes_back_one_key_at_a_time_even_before_the_answers() {
    let mut state = state();
    press(&mut state, "aa");
    press(&mut state, "u");
    assert_eq!(ids(&state), ["c2", "c3"]);
    press(&mut state, "u");
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
}

#[test]
fn undo_follows_the_order_of_the_keys_and_not_that_of_the_answers() {
    let mut state = state();
    press(&mut state, "aa");
    state.update(Event::Decided(vec![decided("c2", CommentState::Approved)]));
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert!(press(&mut state, "u").contains(&Command::Undo { id: "c2".into(), etag: "c2-2".into() }));
}

#[test]
fn a_skip_can_be_taken_back() {
    let mut state = state();
    press(&mut state, "su");
    assert_eq!((ids(&state), said(&state)), (vec!["c1", "c2", "c3"], "c1 is back"));
    state.update(Event::Skipped { id: "c1".into(), result: Err(refusal("", "no")) });
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
}

#[test]
fn a_comment_that_is_on_its_way_back_is_not_decided_before_the_server_has_answered() {
    let mut state = state();
    press(&mut state, "au");
    assert_eq!(decisions(&press(&mut state, "rs")), []);
    assert_eq!(said(&state), "c1 is still on its way back; decide it in a moment");
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert_eq!(decisions(&press(&mut state, "rs")), []);
    state.update(Event::Undone(decided("c1", CommentState::Pending)));
    assert_eq!(decisions(&press(&mut state, "rs"))[0].etag, "c1-2");
}

#[test]
fn late_news_of_a_decision_does_not_take_an_undone_comment_off_again() {
    let mut state = state();
    press(&mut state, "a");
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert!(!press(&mut state, "u").contains(&Command::Inspect("c1".into())));
    state.update(changed("c1", CommentState::Approved));
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
}

#[test]
fn a_skip_that_is_refused_brings_the_comment_back() {
    let mut state = state();
    assert!(press(&mut state, "s").contains(&Command::Skip("c1".into())));
    assert_eq!(ids(&state), ["c2", "c3"]);
    state.update(Event::Skipped { id: "c1".into(), result: Err(refusal("", "no")) });
    assert_eq!((ids(&state), said(&state)), (vec!["c1", "c2", "c3"], "c1 was not skipped: no"));
}
