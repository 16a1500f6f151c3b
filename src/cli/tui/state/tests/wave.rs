//! Whole waves.

use crate::cli::tui::action::{Command, Event};
use crate::cli::tui::state::Prompt;
use crate::cli::tui::state::samples::*;
use crate::proto::v1::*;

#[test]
fn a_wave_is_counted_before_it_can_be_decided() {
    let mut state = state();
    assert!(press(&mut state, "W").contains(&Command::CountWave("c1".into())));
    state.update(Event::WaveCounted { id: "c1".into(), counted: Ok(all(17)) });
    assert_eq!(state.prompt, Prompt::Wave { id: "c1".into(), counted: all(17) });
    let commands = press(&mut state, "rs");
    let [.., Command::DecideWave { counted, .. }] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(*counted, all(17));
}

#[test]
fn a_wave_is_taken_back_as_a_whole() {
    let mut state = state();
    press(&mut state, "a");
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    state.update(Event::WaveCounted { id: "c2".into(), counted: Ok(all(2)) });
    press(&mut state, "a");
    let one = |id: &str| DecidedComment { comment_id: id.into(), etag: "7".into() };
    let progress = |decided: Vec<DecidedComment>, done| {
        let (matched_count, decided_count) = (2, 2);
        let response =
            DecideMatchingResponse { matched_count, decided_count, done, decided, ..Default::default() };
        Event::WaveDecided(Ok(response))
    };
    state.update(progress(vec![one("c2"), one("c9")], false));
    state.update(progress(vec![], true));
    assert_eq!(state.decided, 3);
    assert!(press(&mut state, "u").contains(&Command::UndoWave(vec![one("c2"), one("c9")])));
    let commands = state.update(Event::WaveUndone { count: 2, refused: None });
    assert!(matches!(commands[..], [Command::List { .. }, ..]) && state.decided == 1, "{commands:?}");
    assert!(press(&mut state, "u").contains(&Command::Undo { id: "c1".into(), etag: "c1-2".into() }));
}
