//! `modctl import`

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
    assert!(ran.stderr.starts_with("line 2: "), "{}", ran.stderr);
}

#[test]
fn what_became_of_each_comment_can_be_listed_instead() {
    let desk = Desk::new();
    let ran = desk.fed(&["import", "-", "--format", "ids"], "{\"id\": \"r-1\", \"text\": \"Hello.\"}\n");
    assert_eq!(ran.stdout, "r-1\n");
    assert!(ran.stderr.contains("HELD"), "{}", ran.stderr);
}
