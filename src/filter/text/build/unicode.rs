//! The general way: each character is folded on its own, and a word that mixes scripts once more as a whole.

use super::super::fold::{Class, Fold, fold};
use super::super::lookalike::{is_full_width, is_styled, looks_like};
use super::super::readings::Readings;
use super::super::skeleton::{WordHash, class};
use super::super::{Text, Word};
use super::Counts;

/// Makes the views of any text.
pub fn build(original: &str) -> Text<'_> {
    let mut builder = Builder::new(original);
    builder.read();
    builder.finish()
}

struct Open {
    start: usize,
    skeleton_start: usize,
    original_start: usize,
    hash: WordHash,
    traits: u8,
    after_lower: bool,
}

struct Builder<'a> {
    text: Text<'a>,
    open: Option<Open>,
    run: (char, u32, u32),
    marks: u32,
    has_wide_script: bool,
    previous: Option<Class>,
}

impl<'a> Builder<'a> {
    fn new(original: &'a str) -> Self {
        let room = original.len() + 8;
        let text = Text {
            original,
            folded: String::with_capacity(room),
            origins: Some(Vec::with_capacity(room)),
            words: Vec::with_capacity(original.len() / 5 + 4),
            skeleton: String::with_capacity(room),
            runs: Vec::with_capacity(room),
            readings: Readings::default(),
            counts: Counts::default(),
        };
        Self { text, open: None, run: ('\0', 0, 0), marks: 0, has_wide_script: false, previous: None }
    }

    fn capital(&mut self, at: usize, original_at: usize, lower: char) {
        let inner_i = lower == 'i' && self.open.as_ref().is_some_and(|open| open.after_lower);
        let traits = if inner_i { Word::HAS_INNER_I } else { 0 };
        let after_lower = inner_i;
        self.word_character(at, original_at, lower, Word::HAS_LATIN | Word::HAS_CAPITAL | traits);
        if let Some(open) = &mut self.open {
            open.after_lower = after_lower;
        }
    }

    fn read(&mut self) {
        let original = self.text.original;
        for (at, character) in original.char_indices() {
            self.text.counts.characters += 1;
            let fold = fold(character);
            self.count(character, fold.class, at);
            if self.drops(&fold) {
                continue;
            }
            let capital = character.is_uppercase();
            self.text.counts.capitals += u32::from(capital);
            self.emit(at, fold, capital);
        }
    }

    /// Whether a character leaves no trace in the folded text.
    fn drops(&self, fold: &Fold) -> bool {
        fold.letters().is_empty()
            || fold.class == Class::ScriptMark && matches!(self.previous, Some(Class::Latin | Class::Digit))
    }

    fn emit(&mut self, at: usize, whole: Fold, capital: bool) {
        for (part, Fold { class, .. }) in whole.parts() {
            self.previous = Some(class);
            let start = self.text.folded.len();
            self.text.folded.push(part);
            if let Some(origins) = &mut self.text.origins {
                origins.extend(std::iter::repeat_n(at as u32, part.len_utf8()));
            }
            match class {
                Class::Latin if !part.is_alphanumeric() => self.between(start, at),
                Class::Latin if capital => self.capital(start, at, part),
                Class::Latin => self.word_character(start, at, part, Word::HAS_LATIN),
                Class::Letter => self.word_character(start, at, part, Word::HAS_OTHER),
                Class::Unspaced => self.word_character(start, at, part, Word::HAS_UNSPACED),
                Class::Digit => self.word_character(start, at, part, Word::HAS_DIGIT),
                Class::ScriptMark if self.open.is_some() => self.word_character(start, at, part, 0),
                _ => self.between(start, at),
            }
        }
    }

    fn word_character(&mut self, at: usize, original_at: usize, folded: char, traits: u8) {
        let skeleton_start = self.text.skeleton.len();
        let open = self.open.get_or_insert_with(|| Open {
            start: at,
            skeleton_start,
            original_start: original_at,
            hash: WordHash::default(),
            traits: 0,
            after_lower: false,
        });
        open.traits |= traits;
        open.after_lower = traits == Word::HAS_LATIN;
        if open.hash.push(folded) {
            let class = class(folded);
            self.text.skeleton.push(class);
            self.text.runs.extend(std::iter::repeat_n(at as u32, class.len_utf8()));
        }
    }

    fn between(&mut self, at: usize, original_at: usize) {
        let inserted = self.close(at, original_at);
        if !self.text.skeleton.ends_with(' ') {
            self.text.skeleton.push(' ');
            self.text.runs.push((at as i64 + inserted) as u32);
        }
    }

    /// Ends the open word, folding it to one script when it mixes two. Answers by how many bytes that moved `at`.
    fn close(&mut self, at: usize, original_at: usize) -> i64 {
        let Some(open) = self.open.take() else { return 0 };
        let scripts = Word::HAS_LATIN | Word::HAS_OTHER | Word::HAS_UNSPACED;
        let mixed = (open.traits & scripts).count_ones() > 1;
        if mixed && let Some(rewrite) = self.one_script(&open, original_at) {
            return self.rewrite(&open, at, rewrite);
        }
        self.text.words.push(Word {
            start: open.start as u32,
            end: at as u32,
            hash: open.hash.finish(),
            traits: open.traits,
        });
        0
    }

    /// A mixed word in one script: Latin when every foreign letter looks Latin, else Cyrillic when
    /// every Latin letter looks Cyrillic. `None` when it is just mixed.
    fn one_script(&self, open: &Open, original_end: usize) -> Option<Vec<(u32, char)>> {
        let original = &self.text.original[open.original_start..original_end];
        let kept = || {
            // A mark that folds to a mark and a letter goes as a whole, as it does where it is read.
            let folds = original.char_indices().map(|(at, letter)| (open.original_start + at, fold(letter)));
            let letters = folds.filter(|(_, fold)| fold.class != Class::ScriptMark);
            let parts = letters.flat_map(|(at, whole)| whole.parts().map(move |(_, part)| (at, part)));
            parts.filter(|(_, fold)| !fold.letters().is_empty() && fold.class != Class::ScriptMark)
        };
        let spell = |one: fn(&Fold) -> Option<String>| -> Option<Vec<(u32, char)>> {
            let mut word = Vec::new();
            for (at, fold) in kept() {
                word.extend(one(&fold)?.chars().map(|letter| (at as u32, letter)));
            }
            Some(word)
        };
        let cyrillic = |letter: &char| ('\u{400}'..='\u{4FF}').contains(letter);
        let russian = || kept().any(|(_, fold)| fold.letters().iter().any(cyrillic));
        spell(in_latin).or_else(|| if russian() { spell(in_cyrillic) } else { None })
    }

    /// Writes the open word anew; `at` is the folded byte after it, where a separator may already stand.
    fn rewrite(&mut self, open: &Open, at: usize, word: Vec<(u32, char)>) -> i64 {
        let tail = self.text.folded.split_off(at);
        self.text.folded.truncate(open.start);
        self.text.skeleton.truncate(open.skeleton_start);
        self.text.runs.truncate(open.skeleton_start);
        let origins = self.text.origins.as_mut().expect("a mixed word is not ASCII");
        let tail_origins = origins.split_off(at);
        origins.truncate(open.start);
        let mut hash = WordHash::default();
        for (origin, letter) in word {
            let start = self.text.folded.len() as u32;
            self.text.folded.push(letter);
            origins.extend(std::iter::repeat_n(origin, letter.len_utf8()));
            if hash.push(letter) {
                let class = class(letter);
                self.text.skeleton.push(class);
                self.text.runs.extend(std::iter::repeat_n(start, class.len_utf8()));
            }
        }
        let end = self.text.folded.len();
        self.text.words.push(Word {
            start: open.start as u32,
            end: end as u32,
            hash: hash.finish(),
            traits: open.traits,
        });
        self.text.folded.push_str(&tail);
        origins.extend(tail_origins);
        end as i64 - at as i64
    }

    fn count_run(&mut self, character: char, at: usize) {
        let character = character.to_ascii_lowercase();
        if character == self.run.0 {
            self.run.1 += 1;
        } else {
            self.run = (character, 1, at as u32);
        }
        if self.run.1 > self.text.counts.longest_run && shouts(character) {
            self.text.counts.run(self.run.1, self.run.2);
        }
    }

    fn count(&mut self, character: char, class: Class, at: usize) {
        self.count_run(character, at);
        let counts = &mut self.text.counts;
        match class {
            Class::Latin | Class::Letter | Class::Unspaced => counts.letters += 1,
            Class::Digit => counts.digits += 1,
            Class::Emoji => counts.emoji += 1,
            Class::Bidi => counts.bidi += 1,
            Class::Invisible if !needed(character, self.previous) => counts.invisible += 1,
            _ => {}
        }
        counts.styled += u32::from(is_styled(character));
        counts.full_width += u32::from(is_full_width(character));
        self.has_wide_script |= class == Class::Unspaced || matches!(character, '가'..='힣');
        let stacks = matches!(class, Class::Mark | Class::ScriptMark);
        self.marks = if stacks { self.marks + 1 } else { 0 };
        counts.stacked_marks += u32::from(self.marks > 2);
    }

    fn finish(mut self) -> Text<'a> {
        let (end, original_end) = (self.text.folded.len(), self.text.original.len());
        self.close(end, original_end);
        if self.has_wide_script {
            self.text.counts.full_width = 0;
        }
        self.text
    }
}

fn shouts(character: char) -> bool {
    matches!(character, 'a'..='z' | 'A'..='Z' | '!' | '?')
        || !character.is_ascii() && character.is_alphabetic()
}

/// Joiners and variation selectors are ordinary beside emoji and in scripts that join letters;
/// a byte-order mark or soft hyphen by itself is what editors leave behind.
fn needed(character: char, previous: Option<Class>) -> bool {
    match character {
        '\u{200C}' | '\u{200D}' => {
            matches!(previous, Some(Class::Letter | Class::Unspaced | Class::ScriptMark | Class::Emoji))
        }
        '\u{FE0E}' | '\u{FE0F}' | '\u{640}' => true,
        '\u{E0020}'..='\u{E007F}' => previous == Some(Class::Emoji),
        _ => false,
    }
}

fn in_latin(fold: &Fold) -> Option<String> {
    match fold.class {
        Class::Letter | Class::Unspaced if fold.lookalike != 0 => Some(char::from(fold.lookalike).into()),
        Class::Letter | Class::Unspaced => {
            fold.letters().iter().map(|part| looks_like(*part).map(char::from)).collect()
        }
        _ => Some(fold.letters().iter().collect()),
    }
}

fn in_cyrillic(fold: &Fold) -> Option<String> {
    match fold.class {
        Class::Latin => fold.letters().iter().map(|part| cyrillic_twin(*part)).collect(),
        _ => Some(fold.letters().iter().collect()),
    }
}

fn cyrillic_twin(letter: char) -> Option<char> {
    Some(match letter {
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        _ => return None,
    })
}
