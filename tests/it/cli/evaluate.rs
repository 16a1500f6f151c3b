//! `modctl evaluate`, which needs no server.

use std::fs;

use serde_json::Value;

use super::{Ran, bare, home, run};

const POLICY: &str = "learned = false\n\n[[keywords]]\nname = \"pills\"\nwords = [\"pills\"]\nweight = 6.0\n";

const COMMENTS: &str = "\
{\"id\": \"c-1\", \"source\": \"s\", \"author\": \"\", \"text\": \"Buy pills today.\", \"label\": \"spam\"}\n\
{\"id\": \"c-2\", \"source\": \"s\", \"author\": \"\", \"text\": \"My pills help, \\u001b[31mthank you.\", \"label\": \"ham\"}\n\
{\"id\": \"c-3\", \"source\": \"s\", \"author\": \"\", \"text\": \"A walk in the park.\", \"label\": \"clean\"}\n\
{\"id\": \"c-4\", \"source\": \"s\", \"author\": \"\", \"text\": \"A walk on the moor.\", \"label\": \"abuse\"}\n\
{\"id\": \"c-5\", \"source\": \"s\", \"author\": \"\", \"text\": \"A walk by the sea.\", \"label\": \"odd\"}\n";

fn evaluate(arguments: &[&str]) -> Ran {
    let home = home();
    fs::write(home.path().join("p.toml"), POLICY).unwrap();
    fs::write(home.path().join("c.jsonl"), COMMENTS).unwrap();
    run(bare(&home).args(["evaluate", "c.jsonl", "--policy", "p.toml"]).args(arguments), "")
}

#[test]
fn labelled_comments_are_measured_without_a_server_and_odd_lines_are_told() {
    let ran = evaluate(&["--json", "--learn"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("c.jsonl:5: its label is `odd`"), "{}", ran.stderr);
    let evaluation: Value = serde_json::from_str(&ran.stdout).unwrap();
    let at_hold = &evaluation["overall"]["at_hold"];
    assert_eq!((&at_hold["true_positives"], &at_hold["false_positives"]), (&1.into(), &1.into()));
    assert_eq!((&at_hold["true_negatives"], &at_hold["false_negatives"]), (&1.into(), &1.into()));
    assert_eq!(evaluation["overall"]["roc_auc"], 0.5);
    assert_eq!(evaluation["wrongly_found"][0]["id"], "c-2");
    assert_eq!(evaluation["wrongly_found"][0]["verdict"]["findings"][0]["spans"][0]["text"], "pills");
    assert_eq!(evaluation["missed"][0]["id"], "c-4");
    assert_eq!(evaluation["curve"][0]["comments"], 4);
}

#[test]
fn people_see_the_mistakes_harmless_with_what_was_found_in_them() {
    let ran = evaluate(&[]);
    assert!(ran.stdout.contains("My ⟦pills⟧1 help, ␛[31mthank you."), "{}", ran.stdout);
    assert!(ran.stdout.contains("keywords/pills"), "{}", ran.stdout);
    assert!(ran.stdout.contains("good comments held or rejected 50.0 % (9.5 % to 90.5 %)"), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}'));
}

#[test]
fn a_file_that_is_no_prior_is_refused_with_the_remedy() {
    let ran = evaluate(&["--prior", "c.jsonl"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("this is no prior file"), "{}", ran.stderr);
}
