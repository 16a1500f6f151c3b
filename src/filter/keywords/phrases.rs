//! Phrases: listed words in a row, one of which may stand there in disguise.

use super::lexicon::{Entry, phrase_hash};
use super::search::{Disguise, Search};
use crate::filter::text::{Likeness, Reading, Text, Word, WordHash, likeness};

/// Words of a phrase before the one that is disguised.
const FURTHEST_BEFORE: usize = 3;

/// A word as it stands in a text, or as it is read there.
#[derive(Clone, Copy)]
struct Spoken<'s> {
    letters: &'s str,
    hash: u64,
    start: u32,
    end: u32,
}

impl<'s> Spoken<'s> {
    fn word(text: &'s Text<'_>, word: &Word) -> Self {
        Self { letters: text.word(word), hash: word.hash, start: word.start, end: word.end }
    }
}

/// Words by their place.
type Row<'r> = dyn Fn(usize) -> Option<Spoken<'r>> + 'r;

impl Search<'_> {
    /// The phrases that begin with this word.
    pub(super) fn phrases(&mut self, first: usize) {
        let text = self.text;
        self.phrases_of(&|at| text.words().get(at).map(|word| Spoken::word(text, word)), first, 0, None);
    }

    /// The phrases that begin with the word at `first` of a row and end behind `least`.
    fn phrases_of(&mut self, row: &Row<'_>, first: usize, least: u32, disguise: Option<Disguise>) {
        let (Some(begin), Some(second)) = (row(first), row(first + 1)) else { return };
        if !self.adjacent(&begin, &second) {
            return;
        }
        for entry in self.lexicon.with_hash(phrase_hash(begin.hash, second.hash)) {
            if let Some(end) = self.phrase_end(entry, row, first).filter(|end| *end > least) {
                self.hit(entry, begin.start, end, disguise);
            }
        }
    }

    /// Where a phrase ends that begins with the word at `first`.
    fn phrase_end(&self, entry: u32, row: &Row<'_>, first: usize) -> Option<u32> {
        let mut before: Option<Spoken<'_>> = None;
        for (at, listed) in (first..).zip(self.lexicon.text(entry).split(' ')) {
            let word = row(at)?;
            if before.is_some_and(|before| !self.adjacent(&before, &word)) {
                return None;
            }
            likeness(listed, word.letters, false).filter(|like| *like <= Likeness::Clear)?;
            before = Some(word);
        }
        before.filter(|_| self.lexicon.entry(entry).is(Entry::PHRASE)).map(|last| last.end)
    }

    /// Whether two words in a row belong to one sentence.
    fn adjacent(&self, left: &Spoken<'_>, right: &Spoken<'_>) -> bool {
        let between = self.text.folded().get(left.end as usize..right.start as usize);
        between.is_some_and(|signs| signs.len() <= 4 && !signs.contains(['\n', ';']) && signs != ". ")
    }

    /// The phrases in which this reading is one of the words: `k!ll yourself`.
    pub(super) fn phrases_around(&mut self, reading: &Reading, letters: &str) {
        let (text, words) = (self.text, self.text.words());
        let (start, end) = text.readings().behind(reading, 0, letters.len());
        let read = Spoken { letters, hash: WordHash::of(letters), start, end };
        let at = words.partition_point(|word| word.start < start);
        let after = words.partition_point(|word| word.start < end);
        let row = |index: usize| match index {
            index if index < at => Some(Spoken::word(text, &words[index])),
            index if index == at => Some(read),
            index => words.get(after + index - at - 1).map(|word| Spoken::word(text, word)),
        };
        for first in at.saturating_sub(FURTHEST_BEFORE)..=at {
            self.phrases_of(&row, first, start, Some(Disguise::Read(reading.kind)));
        }
    }
}
