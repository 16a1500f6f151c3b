//! From the submission to the decision that the portal hears of.

use super::{Desk, home};

#[test]
fn a_comment_is_submitted_claimed_approved_and_heard_of() {
    let desk = Desk::new();
    assert_eq!(desk.submit("c-1", "Well said.").code, 0);
    assert_eq!(desk.modctl(&["list", "--format", "ids"]).stdout, "c-1\n");

    let claimed = desk.modctl(&["claim"]);
    assert!(claimed.stdout.contains("c-1") && claimed.stderr.contains("in 5 min"), "{}", claimed.stderr);
    let approved = desk.modctl(&["approve", "c-1"]);
    assert_eq!(approved.code, 0, "{}", approved.stderr);

    let page = desk.json(&["show", "c-1"]);
    assert_eq!(page["comment"]["state"], "COMMENT_STATE_APPROVED");
    assert_eq!(page["comment"]["published"], true);
    let feed = desk.modctl(&["watch", "--from", "oldest", "--no-follow"]);
    assert!(feed.stdout.contains("c-1  pending → approved, shown"), "{}", feed.stdout);
}

#[test]
fn an_undone_rejection_waits_again_and_its_history_tells_everything() {
    let desk = Desk::new();
    desk.submit("c-1", "Well said.");
    assert_eq!(desk.modctl(&["reject", "c-1", "--reason", "off_topic", "--note", "see the rules"]).code, 0);
    assert_eq!(desk.modctl(&["undo", "c-1"]).code, 0);
    assert_eq!(desk.modctl(&["note", "c-1", "my mistake"]).code, 0);

    let shown = desk.modctl(&["show", "c-1"]).stdout;
    assert!(shown.starts_with("c-1  pending, not shown to readers"), "{shown}");
    for line in
        ["rejected by moderator for off_topic; note: see the rules", "undone by moderator", "my mistake"]
    {
        assert!(shown.contains(line), "{line} in {shown}");
    }
}

#[test]
fn what_one_moderator_claimed_another_cannot_decide() {
    let desk = Desk::new();
    desk.submit("c-1", "Well said.");
    assert_eq!(desk.modctl(&["claim"]).code, 0);

    let other = desk.modctl_of(&home(), &["approve", "c-1"]);
    assert_eq!(other.code, 5, "{}", other.stderr);
    assert!(other.stderr.contains("holds it until"), "{}", other.stderr);
    assert_eq!(desk.modctl(&["release"]).code, 0);
    assert_eq!(desk.modctl_of(&home(), &["approve", "c-1"]).code, 0);
}

#[test]
fn a_claim_is_decided_on_the_version_that_it_showed() {
    let desk = Desk::new();
    desk.submit("c-1", "Well said.");
    desk.modctl(&["claim"]);
    assert_eq!(desk.modctl(&["withdraw", "c-1"]).code, 0);
    let late = desk.modctl(&["approve", "c-1"]);
    assert_eq!(late.code, 5);
    assert!(late.stderr.starts_with("error: "), "{}", late.stderr);
}

#[test]
fn a_policy_is_tried_set_and_read_back_as_it_was_written() {
    let desk = Desk::new();
    let source = "mode = \"post\"\n\n[[keywords]]\nname = \"pills\"\nclass = \"profanity\"\nweight = 6.0\nwords = [\"pills\"]\n";
    let file = desk.home.path().join("policy.toml");
    std::fs::write(&file, source).unwrap();
    let file = file.to_str().unwrap();

    let tried = desk.modctl(&["policy", "test", file, "--text", "They took my pills away"]);
    assert!(
        tried.stdout.contains("my ⟦pills⟧") && tried.stdout.contains("keywords/pills"),
        "{}",
        tried.stdout
    );
    assert_eq!(desk.modctl(&["policy", "set", file, "-m", "pills again"]).code, 0);
    assert_eq!(desk.modctl(&["policy", "get"]).stdout, source);
    assert!(desk.modctl(&["policy", "history"]).stdout.contains("pills again"));
    assert_eq!(desk.json(&["submit", "A fine day."])["comment"]["state"], "COMMENT_STATE_APPROVED");
}

#[test]
fn an_author_s_standing_is_set_and_read() {
    let desk = Desk::new();
    assert_eq!(
        desk.json(&["author", "set-standing", "ada", "trusted"])["standing"],
        "AUTHOR_STANDING_TRUSTED"
    );
    assert_eq!(desk.json(&["author", "get", "ada"])["standing"], "AUTHOR_STANDING_TRUSTED");
}
