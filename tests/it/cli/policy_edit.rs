//! `modctl policy edit`, `diff` and `rollback`

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::{Desk, Ran, run};

const MISTAKEN: &str = "mode = \"post\"\n[thresholds]\nhold = \"high\"\n";
const GOOD: &str = "mode = \"post\"\n[thresholds]\nhold = 4.0\n";

/// Edits with an editor that keeps what it was given and puts this text in its place.
fn edit(desk: &Desk, text: &str, arguments: &[&str]) -> Ran {
    let home = desk.home.path();
    let script = "#!/bin/sh\ncp \"$1\" \"$HOME/given\"\ncp \"$HOME/wanted\" \"$1\"\n";
    fs::write(home.join("editor"), script).unwrap();
    fs::set_permissions(home.join("editor"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(home.join("wanted"), text).unwrap();
    let mut command = desk.command(&desk.home);
    command.env("PATH", "/usr/bin:/bin").env("EDITOR", home.join("editor"));
    run(command.args(["policy", "edit"]).args(arguments), "")
}

fn kept(desk: &Desk) -> Vec<PathBuf> {
    let directory = desk.home.path().join(".local/state/modctl/policies");
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn an_edit_comes_into_force_and_leaves_no_file_behind() {
    let desk = Desk::new();
    let ran = edit(&desk, GOOD, &["--yes", "-m", "doubtful ones wait"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("+hold = 4.0"), "{}", ran.stderr);
    assert_eq!(desk.modctl(&["policy", "get"]).stdout, GOOD);
    assert_eq!(kept(&desk), Vec::<PathBuf>::new());
}

#[test]
fn a_mistaken_edit_is_kept_with_its_mistakes_marked_and_can_be_gone_on_with() {
    let desk = Desk::new();
    let ran = edit(&desk, MISTAKEN, &["--yes"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains(":3:8: "), "{}", ran.stderr);
    let file = kept(&desk).remove(0);
    assert!(fs::read_to_string(&file).unwrap().contains("hold = \"high\"\n#!!    ^ "));

    let ran = edit(&desk, GOOD, &["--yes", "--from", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let given = fs::read_to_string(desk.home.path().join("given")).unwrap();
    assert!(given.starts_with(MISTAKEN) && given.contains("#!! "), "{given}");
    assert_eq!(desk.modctl(&["policy", "get"]).stdout, GOOD);
}

#[test]
fn without_a_yes_nothing_comes_into_force_and_nothing_is_lost() {
    let desk = Desk::new();
    let ran = edit(&desk, GOOD, &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--yes") && ran.stderr.contains("your edit is kept"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(kept(&desk).remove(0)).unwrap(), GOOD);
    assert_eq!(desk.modctl(&["policy", "get"]).stdout, "");
}

#[test]
fn an_earlier_revision_can_be_compared_and_brought_back() {
    let desk = Desk::new();
    desk.set_policy("mode = \"post\"\n");
    desk.set_policy(GOOD);
    let changes = desk.modctl(&["policy", "diff", "1"]).stdout;
    assert!(changes.starts_with("--- revision 1\n+++ revision 2\n"), "{changes}");
    assert_eq!(desk.modctl(&["policy", "rollback", "1"]).code, 2);
    let ran = desk.modctl(&["policy", "rollback", "1", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(desk.modctl(&["policy", "get"]).stdout, "mode = \"post\"\n");
    assert_eq!(desk.json(&["policy", "history"])[0]["comment"], "back to revision 1");
}
