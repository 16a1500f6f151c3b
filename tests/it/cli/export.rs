//! `modctl export`

use serde_json::Value;

use super::Desk;

/// Comments with everything that a draft can have, and texts that a format could stumble over.
const LINES: &str = r#"{"id": "e-1", "text": "=1+1, \"quoted\"\r\nand on", "thread": {"id": "t", "url": "https://p.example/t", "title": "A, b; c", "section": "s"}, "author": {"id": "ann", "display_name": "Ann", "email": "ann@example.org", "url": "https://ann.example", "ip_address": "192.0.2.7", "user_agent": "M", "registered_at": "2020-01-02T03:04:05Z"}, "language": "en", "seconds_to_submit": 2.5, "labels": {"device": "phone"}}
{"id": "e-2", "text": "'tis \u202e日本 👍", "parent_id": "e-1", "honeypot_filled": true}
{"id": "e-3", "text": "-5"}
"#;

fn drafts(desk: &Desk) -> Vec<Value> {
    let ran = desk.modctl(&["export"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let comments = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut drafts: Vec<_> = comments.map(|comment| comment["draft"].clone()).collect();
    drafts.sort_by_key(|draft| draft["id"].to_string());
    drafts
}

fn filled() -> Desk {
    let desk = Desk::new();
    desk.set_policy("mode = 'pre'\nlimits = []\n");
    let ran = desk.fed(&["import", "-"], LINES);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(desk.modctl(&["reject", "e-3", "--reason", "spam"]).code, 0);
    desk
}

#[test]
fn what_is_exported_as_json_lines_or_as_a_sheet_comes_in_again_as_it_was() {
    let desk = filled();
    let before = drafts(&desk);
    assert_eq!(before.len(), 3);
    for file in ["all.jsonl", "all.csv"] {
        assert_eq!(desk.modctl(&["export", file]).code, 0);
        let again = Desk::new();
        again.set_policy("mode = 'pre'\nlimits = []\n");
        let path = desk.home.path().join(file);
        let ran = again.modctl(&["import", path.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(drafts(&again), before, "{file}");
    }
}

#[test]
fn an_export_has_all_states_and_their_decisions_and_overwrites_nothing() {
    let desk = filled();
    let ran = desk.modctl(&["export", "--to", "csv"]);
    let rejected = ran.stdout.lines().find(|line| line.starts_with("e-3,")).expect("its row");
    assert!(rejected.contains("COMMENT_STATE_REJECTED") && rejected.contains(",spam,"), "{rejected}");
    assert!(rejected.contains(",'-5,"), "{rejected}");
    assert_eq!(desk.modctl(&["export", "--filter", "state = rejected"]).stdout.lines().count(), 1);
    assert_eq!(desk.modctl(&["export", "x.jsonl"]).code, 0);
    let again = desk.modctl(&["export", "x.jsonl"]);
    assert!(again.code == 2 && again.stderr.contains("is there already"), "{}", again.stderr);
}
