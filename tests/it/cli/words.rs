//! `modctl policy import-words`

use std::fs;

use super::{Desk, bare, home, run};

const PLAIN: &str = "# of vegetables\nturnip\nTurnip\n***\nswede\n";

#[test]
fn a_list_is_printed_as_toml_and_what_no_list_can_have_is_told_with_its_line() {
    let home = home();
    fs::write(home.path().join("greens.txt"), PLAIN).expect("a file");
    let arguments = ["policy", "import-words", "greens.txt", "--class", "custom", "--weight", "3", "--print"];
    let ran = run(bare(&home).args(arguments), "");
    assert_eq!(ran.code, 1, "some of it was refused: {}", ran.stderr);
    let list = "[[keywords]]\nname = \"greens\"\nclass = \"custom\"\nweight = 3.0\nwords = [\n  \"turnip\",\n  \"swede\",\n]\n";
    assert_eq!(ran.stdout, list);
    assert!(ran.stderr.contains("greens.txt:4: “***” nothing can be found by this"), "{}", ran.stderr);
    assert!(ran.stderr.contains("2 added, 1 there already, 1 refused"), "{}", ran.stderr);
}

#[test]
fn words_go_into_a_policy_file_that_keeps_its_comments() {
    let home = home();
    let (policy, ratings) = (home.path().join("policy.toml"), home.path().join("rated.json"));
    fs::write(
        &policy,
        "mode = \"post\" # for now\n[[keywords]]\nname = \"greens\"\nwords = [\"turnip\"] # ours\n",
    )
    .expect("a file");
    fs::write(&ratings, r#"{"turnip": 2, "swede": 1, "leek": 0}"#).expect("a file");
    let arguments = [
        "policy",
        "import-words",
        "rated.json",
        "--name",
        "greens",
        "--rating",
        "1",
        "--into",
        "policy.toml",
    ];
    let ran = run(bare(&home).args(arguments), "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let edited = fs::read_to_string(&policy).expect("the policy");
    assert!(
        edited.contains("mode = \"post\" # for now") && edited.contains("[\"turnip\", \"swede\"] # ours"),
        "{edited}"
    );
}

#[test]
fn words_come_into_force_after_the_change_was_shown() {
    let desk = Desk::new();
    desk.set_policy("mode = 'post'\nlearned = false\n");
    assert_eq!(desk.submit("before", "a turnip").code, 0);
    let csv = "text,severity_rating\nturnip,2.4\nleek,0.5\n";
    let ran = desk.fed(&["policy", "import-words", "-", "--name", "greens", "--rating", "2", "--yes"], csv);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("+  \"turnip\",") && ran.stderr.contains("judged again"), "{}", ran.stderr);
    assert!(ran.stdout.contains("revision 2 is in force"), "{}", ran.stdout);
    assert_eq!(desk.submit("after", "another turnip").code, 0);
    assert_eq!(desk.json(&["show", "after"])["comment"]["verdict"]["findings"][0]["rule"], "greens");
    assert_eq!(desk.submit("mild", "a leek").code, 0);
    assert_eq!(desk.json(&["show", "mild"])["comment"]["state"], "COMMENT_STATE_APPROVED");
    let again = desk.fed(&["policy", "import-words", "-", "--name", "greens", "--rating", "2", "--yes"], csv);
    assert!(again.code == 0 && again.stderr.contains("has all of them already"), "{}", again.stderr);
}

#[test]
fn what_is_no_list_is_refused_with_the_reason() {
    let home = home();
    let ran = run(bare(&home).args(["policy", "import-words", "-", "--print"]), "{\"a\": [1");
    assert!(ran.code == 2 && ran.stderr.contains("JSON list of words"), "{}", ran.stderr);
    let ran = run(bare(&home).args(["policy", "import-words", "-", "--print", "--rating", "1"]), "turnip\n");
    assert!(ran.code == 2 && ran.stderr.contains("has no ratings"), "{}", ran.stderr);
    let ran =
        run(bare(&home).args(["policy", "import-words", "-", "--print", "--weight", "1000"]), "turnip\n");
    assert!(ran.code == 2 && ran.stderr.contains("from -100 to 100"), "{}", ran.stderr);
}
