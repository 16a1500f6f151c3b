//! Every key that the key map lists, pressed in a pseudo-terminal before a real server. A key without a case here does
//! not compile.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crossterm::event::{KeyCode, KeyModifiers};
use modqueue::cli::tui::action::Action;
use modqueue::cli::tui::keymap::{Key, Keymap};
use modqueue::proto::v1::CommentState::{Approved, Escalated, Pending, Rejected};

use super::scene::{Scene, Stage};
use crate::support::backend::runtime;

/// What a terminal sends for a key.
fn bytes(key: Key) -> String {
    let event = key.event();
    match event.code {
        KeyCode::Char(c) if event.modifiers.contains(KeyModifiers::CONTROL) => {
            char::from(c.to_ascii_lowercase() as u8 & 0x1f).to_string()
        }
        KeyCode::Char(c) => c.to_string(),
        KeyCode::Esc => "\u{1b}".into(),
        KeyCode::Tab => "\t".into(),
        KeyCode::Up => "\u{1b}[A".into(),
        KeyCode::Down => "\u{1b}[B".into(),
        KeyCode::Home => "\u{1b}[H".into(),
        KeyCode::End => "\u{1b}[F".into(),
        KeyCode::PageUp => "\u{1b}[5~".into(),
        KeyCode::PageDown => "\u{1b}[6~".into(),
        KeyCode::F(1) => "\u{1b}OP".into(),
        KeyCode::F(5) => "\u{1b}[15~".into(),
        code => panic!("say here what a terminal sends for {code}"),
    }
}

#[test]
fn every_key_of_the_key_map_does_what_the_help_says() {
    runtime().block_on(async {
        let stage = Stage::open().await;
        let keymap = Keymap::default();
        let pressed =
            keymap.bindings().iter().flat_map(|binding| binding.all().map(|key| (binding.action, key)));
        for (number, (action, key)) in pressed.enumerate() {
            let mut scene = stage.scene(number).await;
            press(action, &bytes(key), &mut scene).await;
        }
    });
}

#[test]
fn the_help_has_room_for_every_key_in_eighty_columns_and_twenty_four_lines() {
    runtime().block_on(async {
        let stage = Stage::open().await;
        let mut scene = stage.scene(0).await;
        scene.screen.press("?");
        for binding in Keymap::default().bindings() {
            scene.screen.wait_for(&format!("{}  {}", binding.keys(), binding.help));
        }
    });
}

async fn press(action: Action, key: &str, scene: &mut Scene) {
    match action {
        Action::Approve
        | Action::Reject
        | Action::Escalate
        | Action::Repeat
        | Action::Skip
        | Action::Note
        | Action::Undo => decide(action, key, scene).await,
        Action::Mark | Action::ApproveMarked | Action::RejectMarked | Action::DecideWave => {
            decide_many(action, key, scene).await;
        }
        Action::Search
        | Action::Filter
        | Action::Clear
        | Action::Thread
        | Action::Order
        | Action::NextQueue
        | Action::Reload => list(action, key, scene).await,
        Action::Next
        | Action::Previous
        | Action::First
        | Action::Last
        | Action::ScrollDown
        | Action::ScrollUp
        | Action::NextSpot => go(action, key, scene),
        Action::Fix
        | Action::AuthorComments
        | Action::ThreadComments
        | Action::WaveComments
        | Action::Links => {
            open(action, key, scene);
        }
        Action::Copy | Action::CopyId | Action::Help | Action::Quit => leave(action, key, scene),
    }
}

async fn decide(action: Action, key: &str, scene: &mut Scene) {
    let [first, second, _] = scene.ids.clone();
    match action {
        Action::Reject => {
            scene.keys(&[(key, "why?"), ("s", "1 decided")]);
            assert_eq!(scene.decision(&first).await, (Rejected, "spam".to_owned()));
        }
        Action::Escalate => {
            scene.keys(&[(key, "1 decided")]);
            assert_eq!(scene.decision(&first).await.0, Escalated);
        }
        Action::Repeat => {
            scene.keys(&[("r", "why?"), ("h", "1 decided"), (key, "2 decided")]);
            assert_eq!(scene.decision(&second).await, (Rejected, "hate".to_owned()));
        }
        Action::Skip => {
            scene.keys(&[(key, "skipped for an hour")]);
            scene.screen.wait_until("two are left", |seen| seen.contains(" 1 of 2 "));
            assert_eq!(scene.decision(&first).await.0, Pending);
            scene.keys(&[("u", " 1 of 3 ")]);
        }
        Action::Note => {
            scene.keys(&[(key, "note:"), ("Seen before\r", "the note is written")]);
            assert!(scene.history(&first).await.contains(&"Seen before".to_owned()));
        }
        Action::Undo => {
            scene.keys(&[("a", "1 decided"), (key, "is back")]);
            scene.screen.wait_until("confirmed", |seen| !seen.contains("1 decided"));
            assert_eq!(scene.decision(&first).await.0, Pending);
        }
        _ => {
            scene.keys(&[(key, "1 decided")]);
            assert_eq!(scene.decision(&first).await.0, Approved);
        }
    }
}

async fn decide_many(action: Action, key: &str, scene: &mut Scene) {
    let [first, second, third] = scene.ids.clone();
    match action {
        Action::ApproveMarked => scene.keys(&[(" ", "1 marked"), (" ", "2 marked"), (key, "2 decided")]),
        Action::RejectMarked => {
            scene.keys(&[(" ", "1 marked"), (" ", "2 marked"), (key, "why?"), ("o", "2 decided")]);
            assert_eq!(scene.decision(&second).await, (Rejected, "off_topic".to_owned()));
            return;
        }
        Action::DecideWave => scene.keys(&[(key, "the whole wave: 3"), ("a", "3 of 3 decided")]),
        _ => return scene.keys(&[(key, "1 marked"), ("k", " 1 of 3 "), (key, " 2 of 3 ")]),
    }
    assert_eq!(scene.decision(&first).await.0, Approved);
    assert_eq!(scene.decision(&second).await.0, Approved);
    let all = action == Action::DecideWave;
    assert_eq!(scene.decision(&third).await.0, if all { Approved } else { Pending });
    if all {
        scene.keys(&[("u", "3 comments are back")]);
        assert_eq!(scene.decision(&third).await.0, Pending);
    }
}

async fn list(action: Action, key: &str, scene: &mut Scene) {
    match action {
        Action::Search => scene.keys(&[(key, "/"), ("needle\r", " 1 of 1 ")]),
        Action::Filter => scene.keys(&[(key, "filter:"), (" AND text : needle\r", " 1 of 1 ")]),
        Action::Clear => {
            scene.screen.press(key);
            scene.screen.wait_until("no filter", |seen| !seen.contains("author = "));
        }
        Action::Thread => {
            scene.keys(&[(key, "thread = "), ("", " 1 of 3 "), (key, "author = "), ("", " 1 of 3 ")]);
        }
        Action::Order => scene.keys(&[(key, "by oldest"), (key, "by newest"), (key, "by risk")]),
        Action::NextQueue => scene.keys(&[(key, "nothing here matches"), (key, " 1 of 3 ")]),
        _ => {
            scene.one_more().await;
            scene.keys(&[("", "1 new"), (key, " of 4 ")]);
        }
    }
}

fn go(action: Action, key: &str, scene: &mut Scene) {
    match action {
        Action::Next => scene.keys(&[(key, " 2 of 3 "), (key, " 3 of 3 ")]),
        Action::Previous => scene.keys(&[("j", " 2 of 3 "), (key, " 1 of 3 ")]),
        Action::First => scene.keys(&[("j", " 2 of 3 "), ("j", " 3 of 3 "), (key, " 1 of 3 ")]),
        Action::Last => scene.keys(&[(key, " 3 of 3 ")]),
        Action::ScrollDown => {
            let before = scene.lines_below();
            scene.screen.press(key);
            scene.wait_for_lines_below("fewer", |lines| lines < before);
        }
        Action::ScrollUp => {
            let before = scene.lines_below();
            scene.screen.press("J");
            scene.wait_for_lines_below("fewer", |lines| lines < before);
            scene.screen.press(key);
            scene.wait_for_lines_below("as many as before", |lines| lines == before);
        }
        // The word that was found stands far below what is seen at first.
        _ => scene.keys(&[(key, "x changes the rule"), ("", "haystack")]),
    }
}

fn open(action: Action, key: &str, scene: &mut Scene) {
    match action {
        Action::Fix => {
            scene.keys(&[(key, "enter tries it"), ("\r", "enter puts it in force"), ("", "would free")])
        }
        Action::AuthorComments => scene.keys(&[(key, " 3 of the same author"), ("j\r", " 2 of 3 ")]),
        Action::ThreadComments => scene.keys(&[(key, " 3 in the same thread"), ("\u{1b}", " 1 of 3 ")]),
        Action::WaveComments => scene.keys(&[(key, " like it; enter goes there")]),
        _ => {
            scene.keys(&[(key, "links; enter copies"), ("\r", "copied https://portal.example/")]);
            let link = scene.link();
            scene.screen.wait_for_written(&STANDARD.encode(link));
        }
    }
}

fn leave(action: Action, key: &str, scene: &mut Scene) {
    match action {
        Action::Copy => {
            let text = scene.text();
            scene.keys(&[(key, "copied")]);
            scene.screen.wait_for_written(&format!("\u{1b}]52;c;{}\u{7}", STANDARD.encode(text)));
        }
        Action::CopyId => {
            scene.keys(&[(key, "copied")]);
            let id = STANDARD.encode(&scene.ids[0]);
            scene.screen.wait_for_written(&format!("\u{1b}]52;c;{id}\u{7}"));
        }
        Action::Help => scene.keys(&[(key, "any key closes"), ("j", " 1 of 3 ")]),
        _ => {
            scene.screen.press(key);
            scene.screen.wait_for_ownership(false);
            assert!(scene.screen.end().success());
        }
    }
}
