//! `[links]`, `[shape]`, `[repeats]`, `[author]`: the built-in rules, each `false`, a weight, or a table.

use super::lists::{author_lists, domain_lists, domain_set};
use crate::document::Section;
use crate::filter::{AuthorRules, Graded, Languages, LinkRules, RepeatRules, ShapeRules};

const COUNT: std::ops::RangeInclusive<f64> = 1.0..=1_000_000.0;
const SHARE: std::ops::RangeInclusive<f64> = 0.0..=1.0;

/// `[links]` and `[[domains]]`.
pub fn links(root: &Section<'_>) -> LinkRules {
    let mut rules = LinkRules { lists: domain_lists(root), ..LinkRules::default() };
    let Some(table) = root.section("links") else { return rules };
    let count = |key, rule: &mut Option<Graded>| *rule = table.graded(key, COUNT, rule.take());
    count("any", &mut rules.any);
    count("many", &mut rules.many);
    count("shortener", &mut rules.shortener);
    count("raw_address", &mut rules.raw_address);
    count("hidden", &mut rules.hidden);
    count("lookalike", &mut rules.lookalike);
    count("email", &mut rules.email);
    count("phone", &mut rules.phone);
    count("author_url", &mut rules.author_url);
    rules.share = table.graded("share", SHARE, rules.share);
    rules.allow = domain_set(&table, "allow", rules.allow);
    rules.shorteners = domain_set(&table, "shorteners", rules.shorteners);
    table.close();
    rules
}

/// `[shape]`.
pub fn shape(root: &Section<'_>) -> ShapeRules {
    let mut rules = ShapeRules::default();
    let Some(table) = root.section("shape") else { return rules };
    let count = |key, rule: &mut Option<Graded>| *rule = table.graded(key, COUNT, rule.take());
    count("long", &mut rules.long);
    count("short", &mut rules.short);
    count("repeated_character", &mut rules.repeated_character);
    count("repeated_word", &mut rules.repeated_word);
    count("emoji", &mut rules.emoji);
    count("stacked_marks", &mut rules.stacked_marks);
    count("styled", &mut rules.styled);
    count("invisible", &mut rules.invisible);
    count("bidi", &mut rules.bidi);
    count("honeypot", &mut rules.honeypot);
    rules.capitals = table.graded("capitals", SHARE, rules.capitals);
    rules.too_fast = table.graded("too_fast", 0.0..=3600.0, rules.too_fast);
    let language = table.graded("language", COUNT, Some(Graded::scoring("language", 1.0, 3.0)));
    rules.language = languages(&table).zip(language.map(|graded| graded.rule));
    table.close();
    rules
}

fn languages(table: &Section<'_>) -> Option<Languages> {
    let texts = table.texts("languages")?;
    let known: Vec<_> = texts.iter().filter(|text| Languages::new([text.value]).is_some()).collect();
    for text in texts.iter().filter(|text| Languages::new([text.value]).is_none()) {
        table.complain_at(
            text,
            format!("`{}` is no language tag; write one like \"en\" or \"pt-BR\".", text.value),
        );
    }
    if known.is_empty() { None } else { Languages::new(known.iter().map(|text| text.value)) }
}

/// `[repeats]`.
pub fn repeats(root: &Section<'_>) -> RepeatRules {
    let rules = RepeatRules::default();
    let Some(table) = root.section("repeats") else { return rules };
    let exact = table.graded("exact", COUNT, rules.exact);
    let near = table.graded("near", COUNT, rules.near);
    table.close();
    RepeatRules { exact, near }
}

/// `[author]` and `[[authors]]`.
pub fn author(root: &Section<'_>) -> AuthorRules {
    let mut rules = AuthorRules { lists: author_lists(root), ..AuthorRules::default() };
    let Some(table) = root.section("author") else { return rules };
    rules.trusted = table.graded("trusted", COUNT, rules.trusted);
    rules.new = table.graded("new", COUNT, rules.new);
    rules.guest = table.graded("guest", COUNT, rules.guest);
    rules.often_rejected = table.graded("often_rejected", SHARE, rules.often_rejected);
    rules.fresh_account = table.graded("fresh_account", 0.0..=87_600.0, rules.fresh_account);
    rules.disposable_email = table.graded("disposable_email", COUNT, rules.disposable_email);
    table.close();
    rules
}
