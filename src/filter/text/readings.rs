//! Other ways to read the places that look written to slip past a word list.
//!
//! Each reading is one word as a reader would understand it, with the way back to the folded text.
//! Only suspicious places are read again, so an ordinary text has few or none, and every rule below
//! names the ordinary text that it must not touch.

mod chunk;
mod spaced;

use super::{Text, Word};

/// How a reading came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Signs read as the letters they look like: `$h!t`.
    Signs,
    /// Signs that hide letters, each written as `*`, or as `-` when it often just joins words: `f**k`, `f-ck`; so do
    /// digits and an x where no x can be: `b2tch`, `dxck`.
    Masked,
    /// The parts of a hyphenated or dotted word put together: `ass-hat`, `f.uck`.
    Joined,
    /// Letters written apart put together: `f u c k`, `f.u.c.k`.
    Letters,
    /// Fragments written apart put together: `wan ker`, `fu ck`.
    Fragments,
    /// A capital I read as an l: `heII`.
    InnerI,
    /// A word of foreign letters in a Latin text, read as Latin: `ѕһіт`.
    Foreign,
}

/// One word as it could be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// How it came about.
    pub kind: Kind,
    start: u32,
    end: u32,
}

/// All readings of a text.
#[derive(Debug, Clone, Default)]
pub struct Readings {
    letters: String,
    /// For each byte of `letters` the start of what it was read from, in the folded text.
    origins: Vec<u32>,
    /// And the end.
    ends: Vec<u32>,
    items: Vec<Reading>,
}

impl Readings {
    /// The readings, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Reading> {
        self.items.iter()
    }

    /// A reading's letters.
    pub fn letters(&self, reading: &Reading) -> &str {
        &self.letters[reading.start as usize..reading.end as usize]
    }

    /// The part of the folded text that bytes `start..end` of a reading's letters were read from.
    pub fn behind(&self, reading: &Reading, start: usize, end: usize) -> (u32, u32) {
        let first = reading.start as usize;
        (self.origins[first + start], self.ends[first + end - 1])
    }

    fn push(&mut self, letter: char, start: usize, end: usize) {
        self.letters.push(letter);
        self.origins.extend(std::iter::repeat_n(start as u32, letter.len_utf8()));
        self.ends.extend(std::iter::repeat_n(end as u32, letter.len_utf8()));
    }

    fn push_str(&mut self, letters: &str, at: usize) {
        for (offset, letter) in letters.char_indices() {
            self.push(letter, at + offset, at + offset + letter.len_utf8());
        }
    }

    /// Begins a reading; [`Readings::end`] ends it.
    fn begin(&self) -> u32 {
        self.letters.len() as u32
    }

    fn end(&mut self, start: u32, kind: Kind) {
        let end = self.letters.len() as u32;
        if end - start < 2 || self.items.len() >= MOST {
            self.cancel(start);
        } else {
            self.items.push(Reading { kind, start, end });
        }
    }

    fn cancel(&mut self, start: u32) {
        self.letters.truncate(start as usize);
        self.origins.truncate(start as usize);
        self.ends.truncate(start as usize);
    }
}

/// Characters of a word whose digits are read as letters.
const SHORTEST_WITH_DIGITS: usize = 4;

/// Readings a text may have; a text with more is nonsense by other rules.
const MOST: usize = 20_000;

/// Reads a text again.
pub fn read(text: &Text<'_>) -> Readings {
    let mut readings = Readings::default();
    let addresses = addresses(text.folded());
    let readable = |word: &Word| {
        let after = addresses.partition_point(|(start, _)| *start <= word.start);
        after == 0 || addresses[after - 1].1 <= word.start
    };
    chunk::read(text, &readable, &mut readings);
    spaced::read(text, &readable, &mut readings);
    digits(text, &mut readings);
    veiled(text, &mut readings);
    inner_i(text, &mut readings);
    foreign(text, &mut readings);
    readings
}

/// Where addresses of pages stand: their parts are no words, so they are not put together.
fn addresses(folded: &str) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = folded[from..].find("://").map(|at| from + at) {
        let start = folded[..at].rfind(char::is_whitespace).map_or(0, |space| space + 1);
        let end = folded[at..].find(char::is_whitespace).map_or(folded.len(), |space| at + space);
        found.push((start as u32, end as u32));
        from = end;
    }
    found
}

/// Digits for letters in words that are mostly letters: `b17ch3d`, `пи3дец`. Plain spellings match without this;
/// endings do not, nor does what is not Latin.
fn digits(text: &Text<'_>, readings: &mut Readings) {
    let both = |word: &&Word| word.has(Word::HAS_DIGIT) && word.has(Word::HAS_LATIN | Word::HAS_OTHER);
    for word in text.words().iter().filter(both) {
        let letters = text.word(word);
        let count = letters.bytes().filter(u8::is_ascii_digit).count();
        let length = letters.chars().count();
        if count * 2 > length || length < SHORTEST_WITH_DIGITS {
            continue;
        }
        let drawn = if word.has(Word::HAS_LATIN) { super::skeleton::class } else { in_cyrillic };
        let start = readings.begin();
        for (offset, letter) in letters.char_indices() {
            let at = word.start as usize + offset;
            let read = if letter.is_ascii_digit() { drawn(letter) } else { letter };
            readings.push(read, at, at + letter.len_utf8());
        }
        readings.end(start, Kind::Signs);
    }
}

/// The Cyrillic letter that a digit draws.
fn in_cyrillic(digit: char) -> char {
    match digit {
        '0' => 'о',
        '3' => 'з',
        '4' => 'ч',
        '6' => 'б',
        '8' => 'в',
        other => other,
    }
}

/// A digit or an x inside a word may just fill the place of a letter: `b2tch`, `dxck`. An x beside a vowel is an x, and
/// so it is in `txts`.
fn veiled(text: &Text<'_>, readings: &mut Readings) {
    let any_x = text.folded().contains('x');
    let suspicious = |word: &&Word| word.has(Word::HAS_LATIN) && (any_x || word.has(Word::HAS_DIGIT));
    for word in text.words().iter().filter(suspicious) {
        let letters = text.word(word).as_bytes();
        if !letters.is_ascii() || letters.starts_with(b"txt") {
            continue;
        }
        let is_veil = |at: usize| {
            letters[at].is_ascii_digit()
                || letters[at] == b'x' && !is_vowel(letters[at - 1]) && !is_vowel(letters[at + 1])
        };
        let inner = 1..letters.len().saturating_sub(1);
        let veils = inner.clone().filter(|&at| is_veil(at)).count();
        if letters.len() < SHORTEST_WITH_DIGITS || veils == 0 || veils * 2 >= letters.len() {
            continue;
        }
        let start = readings.begin();
        for (at, letter) in letters.iter().enumerate() {
            let shown = if inner.contains(&at) && is_veil(at) { '*' } else { char::from(*letter) };
            readings.push(shown, word.start as usize + at, word.start as usize + at + 1);
        }
        readings.end(start, Kind::Masked);
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

fn inner_i(text: &Text<'_>, readings: &mut Readings) {
    for word in text.words().iter().filter(|word| word.has(Word::HAS_INNER_I)) {
        let start = readings.begin();
        let letters = text.word(word);
        for (offset, letter) in letters.char_indices() {
            let at = word.start as usize + offset;
            let capital =
                text.original[text.span(at as u32, at as u32 + 1).start as usize..].starts_with('I');
            readings.push(if capital { 'l' } else { letter }, at, at + letter.len_utf8());
        }
        readings.end(start, Kind::InnerI);
    }
}

/// In a text of another script, its words are ordinary; in a Latin text, a lone one made wholly of
/// letters that look Latin is not.
fn foreign(text: &Text<'_>, readings: &mut Readings) {
    let count = |traits| text.words().iter().filter(|word| word.has(traits)).count();
    let others = if text.folded.is_ascii() { 0 } else { count(Word::HAS_OTHER) };
    if others == 0 || count(Word::HAS_LATIN) <= others {
        return;
    }
    let alone = |word: &&Word| word.has(Word::HAS_OTHER) && !word.has(Word::HAS_LATIN | Word::HAS_UNSPACED);
    for word in text.words().iter().filter(alone) {
        let start = readings.begin();
        let span = text.span(word.start, word.end);
        let Some(original) = span.of(text.original) else { continue };
        let all = original.chars().zip(text.word(word).char_indices()).all(|(letter, (offset, folded))| {
            let at = word.start as usize + offset;
            let like = super::fold(letter).lookalike;
            if like != 0 {
                readings.push(char::from(like), at, at + folded.len_utf8());
            }
            like != 0
        });
        if all { readings.end(start, Kind::Foreign) } else { readings.cancel(start) }
    }
}
