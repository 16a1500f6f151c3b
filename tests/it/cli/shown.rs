//! What is printed: harmless, and as wide as it may be.

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::{Desk, bare, home, run};

/// Clears the screen, turns the reading order, hides, and ends the line.
const HOSTILE: &str = "a\u{1b}[2J\u{9b}1m\u{202e}b\u{2066}c\u{200b}d\u{2028}e\r\nf\u{7}";

fn is_obeyed(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\r'
        || matches!(c, '\u{200b}' | '\u{2028}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn no_command_lets_a_stranger_s_text_reach_the_terminal_as_it_is() {
    let desk = Desk::new();
    let submitted = desk.modctl(&[
        "submit",
        HOSTILE,
        "--id",
        "c-1",
        "--author",
        HOSTILE,
        "--author-name",
        HOSTILE,
        "--thread",
        HOSTILE,
        "--label",
        &format!("k={HOSTILE}"),
    ]);
    assert_eq!(submitted.code, 0, "{}", submitted.stderr);
    desk.modctl(&["reject", "c-1", "--author-message", HOSTILE, "--note", HOSTILE]);
    for command in [
        &["list", "--filter", "state = rejected"][..],
        &["show", "c-1"],
        &["similar", "c-1"],
        &["watch", "--from", "oldest", "--no-follow"],
        &["author", "get", HOSTILE],
        &["author", "comments", HOSTILE],
        &["author", "export", HOSTILE],
        &["author", "erase", HOSTILE],
        &["show", HOSTILE],
    ] {
        for format in ["table", "json", "jsonl", "csv"] {
            let ran = desk.modctl(&[command, &["--format", format]].concat());
            assert!(!ran.stdout.contains(is_obeyed), "{command:?} as {format}: {:?}", ran.stdout);
            assert!(!ran.stderr.contains(is_obeyed), "{command:?} as {format}: {:?}", ran.stderr);
        }
    }
}

#[test]
fn as_json_the_text_reads_back_byte_for_byte() {
    let desk = Desk::new();
    desk.submit("c-1", HOSTILE);
    assert_eq!(desk.json(&["show", "c-1"])["comment"]["draft"]["text"], Value::from(HOSTILE));
}

#[test]
fn a_table_fits_eighty_columns_whatever_the_comments_are() {
    let desk = Desk::new();
    desk.submit("a-rather-long-id-for-a-comment:1", &"日本語のコメントです 👩‍👩‍👧 ".repeat(20));
    desk.submit("c-2", &"word ".repeat(100));
    for command in
        [&["list"][..], &["show", "c-2"], &["show", "a-rather-long-id-for-a-comment:1"], &["stats"]]
    {
        let ran = desk.modctl(command);
        let widest = ran.stdout.lines().map(UnicodeWidthStr::width).max().unwrap_or(0);
        assert!(ran.code == 0 && widest <= 80, "{command:?}: {widest} columns\n{}", ran.stdout);
    }
}

#[test]
fn a_profile_names_server_site_and_token() {
    let desk = Desk::new();
    let home = home();
    let directory = home.path().join(".config/modctl");
    std::fs::create_dir_all(&directory).unwrap();
    let (server, tokens) = (desk.server.address(), desk.server.data_dir().join("tokens"));
    let profile =
        format!("[profiles.daily]\nserver = \"{server}\"\ntoken_file = {tokens:?}\nsite = \"default\"\n");
    std::fs::write(directory.join("config.toml"), profile).unwrap();
    let ran = run(bare(&home).args(["stats", "--profile", "daily", "--json"]), "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[test]
fn completions_need_no_server() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = run(bare(&home()).args(["completions", shell]), "");
        assert!(ran.code == 0 && ran.stdout.contains("decide-matching"), "{shell}");
    }
}
