//! `[starter]` and `[[keywords]]`: which words are looked for.

use super::super::starter;
use crate::document::Section;
use crate::domain::Effect;
use crate::filter::{ListedWord, Rule, WordList};

const CLASSES: [(&str, &str); 6] = [
    ("profanity", "profanity"),
    ("slur", "slur"),
    ("threat", "threat"),
    ("sexual", "sexual"),
    ("spam", "spam"),
    ("custom", "custom"),
];

/// Lists that a policy may have, its own and the shipped.
const MOST_LISTS: usize = 1000;

/// Points of a list that does not say.
const DEFAULT_WEIGHT: f64 = 5.0;

/// How many times its weight a list adds to one comment at most, when it does not say.
const DEFAULT_CAP: f64 = 2.0;

/// Which words are looked for.
pub struct Words {
    /// The starter lists and the site's own.
    pub lists: Vec<WordList>,
    /// The most points that all starter lists add together.
    pub starter_cap: f64,
}

/// The starter lists and the site's own.
pub fn words(root: &Section<'_>) -> Words {
    let (mut lists, starter_cap) = starter_lists(root);
    let own = root.sections("keywords").unwrap_or_default();
    if own.len() > MOST_LISTS {
        root.complain("keywords", format!("a policy has at most {MOST_LISTS} lists; put some together."));
    }
    for table in own.into_iter().take(MOST_LISTS) {
        lists.push(list(&table));
        table.close();
    }
    Words { lists, starter_cap }
}

fn starter_lists(root: &Section<'_>) -> (Vec<WordList>, f64) {
    let shipped = starter::lists();
    let table = match root.section_or_false("starter") {
        None => return (shipped.to_vec(), starter::CAP),
        Some(None) => return (Vec::new(), starter::CAP),
        Some(Some(table)) => table,
    };
    let cap = table.number("cap", 0.0..=1000.0).unwrap_or(starter::CAP);
    let names = starter::NAMES.iter().zip(shipped);
    let lists = names.filter_map(|(name, list)| adjusted(&table, name, list.clone())).collect();
    table.close();
    (lists, cap)
}

/// A shipped list as the policy wants it: off, with another weight, or with other keys changed. Who gives its words other points
/// means these to decide, so that it holds no longer by itself unless told to.
fn adjusted(table: &Section<'_>, name: &'static str, mut list: WordList) -> Option<WordList> {
    if !table.has(name) {
        return Some(list);
    }
    let per_word = list.cap / list.rule.weight;
    if let Some(weight) = table.weight(name) {
        list.rule = Rule { weight, effect: Effect::Score, ..list.rule };
        list.cap = (weight * per_word).abs();
        return Some(list);
    }
    let changed = table.section_or_false(name)??;
    if changed.has("weight") {
        list.rule.effect = Effect::Score;
    }
    list.rule = changed.rule(list.rule);
    list.cap = changed.number("cap", 0.0..=1000.0).unwrap_or((list.rule.weight * per_word).abs());
    list.allow = list.allow.iter().cloned().chain(listed(&changed, "allow")).collect();
    changed.close();
    Some(list)
}

/// One `[[keywords]]`.
fn list(table: &Section<'_>) -> WordList {
    let name = table.required_text("name").unwrap_or_default();
    let rule = table.rule(Rule { name: name.into(), weight: DEFAULT_WEIGHT, effect: Effect::Score });
    let cap = table.number("cap", 0.0..=1000.0).unwrap_or((rule.weight * DEFAULT_CAP).abs());
    if !["words", "exact", "allow"].into_iter().any(|key| table.has(key)) {
        table.complain("words", "`words` is missing; list what to look for, such as words = [\"casino\"].");
    }
    WordList {
        class: table.choice("class", &CLASSES).unwrap_or("custom").into(),
        cap,
        words: listed(table, "words").into(),
        exact: listed(table, "exact").into(),
        allow: listed(table, "allow").into(),
        loose: true,
        disguised: table.flag("disguised").unwrap_or(false),
        starter: false,
        rule,
    }
}

fn listed(table: &Section<'_>, key: &'static str) -> Vec<ListedWord> {
    let mut words = Vec::new();
    for word in table.texts(key).unwrap_or_default() {
        match ListedWord::new(word.value) {
            Ok(listed) => words.push(listed),
            Err(unusable) => table.complain_at(&word, format!("{unusable}.")),
        }
    }
    words
}
