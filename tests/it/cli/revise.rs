//! `modctl revise`

use super::Desk;

#[test]
fn a_revised_comment_has_the_new_text_and_a_new_verdict_and_keeps_all_else() {
    let desk = Desk::new();
    desk.set_policy(
        "mode = 'post'\n[[keywords]]\nname = 'pills'\nclass = 'spam'\nweight = 6.0\nwords = ['pills']\n",
    );
    let asked = ["submit", "A fine day.", "--id", "c-1", "--author", "ann", "--thread", "bridge"];
    assert_eq!(desk.modctl(&asked).code, 0);
    let revised = desk.modctl(&["revise", "c-1", "They took my pills away"]);
    assert_eq!(revised.code, 0, "{}", revised.stderr);
    assert!(
        revised.stdout.contains("my ⟦pills⟧1 away") && revised.stdout.contains("verdict hold"),
        "{}",
        revised.stdout
    );
    let page = desk.json(&["show", "c-1"]);
    let comment = &page["comment"];
    assert_eq!(
        (&comment["draft"]["text"], &comment["state"]),
        (&"They took my pills away".into(), &"COMMENT_STATE_PENDING".into())
    );
    assert_eq!(comment["draft"]["thread"]["id"], "bridge");
    assert_eq!(page["history"].as_array().unwrap().last().unwrap()["previous"]["text"], "A fine day.");
}

#[test]
fn a_text_comes_from_standard_input_and_goes_only_to_the_version_that_was_looked_at() {
    let desk = Desk::new();
    desk.submit("c-1", "Once.");
    let seen = desk.json(&["show", "c-1"])["comment"]["etag"].as_str().unwrap().to_owned();
    let pick = format!("c-1@{seen}");
    assert_eq!(desk.fed(&["revise", &pick, "-"], "Two\nlines.\n").code, 0);
    assert_eq!(desk.json(&["show", "c-1"])["comment"]["draft"]["text"], "Two\nlines.");
    let late = desk.fed(&["revise", &pick], "Three.");
    assert!(late.code == 5 && late.stderr.contains("modctl show c-1"), "{}", late.stderr);
    assert_eq!(desk.json(&["show", "c-1"])["comment"]["draft"]["text"], "Two\nlines.");
    assert_eq!(desk.modctl(&["revise", "nobody", "Text."]).code, 5);
}
