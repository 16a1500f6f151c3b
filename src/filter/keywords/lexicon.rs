//! All lists of a policy in one table of words and one automaton of parts.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::WordList;
use super::masks::MaskIndex;
use crate::filter::text::{Class, Text, Word, WordHash, fold, skeleton};

/// Why a word cannot be on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Nothing is left after folding.
    #[error("nothing can be found by this; write at least one letter, digit or sign")]
    Empty,
    /// A star elsewhere than at an end.
    #[error("a star stands at the beginning or the end of a word only; for more, use [[patterns]]")]
    Star,
    /// A part of a word so short that it is everywhere.
    #[error("a part of a word needs at least 3 letters, or it is found everywhere")]
    ShortPart,
    /// Longer than a phrase is.
    #[error("a phrase has at most 12 words and 200 bytes")]
    Long,
}

const MOST_WORDS: usize = 12;
const LONGEST: usize = 200;

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

enum Form {
    Word(String),
    Phrase(Vec<String>),
    Part(String, u8),
    Signs(String),
}

/// Whether a word can be on a list.
///
/// # Errors
/// The reason why it cannot.
pub fn check(word: &str) -> Result<(), Unusable> {
    form(word).map(|_| ())
}

fn form(word: &str) -> Result<Form, Unusable> {
    let inner = word.trim().trim_matches('*');
    if word.len() > LONGEST {
        return Err(Unusable::Long);
    }
    let text = Text::new(inner);
    let words: Vec<_> = text.words().iter().map(|word| text.word(word).to_owned()).collect();
    let starred = (word.trim().starts_with('*'), word.trim().ends_with('*'));
    let unspaced = text.words().iter().any(|word| word.has(Word::HAS_UNSPACED));
    match &words[..] {
        [] if !text.folded().contains(is_sign) => Err(Unusable::Empty),
        _ if text.folded().contains(is_sign) => Ok(Form::Signs(text.folded().trim().to_owned())),
        _ if inner.contains('*') => Err(Unusable::Star),
        _ if words.len() > MOST_WORDS => Err(Unusable::Long),
        [_] if unspaced => Ok(Form::Part(words[0].clone(), 0)),
        [only] if starred != (false, false) => part(only, starred),
        [_] => Ok(Form::Word(words.into_iter().next().unwrap_or_default())),
        _ => Ok(Form::Phrase(words)),
    }
}

/// Signs that belong to what is looked for; the others just stand between words.
fn is_sign(character: char) -> bool {
    let between = matches!(character, '-' | '\'' | '’' | '.' | ',' | '/' | '_' | '*');
    !between
        && !character.is_whitespace()
        && !character.is_alphanumeric()
        && fold(character).class != Class::ScriptMark
}

fn part(word: &str, (open_start, open_end): (bool, bool)) -> Result<Form, Unusable> {
    if word.chars().count() < 3 || skeleton(word).chars().count() < 2 {
        return Err(Unusable::ShortPart);
    }
    let start = if open_start { 0 } else { Entry::AT_START };
    let end = if open_end { 0 } else { Entry::AT_END };
    Ok(Form::Part(word.to_owned(), start | end))
}

impl Lexicon {
    /// Compiles every usable word of the lists.
    pub fn new(lists: &[WordList]) -> Self {
        let mut build = Build::default();
        for (index, list) in lists.iter().enumerate() {
            let words = if list.loose { Entry::INFLECTS | Entry::LOOSE } else { Entry::INFLECTS };
            let kinds = [(&list.words, words), (&list.exact, 0), (&list.allow, Entry::ALLOW)];
            for (words, flags) in kinds {
                for form in words.iter().filter_map(|word| form(word).ok()) {
                    build.add(form, index as u16, flags);
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
    fn add(&mut self, form: Form, list: u16, flags: u8) {
        match form {
            Form::Word(word) => {
                let entry = self.entry(&word, list, flags);
                self.hashes.push((WordHash::of(&word), entry));
                self.words.push(entry);
            }
            Form::Phrase(words) => self.phrase(&words, list, flags),
            Form::Part(word, ends) => {
                let entry = self.entry(&word, list, flags | ends);
                self.parts.push((skeleton(&word), entry));
                // As a whole word it may be disguised further than as a part.
                self.add(Form::Word(word), list, flags);
            }
            Form::Signs(signs) => {
                let entry = self.entry(&signs, list, flags);
                self.signs.push((signs, entry));
            }
        }
    }

    /// A phrase under its first two words, marked under its first; and written in one, as evasion does.
    fn phrase(&mut self, words: &[String], list: u16, flags: u8) {
        let hashes = (WordHash::of(&words[0]), WordHash::of(&words[1]));
        let entry = self.entry(&words.join(" "), list, flags | Entry::PHRASE);
        self.hashes.push((phrase_hash(hashes.0, hashes.1), entry));
        if self.beginnings.insert(hashes.0) {
            let mark = self.entry(&words[0], list, Entry::BEGINS_PHRASE);
            self.hashes.push((hashes.0, mark));
        }
        let joined = words.concat();
        if joined.len() >= SHORTEST_JOINED && words.len() <= 3 && flags & Entry::ALLOW == 0 {
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
