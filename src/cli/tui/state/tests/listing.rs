//! What is listed: filters, searches, and what stands around a comment.

use crossterm::event::KeyCode;

use super::{decisions, released};
use crate::cli::failure::Refusal;
use crate::cli::tui::action::{Command, Event, Relation};
use crate::cli::tui::state::Prompt;
use crate::cli::tui::state::samples::*;
use crate::proto::v1::*;

#[test]
fn a_new_search_gives_back_what_it_does_not_list() {
    let mut state = state();
    state.update(claimed(&["c1", "c2"]));
    press(&mut state, "/bye");
    state.update(key(KeyCode::Enter));
    let page = ListCommentsResponse { comments: vec![comment("c2", "x")], ..ListCommentsResponse::default() };
    let commands = state.update(Event::Listed { generation: 2, page: Ok(page) });
    assert!(commands.contains(&released(&["c1"])), "{commands:?}");
}

#[test]
fn a_filter_keeps_to_the_queue_that_is_open() {
    let mut state = state();
    press(&mut state, "fscore > 5");
    let commands = state.update(key(KeyCode::Enter));
    let filters = commands.iter().filter_map(|command| match command {
        Command::List { filter, .. } => Some(filter.as_str()),
        _ => None,
    });
    assert_eq!(filters.collect::<Vec<_>>(), ["score > 5 AND state = pending"]);
}

#[test]
fn a_page_of_an_earlier_search_is_ignored() {
    let mut state = state();
    press(&mut state, "o");
    state.update(listed(vec![comment("old", "x")]));
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
}

#[test]
fn what_is_pasted_is_text_and_never_keys() {
    let mut state = state();
    assert_eq!(decisions(&state.update(Event::Pasted("aaa".into()))), []);
    press(&mut state, "n");
    state.update(Event::Pasted("two\nlines".into()));
    let commands = state.update(key(KeyCode::Enter));
    assert!(commands.contains(&Command::Note { id: "c1".into(), text: "two lines".into() }));
}

#[test]
fn a_search_is_about_the_text_and_a_filter_stays_beside_it() {
    let mut state = state();
    press(&mut state, "fscore > 5");
    state.update(key(KeyCode::Enter));
    press(&mut state, "/say \"x\"");
    let commands = state.update(key(KeyCode::Enter));
    let asked = commands.iter().find_map(|command| match command {
        Command::List { filter, .. } => Some(filter.as_str()),
        _ => None,
    });
    assert_eq!(asked, Some("score > 5 AND text : \"say \\\"x\\\"\" AND state = pending"));
    state.update(key(KeyCode::Esc));
    assert_eq!((state.queue.filter.as_str(), state.queue.search.as_str()), ("", ""));
}

#[test]
fn a_list_around_a_comment_fills_when_it_comes_and_leads_to_its_comments() {
    let mut state = state();
    assert!(press(&mut state, "w").iter().any(|command| matches!(command, Command::LookAround { .. })));
    let comments = Ok(vec![comment("c3", "bye"), comment("far", "bye")]);
    state.update(Event::Around { id: "c1".into(), relation: Relation::Wave, comments });
    state.update(key(KeyCode::Enter));
    assert_eq!(state.queue.current().unwrap().id, "c3");
}

#[test]
fn a_list_that_was_closed_does_not_open_again_when_it_comes() {
    let mut state = state();
    press(&mut state, "w");
    state.update(key(KeyCode::Esc));
    state.update(Event::Around { id: "c1".into(), relation: Relation::Wave, comments: Ok(vec![]) });
    assert_eq!(state.prompt, Prompt::None);
}

#[test]
fn a_filter_that_the_server_does_not_understand_is_taken_back_and_can_be_typed_on() {
    let mut state = state();
    press(&mut state, "fscroe > 5");
    state.update(key(KeyCode::Enter));
    let refusal = Refusal::from(&tonic::Status::invalid_argument("\"scroe\" is not a field"));
    let commands = state.update(Event::Listed { generation: 2, page: Err(refusal) });
    assert!(matches!(&commands[..], [Command::List { filter, .. }, ..] if filter == "state = pending"));
    assert!(state.queue.filter.is_empty() && said(&state).contains("is not a field"), "{}", said(&state));
    press(&mut state, "f");
    assert!(matches!(&state.prompt, Prompt::Filter(input) if input.text() == "scroe > 5"));
}
