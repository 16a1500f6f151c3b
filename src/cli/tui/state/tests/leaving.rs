//! Keys where nothing is to be done, and the end.

use super::{decisions, released};
use crate::cli::tui::action::{Command, Event};
use crate::cli::tui::keymap::Keymap;
use crate::cli::tui::state::State;
use crate::cli::tui::state::samples::*;
use crate::proto::v1::*;

#[test]
fn a_read_only_review_claims_and_decides_nothing() {
    let mut state = State::new(Keymap::default(), String::new(), true, at(NOW));
    state.begin();
    let mut commands = state.update(listed(vec![comment("c1", "x")]));
    commands.extend(press(&mut state, "areu.sWnAR"));
    assert_eq!(commands, [Command::Inspect("c1".into())]);
    assert!(said(&state).contains("read-only"));
}

#[test]
fn quitting_gives_the_leases_back() {
    let mut state = state();
    state.update(claimed(&["c1", "c2"]));
    assert_eq!(press(&mut state, "q"), [released(&["c1", "c2"])]);
    assert!(state.over);
}

#[test]
fn quitting_waits_for_what_the_server_has_not_answered_yet() {
    let mut state = state();
    state.update(claimed(&["c1", "c2"]));
    press(&mut state, "aq");
    assert!(!state.over && said(&state).contains("q again leaves at once"), "{}", said(&state));
    let commands = state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert_eq!((state.over, commands), (true, vec![released(&["c2"])]));
}

#[test]
fn quitting_twice_waits_for_nothing() {
    let mut state = state();
    press(&mut state, "aqq");
    assert!(state.over);
}

#[test]
fn a_decision_that_fails_while_quitting_is_told_and_another_key_goes_on() {
    let mut state = state();
    press(&mut state, "aq");
    state.update(Event::Decided(vec![refused("c1", refusal("", "no route"))]));
    assert_eq!((state.over, said(&state)), (false, "c1 was not approved: no route"));
    press(&mut state, "aqj");
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert!(!state.over);
}

#[test]
fn keys_in_an_empty_queue_do_no_harm() {
    let mut state = State::new(Keymap::default(), String::new(), false, at(NOW));
    state.begin();
    state.update(listed(vec![]));
    assert_eq!(decisions(&press(&mut state, "aejkgGJKylYtsu. AW")), []);
}

#[test]
fn every_key_of_the_key_map_asks_for_something_or_changes_what_is_seen() {
    for binding in Keymap::default().bindings() {
        for pressed in binding.all() {
            let mut state = state();
            state.queue.rows.get_mut("c2").unwrap().draft = Some(CommentDraft {
                text: "see https://portal.example".into(),
                author: Some(Author { id: "ann".into(), ..Author::default() }),
                thread: Some(Thread { id: "t".into(), ..Thread::default() }),
                ..CommentDraft::default()
            });
            press(&mut state, " ");
            (state.reach, state.scroll, state.queue.search) = (50, 25, "e".into());
            let before = (state.prompt.clone(), state.scroll, state.focus, state.queue.rows.rank());
            let commands = state.update(Event::Key(pressed.event()));
            let after = (state.prompt.clone(), state.scroll, state.focus, state.queue.rows.rank());
            let told = state.message.is_some() || state.over;
            assert!(!commands.is_empty() || before != after || told, "{}", binding.name);
        }
    }
}
