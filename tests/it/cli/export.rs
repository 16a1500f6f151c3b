//! `modctl export`

use serde_json::Value;

use super::Desk;

/// Comments with everything that a draft can have, and texts that a format could stumble over.
const LINES: &str = r#"{"id": "e-1", "text": "=1+1, \"quoted\"\r\nand on", "thread": {"id": "t", "url": "https://p.example/t", "title": "A, b; c", "section": "s"}, "author": {"id": "ann", "display_name": "Ann", "email": "ann@example.org", "url": "https://ann.example", "ip_address": "192.0.2.7", "user_agent": "M", "registered_at": "2020-01-02T03:04:05Z"}, "language": "en", "seconds_to_submit": 2.5, "labels": {"device": "phone"}}
{"id": "e-2", "text": "'tis \u202e日本 👍", "parent_id": "e-1", "honeypot_filled": true}
{"id": "e-3", "text": "-5"}
{"id": "e-4", "text": "a ]]> b <![CDATA[ c \u0001\u001b[31m <b>&amp;</b>\n\n\nend ", "thread": {"id": "t"}, "author": {"id": "7"}}
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
fn what_is_exported_comes_in_again_as_it_was() {
    let desk = filled();
    let before = drafts(&desk);
    assert_eq!(before.len(), 4);
    for (file, format) in
        [("all.jsonl", "jsonl"), ("all.csv", "csv"), ("wp.xml", "wordpress"), ("dsq.xml", "disqus")]
    {
        let ran = desk.modctl(&["export", file, "--to", format]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
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

#[test]
fn the_shapes_of_other_systems_keep_states_decisions_and_times() {
    let desk = filled();
    assert_eq!(desk.modctl(&["reject", "e-1", "--reason", "abuse", "--note", "again"]).code, 0);
    assert_eq!(desk.modctl(&["escalate", "e-2"]).code, 0);
    let past = |desk: &Desk| {
        let lines = desk.modctl(&["export"]).stdout;
        let mut comments: Vec<Value> =
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        comments.sort_by_key(|comment| comment["id"].to_string());
        let of = |comment: &Value| ["id", "state", "create_time", "decision"].map(|key| comment[key].clone());
        comments.iter().map(of).collect::<Vec<_>>()
    };
    let before = past(&desk);
    for format in ["wordpress", "disqus"] {
        let ran = desk.modctl(&["export", "--to", format]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let again = Desk::new();
        let came = again.fed(&["import", "-", "--history"], &ran.stdout);
        assert_eq!(came.code, 0, "{}", came.stderr);
        assert_eq!(past(&again), before, "{format}");
    }
}

#[test]
fn a_file_s_name_alone_does_not_tell_whose_xml_it_shall_be() {
    let desk = Desk::new();
    let ran = desk.modctl(&["export", "all.xml"]);
    assert!(ran.code == 2 && ran.stderr.contains("--to wordpress"), "{}", ran.stderr);
    assert!(!desk.home.path().join("all.xml").exists());
}
