//! What is seen, on a screen of 80 by 24 cells and smaller ones.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::draw;
use crate::cli::failure::Refusal;
use crate::cli::tui::action::Event;
use crate::cli::tui::state::samples::*;
use crate::cli::tui::state::{Message, State};
use crate::proto::v1::{ListCommentsResponse, QueueStats};

fn screen(state: &State, width: u16, height: u16, colour: bool) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| _ = draw(frame, state, colour)).unwrap();
    terminal
}

fn seen(state: &State, width: u16, height: u16) -> Vec<String> {
    let terminal = screen(state, width, height, false);
    let buffer = terminal.backend().buffer();
    let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..height).map(row).collect()
}

fn has(lines: &[String], part: &str) -> bool {
    lines.iter().any(|line| line.contains(part))
}

#[test]
fn the_queue_stands_beside_the_comment_with_its_reasons() {
    let mut state = state();
    state.update(claimed(&["c1"]));
    let lines = seen(&state, 80, 24);
    assert_eq!(lines[0], " pending  by risk");
    assert!(lines[1].starts_with(" 1 of 3 ───") && lines[1].contains(" c1"), "{lines:#?}");
    assert!(lines[2].starts_with(" ·  6.0 buy now") && lines[2].contains("yours for 5:00"), "{lines:#?}");
    assert!(has(&lines, "⟦buy⟧1 now"), "{lines:#?}");
    assert!(has(&lines, "1   +6.0  keywords/money  A listed word."), "{lines:#?}");
    assert!(has(&lines, "     6.0  score"), "{lines:#?}");
    assert!(lines[23].starts_with(" ? help a approve r reject"), "{lines:#?}");
}

#[test]
fn a_finding_that_is_longer_than_a_line_goes_on_under_its_own_beginning() {
    let mut state = state();
    let row = state.queue.rows.get_mut("c1").unwrap();
    row.verdict.as_mut().unwrap().findings[0].message =
        "A word that stands in a list which somebody keeps.".into();
    let lines = seen(&state, 80, 24);
    let first = lines.iter().position(|line| line.contains("1   +6.0  keywords/money  A word")).unwrap();
    assert!(lines[first + 1].contains("│          a list which somebody keeps."), "{lines:#?}");
}

#[test]
fn what_the_server_says_is_read_to_its_end_and_no_hint_is_cut_off() {
    let mut state = state();
    let text = format!("{} and so on to the end", "a long sentence of the server's ".repeat(4));
    state.message = Some(Message { text, bad: true });
    let lines = seen(&state, 80, 24);
    assert!(lines[22].ends_with("and so on to the end"), "{lines:#?}");
    assert!(lines[23].ends_with(" search"), "{lines:#?}");
}

#[test]
fn a_queue_that_is_longer_than_its_list_tells_how_long() {
    let mut state = state();
    let page = ListCommentsResponse { comments: vec![comment("c1", "x")], next_page_token: "more".into() };
    state.begin();
    state.update(Event::Listed { generation: 2, page: Ok(page) });
    state.stats = Some(QueueStats { pending_count: 3000, ..QueueStats::default() });
    assert!(has(&seen(&state, 80, 24), " 1 of 3000 "));
}

#[test]
fn a_span_has_its_rules_colour_and_without_colours_none_is_used() {
    let state = state();
    let colours = |colour| {
        let terminal = screen(&state, 80, 24, colour);
        let cells = terminal.backend().buffer().content().iter().map(|cell| cell.fg);
        cells.filter(|fg| *fg != Color::Reset).count()
    };
    assert!(colours(true) > 0);
    assert_eq!(colours(false), 0);
}

#[test]
fn every_key_of_the_help_is_seen_on_a_small_screen() {
    let mut state = state();
    press(&mut state, "?");
    let lines = seen(&state, 80, 24);
    for binding in state.keymap.bindings() {
        assert!(has(&lines, binding.help), "`{}` is cut off in {lines:#?}", binding.help);
    }
}

#[test]
fn the_reason_picker_names_what_is_rejected_and_every_reason() {
    let mut state = state();
    press(&mut state, "r");
    let lines = seen(&state, 80, 24);
    assert!(
        has(&lines, "reject c1: why?") && has(&lines, "▸ s  spam") && has(&lines, "e  other"),
        "{lines:#?}"
    );
}

#[test]
fn hostile_text_stays_in_its_place() {
    let mut state = state();
    *state.queue.rows.get_mut("c1").unwrap() = comment("c1", "\u{1b}[2J\u{202e}evil\r\u{7}");
    let lines = seen(&state, 80, 24);
    assert!(has(&lines, "␛[2J\\u{202e}"), "{lines:#?}");
    assert!(!lines.concat().contains(['\u{1b}', '\u{202e}', '\u{7}']));
}

#[test]
fn wide_characters_and_emoji_do_not_push_the_columns_apart() {
    let mut state = state();
    *state.queue.rows.get_mut("c1").unwrap() = comment("c1", "这是一条很长很长很长很长很长很长的评论 👩‍👩‍👧");
    let lines = screen(&state, 80, 24, false);
    let buffer = lines.backend().buffer();
    assert!((2..22).all(|y| buffer[(31, y)].symbol() == "│"));
}

#[test]
fn any_size_can_be_drawn() {
    let mut state = state();
    for keys in ["", "r", "\u{1b}", "?", "x", "n"] {
        press(&mut state, keys);
        for (width, height) in [(1, 1), (2, 3), (20, 5), (69, 12), (80, 24), (250, 70)] {
            seen(&state, width, height);
        }
    }
}

#[test]
fn a_queue_without_comments_says_so() {
    let mut state = State::new(crate::cli::tui::keymap::Keymap::default(), String::new(), false, at(NOW));
    state.begin();
    assert!(has(&seen(&state, 80, 24), "listing …"));
    state.update(listed(vec![]));
    assert!(has(&seen(&state, 80, 24), "nothing waits here"));
}

#[test]
fn a_queue_that_cannot_be_read_is_not_called_empty() {
    let mut state = State::new(crate::cli::tui::keymap::Keymap::default(), String::new(), false, at(NOW));
    state.begin();
    let refusal = Refusal::from(&tonic::Status::cancelled("Timeout expired"));
    state.update(Event::Listed { generation: 1, page: Err(refusal) });
    assert!(has(&seen(&state, 80, 24), " the queue could not be listed"));
}
