//! Finds listed words in a text and in its other readings.

use super::inflection::stems;
use super::lexicon::{Entry, Lexicon};
use super::masks::is_behind;
use crate::filter::text::{Kind, Likeness, Reading, Text, Word, WordHash, likeness, skeleton};

/// A listed word found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The entry of the lexicon.
    pub entry: u32,
    /// Where, in the folded text.
    pub start: u32,
    /// One past the end.
    pub end: u32,
    /// How it was written, when not plainly.
    pub disguise: Option<Disguise>,
}

/// How a word was disguised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disguise {
    /// Within the word itself: digits for letters, letters repeated.
    Altered,
    /// Only in another reading of the text.
    Read(Kind),
}

/// Hits kept: a text with more is judged no differently.
const MOST: usize = 512;
/// Masked words compared in one text.
const MOST_MASKED: usize = 64;

/// Bytes of a word that counts with a number behind it.
const SHORTEST_NUMBERED: usize = 4;

/// Every hit outside allowed words and phrases, in the order of the text.
pub fn search(lexicon: &Lexicon, text: &Text<'_>) -> Vec<Hit> {
    let mut search = Search { lexicon, text, hits: Vec::new(), masked: 0 };
    search.words();
    search.parts();
    search.signs();
    for reading in text.readings().iter() {
        search.reading(reading);
    }
    search.allowed()
}

/// A search under way.
pub(super) struct Search<'s> {
    pub(super) lexicon: &'s Lexicon,
    pub(super) text: &'s Text<'s>,
    hits: Vec<Hit>,
    masked: usize,
}

impl Search<'_> {
    pub(super) fn hit(&mut self, entry: u32, start: u32, end: u32, disguise: Option<Disguise>) {
        if self.hits.len() < MOST {
            self.hits.push(Hit { entry, start, end, disguise });
        }
    }

    fn words(&mut self) {
        for (at, word) in self.text.words().iter().enumerate() {
            let seen = self.text.word(word);
            for entry in self.lexicon.with_hash(word.hash) {
                let flags = *self.lexicon.entry(entry);
                if flags.is(Entry::BEGINS_PHRASE) {
                    self.phrases(at);
                } else if let Some(like) = self.matches(entry, seen) {
                    self.hit(entry, word.start, word.end, altered(like));
                }
            }
            if let Some((entry, like)) = self.inflected(seen) {
                self.hit(entry, word.start, word.end, altered(like));
            }
            if word.has(Word::HAS_DIGIT) {
                self.numbered(word, seen);
            }
        }
    }

    /// A word with a number behind it, as in the names of accounts.
    fn numbered(&mut self, word: &Word, seen: &str) {
        let letters = seen.trim_end_matches(|letter: char| letter.is_ascii_digit());
        if letters.len() == seen.len() || letters.len() < SHORTEST_NUMBERED {
            return;
        }
        let same = |entry: &u32| self.matches(*entry, letters) == Some(Likeness::Same);
        let found = self.lexicon.with_hash(WordHash::of(letters)).find(same);
        if let Some(entry) = found.or_else(|| self.inflected(letters).map(|(entry, _)| entry)) {
            self.hit(entry, word.start, word.start + letters.len() as u32, None);
        }
    }

    /// How a single word resembles an entry, as far as the entry lets it.
    fn matches(&self, entry: u32, seen: &str) -> Option<Likeness> {
        let flags = self.lexicon.entry(entry);
        if flags.is(Entry::PHRASE | Entry::BEGINS_PHRASE) {
            return None;
        }
        let loosest = match flags.flags & (Entry::ALLOW | Entry::LOOSE) {
            0 => Likeness::Clear,
            Entry::LOOSE => Likeness::Loose,
            _ => Likeness::Same,
        };
        likeness(self.lexicon.text(entry), seen, false).filter(|like| *like <= loosest)
    }

    /// An entry that this word is an inflection of.
    fn inflected(&self, seen: &str) -> Option<(u32, Likeness)> {
        stems(seen).find_map(|stem| {
            let mut hash = WordHash::default();
            for letter in stem.stem.chars().chain(stem.restored.chars()) {
                hash.push(letter);
            }
            let inflects = |entry: &u32| {
                let flags = self.lexicon.entry(*entry);
                flags.is(Entry::INFLECTS) && !flags.is(Entry::PHRASE | Entry::BEGINS_PHRASE)
            };
            self.lexicon.with_hash(hash.finish()).filter(inflects).find_map(|entry| {
                let listed = self.lexicon.text(entry).strip_suffix(stem.restored)?;
                let loosest = if self.lexicon.entry(entry).is(Entry::LOOSE) {
                    Likeness::Loose
                } else {
                    Likeness::Clear
                };
                let like = likeness(listed, stem.stem, stem.may_double)?;
                (like <= loosest).then_some((entry, like))
            })
        })
    }

    fn parts(&mut self) {
        let Some((automaton, entries)) = &self.lexicon.parts else { return };
        let (skeleton, folded) = (self.text.skeleton(), self.text.folded());
        // Looking whether there is any is faster than looking for all, and most texts have none.
        if !automaton.is_match(skeleton) {
            return;
        }
        for found in automaton.find_overlapping_iter(skeleton) {
            let entry = entries[found.pattern().as_usize()];
            let (start, end) = self.text.behind_skeleton(found.start(), found.end());
            let at_start = found.start() == 0 || skeleton.as_bytes()[found.start() - 1] == b' ';
            let at_end = skeleton.as_bytes().get(found.end()).is_none_or(|byte| *byte == b' ');
            if let Some(like) = self.part(entry, &folded[start as usize..end as usize], at_start, at_end) {
                self.hit(entry, start, end, altered(like));
            }
        }
    }

    fn part(&self, entry: u32, seen: &str, at_start: bool, at_end: bool) -> Option<Likeness> {
        let flags = self.lexicon.entry(entry);
        if flags.is(Entry::AT_START) && !at_start || flags.is(Entry::AT_END) && !at_end {
            return None;
        }
        let loosest = if flags.is(Entry::ALLOW) { Likeness::Same } else { Likeness::Clear };
        likeness(self.lexicon.text(entry), seen, false).filter(|like| *like <= loosest)
    }

    fn signs(&mut self) {
        let Some((automaton, entries)) = &self.lexicon.signs else { return };
        let folded = self.text.folded();
        if !automaton.is_match(folded) {
            return;
        }
        let letter = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
        for found in automaton.find_overlapping_iter(folded) {
            let within = &folded[found.range()];
            let before = folded[..found.start()].chars().next_back();
            let after = folded[found.end()..].chars().next();
            let grown = letter(before) && letter(within.chars().next())
                || letter(after) && letter(within.chars().next_back());
            if !grown {
                self.hit(entries[found.pattern().as_usize()], found.start() as u32, found.end() as u32, None);
            }
        }
    }

    fn reading(&mut self, reading: &Reading) {
        let letters = self.text.readings().letters(reading);
        if reading.kind == Kind::Masked {
            return self.masked(reading, letters);
        }
        let loosest = match reading.kind {
            Kind::Signs | Kind::Letters => Likeness::Loose,
            Kind::Joined | Kind::Fragments => Likeness::Clear,
            Kind::Masked | Kind::InnerI | Kind::Foreign => Likeness::Same,
        };
        let whole = self.lexicon.with_hash(WordHash::of(letters)).find(|entry| {
            let allowed = self.lexicon.entry(*entry).is(Entry::ALLOW);
            !allowed && self.matches(*entry, letters).is_some_and(|like| like <= loosest)
        });
        let inflected = || {
            let (entry, like) = self.inflected(letters)?;
            let whole = reading.kind != Kind::Fragments || !self.ends_with_part(reading, letters);
            (whole && like <= loosest).then_some(entry)
        };
        if let Some(entry) = whole.or_else(inflected) {
            let (start, end) = self.text.readings().behind(reading, 0, letters.len());
            self.hit(entry, start, end, Some(Disguise::Read(reading.kind)));
        } else if matches!(reading.kind, Kind::Signs | Kind::Letters | Kind::Foreign | Kind::InnerI) {
            self.parts_of_reading(reading, letters);
        }
        if matches!(reading.kind, Kind::Signs | Kind::Letters) {
            self.phrases_around(reading, letters);
        }
    }

    /// Whether the last part of a reading is all there is of its ending: `fat ass in` is no inflection.
    fn ends_with_part(&self, reading: &Reading, letters: &str) -> bool {
        let readings = self.text.readings();
        stems(letters).any(|stem| {
            let end = stem.stem.len();
            readings.behind(reading, end - 1, end).1 != readings.behind(reading, end, end + 1).0
        })
    }

    fn parts_of_reading(&mut self, reading: &Reading, letters: &str) {
        let Some((automaton, entries)) = &self.lexicon.parts else { return };
        let runs = run_starts(letters);
        let skeleton = skeleton(letters);
        let begins = self.text.readings().behind(reading, 0, 1).0 as usize;
        let opened = self.text.folded()[begins..].starts_with(['(', '[', '{', '<', '©']);
        for found in automaton.find_overlapping_iter(&skeleton) {
            let entry = entries[found.pattern().as_usize()];
            let first = skeleton[..found.start()].chars().count();
            let last = first + skeleton[found.range()].chars().count();
            let (start, end) = (runs[first], runs.get(last).copied().unwrap_or(letters.len()));
            let (at_start, at_end) = (found.start() == 0, found.end() == skeleton.len());
            let allowed = self.lexicon.entry(entry).is(Entry::ALLOW);
            // Such a sign mostly stands before a word: `(until`. It is a letter only where a whole word comes of it.
            let before_word = opened && at_start && !at_end;
            if !allowed && !before_word && self.part(entry, &letters[start..end], at_start, at_end).is_some()
            {
                let (start, end) = self.text.readings().behind(reading, start, end);
                self.hit(entry, start, end, Some(Disguise::Read(reading.kind)));
            }
        }
    }

    fn masked(&mut self, reading: &Reading, letters: &str) {
        self.masked += 1;
        if self.masked > MOST_MASKED {
            return;
        }
        let behind = |masked: &str, inflected: bool| {
            self.lexicon.masks.candidates(masked).find(|entry| {
                let inflects = self.lexicon.entry(*entry).is(Entry::INFLECTS);
                (inflects || !inflected) && is_behind(self.lexicon.text(*entry), masked)
            })
        };
        let stem = || {
            stems(letters).filter(|stem| stem.restored.is_empty()).find_map(|stem| behind(stem.stem, true))
        };
        if let Some(entry) = stem().or_else(|| behind(letters, false)) {
            let (start, end) = self.text.readings().behind(reading, 0, letters.len());
            self.hit(entry, start, end, Some(Disguise::Read(Kind::Masked)));
        }
    }

    /// The hits without the allowed words themselves and all that lies within one.
    fn allowed(self) -> Vec<Hit> {
        if self.hits.is_empty() {
            return self.hits;
        }
        let is_allowed = |hit: &Hit| self.lexicon.entry(hit.entry).is(Entry::ALLOW);
        let allowed: Vec<Hit> = self.hits.iter().filter(|hit| is_allowed(hit)).copied().collect();
        let within = |hit: &Hit| allowed.iter().any(|allow| allow.start <= hit.start && hit.end <= allow.end);
        let mut hits: Vec<Hit> = self.hits.into_iter().filter(|hit| !within(hit)).collect();
        hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
        hits
    }
}

fn altered(like: Likeness) -> Option<Disguise> {
    (like != Likeness::Same).then_some(Disguise::Altered)
}

/// Where each run of a word begins.
fn run_starts(letters: &str) -> Vec<usize> {
    let mut hash = WordHash::default();
    letters.char_indices().filter(|(_, letter)| hash.push(*letter)).map(|(at, _)| at).collect()
}
