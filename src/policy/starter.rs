//! The word lists that come with the service, written for it; one file a list under `starter/`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::Effect;
use crate::filter::{Keywords, ListedWord, Rule, WordList};

/// One list as its file says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    class: String,
    weight: f64,
    cap: f64,
    /// A word of it holds a comment, whatever the points.
    #[serde(default)]
    holds: bool,
    loose: bool,
    /// Words of it count only where they are hidden.
    #[serde(default)]
    disguised: bool,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    compounds: Vec<Pairs>,
    #[serde(default)]
    phrases: Vec<Pairs>,
    #[serde(default)]
    exact: Vec<String>,
    #[serde(default)]
    allow: Vec<String>,
}

impl File {
    fn read(text: &str) -> Self {
        let read: Self =
            toml::from_str(text).expect("the shipped lists are well-formed: a test reads them all");
        let compounds = read.compounds.iter().flat_map(Pairs::compounds);
        let phrases = read.phrases.iter().flat_map(Pairs::phrases);
        let words = read.words.iter().cloned().chain(compounds).chain(phrases).collect();
        Self { words, ..read }
    }
}

/// Each of the first with each of the last.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pairs {
    first: Vec<String>,
    last: Vec<String>,
}

impl Pairs {
    fn each(&self) -> impl Iterator<Item = (&String, &String)> {
        self.first.iter().flat_map(|first| self.last.iter().map(move |last| (first, last)))
    }

    /// Words that people make up by putting two together, written as one word, which inflects by itself, and as two,
    /// which do not.
    fn compounds(&self) -> impl Iterator<Item = String> {
        self.each().flat_map(|(first, last)| {
            [format!("{first}{last}"), format!("{first} {last}"), format!("{first} {last}s")]
        })
    }

    fn phrases(&self) -> impl Iterator<Item = String> {
        self.each().map(|(first, last)| format!("{first} {last}"))
    }
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// The names of the lists.
        pub const NAMES: &[&str] = &[$($name),*];
        const SOURCES: &[(&str, &str)] = &[$(($name, include_str!(concat!("starter/", $name, ".toml")))),*];
    };
}

files!(
    "profanity",
    "slurs",
    "threats",
    "sexual",
    "insults",
    "mild",
    "body",
    "spam",
    "networks",
    "languages",
    "ordinary"
);

/// Most points that all starter lists together add to one comment: enough to hold it, too few to
/// reject it, whatever words it has.
pub const CAP: f64 = 10.0;

static LISTS: LazyLock<Vec<WordList>> =
    LazyLock::new(|| SOURCES.iter().map(|(name, text)| list(name, text)).collect());

/// The lists, as they are when a policy says nothing about them.
pub fn lists() -> &'static [WordList] {
    &LISTS
}

/// All of them, compiled once.
static COMPILED: LazyLock<Keywords> = LazyLock::new(|| Keywords::new(lists().to_vec(), CAP));

/// The filter over these lists. The policies that have the shipped words and no others, most of them, share what was
/// compiled.
pub fn keywords(lists: Vec<WordList>, cap: f64) -> Keywords {
    let shipped = self::lists();
    let are_shipped = lists.len() == shipped.len()
        && lists.iter().zip(shipped).all(|(list, shipped)| list.shares_words_with(shipped));
    if are_shipped { COMPILED.with_rules_of(lists, cap) } else { Keywords::new(lists, cap) }
}

/// The points of a word of this list, when a policy says nothing about it.
pub fn weight(name: &str) -> Option<f64> {
    lists().iter().find(|list| &*list.rule.name == name).map(|list| list.rule.weight)
}

fn list(name: &str, text: &str) -> WordList {
    let file = File::read(text);
    let effect = if file.holds { Effect::Hold } else { Effect::Score };
    let listed = |words: &[String]| {
        let usable = words.iter().map(|word| ListedWord::new(word).expect("a test reads the shipped words"));
        usable.collect()
    };
    WordList {
        rule: Rule { name: name.into(), weight: file.weight, effect },
        class: file.class.into(),
        cap: file.cap,
        words: listed(&file.words),
        exact: listed(&file.exact),
        allow: listed(&file.allow),
        loose: file.loose,
        disguised: file.disguised,
        starter: true,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use super::*;
    use crate::domain::{Action, Draft, Evidence};
    use crate::filter::{Filter, Prepared};
    use crate::policy::Policy;

    fn files() -> impl Iterator<Item = File> {
        SOURCES.iter().map(|(_, text)| File::read(text))
    }

    #[test]
    fn every_shipped_word_can_be_found_and_stands_once() {
        let mut places: HashMap<String, &str> = HashMap::new();
        for (name, text) in SOURCES {
            let file = File::read(text);
            for word in file.words.iter().chain(&file.exact) {
                assert_eq!(ListedWord::new(word).err(), None, "{word} in {name}");
                let before = places.insert(word.to_lowercase(), name);
                assert_eq!(before, None, "{word} is in {name} too");
            }
            for word in &file.allow {
                assert_eq!(ListedWord::new(word).err(), None, "{word} allowed in {name}");
            }
        }
    }

    #[test]
    fn every_allowed_word_would_be_found_without_being_allowed() {
        let bare: Vec<_> =
            lists().iter().map(|list| WordList { allow: Arc::default(), ..list.clone() }).collect();
        let keywords = Keywords::new(bare, CAP);
        let is_found = |text: String| {
            let draft = Draft { text, ..Draft::default() };
            let mut findings = Vec::new();
            keywords.inspect(&Prepared::new(&draft), &Evidence::default(), &mut findings);
            !findings.is_empty()
        };
        let is_needed = |word: &str| {
            let stem = word.trim_matches('*');
            let endings =
                if word.ends_with('*') { ["", "s", "ed", "er", "ing", "ly"].as_slice() } else { &[""] };
            endings.iter().any(|ending| is_found(format!("{stem}{ending}")))
        };
        let all = files().flat_map(|file| file.allow);
        let needless: Vec<String> = all.filter(|word| !is_needed(word)).collect();
        assert!(needless.is_empty(), "these need no allowing: {needless:?}");
    }

    #[test]
    fn all_lists_together_hold_a_comment_and_do_not_reject_it() {
        let words = files().flat_map(|file| file.exact.into_iter().chain(file.words).take(3));
        let text = words.map(|word| word.trim_matches('*').to_owned()).collect::<Vec<_>>().join(" and ");
        let policy = Policy::compile("mode = \"post\"\nlearned = false", 0)
            .unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        let draft = Draft { text, ..Draft::default() };
        let verdict = policy.judge(&Prepared::new(&draft), &Evidence::default());
        let keywords = verdict.findings.iter().filter(|finding| finding.filter == "keywords");
        assert_eq!(keywords.map(|finding| finding.weight).sum::<f64>(), CAP);
        assert_eq!(verdict.action, Action::Hold, "{verdict:#?}");
    }
}
