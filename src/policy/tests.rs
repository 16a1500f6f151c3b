//! The policy as a whole: what its TOML means, and how its mistakes are told.

use super::*;
use crate::domain::{Action, Author, Standing, Thread};
use crate::filter::{DomainSet, LinkRules};

fn compile(source: &str) -> Policy {
    Policy::compile(source, 1).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
}

fn mistakes(source: &str) -> Vec<String> {
    let Err(mistakes) = Policy::compile(source, 1) else { panic!("accepted: {source}") };
    mistakes.iter().map(ToString::to_string).collect()
}

fn draft(text: &str) -> Draft {
    Draft { text: text.into(), ..Draft::default() }
}

fn judge(policy: &Policy, draft: &Draft) -> Verdict {
    policy.judge(&Prepared::new(draft), &Evidence::default())
}

#[test]
fn the_empty_policy_holds_everything_and_refuses_nothing_for_a_word() {
    let policy = compile("");
    assert_eq!(judge(&policy, &draft("What a lovely article.")).action, Action::Hold);
    let verdict = judge(&policy, &draft("you fucking cunt, shit"));
    assert_eq!(verdict.action, Action::Hold);
    assert!(verdict.findings.iter().any(|finding| finding.effect == Effect::Hold), "{verdict:?}");
}

#[test]
fn all_mistakes_are_told_at_once_with_line_column_and_remedy() {
    let source =
        "mode = \"presto\"\n\n[thresholds]\nholt = 3\n[[keywords]]\nname = \"x\"\nwieght = 1\nwords = [1]\n";
    let told = mistakes(source);
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(told[0].starts_with("line 1, column 8: mode: `presto` is not known here; write \"pre\" or"));
    assert!(
        told[1].starts_with("line 4, column 1: thresholds.holt") && told[1].contains("did you mean `hold`?")
    );
    assert!(told[2].starts_with("line 7, column 1: keywords[0].wieght") && told[2].contains("`weight`"));
    assert!(told[3].starts_with("line 8, column 10: keywords[0].words[0]"));
}

#[test]
fn text_that_is_no_toml_is_told_by_line() {
    let told = mistakes("mode = \"post\"\nthresholds = {\n");
    assert!(told[0].starts_with("line "), "{told:?}");
}

#[test]
fn a_section_is_stricter_and_a_thread_wins_over_its_section() {
    let policy = compile(
        "mode = \"post\"\n[[overrides]]\nsection = \"war\"\nmode = \"pre\"\n[[overrides]]\nthread = \"t\"\nmode = \"post\"\n",
    );
    let at = |section: &str, id: &str| {
        let thread = Thread { section: section.into(), id: id.into(), ..Thread::default() };
        judge(&policy, &Draft { thread, ..draft("Good morning to you.") }).action
    };
    assert_eq!(at("", "x"), Action::Publish);
    assert_eq!(at("war", "x"), Action::Hold);
    assert_eq!(at("war", "t"), Action::Publish);
}

#[test]
fn default_limits_charge_author_and_address_and_can_be_switched_off() {
    let author =
        Author { id: "42".into(), ip_address: Some("203.0.113.7".parse().unwrap()), ..Author::default() };
    let draft = Draft { author, ..draft("hello") };
    let keys: Vec<_> = compile("").charges(&draft).into_iter().map(|charge| charge.key).collect();
    assert_eq!(keys, ["author=42", "address=203.0.113.7"]);
    assert!(compile("limits = []").charges(&draft).is_empty());
    assert!(compile("").charges(&Draft::default()).is_empty());
}

#[test]
fn a_limit_may_count_new_or_trusted_authors_alone() {
    let source = r#"
author = { new = { from = 2 }, trusted = { from = 5 } }
[[limits]]
name = "all"
key = ["author"]
quota = 100
per = "1m"
[[limits]]
name = "beginners"
key = ["site"]
quota = 5
per = "1m"
authors = ["new"]
[[limits]]
name = "old hands"
key = ["author"]
quota = 50
per = "1m"
authors = ["known", "trusted"]
"#;
    let policy = compile(source);
    let author = Author { id: "42".into(), ..Author::default() };
    let draft = Draft { author, ..draft("hello") };
    let names = |charges: Vec<Charge>| -> Vec<String> {
        charges.into_iter().map(|charge| charge.limit.to_string()).collect()
    };
    let of = |record: AuthorRecord| names(policy.charges_by_standing(&draft, &record));
    let approved = |approved| AuthorRecord { approved, ..AuthorRecord::default() };
    assert_eq!(names(policy.charges(&draft)), ["all"]);
    assert_eq!(of(AuthorRecord::default()), ["beginners"]);
    assert_eq!(of(approved(1)), ["beginners"]);
    assert_eq!(of(approved(2)), ["old hands"]);
    assert_eq!(of(approved(9)), ["old hands"]);
    let trusted = AuthorRecord { standing: Standing::Trusted, ..AuthorRecord::default() };
    assert_eq!(of(trusted), ["old hands"], "an admin's word counts, not the comments");
    assert!(policy.limits_some_authors(&draft) && !compile("").limits_some_authors(&draft));
    let told = mistakes(&source.replace("\"known\"", "\"gnome\"").replace("[\"new\"]", "[]"));
    assert_eq!(told.len(), 2, "{told:#?}");
}

#[test]
fn a_limit_without_bounds_is_refused_with_the_remedy() {
    let told = mistakes("[[limits]]\nname = \"a\"\nkey = [\"autor\"]\nquota = 0\nper = \"1 fortnight\"\n");
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(told.iter().any(|mistake| mistake.contains("limits[0].quota: write a whole number from 1")));
    assert!(told.iter().any(|mistake| mistake.contains("no length of time")));
}

fn score(source: &str, text: &str) -> f64 {
    judge(&compile(source), &draft(text)).score
}

#[test]
fn starter_lists_are_reweighted_by_name_or_switched_off() {
    let score = |lists: &str| score(&format!("learned = false\n{lists}"), "this is bullshit");
    assert_eq!(score(""), 1.5);
    assert_eq!(score("starter = false"), 0.0);
    assert_eq!(score("[starter]\nprofanity = false"), 0.0);
    assert_eq!(score("[starter]\nprofanity = 2"), 2.0);
    assert_eq!(score("[starter]\nprofanity = { weight = 3, allow = [\"bullshit\"] }"), 0.0);
    assert_eq!(score("[starter]\nprofanity = { shadow = true }"), 0.0);
    assert_eq!(score("[starter]\ncap = 1"), 1.0);
    let told = mistakes("[starter]\nprofanty = 2");
    assert!(told[0].contains("did you mean `profanity`?"), "{told:?}");
}

#[test]
fn a_vulgar_word_waits_until_a_policy_gives_it_points_of_its_own() {
    let action = |list: &str| {
        let source = format!("mode = \"post\"\nlearned = false\n[starter]\n{list}");
        judge(&compile(&source), &draft("this is bullshit")).action
    };
    assert_eq!(action(""), Action::Hold);
    assert_eq!(action("profanity = { cap = 1.0 }"), Action::Hold);
    assert_eq!(action("profanity = 4.9"), Action::Publish);
    assert_eq!(action("profanity = 5.0"), Action::Hold);
    assert_eq!(action("profanity = { weight = 1.0 }"), Action::Publish);
    assert_eq!(action("profanity = { weight = 1.0, action = \"hold\" }"), Action::Hold);
    assert_eq!(action("profanity = { action = \"score\" }"), Action::Publish);
}

#[test]
fn a_built_in_rule_is_off_or_weighted_or_told_in_full() {
    let alone = |rules: &str, text: &str| score(&format!("learned = false\n{rules}"), text);
    let text = "see https://example.org/a for the whole and much longer story of it";
    assert_eq!(alone("", text), 0.5);
    assert_eq!(alone("[links]\nany = false", text), 0.0);
    assert_eq!(alone("[links]\nany = 2.5", text), 2.5);
    assert_eq!(alone("[links]\nany = { from = 2 }", text), 0.0);
    assert_eq!(alone("[links]\nallow = [\"example.org\"]", text), 0.0);
    let held = judge(&compile("mode = \"post\"\n[links]\nany = { action = \"hold\" }"), &draft(text));
    assert_eq!(held.action, Action::Hold);
    let rejected = judge(&compile("[links]\nany = { action = \"reject\" }"), &draft(text));
    assert_eq!(rejected.action, Action::Reject);
}

#[test]
fn a_sites_own_lists_work_beside_the_starter_lists() {
    let source = r#"
learned = false
[[keywords]]
name = "rivals"
class = "custom"
weight = 3
words = ["daily bugle"]
allow = ["bullshit"]
[[domains]]
name = "betting"
weight = 7
domains = ["*.bet"]
[[patterns]]
name = "order number"
pattern = '\bORD-\d{4}\b'
weight = 4
"#;
    assert_eq!(score(source, "the Daily Bugle says: bullshit, see ORD-1234"), 7.0);
    assert_eq!(score(source, "a very long sentence about what one may win at lucky.bet tonight"), 7.5);
}

#[test]
fn what_a_filter_cannot_use_is_a_mistake_at_its_place() {
    let source = r#"
[[keywords]]
name = "k"
words = ["ok", "*ab*", "f*ck"]
[[patterns]]
name = "p"
pattern = '(a'
[[domains]]
name = "d"
domains = ["not a domain"]
[[authors]]
name = "a"
addresses = ["300.1.2.3"]
[shape]
languages = ["english"]
[links]
any = { from = 0 }
"#;
    let told = mistakes(source);
    let places: Vec<_> = told.iter().map(|mistake| mistake.split(": ").nth(1).unwrap().to_owned()).collect();
    let expected = [
        "keywords[0].words[1]",
        "keywords[0].words[2]",
        "patterns[0].pattern",
        "domains[0].domains[0]",
        "authors[0].addresses[0]",
        "shape.languages[0]",
        "links.any.from",
    ];
    assert_eq!(places, expected, "{told:#?}");
}

#[test]
fn an_override_changes_limits_by_name_and_is_checked_against_the_site() {
    let source = r#"
[[limits]]
name = "a"
key = ["author"]
quota = 5
per = "1m"
[[overrides]]
section = "war"
thresholds = { hold = 2 }
[[overrides.limits]]
name = "a"
key = ["author", "thread"]
quota = 1
per = "1h"
[[overrides]]
thread = "open"
limits = []
"#;
    let policy = compile(source);
    let charges = |section: &str, id: &str| -> Vec<String> {
        let thread = Thread { section: section.into(), id: id.into(), ..Thread::default() };
        let author = Author { id: "7".into(), ..Author::default() };
        policy
            .charges(&Draft { thread, author, ..Draft::default() })
            .into_iter()
            .map(|charge| charge.key)
            .collect()
    };
    assert_eq!(charges("", "t"), ["author=7"]);
    assert_eq!(charges("war", "t"), ["author=7,thread=t"]);
    assert_eq!(charges("war", "open"), Vec::<String>::new());
    let told = mistakes("[[overrides]]\nthresholds = { hold = 20 }\n");
    assert_eq!(told.len(), 2, "{told:#?}");
}

mod any_source {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_source_breaks_the_reader(source in "[a-z\\[\\]{}=\"'.,0-9\n #-]{0,80}") {
            let _ = Policy::compile(&source, 1);
        }

        #[test]
        fn mistakes_lie_within_the_source(key in "[a-z_]{1,12}", value in "[a-z0-9\"\\[\\]{}]{0,8}") {
            let source = format!("mode = \"post\"\n{key} = {value}\n[links]\n{key} = 1\n");
            for mistake in Policy::compile(&source, 1).err().unwrap_or_default() {
                prop_assert!((1..=5).contains(&mistake.line) && mistake.column >= 1 && !mistake.message.is_empty());
            }
        }
    }
}

#[test]
fn what_the_learned_filter_may_do_is_checked() {
    for good in ["learned = false", "learned = { accept_error = 0.005, audit = 0.1, missing = \"hold\" }"] {
        compile(good);
    }
    for (bad, part) in [
        ("learned = { accept_error = 0.5 }", "learned.accept_error"),
        ("learned = { accept_error = 0.01, audit = 2 }", "learned.audit"),
        ("learned = { audit = 0.1 }", "without `accept_error`"),
        ("learned = { missing = \"stop\" }", "learned.missing"),
    ] {
        let told = mistakes(bad);
        assert!(told.len() == 1 && told[0].contains(part), "{told:?}");
    }
}

#[test]
fn a_model_that_is_not_loaded_is_told_and_holds_only_when_asked_to() {
    let text = draft("What a lovely article.");
    let unloaded = Taught { model: None, lot: None };
    for (missing, action) in [("go_on", Action::Publish), ("hold", Action::Hold)] {
        let policy = compile(&format!("mode = \"post\"\nlearned = {{ missing = \"{missing}\" }}"));
        let verdict = policy.judge_with(&Prepared::new(&text), &Evidence::default(), unloaded);
        assert_eq!((verdict.action, verdict.model_revision), (action, 0));
        assert!(verdict.findings.iter().any(|finding| &*finding.rule == "not_loaded"));
    }
    let without = compile("mode = \"post\"\nlearned = false");
    let verdict = without.judge_with(&Prepared::new(&text), &Evidence::default(), unloaded);
    assert!(verdict.findings.iter().all(|finding| finding.filter != "learned"));
}

/// The examples of `docs/policy.md`; the first spells out all defaults.
fn documented() -> Vec<&'static str> {
    let blocks = include_str!("../../docs/policy.md").split("```toml\n").skip(1);
    blocks.filter_map(|block| block.split("```").next()).collect()
}

/// What a policy says of everything but words and the learned filter.
fn told(source: &str) -> String {
    let read = crate::document::read(source, |root| {
        let limits = sections::limits(&root).unwrap_or_else(sections::default_limits);
        // A set has no order that could be compared.
        let links = LinkRules { shorteners: DomainSet::default(), ..sections::links(&root) };
        let rules = (links, sections::shape(&root), sections::repeats(&root));
        let place = (sections::waiting_cap(&root), sections::hides_reported(&root));
        format!("{:?}", (sections::terms(&root), place, rules, sections::author(&root), limits))
    });
    read.unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
}

#[test]
fn what_the_documentation_shows_is_a_policy_and_its_defaults_are_the_defaults() {
    for example in documented() {
        compile(example);
    }
    let defaults = documented()[0];
    assert_eq!(told(defaults), told(""));
    let weights = |policy: &Policy| {
        let rules = policy.filters.iter().flat_map(|filter| filter.rules());
        rules.cloned().collect::<Vec<_>>()
    };
    assert_eq!(weights(&compile(defaults)), weights(&compile("")));
    let (spelled, empty) = (compile(defaults).learned, compile("").learned);
    assert_eq!(spelled.is_some(), empty.is_some());
}

#[test]
fn every_built_in_rule_and_every_shipped_list_is_documented() {
    let text = include_str!("../../docs/policy.md");
    let own = "shape = { short = 1.0, languages = ['en'] }\nauthor = { guest = 1.0 }";
    let policy = compile(own);
    let rules =
        policy.rules().into_iter().filter(|(filter, ..)| *filter != "learned").map(|(_, name, _)| name);
    let missing: Vec<_> = rules.filter(|name| !text.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_list_of_the_site_may_count_its_words_only_where_they_are_hidden() {
    let list =
        "mode = 'post'\nlearned = false\n[[keywords]]\nname = 'rivals'\nweight = 9.0\nwords = ['gazette']\n";
    let (open, hidden) = (compile(list), compile(&format!("{list}disguised = true\n")));
    let held = |policy: &Policy, text: &str| judge(policy, &draft(text)).action == Action::Hold;
    assert!(held(&open, "as the Gazette says") && !held(&hidden, "as the Gazette says"));
    assert!(held(&open, "as the g@zette says") && held(&hidden, "as the g@zette says"));
}
