//! A word as it is looked for: folded once, however many policies list it.

use super::lexicon::Entry;
use crate::filter::text::{Class, Text, Word, fold, skeleton};

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
    #[error("a part of a word needs at least 3 letters, or 2 syllables of Hangul, or it is found everywhere")]
    ShortPart,
    /// Longer than a phrase is.
    #[error("a phrase has at most 12 words and 200 bytes")]
    Long,
}

const MOST_WORDS: usize = 12;
const LONGEST: usize = 200;

/// A word, phrase, part of a word or sign that can be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedWord(pub(super) Form);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    Word(String),
    /// Its words with a space between.
    Phrase(String),
    /// With the `Entry::AT_…` bits of the ends that are a word's.
    Part(String, u8),
    Signs(String),
}

impl ListedWord {
    /// Reads a word as a list has it written.
    ///
    /// # Errors
    /// The reason why it cannot be on one.
    pub fn new(written: &str) -> Result<Self, Unusable> {
        form(written).map(Self)
    }
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
        _ => Ok(Form::Phrase(words.join(" "))),
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
    let letters: usize = word.chars().map(|letter| if is_syllable(letter) { 2 } else { 1 }).sum();
    if letters < 3 || skeleton(word).chars().count() < 2 {
        return Err(Unusable::ShortPart);
    }
    let start = if open_start { 0 } else { Entry::AT_START };
    let end = if open_end { 0 } else { Entry::AT_END };
    Ok(Form::Part(word.to_owned(), start | end))
}

/// A syllable of Hangul is two or three letters in one.
fn is_syllable(letter: char) -> bool {
    ('가'..='힣').contains(&letter)
}
