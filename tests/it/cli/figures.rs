//! What the past comes to, as `modctl` tells it.

use super::Desk;

const POLICY: &str = "mode = 'post'
limits = []
learned = false
[[keywords]]
name = 'house'
class = 'custom'
weight = 6.0
words = ['turnip']
[[keywords]]
name = 'trial'
class = 'custom'
weight = 9.0
shadow = true
words = ['swede']
";

fn busy_desk() -> Desk {
    let desk = Desk::new();
    desk.set_policy(POLICY);
    for (id, text) in
        [("c-1", "a turnip"), ("c-2", "another turnip"), ("c-3", "a swede"), ("c-4", "a remark")]
    {
        assert_eq!(desk.submit(id, text).code, 0);
    }
    assert_eq!(desk.modctl(&["approve", "c-1", "c-3"]).code, 0);
    assert_eq!(desk.modctl(&["reject", "c-2", "c-4", "--reason", "other"]).code, 0);
    desk
}

#[test]
fn rules_come_with_the_most_overturned_first() {
    let desk = busy_desk();
    let table = desk.modctl(&["rules"]);
    assert_eq!(table.code, 0, "{}", table.stderr);
    let lines: Vec<_> = table.stdout.lines().collect();
    let place =
        |what: &str| lines.iter().position(|line| line.contains(what)).unwrap_or_else(|| panic!("{lines:?}"));
    assert!(place("keywords/trial (on trial)") < place("keywords/house"), "1 of 1 comes before 1 of 2");
    assert!(lines[place("keywords/house")].ends_with("1 (50 %)"), "{lines:?}");
    assert!(!table.stdout.contains("honeypot"), "it found nothing");
    assert!(desk.modctl(&["rules", "--all"]).stdout.contains("shape/honeypot"));
    let csv =
        desk.modctl(&["rules", "--since", "1h", "--format", "csv", "--fields", "rule,decided,overturned"]);
    assert!(csv.stdout.starts_with("rule,decided,overturned\r\n") && csv.stdout.contains("house,2,1\r\n"));
    let json = desk.json(&["rules"]);
    assert_eq!(
        json.as_array().expect("a list").iter().find(|rule| rule["rule"] == "house").unwrap()["hit_count"],
        2
    );
}

#[test]
fn activity_has_a_row_a_step_and_what_it_comes_to() {
    let desk = busy_desk();
    let table = desk.modctl(&["activity", "--since", "3h", "--step", "1h"]);
    assert_eq!(table.code, 0, "{}", table.stderr);
    assert_eq!(table.stdout.lines().filter(|line| line.contains(":")).count(), 3 + 1, "{}", table.stdout);
    assert!(table.stdout.contains("4 came in: 2 published, 2 held, 0 refused"), "{}", table.stdout);
    assert!(table.stdout.contains("████████"), "{}", table.stdout);
    assert!(table.stdout.lines().all(|line| line.chars().count() <= 80), "{}", table.stdout);
    let csv = desk.modctl(&["activity", "--format", "csv"]);
    assert_eq!(csv.stdout.lines().count(), 25, "24 hours and the names");
    let buckets = desk.json(&["activity", "--since", "1h", "--step", "1h"]);
    assert_eq!((&buckets[0]["overturned_count"], &buckets[0]["waiting_count"]), (&1.into(), &0.into()));
}

#[test]
fn a_period_is_refused_where_it_is_wrong() {
    let desk = Desk::new();
    assert_eq!(desk.modctl(&["activity", "--since", "10s"]).code, 2);
    let many = desk.modctl(&["activity", "--since", "30d", "--step", "1m"]);
    assert!(many.code == 2 && many.stderr.contains("at most 1000"), "{}", many.stderr);
    let early = desk.modctl(&["activity", "--until", "1970-01-01T00:00:00Z"]);
    assert_eq!(early.code, 0, "{}", early.stderr);
}

#[test]
fn the_report_is_one_page_that_needs_nothing_else() {
    let desk = busy_desk();
    let ran = desk.modctl(&["report", "--since", "24h"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let page = &ran.stdout;
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    for told in ["<dd>4 ", "keywords/trial (on trial)", "moderators overturned", "As a table"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("http") && !page.contains("<script"));
    let file = desk.home.path().join("page.html");
    let ran = desk.modctl(&["report", "--since", "90d", "--output", file.to_str().expect("a name")]);
    assert!(ran.code == 0 && ran.stdout.is_empty(), "{}", ran.stderr);
    assert!(std::fs::read_to_string(file).expect("it is written").contains("<svg"));
    assert_eq!(desk.modctl(&["report", "--since", "800d"]).code, 2);
}

#[test]
fn a_reader_s_report_is_a_flag() {
    let desk = busy_desk();
    let ran = desk.modctl(&["flag", "c-1", "--reporter", "rita", "--reason", "rude"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(desk.json(&["show", "c-1"])["comment"]["report_count"], 1);
}

#[test]
fn the_queue_tells_of_what_was_decided_a_moment_ago() {
    let desk = busy_desk();
    let told = desk.modctl(&["queue"]).stdout;
    assert!(told.contains("moderators approved 2") && told.contains("rejected 2"), "{told}");
}
