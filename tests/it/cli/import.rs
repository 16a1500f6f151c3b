//! `modctl import`

use std::io::Write;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Desk;

#[test]
fn lines_that_are_no_comments_are_told_with_their_numbers_and_the_rest_comes_in() {
    let desk = Desk::new();
    let lines = "{\"id\": \"r-1\", \"source\": \"blog\", \"author\": \"Ada\", \"text\": \"Hello.\", \"mood\": \"good\"}\n\
                 {oops\n\
                 \n\
                 {\"id\": \"r 3\", \"text\": \"Spaces in the id.\"}\n\
                 {\"id\": \"r-4\", \"thread\": {\"id\": \"blog\", \"section\": \"war\"}, \"text\": \"Hello again.\"}\n";
    let ran = desk.fed(&["import", "-", "--json"], lines);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("line 2: it is no JSON") && ran.stderr.contains("line 4: r 3: "),
        "{}",
        ran.stderr
    );

    let summary: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&summary["held"], &summary["failed"]), (&2.into(), &2.into()));
    let comment = &desk.json(&["show", "r-1"])["comment"]["draft"];
    assert_eq!(comment["thread"]["id"], "blog");
    assert_eq!(comment["author"]["display_name"], "Ada");
    assert_eq!(comment["labels"]["mood"], "good");
}

#[test]
fn the_same_file_twice_doubles_nothing_even_without_ids() {
    let desk = Desk::new();
    let lines: String = (0..600).map(|n| format!("{{\"text\": \"Remark number {n}.\"}}\n")).collect();
    let first = desk.fed(&["import", "-", "--json"], &lines);
    assert_eq!(first.code, 0, "{}", first.stderr);
    let second = desk.fed(&["import", "-", "--json"], &lines);
    let summary: serde_json::Value = serde_json::from_str(&second.stdout).unwrap();
    assert_eq!((&summary["replayed"], &summary["held"]), (&600.into(), &0.into()));
    assert_eq!(desk.json(&["stats"])["pending_count"], 600);
}

#[test]
fn a_dry_run_judges_and_keeps_nothing() {
    let desk = Desk::new();
    let ran = desk.fed(&["import", "-", "--dry-run"], "{\"text\": \"Hello.\"}\n");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("nothing was kept"), "{}", ran.stderr);
    assert_eq!(desk.json(&["stats"])["pending_count"], 0);
}

const ONE_AT_ONCE: &str =
    "[[limits]]\nname = \"author\"\nkey = [\"author\"]\nquota = 10\nper = \"1s\"\nburst = 1\n";

#[test]
fn a_rate_limit_is_waited_out() {
    let desk = Desk::new();
    desk.set_policy(ONE_AT_ONCE);
    let lines: String =
        (0..4).map(|n| format!("{{\"author\": \"ada\", \"text\": \"Remark {n}.\"}}\n")).collect();
    let ran = desk.fed(&["import", "-"], &lines);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(desk.json(&["stats"])["pending_count"], 4);
}

#[test]
fn without_patience_a_rate_limit_leaves_comments_out() {
    let desk = Desk::new();
    desk.set_policy(&ONE_AT_ONCE.replace("1s", "1h"));
    let lines = "{\"author\": \"ada\", \"text\": \"One.\"}\n{\"author\": \"ada\", \"text\": \"Two.\"}\n";
    let ran = desk.fed(&["import", "-", "--patience", "0s"], lines);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.starts_with("standard input, line 2: "), "{}", ran.stderr);
}

#[test]
fn what_became_of_each_comment_can_be_listed_instead() {
    let desk = Desk::new();
    let ran = desk.fed(&["import", "-", "--format", "ids"], "{\"id\": \"r-1\", \"text\": \"Hello.\"}\n");
    assert_eq!(ran.stdout, "r-1\n");
    assert!(ran.stderr.contains("HELD"), "{}", ran.stderr);
}

const WORDPRESS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>The Bridge</title>
<item><title>Council votes</title><link>https://bridge.example/7</link><wp:post_id>7</wp:post_id>
<wp:comment><wp:comment_id>11</wp:comment_id><wp:comment_author><![CDATA[Ann]]></wp:comment_author>
<wp:comment_content><![CDATA[Mend it <a href="https://plan.example">now</a>.]]></wp:comment_content>
<wp:comment_approved>1</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment>
<wp:comment><wp:comment_id>12</wp:comment_id><wp:comment_type>pingback</wp:comment_type></wp:comment>
<wp:comment><wp:comment_id>13</wp:comment_id><wp:comment_content>Never.</wp:comment_content>
<wp:comment_approved>0</wp:comment_approved><wp:comment_parent>11</wp:comment_parent></wp:comment>
</item></channel></rss>
"#;

#[test]
fn a_wordpress_export_comes_in_and_what_is_no_comment_is_counted() {
    let desk = Desk::new();
    let report = desk.home.path().join("left-out.jsonl");
    let arguments = ["import", "-", "--json", "--id-prefix", "wp-", "--left-out", report.to_str().unwrap()];
    let ran = desk.fed(&arguments, WORDPRESS);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("line 7: 12: wp:comment_type: it is a pingback"), "{}", ran.stderr);
    let summary: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&summary["held"], &summary["failed"]), (&2.into(), &1.into()));
    let left_out = std::fs::read_to_string(report).unwrap();
    assert!(left_out.contains(r#""line":7,"comment_id":"12""#), "{left_out}");

    let reply = &desk.json(&["show", "wp-13"])["comment"]["draft"];
    assert_eq!(
        (&reply["parent_id"], &reply["thread"]["url"]),
        (&"wp-11".into(), &"https://bridge.example/7".into())
    );
    let text = &desk.json(&["show", "wp-11"])["comment"]["draft"]["text"];
    assert_eq!(text, "Mend it now (https://plan.example).");
}

#[test]
fn a_file_that_is_cut_off_says_where_and_how_to_go_on() {
    let desk = Desk::new();
    let cut = &WORDPRESS[..WORDPRESS.find("Never").unwrap()];
    let ran = desk.fed(&["import", "-"], cut);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("standard input, line 8: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("--from-line 8"), "{}", ran.stderr);
    let ran = desk.fed(&["import", "-", "--from-line", "8", "--json"], WORDPRESS);
    let summary: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&summary["held"], &summary["replayed"]), (&1.into(), &0.into()));
}

#[test]
fn what_cannot_be_told_apart_is_asked_for() {
    let desk = Desk::new();
    let ran = desk.fed(&["import", "-"], "id,body\n1,Hello.\n");
    assert!(ran.code == 2 && ran.stderr.contains("--from"), "{}", ran.stderr);
    let ran = desk.fed(&["import", "-", "--from", "csv"], "id,body\n1,Hello.\n");
    assert!(ran.code == 2 && ran.stderr.contains("--column NAME=text"), "{}", ran.stderr);
    let ran = desk.fed(&["import", "-", "--from", "csv", "--column", "body=text"], "id,body\n1,Hello.\n");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(desk.json(&["show", "1"])["comment"]["draft"]["text"], "Hello.");
}

#[test]
fn history_comes_in_with_its_decisions_and_the_same_file_again_goes_on() {
    let desk = Desk::new();
    let mut lines: String = (0..250)
        .map(|n| {
            format!(
                "{{\"id\": \"h-{n}\", \"text\": \"Remark {n}.\", \"author\": \"ada\", \"state\": \"approved\", \
                 \"create_time\": \"2024-05-06T07:08:09Z\", \"decision\": {{\"state\": \"COMMENT_STATE_APPROVED\", \
                 \"actor\": \"mona\", \"decide_time\": \"2024-05-06T08:00:00Z\"}}}}\n"
            )
        })
        .collect();
    lines.push_str(
        "{\"id\": \"h-9\", \"text\": \"Other words.\", \"state\": \"approved\"}\n{\"text\": \"No state.\"}\n",
    );
    let first = desk.fed(&["import", "-", "--history", "--json"], &lines);
    assert_eq!(first.code, 1, "{}", first.stderr);
    assert!(
        first.stderr.contains("line 251: h-9: ") && first.stderr.contains("line 252: it has no `state`"),
        "{}",
        first.stderr
    );
    let summary: serde_json::Value = serde_json::from_str(&first.stdout).unwrap();
    assert_eq!(
        (&summary["imported"], &summary["skipped"], &summary["failed"]),
        (&250.into(), &0.into(), &2.into())
    );
    let again = desk.fed(&["import", "-", "--history"], &lines);
    assert!(again.stdout.contains("HERE ALREADY") && again.stdout.contains("250"), "{}", again.stdout);
    assert_eq!(desk.json(&["author", "get", "ada"])["approved_count"], 250);
    let shown = desk.json(&["show", "h-7"]);
    assert_eq!(shown["comment"]["create_time"], "2024-05-06T07:08:09Z");
    assert_eq!(shown["history"][1]["kind"], "HISTORY_KIND_IMPORTED");
}

/// An import that reads from a pipe which stays open.
fn piped(desk: &Desk, arguments: &[&str], lines: &str) -> (Child, ChildStdin) {
    let pipes = [Stdio::piped(), Stdio::piped(), Stdio::piped()];
    let [input, output, errors] = pipes;
    let mut command = desk.command(&desk.home);
    let mut child = command
        .arg("import")
        .arg("-")
        .args(arguments)
        .stdin(input)
        .stdout(output)
        .stderr(errors)
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(lines.as_bytes()).unwrap();
    (child, input)
}

fn waits_until_in(desk: &Desk, count: u64) {
    let is_in = || desk.json(&["stats"])["pending_count"] == count;
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_in() {
        assert!(Instant::now() < deadline, "{count} do not come in");
        sleep(Duration::from_millis(20));
    }
}

fn signalled(child: Child, signal: &str) -> Output {
    let status = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
    assert!(status.unwrap().success());
    child.wait_with_output().unwrap()
}

#[test]
fn a_signal_stops_an_import_that_tells_what_came_in_and_how_to_go_on() {
    let line = |n: usize| {
        format!("{{\"id\": \"s-{n}\", \"text\": \"A remark, number {n}.\", \"state\": \"pending\"}}\n")
    };
    let lines: String = (1..=200).map(line).collect();
    for (signal, arguments, goes_on) in
        [("TERM", &[][..], "--from-line 201"), ("INT", &["--history"][..], "run the same command again")]
    {
        let desk = Desk::new();
        desk.set_policy("mode = 'pre'\nlimits = []\n");
        let (child, input) = piped(&desk, arguments, &lines);
        waits_until_in(&desk, 200);
        let Output { status, stdout, stderr } = signalled(child, signal);
        drop(input);
        let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert_eq!(status.code(), Some(1), "{stderr}");
        assert!(stdout.contains("200"), "{stdout}");
        assert!(stderr.contains("stopped") && stderr.contains(goes_on), "{stderr}");
    }
}

#[test]
fn a_signal_does_not_wait_for_a_rate_limit() {
    let desk = Desk::new();
    desk.set_policy(&ONE_AT_ONCE.replace("1s", "1m"));
    let lines: String = (1..=100)
        .map(|n| format!("{{\"author\": \"ada\", \"text\": \"A remark, number {n}.\"}}\n"))
        .collect();
    let (child, input) = piped(&desk, &[], &lines);
    drop(input);
    waits_until_in(&desk, 1);
    let Output { status, stderr, .. } = signalled(child, "INT");
    let stderr = String::from_utf8(stderr).unwrap();
    assert!(status.code() == Some(1) && stderr.contains("--from-line 2"), "{stderr}");
}
