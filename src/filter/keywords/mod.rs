//! Words and phrases from lists, however they are disguised.
//!
//! A word matches whole words and their simple inflections (`words`) or as it stands (`exact`), as phrases do; a
//! star at either end matches parts of words (`*fuck*`); several words are a phrase. Allowed words
//! and phrases win over every list. Disguises are found by [`super::text`]; here it is decided
//! whether a disguised word is a listed one.
//!
//! All lists share one hash table of whole words and one automaton of parts, so that a hundred
//! thousand words cost about what a thousand do.

mod inflection;
mod lexicon;
mod listed;
mod masks;
mod phrases;
mod report;
mod search;

use std::sync::Arc;

use super::{Filter, Prepared, Rule};
use crate::domain::{Evidence, Finding};
use lexicon::Lexicon;

pub use listed::{ListedWord, Unusable};

/// One list of words.
#[derive(Debug, Clone)]
pub struct WordList {
    /// What each different word found contributes; its name is the list's.
    pub rule: Rule,
    /// What kind of words, such as `profanity`; shown to moderators.
    pub class: Arc<str>,
    /// Most points that the list adds to one comment, whatever it finds.
    pub cap: f64,
    /// Words, matched with their inflections, and phrases, matched as they stand.
    pub words: Arc<[ListedWord]>,
    /// Words and phrases matched as they stand.
    pub exact: Arc<[ListedWord]>,
    /// Disguises of `words` count that could be another word by chance: `fuuck`, `fvck`. For lists of
    /// words that are bad enough to be hidden.
    pub loose: bool,
    /// Words count only where signs, gaps between letters or look-alikes hide them.
    pub disguised: bool,
    /// Words and phrases in which nothing is found, by any list.
    pub allow: Arc<[ListedWord]>,
    /// One of the lists that come with the service: together they add at most [`Keywords`]' starter cap.
    pub starter: bool,
}

impl WordList {
    /// Whether it has the very words of another list, read once for both.
    pub fn shares_words_with(&self, other: &Self) -> bool {
        let (own, others) =
            ([&self.words, &self.exact, &self.allow], [&other.words, &other.exact, &other.allow]);
        own.into_iter().zip(others).all(|(own, other)| Arc::ptr_eq(own, other)) && self.loose == other.loose
    }
}

/// The filter over all lists of a policy.
pub struct Keywords {
    lists: Vec<ListRule>,
    lexicon: Arc<Lexicon>,
    starter_cap: f64,
}

/// What is left of a list once its words are in the lexicon.
struct ListRule {
    rule: Rule,
    class: Arc<str>,
    cap: f64,
    disguised: bool,
    starter: bool,
}

impl Keywords {
    /// Compiles the lists. `starter_cap` is the most points that all starter lists may add together.
    pub fn new(lists: Vec<WordList>, starter_cap: f64) -> Self {
        let lexicon = Arc::new(Lexicon::new(&lists));
        Self::over(lexicon, lists, starter_cap)
    }

    /// Lists with the words of these and rules of their own: nothing is compiled again.
    pub fn with_rules_of(&self, lists: Vec<WordList>, starter_cap: f64) -> Self {
        Self::over(Arc::clone(&self.lexicon), lists, starter_cap)
    }

    fn over(lexicon: Arc<Lexicon>, lists: Vec<WordList>, starter_cap: f64) -> Self {
        let lists = lists.into_iter().map(|list| ListRule {
            rule: list.rule,
            class: list.class,
            cap: list.cap,
            disguised: list.disguised,
            starter: list.starter,
        });
        Self { lists: lists.collect(), lexicon, starter_cap }
    }
}

impl Filter for Keywords {
    fn name(&self) -> &'static str {
        "keywords"
    }

    fn rules(&self) -> Vec<&Rule> {
        self.lists.iter().map(|list| &list.rule).collect()
    }

    fn inspect(&self, prepared: &Prepared<'_>, _: &Evidence, findings: &mut Vec<Finding>) {
        let hits = search::search(&self.lexicon, &prepared.text);
        if !hits.is_empty() {
            report::report(self, &prepared.text, hits, findings);
        }
    }
}

#[cfg(test)]
mod tests;
