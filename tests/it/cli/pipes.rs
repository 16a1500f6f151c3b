//! Commands that feed one another, and bulk.

use super::Desk;

#[test]
fn ids_that_are_listed_can_be_decided_from_standard_input() {
    let desk = Desk::with_three();
    let ids = desk.modctl(&["list", "--format", "ids"]).stdout;
    let decided = desk.fed(&["reject", "-", "--reason", "spam", "--format", "ids"], &ids);
    assert_eq!((decided.code, decided.stdout), (0, ids));
    assert_eq!(desk.json(&["stats"])["rejected_count"], 3);
}

#[test]
fn a_listed_line_brings_its_version_so_that_a_stale_one_is_refused() {
    let desk = Desk::with_three();
    let lines = desk.modctl(&["list", "--format", "jsonl"]).stdout;
    assert_eq!(desk.modctl(&["approve", "c-2"]).code, 0);
    let decided = desk.fed(&["reject", "-"], &lines);
    assert_eq!(decided.code, 1);
    assert!(decided.stderr.starts_with("c-2: "), "{}", decided.stderr);
    let stats = desk.json(&["stats"]);
    assert_eq!((&stats["approved_count"], &stats["rejected_count"]), (&1.into(), &2.into()));
}

#[test]
fn claimed_lines_can_be_decided_where_the_claim_is_not_remembered() {
    let desk = Desk::with_three();
    let lines = desk.modctl(&["claim", "-n", "2", "--format", "jsonl"]).stdout;
    assert_eq!(lines.lines().count(), 2);
    let other = super::home();
    let decided = super::run(desk.command(&other).args(["approve", "-"]), &lines);
    assert_eq!(decided.code, 0, "{}", decided.stderr);
}

#[test]
fn many_are_decided_at_once_only_when_somebody_says_yes() {
    let desk = Desk::with_three();
    let unasked = desk.modctl(&["decide-matching", "reject", "--filter", "text : \"th\""]);
    assert_eq!(unasked.code, 2);
    assert!(
        unasked.stderr.contains("2 comments match") && unasked.stderr.contains("--yes"),
        "{}",
        unasked.stderr
    );
    assert_eq!(desk.json(&["stats"])["rejected_count"], 0);

    let decided = desk.json(&["decide-matching", "reject", "--filter", "text : \"th\"", "--yes"]);
    assert_eq!((&decided["decided_count"], &decided["done"]), (&2.into(), &true.into()));
    assert_eq!(desk.json(&["stats"])["rejected_count"], 2);
}

#[test]
fn a_watch_goes_on_where_an_earlier_one_ended() {
    let desk = Desk::with_three();
    desk.modctl(&["approve", "c-1", "c-2", "c-3"]);
    let first = desk.modctl(&["watch", "--from", "oldest", "-n", "2", "--format", "jsonl"]);
    let last: serde_json::Value = serde_json::from_str(first.stdout.lines().last().unwrap()).unwrap();
    let cursor = last["cursor"].as_str().unwrap();
    assert!(first.stderr.contains(cursor), "{}", first.stderr);
    let rest = desk.modctl(&["watch", "--from", cursor, "--no-follow", "--format", "ids"]);
    assert_eq!(rest.stdout, "c-3\n");
}

#[test]
fn a_closed_pipe_ends_a_command_in_silence() {
    let desk = Desk::with_three();
    let mut child = desk
        .command(&desk.home)
        .args(["list", "--format", "ids"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn what_was_begun_is_done_when_nobody_reads_what_goes_wrong() {
    let desk = Desk::with_three();
    let mut child = desk
        .command(&desk.home)
        .args(["approve", "nobody", "c-1", "c-2", "--format", "ids"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b"c-1\nc-2\n"[..]));
}
