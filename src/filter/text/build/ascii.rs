//! The fast path: in ASCII text every byte is a character and folding is lower case.

use super::super::readings::Readings;
use super::super::skeleton::{ASCII_CLASSES, WordHash};
use super::super::{Text, Word};
use super::Counts;

/// Makes the views of an ASCII text.
pub fn build(original: &str) -> Text<'_> {
    let folded = original.to_ascii_lowercase();
    let mut views = Views {
        raw: original.as_bytes(),
        words: Vec::with_capacity(original.len() / 4 + 4),
        skeleton: vec![0; original.len()],
        runs: vec![0; original.len()],
        length: 0,
        counts: counts(original.as_bytes()),
    };
    let bytes = folded.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        at = if ASCII_CLASSES[bytes[at] as usize] == 0 {
            views.between(bytes, at)
        } else {
            views.word(bytes, at)
        };
    }
    views.skeleton.truncate(views.length);
    views.runs.truncate(views.length);
    Text {
        original,
        origins: None,
        words: views.words,
        skeleton: String::from_utf8(views.skeleton).expect("classes of ASCII are ASCII"),
        runs: views.runs,
        readings: Readings::default(),
        counts: views.counts,
        folded,
    }
}

/// Each count is a loop of its own, which the compiler turns into vector instructions.
fn counts(raw: &[u8]) -> Counts {
    let count = |wanted: fn(&u8) -> bool| raw.iter().filter(|byte| wanted(byte)).count() as u32;
    Counts {
        characters: raw.len() as u32,
        letters: count(u8::is_ascii_alphabetic),
        capitals: count(u8::is_ascii_uppercase),
        digits: count(u8::is_ascii_digit),
        invisible: count(|byte| *byte < 9 || (14..32).contains(byte) || *byte == 127),
        ..Counts::default()
    }
}

struct Views<'t> {
    raw: &'t [u8],
    words: Vec<Word>,
    /// As long as the text until the end, so that writing needs no room to be made; `length` are in use.
    skeleton: Vec<u8>,
    runs: Vec<u32>,
    length: usize,
    counts: Counts,
}

impl Views<'_> {
    fn word(&mut self, bytes: &[u8], start: usize) -> usize {
        let (mut hash, mut traits, mut at, mut repeated) = (WordHash::default(), 0, start, false);
        while let Some(byte) = bytes.get(at) {
            let class = ASCII_CLASSES[*byte as usize];
            if class == 0 {
                break;
            }
            traits |= trait_of(self.raw[at]);
            if hash.push_class(u32::from(class)) {
                self.run(class, at);
            } else {
                repeated = true;
            }
            at += 1;
        }
        if traits & Word::HAS_CAPITAL != 0 && has_inner_i(&self.raw[start..at]) {
            traits |= Word::HAS_INNER_I;
        }
        if repeated || self.counts.longest_run == 0 {
            self.letter_runs(&bytes[start..at], start);
        }
        self.words.push(Word { start: start as u32, end: at as u32, hash: hash.finish(), traits });
        at
    }

    #[inline]
    fn run(&mut self, class: u8, at: usize) {
        self.skeleton[self.length] = class;
        self.runs[self.length] = at as u32;
        self.length += 1;
    }

    fn between(&mut self, bytes: &[u8], start: usize) -> usize {
        self.run(b' ', start);
        let length = bytes[start..].iter().position(|byte| ASCII_CLASSES[*byte as usize] != 0);
        let end = length.map_or(bytes.len(), |length| start + length);
        if end - start > 1 || self.counts.longest_run == 0 {
            self.letter_runs(&bytes[start..end], start);
        }
        end
    }

    fn letter_runs(&mut self, bytes: &[u8], start: usize) {
        let mut at = 0;
        for run in bytes.chunk_by(|left, right| left == right) {
            if run[0].is_ascii_alphabetic() || matches!(run[0], b'!' | b'?') {
                self.counts.run(run.len() as u32, (start + at) as u32);
            }
            at += run.len();
        }
    }
}

fn trait_of(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => Word::HAS_LATIN,
        b'A'..=b'Z' => Word::HAS_LATIN | Word::HAS_CAPITAL,
        _ => Word::HAS_DIGIT,
    }
}

fn has_inner_i(raw: &[u8]) -> bool {
    raw.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1] == b'I')
}
