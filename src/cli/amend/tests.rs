//! Findings of real policies, and what becomes of them by each change that is offered.

use super::*;
use crate::domain::{self, Draft, Effect, Evidence};
use crate::filter::Prepared;
use crate::policy::Policy;
use crate::proto::v1::{self, FindingEffect};

const HOUSE: &str = "\
# The house policy.
mode = \"post\"
learned = false

[starter] # the shipped lists
spam = 3.0 # less than usual

[[keywords]]
name = \"house\" # ours
weight = 6.0 # points
words = [
  \"cock\", # the bird is fine
  \"*coin*\",
  # the slogan
  \"win\",
]

# links that we know
[[domains]]
name = \"betting\"
domains = [\"bets.example\", \"*.dice.org\"]
weight = 9.0
";

fn judged(source: &str, text: &str) -> Vec<v1::Finding> {
    let policy = Policy::compile(source, 0).unwrap_or_else(|mistakes| panic!("{mistakes:?}\n{source}"));
    let draft = Draft { text: text.into(), ..Draft::default() };
    let verdict = policy.judge(&Prepared::new(&draft), &Evidence::default());
    verdict.findings.into_iter().map(told).collect()
}

fn told(found: domain::Finding) -> v1::Finding {
    let effect = match found.effect {
        Effect::Shadow => FindingEffect::Shadow,
        Effect::Score => FindingEffect::Score,
        Effect::Hold => FindingEffect::Hold,
        Effect::Reject => FindingEffect::Reject,
    };
    let span = |span: domain::Span| v1::Span { start: span.start, end: span.end, text: String::new() };
    v1::Finding {
        filter: found.filter.into_owned(),
        rule: found.rule.to_string(),
        weight: found.weight,
        spans: found.spans.into_iter().map(span).collect(),
        message: found.message,
        effect: effect.into(),
    }
}

fn finding(source: &str, text: &str, filter: &str, rule: &str) -> Option<v1::Finding> {
    judged(source, text).into_iter().find(|found| found.filter == filter && found.rule == rule)
}

/// What is offered for the first place of a finding.
fn offered(source: &str, text: &str, filter: &str, rule: &str) -> Vec<Amendment> {
    let finding = finding(source, text, filter, rule).unwrap_or_else(|| panic!("{text} has {filter}/{rule}"));
    let span = (!finding.spans.is_empty()).then_some(0);
    amendments(Subject { text, finding: &finding, span }, source).unwrap()
}

fn titles(offers: &[Amendment]) -> Vec<&str> {
    offers.iter().map(|offer| offer.what.as_str()).collect()
}

/// The source that is offered under this title.
fn made(source: &str, text: &str, filter: &str, rule: &str, what: &str) -> String {
    let offers = offered(source, text, filter, rule);
    let found = offers.iter().find(|offer| offer.what == what);
    found.unwrap_or_else(|| panic!("{what} is not in {:?}", titles(&offers))).source.clone()
}

fn weight(source: &str, text: &str, filter: &str, rule: &str) -> Option<f64> {
    finding(source, text, filter, rule).map(|finding| finding.weight)
}

#[test]
fn a_phrase_of_the_text_can_be_allowed_and_the_word_is_found_elsewhere_still() {
    let text = "A cock robin sang";
    let source = made(HOUSE, text, "keywords", "house", "allow “cock robin” in house");
    assert_eq!(source, HOUSE.replace("  \"win\",\n]\n", "  \"win\",\n]\nallow = [\"cock robin\"]\n"));
    assert_eq!(weight(&source, text, "keywords", "house"), None);
    assert_eq!(weight(&source, "what a cock", "keywords", "house"), Some(6.0));
}

#[test]
fn a_part_of_a_word_can_be_matched_as_a_whole_word() {
    let text = "what a coincidence";
    let what = "match “coin” as a whole word: *coin* → coin";
    let source = made(HOUSE, text, "keywords", "house", what);
    assert_eq!(source, HOUSE.replace("*coin*", "coin"));
    assert_eq!(weight(&source, text, "keywords", "house"), None);
    assert_eq!(weight(&source, "a coin", "keywords", "house"), Some(6.0));
    let allowed = made(HOUSE, text, "keywords", "house", "allow “coincidence” in house");
    assert_eq!(weight(&allowed, text, "keywords", "house"), None);
}

#[test]
fn an_inflected_word_can_be_matched_only_as_it_stands() {
    let text = "my cocks crow";
    let source = made(HOUSE, text, "keywords", "house", "match “cock” only as it stands");
    assert!(source.contains("exact = [\"cock\"]") && source.contains("# ours"), "{source}");
    assert_eq!(weight(&source, text, "keywords", "house"), None);
    assert_eq!(weight(&source, "what a cock", "keywords", "house"), Some(6.0));
}

#[test]
fn a_word_can_be_taken_out_with_its_comment_and_nothing_else() {
    let source = made(HOUSE, "you cock", "keywords", "house", "take “cock” out of house");
    assert_eq!(source, HOUSE.replace("  \"cock\", # the bird is fine\n", ""));
}

#[test]
fn only_the_word_that_was_found_at_the_place_is_taken_out() {
    let offers = offered(HOUSE, "win a cock", "keywords", "house");
    assert!(titles(&offers).contains(&"take “win” out of house"), "{:?}", titles(&offers));
    assert!(!titles(&offers).contains(&"take “cock” out of house"), "{:?}", titles(&offers));
}

#[test]
fn a_weight_is_halved_where_it_stands() {
    let source = made(HOUSE, "you cock", "keywords", "house", "halve the weight of house: 6 → 3");
    assert_eq!(source, HOUSE.replace("weight = 6.0 # points", "weight = 3.0 # points"));
}

#[test]
fn what_holds_by_itself_can_go_by_its_points_instead() {
    let what = "let profanity go by its points alone";
    let source = made("", "What a fucking shame", "keywords", "profanity", what);
    assert_eq!(source, "[starter]\nprofanity = { action = \"score\" }\n");
}

#[test]
fn a_shipped_list_gets_what_it_needs_and_no_more() {
    let text = "What a fucking shame";
    let source = made("", text, "keywords", "profanity", "put profanity on trial, without effect");
    assert_eq!(source, "[starter]\nprofanity = { shadow = true }\n");
    let source = made("", text, "keywords", "profanity", "allow “fucking shame” in profanity");
    assert_eq!(source, "[starter]\nprofanity = { allow = [\"fucking shame\"] }\n");
    assert_eq!(weight(&source, text, "keywords", "profanity"), None);
}

#[test]
fn a_weight_that_stands_alone_becomes_a_table_when_there_is_more_to_say() {
    let text = "a free giveaway here";
    let source = made(HOUSE, text, "keywords", "spam", "put spam on trial, without effect");
    assert!(source.contains("spam = { weight = 3.0, shadow = true } # less than usual"), "{source}");
    let source = made(HOUSE, text, "keywords", "spam", "halve the weight of spam: 3 → 1.5");
    assert_eq!(source, HOUSE.replace("spam = 3.0 #", "spam = 1.5 #"));
}

#[test]
fn a_domain_leaves_its_list_and_a_host_can_pass() {
    let text = "see http://www.dice.org/x";
    let source = made(HOUSE, text, "links", "betting", "take *.dice.org out of betting");
    assert_eq!(source, HOUSE.replace(", \"*.dice.org\"", ""));
    let source = made("", "see www.dice.org/x", "links", "any", "let links to www.dice.org pass");
    assert_eq!(source, "[links]\nallow = [\"www.dice.org\"]\n");
    assert_eq!(weight(&source, "see www.dice.org/x", "links", "any"), None);
}

#[test]
fn every_change_that_is_offered_is_a_policy() {
    let texts =
        ["you cock", "win a coincidence", "FREE CRYPTO at bets.example http://x.example", "fucking hell"];
    for (source, text) in ["", HOUSE].into_iter().flat_map(|source| texts.map(|text| (source, text))) {
        for found in judged(source, text) {
            for offer in offered(source, text, &found.filter, &found.rule) {
                assert!(Policy::compile(&offer.source, 0).is_ok(), "{}: {}", offer.what, offer.source);
            }
        }
    }
}

#[test]
fn a_policy_that_cannot_be_read_says_so() {
    let finding = finding("", "fucking hell", "keywords", "profanity").unwrap();
    let subject = Subject { text: "fucking hell", finding: &finding, span: Some(0) };
    assert!(amendments(subject, "mode = ").unwrap_err().starts_with("the policy cannot be read"));
}
