//! All lists of a policy in one table of words and one automaton of parts.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::WordList;
use super::listed::{Form, ListedWord};
use super::masks::MaskIndex;
use crate::filter::text::{WordHash, skeleton};

/// A listed word, phrase or part.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    start: u32,
    len: u16,
    /// Index of its list.
    pub list: u16,
    /// A union of the `Entry::…` bits.
    pub flags: u8,
    next: u32,
}

impl Entry {
    /// Its inflections match.
    pub const INFLECTS: u8 = 1;
    /// Spellings match that could be another word.
    pub const LOOSE: u8 = 64;
    /// Nothing is found within it.
    pub const ALLOW: u8 = 2;
    /// Several words.
    pub const PHRASE: u8 = 4;
    /// No word: some phrase begins with this one.
    pub const BEGINS_PHRASE: u8 = 8;
    /// A part that begins where a word does.
    pub const AT_START: u8 = 16;
    /// A part that ends where a word does.
    pub const AT_END: u8 = 32;

    /// Whether it has the bit.
    pub fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// The compiled lists.
pub struct Lexicon {
    letters: String,
    entries: Vec<Entry>,
    table: Table,
    /// Parts by their skeletons, and the entry of each pattern.
    pub parts: Option<(AhoCorasick, Vec<u32>)>,
    /// Entries without any letter or digit, looked for in the folded text.
    pub signs: Option<(AhoCorasick, Vec<u32>)>,
    /// Words by length and first letter.
    pub masks: MaskIndex,
}

impl Lexicon {
    /// Compiles the lists.
    pub fn new(lists: &[WordList]) -> Self {
        let mut build = Build::default();
        for (index, list) in lists.iter().enumerate() {
            let words = if list.loose { Entry::INFLECTS | Entry::LOOSE } else { Entry::INFLECTS };
            let kinds = [(&list.words, words), (&list.exact, 0), (&list.allow, Entry::ALLOW)];
            for (words, flags) in kinds {
                for word in words.iter() {
                    build.add(word, index as u16, flags);
                }
            }
        }
        build.finish()
    }

    /// An entry's letters.
    pub fn text(&self, entry: u32) -> &str {
        let entry = &self.entries[entry as usize];
        &self.letters[entry.start as usize..entry.start as usize + usize::from(entry.len)]
    }

    /// An entry.
    pub fn entry(&self, entry: u32) -> &Entry {
        &self.entries[entry as usize]
    }

    /// Entries of a hash, in the order of the lists.
    #[inline]
    pub fn with_hash(&self, hash: u64) -> impl Iterator<Item = u32> {
        let first = self.table.get(hash);
        std::iter::successors(first, |entry| {
            Some(self.entries[*entry as usize].next).filter(|next| *next != NONE)
        })
    }
}

/// The hash that finds a phrase by its first two words.
pub fn phrase_hash(first: u64, second: u64) -> u64 {
    (first.rotate_left(23) ^ second).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

const NONE: u32 = u32::MAX;

#[derive(Default)]
struct Build {
    letters: String,
    entries: Vec<Entry>,
    hashes: Vec<(u64, u32)>,
    parts: Vec<(String, u32)>,
    signs: Vec<(String, u32)>,
    words: Vec<u32>,
    /// Hashes of words marked as a phrase's first.
    beginnings: HashSet<u64>,
}

impl Build {
    fn add(&mut self, listed: &ListedWord, list: u16, flags: u8) {
        match &listed.0 {
            Form::Word(word) => self.word(word, list, flags),
            Form::Phrase(phrase) => self.phrase(phrase, list, flags),
            Form::Part(word, ends) => {
                let entry = self.entry(word, list, flags | ends);
                self.parts.push((skeleton(word), entry));
                // As a whole word it may be disguised further than as a part.
                self.word(word, list, flags);
            }
            Form::Signs(signs) => {
                let entry = self.entry(signs, list, flags);
                self.signs.push((signs.clone(), entry));
            }
        }
    }

    fn word(&mut self, word: &str, list: u16, flags: u8) {
        let entry = self.entry(word, list, flags);
        self.hashes.push((WordHash::of(word), entry));
        self.words.push(entry);
    }

    /// A phrase under its first two words, marked under its first; and written in one, as evasion does.
    fn phrase(&mut self, phrase: &str, list: u16, flags: u8) {
        let mut words = phrase.split(' ');
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let hashes = (WordHash::of(first), WordHash::of(second));
        let entry = self.entry(phrase, list, flags | Entry::PHRASE);
        self.hashes.push((phrase_hash(hashes.0, hashes.1), entry));
        if self.beginnings.insert(hashes.0) {
            let mark = self.entry(first, list, Entry::BEGINS_PHRASE);
            self.hashes.push((hashes.0, mark));
        }
        let further = words.count();
        if phrase.len() - 1 - further >= SHORTEST_JOINED && further <= 1 && flags & Entry::ALLOW == 0 {
            let joined = phrase.replace(' ', "");
            let entry = self.entry(&joined, list, flags & !Entry::INFLECTS);
            self.hashes.push((WordHash::of(&joined), entry));
        }
    }

    fn entry(&mut self, letters: &str, list: u16, flags: u8) -> u32 {
        let entry = self.entries.len() as u32;
        let (start, len) = (self.letters.len() as u32, letters.len() as u16);
        self.letters.push_str(letters);
        self.entries.push(Entry { start, len, list, flags, next: NONE });
        entry
    }

    fn finish(mut self) -> Lexicon {
        let table = Table::new(&self.hashes, &mut self.entries);
        let masks = {
            let text = |entry: &u32| {
                let Entry { start, len, .. } = self.entries[*entry as usize];
                &self.letters[start as usize..start as usize + usize::from(len)]
            };
            let masked = |entry: &&u32| !self.entries[**entry as usize].is(Entry::ALLOW);
            MaskIndex::new(self.words.iter().filter(masked).map(|entry| (text(entry), *entry)))
        };
        Lexicon {
            table,
            masks,
            parts: automaton(self.parts),
            signs: automaton(self.signs),
            letters: self.letters,
            entries: self.entries,
        }
    }
}

/// Bytes from which a phrase is also looked for written in one word.
const SHORTEST_JOINED: usize = 8;

/// Letters of all parts up to which the automaton is a full table: the fastest, at some hundred bytes a letter.
const MOST_FAST_LETTERS: usize = 5_000;

fn automaton(patterns: Vec<(String, u32)>) -> Option<(AhoCorasick, Vec<u32>)> {
    let (texts, entries): (Vec<_>, Vec<_>) = patterns.into_iter().unzip();
    if texts.is_empty() {
        return None;
    }
    let letters: usize = texts.iter().map(String::len).sum();
    let kind = (letters <= MOST_FAST_LETTERS).then_some(AhoCorasickKind::DFA);
    let built = AhoCorasick::builder().match_kind(MatchKind::Standard).kind(kind).build(&texts);
    Some((built.expect("word lists fit in an automaton"), entries))
}

/// Hash to first entry: open addressing, half full at most, eight bytes a slot.
struct Table {
    slots: Vec<(u32, u32)>,
}

impl Table {
    fn new(hashes: &[(u64, u32)], entries: &mut [Entry]) -> Self {
        let size = (hashes.len() * 2 + 2).next_power_of_two();
        let mut table = Self { slots: vec![(0, NONE); size] };
        // Backwards, so that each chain keeps the order of the lists.
        for (hash, entry) in hashes.iter().rev() {
            let slot = table.slot(*hash);
            let (_, first) = table.slots[slot];
            entries[*entry as usize].next = first;
            table.slots[slot] = (tag(*hash), *entry);
        }
        table
    }

    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots[slot].1 != NONE && self.slots[slot].0 != tag(hash) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    #[inline]
    fn get(&self, hash: u64) -> Option<u32> {
        Some(self.slots[self.slot(hash)].1).filter(|entry| *entry != NONE)
    }
}

fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}
