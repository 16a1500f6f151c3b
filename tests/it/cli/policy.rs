//! Policies tried on the past, suggested and put together from lists.

use super::Desk;

const OPEN: &str = "mode = 'post'\nlimits = []\n";

#[test]
fn a_policy_is_tried_on_the_past_before_it_is_set() {
    let desk = Desk::new();
    desk.set_policy(OPEN);
    desk.submit("c-1", "a harmless remark");
    let told = desk.fed(&["policy", "replay", "-", "--since", "30d", "--max", "10"], "mode = 'pre'\n");
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(told.stdout.starts_with("1 comments judged again\n"), "{}", told.stdout);
    assert!(told.stdout.contains("c-1  publish"), "{}", told.stdout);
    let report = desk.json(&["policy", "replay"]);
    assert_eq!((&report["comment_count"], &report["newly_held_count"]), (&1.into(), &0.into()));
    let bad = desk.fed(&["policy", "replay", "-"], "mode = 'lax'\n");
    assert!(bad.code == 2 && bad.stderr.contains("standard input:1:"), "{}", bad.stderr);
}

#[test]
fn a_suggestion_is_listed_and_settled() {
    let desk = Desk::new();
    let made = desk.fed(&["policy", "propose", "-", "-m", "too much waits"], OPEN);
    assert_eq!((made.code, made.stdout.as_str()), (0, "standard input is proposal 1; an admin may set it\n"));
    let listed = desk.json(&["policy", "proposals"]);
    assert_eq!((&listed[0]["source"], &listed[0]["comment"]), (&OPEN.into(), &"too much waits".into()));
    let set = desk.fed(&["policy", "set", "-", "--proposal", "1"], OPEN);
    assert_eq!(set.code, 0, "{}", set.stderr);
    assert_eq!(desk.json(&["policy", "proposals"]), serde_json::json!([]));
    assert_eq!(desk.json(&["policy", "proposals", "--all"])[0]["applied_revision"], 1);
}
