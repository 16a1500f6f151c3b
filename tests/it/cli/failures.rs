//! Every way to fail has its exit code, and says what to do.

use super::{Desk, bare, home, run};

#[test]
fn what_was_typed_wrong_is_2() {
    let desk = Desk::new();
    let wrong_filter = desk.modctl(&["list", "--filter", "score >> 5"]);
    assert_eq!(wrong_filter.code, 2);
    assert!(wrong_filter.stderr.contains("filter"), "{}", wrong_filter.stderr);
    assert_eq!(desk.modctl(&["aprove", "c-1"]).code, 2);
    assert_eq!(desk.modctl(&["list", "--profile", "nobody"]).code, 2);
    assert_eq!(desk.modctl(&["stats", "--format", "ids"]).code, 2);
}

#[test]
fn a_policy_with_mistakes_is_2_and_all_of_them_stand_under_their_lines() {
    let desk = Desk::new();
    let ran = desk.fed(&["policy", "set", "-"], "mode = \"sometimes\"\nlimitz = []\n");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("standard input has 2 mistakes"), "{}", ran.stderr);
    assert!(ran.stderr.contains("mode = \"sometimes\"\n") && ran.stderr.contains("^"), "{}", ran.stderr);
    assert_eq!(desk.modctl(&["policy", "history"]).stdout, "");
}

#[test]
fn a_policy_that_never_came_is_2_and_the_one_in_force_stays() {
    let desk = Desk::new();
    desk.set_policy("mode = \"post\"\n");
    let ran = desk.fed(&["policy", "set", "-"], "\n");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("# the default"), "{}", ran.stderr);
    assert_eq!(desk.modctl(&["policy", "get"]).stdout, "mode = \"post\"\n");
}

#[test]
fn a_server_without_tls_is_3_and_says_how_it_is_reached() {
    let desk = Desk::new();
    let ran = desk.modctl(&["stats", "--server", &format!("https://{}", desk.server.address())]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("write http://"), "{}", ran.stderr);
}

#[test]
fn a_server_that_is_not_there_is_3() {
    let home = home();
    let directory = home.path().join("tokens");
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("moderator"), "token").unwrap();
    // Port 9 (discard) is served by nobody.
    let ran = run(bare(&home).args(["stats", "--server", "127.0.0.1:9", "--token-file", "tokens"]), "");
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("127.0.0.1:9") && ran.stderr.contains("--server"), "{}", ran.stderr);
}

#[test]
fn without_a_token_it_is_4_and_tells_where_it_looked() {
    let desk = Desk::new();
    let home = home();
    let ran = run(bare(&home).args(["stats", "--server", desk.server.address()]), "");
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains("modqueue-data/tokens/moderator"), "{}", ran.stderr);
}

#[test]
fn a_token_without_the_role_or_that_nobody_knows_is_4_and_names_its_file() {
    let desk = Desk::new();
    let portal = desk.server.data_dir().join("tokens/portal");
    let ran = desk.modctl(&["stats", "--token-file", portal.to_str().unwrap()]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains("tokens/portal") && ran.stderr.contains("moderator"), "{}", ran.stderr);

    let wrong = desk.home.path().join("wrong");
    std::fs::write(&wrong, "no-such-token").unwrap();
    let ran = desk.modctl(&["stats", "--token-file", wrong.to_str().unwrap()]);
    assert_eq!(ran.code, 4);
    assert!(ran.stderr.contains(wrong.to_str().unwrap()), "{}", ran.stderr);
    assert!(!ran.stderr.contains("no-such-token"), "a token never shows");
}

#[test]
fn what_is_not_there_or_has_changed_is_5() {
    let desk = Desk::new();
    desk.submit("c-1", "Hello.");
    assert_eq!(desk.modctl(&["show", "c-9"]).code, 5);
    assert_eq!(desk.modctl(&["submit", "Other words.", "--id", "c-1"]).code, 5);
    assert_eq!(desk.modctl(&["undo", "c-1"]).code, 5);
    let stale = desk.modctl(&["approve", "c-1@999"]);
    assert_eq!(stale.code, 5);
    assert!(stale.stderr.contains("modctl show c-1"), "{}", stale.stderr);
}

#[test]
fn some_of_many_refused_is_1_and_the_others_are_done() {
    let desk = Desk::new();
    desk.submit("c-1", "Hello.");
    let ran = desk.modctl(&["approve", "c-1", "c-9"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("c-1") && !ran.stdout.contains("c-9"), "{}", ran.stdout);
    assert!(ran.stderr.starts_with("c-9: "), "{}", ran.stderr);
}

#[test]
fn a_rate_limit_is_6_and_tells_when_to_come_back() {
    let desk = Desk::new();
    desk.set_policy(
        "[[limits]]\nname = \"author\"\nkey = [\"author\"]\nquota = 1\nper = \"1h\"\nburst = 1\n",
    );
    assert_eq!(desk.modctl(&["submit", "One.", "--author", "ada"]).code, 0);
    let ran = desk.modctl(&["submit", "Two.", "--author", "ada"]);
    assert_eq!(ran.code, 6);
    assert!(ran.stderr.contains("try again in"), "{}", ran.stderr);
    assert!(desk.modctl(&["quota", "--author", "ada"]).stdout.contains("author=ada"));
}
