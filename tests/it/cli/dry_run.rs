//! What would be done, without doing it.

use super::Desk;

#[test]
fn a_rehearsed_decision_lists_what_it_would_decide_tells_why_not_of_the_others_and_changes_nothing() {
    let desk = Desk::with_three();
    assert_eq!(desk.modctl(&["withdraw", "c-2"]).code, 0);
    for verb in ["approve", "reject", "escalate"] {
        let ran = desk.modctl(&[verb, "c-1", "c-2", "nobody", "--dry-run", "--format", "ids"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, "c-1\n"), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("c-2: it was withdrawn") && ran.stderr.contains("nobody: "),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("1 of 3 would be") && ran.stderr.contains("nothing was changed"),
            "{}",
            ran.stderr
        );
    }
    let stats = desk.json(&["stats"]);
    assert_eq!((&stats["pending_count"], &stats["escalated_count"]), (&2.into(), &0.into()));
}

#[test]
fn stale_versions_and_others_claims_are_seen_beforehand() {
    let desk = Desk::with_three();
    let lines = desk.modctl(&["list", "--format", "jsonl"]).stdout;
    assert_eq!(desk.modctl(&["revise", "c-2", "Third thoughts."]).code, 0);
    assert_eq!(desk.modctl(&["claim", "-n", "1"]).code, 0);
    let other = super::home();
    let ran = super::run(desk.command(&other).args(["reject", "-", "--dry-run"]), &lines);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("c-2: it has changed") && ran.stderr.contains("looks at it until"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("1 of 3 would be rejected"), "{}", ran.stderr);
}

#[test]
fn an_undo_can_be_rehearsed_too() {
    let desk = Desk::with_three();
    assert_eq!(desk.modctl(&["approve", "c-1"]).code, 0);
    let ran = desk.modctl(&["undo", "c-1", "c-2", "--dry-run", "--format", "ids"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "c-1\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("c-2: nothing was decided about it"), "{}", ran.stderr);
    assert_eq!(desk.json(&["stats"])["approved_count"], 1);
}

#[test]
fn many_are_only_counted() {
    let desk = Desk::with_three();
    let ran = desk.modctl(&["decide-matching", "reject", "--filter", "text : \"th\"", "--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("2 comments match"), "{}", ran.stderr);
    assert_eq!(desk.json(&["stats"])["pending_count"], 3);
}
