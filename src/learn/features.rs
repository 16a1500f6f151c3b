//! From a comment to hashed features: words and their neighbours, pieces of words, what the words do,
//! and signs of shape.
//!
//! The features are cut into blocks. Within a block every feature counts once however often it
//! occurs, and the block's length is normalised, so that a long text weighs no more than a short one.

use super::folding::{self, Counts, Folded};
use super::hashing::{START, hash_chars, push, slot};
use super::lexicon::WordClass;
use super::tokens::{self, Kind, Marks, Token};
use crate::domain::{Draft, Span};

/// Which features are made and how they are hashed. Weights of another version mean nothing.
pub const VERSION: u16 = 1;
/// Features fall into 2 to the power of this many slots.
pub const SLOT_BITS: u32 = 18;
/// Number of slots.
pub const SLOTS: usize = 1 << SLOT_BITS;
/// The value 1.0 of a feature.
pub const ONE: f32 = 1024.0;

/// Distance in tokens up to which two classes are seen together.
const REACH: usize = 4;

/// One feature of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Where its weights are, below [`SLOTS`].
    pub slot: u32,
    /// How much it counts, in units of 1/1024.
    pub value: u16,
    first: u16,
    last: u16,
}

#[derive(Debug, Clone, Copy)]
enum Block {
    Words = 1,
    Pieces,
    Classes,
    Mixed,
    Signs,
    Author,
}

/// Makes features; keeps its buffers from one comment to the next.
#[derive(Debug, Default)]
pub struct Extractor {
    text: Vec<Folded>,
    name: Vec<Folded>,
    tokens: Vec<Token>,
    name_tokens: Vec<Token>,
    features: Vec<Feature>,
    seen: Vec<u64>,
}

impl Extractor {
    /// The features of a comment, at most about 20 000 and for 300 bytes about 1 000.
    pub fn extract(&mut self, draft: &Draft) -> &[Feature] {
        self.forget();
        let counts = folding::fold(&draft.text, &mut self.text);
        let marks = tokens::cut(&mut self.text, &mut self.tokens);
        self.words();
        self.pieces();
        let classes = self.classes(marks.links > 0 || !draft.author.url.is_empty());
        self.mixed();
        self.signs(draft, &counts, &marks, classes);
        self.author(draft, classes);
        &self.features
    }

    /// Where in the original text a feature of the last comment was found; `None` for signs.
    pub fn place(&self, feature: &Feature) -> Option<Span> {
        let first = self.text.get(usize::from(feature.first))?;
        let last = self.text.get(usize::from(feature.last).checked_sub(1)?)?;
        (feature.first < feature.last).then_some(Span { start: first.start, end: last.end })
    }

    /// The words, symbols and links of the last comment, each with the weight of the features that lie
    /// on it: a feature's `weight` is shared out over its characters.
    pub(super) fn heats(&self, weight: impl Fn(&Feature) -> f32) -> Vec<(Span, f32)> {
        let mut heats = vec![0.0; self.text.len()];
        for feature in &self.features {
            let place = usize::from(feature.first)..usize::from(feature.last).min(heats.len());
            if !place.is_empty() {
                let share = weight(feature) / place.len() as f32;
                heats[place].iter_mut().for_each(|heat| *heat += share);
            }
        }
        let of_token = |token: &Token| {
            let place = usize::from(token.first)..usize::from(token.last);
            let characters = &self.text[place.clone()];
            let span = Span { start: characters.first()?.start, end: characters.last()?.end };
            Some((span, heats[place].iter().sum()))
        };
        self.tokens.iter().filter_map(of_token).collect()
    }

    fn forget(&mut self) {
        self.seen.resize(SLOTS / 64, 0);
        for feature in self.features.drain(..) {
            self.seen[feature.slot as usize / 64] = 0;
        }
    }

    fn add(&mut self, hash: u64, first: u16, last: u16) {
        let slot = slot(hash, SLOT_BITS);
        let (word, bit) = (slot as usize / 64, 1u64 << (slot % 64));
        if self.seen[word] & bit == 0 {
            self.seen[word] |= bit;
            self.features.push(Feature { slot, value: 0, first, last });
        }
    }

    /// Gives the features from `from` on the length `scale` together.
    fn normalise(&mut self, from: usize, scale: f32) {
        let count = self.features.len() - from;
        let value = (scale * ONE / (count.max(1) as f32).sqrt()).round() as u16;
        self.features[from..].iter_mut().for_each(|feature| feature.value = value);
    }

    fn words(&mut self) {
        let from = self.features.len();
        let mut before = (hash_chars("<"), 0);
        for index in 0..self.tokens.len() {
            let token = self.tokens[index];
            let hash = if token.kind == Kind::Link { hash_chars("://") } else { token.hash };
            self.add(push(Block::Words as u64, token.hash), token.first, token.last);
            self.add(push(push(Block::Words as u64, before.0), hash), before.1, token.last);
            before = (hash, token.first);
        }
        let end = push(push(Block::Words as u64, before.0), hash_chars(">"));
        let last = self.text.len() as u16;
        self.add(end, before.1, last);
        self.normalise(from, 1.0);
    }

    fn pieces(&mut self) {
        let from = self.features.len();
        let mut at = 0;
        for index in 0..self.tokens.len() {
            let token = self.tokens[index];
            if token.kind == Kind::Link {
                at = usize::from(token.last);
                continue;
            }
            if usize::from(token.first) < at {
                continue;
            }
            let start = usize::from(token.first);
            let length = self.text[start..].iter().take_while(|folded| folded.character != ' ').count();
            self.pieces_of(start, start + length);
            at = start + length;
        }
        self.normalise(from, 1.0);
    }

    /// Pieces of 3 to 5 characters of one chunk, the spaces around it included.
    fn pieces_of(&mut self, start: usize, end: usize) {
        let length = end - start + 2;
        for first in 0..length - 2 {
            let mut hash = push(START, Block::Pieces as u64);
            for size in 1..=5.min(length - first) {
                let index = first + size - 1;
                let inner = index > 0 && index + 1 < length;
                let character = if inner { self.text[start + index - 1].character } else { ' ' };
                hash = push(hash, u64::from(character));
                if size >= 3 {
                    let begin = start + first.saturating_sub(1);
                    self.add(hash, begin as u16, (start + index).min(end) as u16);
                }
            }
        }
    }

    /// Classes, pairs of classes near one another, and each class beside a link. Returns the classes
    /// present as bits.
    fn classes(&mut self, linked: bool) -> u32 {
        let from = self.features.len();
        let (mut present, mut tokens_with_class) = (0u32, 0);
        for index in 0..self.tokens.len() {
            let token = self.tokens[index];
            let Some(class) = token.class else { continue };
            present |= 1 << class as u32;
            tokens_with_class += 1;
            let single = push(Block::Classes as u64, class as u64);
            self.add(single, token.first, token.last);
            for other in index + 1..(index + 1 + REACH).min(self.tokens.len()) {
                let other = self.tokens[other];
                if let Some(second) = other.class {
                    self.add(push(single, second as u64), token.first, other.last);
                }
            }
        }
        if linked {
            for class in (1..=WordClass::COUNT as u64).filter(|class| present >> class & 1 == 1) {
                self.add(push(push(Block::Classes as u64, 100), class), 0, 0);
            }
        }
        let share = 8 * tokens_with_class / self.tokens.len().max(1);
        self.add(push(push(Block::Classes as u64, 200), share as u64), 0, 0);
        self.normalise(from, 1.0);
        present
    }

    /// Neighbours with each known word replaced by its class.
    fn mixed(&mut self) {
        let from = self.features.len();
        let name = |token: &Token| token.class.map_or(token.hash, |class| class as u64);
        for index in 0..self.tokens.len() {
            let first = self.tokens[index];
            let mut hash = push(Block::Mixed as u64, name(&first));
            for next in index + 1..(index + 3).min(self.tokens.len()) {
                let next = self.tokens[next];
                hash = push(hash, name(&next));
                self.add(hash, first.first, next.last);
            }
        }
        self.normalise(from, 1.0);
    }

    fn signs(&mut self, draft: &Draft, counts: &Counts, marks: &Marks, classes: u32) {
        let from = self.features.len();
        let script = match () {
            () if counts.cyrillic * 2 > counts.letters => 1,
            () if counts.other_script * 2 > counts.letters => 2,
            () => 0,
        };
        for (kind, amount) in signs(draft, counts, marks, classes.count_ones()).into_iter().enumerate() {
            let Some(amount) = amount else { continue };
            let hash = push(push(Block::Signs as u64, kind as u64), u64::from(amount));
            self.add(hash, 0, 0);
            if script > 0 {
                self.add(push(hash, script), 0, 0);
            }
        }
        let value = (0.3 * ONE) as u16;
        self.features[from..].iter_mut().for_each(|feature| feature.value = value);
    }

    /// What the author's name and home page show.
    fn author(&mut self, draft: &Draft, classes: u32) {
        let from = self.features.len();
        folding::fold(&draft.author.display_name, &mut self.name);
        let marks = tokens::cut(&mut self.name, &mut self.name_tokens);
        let mut sign = |kind: u64, value: u64| {
            self.add(push(push(Block::Author as u64, kind), value), 0, 0);
        };
        if marks.links > 0 {
            sign(1, 0);
        }
        let linked = !draft.author.url.is_empty();
        if linked {
            sign(2, 0);
            for class in (1..=WordClass::COUNT as u64).filter(|class| classes >> class & 1 == 1) {
                sign(3, class);
            }
        }
        for index in 0..self.name_tokens.len() {
            if let Some(class) = self.name_tokens[index].class {
                let hash = push(push(Block::Author as u64, 4), class as u64);
                self.add(hash, 0, 0);
            }
        }
        let value = (0.3 * ONE) as u16;
        self.features[from..].iter_mut().for_each(|feature| feature.value = value);
    }
}

/// A coarse logarithm: 0, 1, 2, 3-4, 5-8 …
fn steps(amount: u32, most: u32) -> u32 {
    (u32::BITS - amount.leading_zeros()).min(most)
}

/// Signs of shape, each absent or with a coarse amount.
fn signs(draft: &Draft, counts: &Counts, marks: &Marks, classes: u32) -> [Option<u32>; 22] {
    let some = |amount: u32, most: u32| (amount > 0).then(|| steps(amount, most));
    let share = |part: u32, whole: u32, steps: u32| part * steps / whole.max(1);
    let links = marks.links + marks.spaced_links;
    [
        Some(steps(counts.all, 11)),
        Some(steps(marks.words, 9)),
        (links > 0).then_some(0),
        (links > 0).then(|| links.min(4)),
        (links > 0 && marks.words <= 3).then_some(0),
        some(marks.bare_hosts, 1),
        some(marks.spaced_links, 1),
        some(marks.emails, 1),
        some(marks.handles, 2),
        some(marks.hashtags, 3),
        some(marks.money, 3),
        some(marks.markup, 2),
        some(marks.mixed_words, 3),
        some(counts.invisible, 2),
        some(counts.decorated, 4),
        Some(share(counts.capitals, counts.letters, 5)),
        Some(share(counts.digits, counts.all, 20).min(5)),
        Some(counts.longest_number.min(12) / 3),
        Some(steps(counts.emoji, 4)),
        Some(steps(counts.exclamations, 4)),
        (counts.questions > 0).then_some(0),
        Some(classes.min(8)).filter(|_| !draft.text.is_empty()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Author;

    fn slots(text: &str) -> Vec<u32> {
        let draft = Draft { text: text.into(), ..Draft::default() };
        Extractor::default().extract(&draft).iter().map(|feature| feature.slot).collect()
    }

    /// Share of the first text's features that the second has too.
    fn alike(one: &str, other: &str) -> f64 {
        let (one, other) = (slots(one), slots(other));
        one.iter().filter(|slot| other.contains(slot)).count() as f64 / one.len() as f64
    }

    #[test]
    fn the_features_of_this_version_never_change() {
        let text = "Check out my channel: https://example.com/me 👍 Всем привет, ЗАРАБОТОК 100$!!!";
        let hash = xxhash_rust::xxh3::xxh3_64(
            &slots(text).iter().flat_map(|slot| slot.to_le_bytes()).collect::<Vec<_>>(),
        );
        assert_eq!(hash, FROZEN, "weights hang on the features: raise VERSION and train the prior again");
    }

    const FROZEN: u64 = 1_933_063_266_824_629_636;

    #[test]
    fn an_extractor_forgets_the_comment_before() {
        let mut extractor = Extractor::default();
        let draft = |text: &str| Draft { text: text.into(), ..Draft::default() };
        let fresh = extractor.extract(&draft("first words")).to_vec();
        extractor.extract(&draft("something else entirely, with first words"));
        assert_eq!(extractor.extract(&draft("first words")), fresh);
    }

    #[test]
    fn case_stretching_and_other_digits_change_little() {
        assert!(alike("please subscribe to my channel 123", "PLEASE subscriiiibe to my channel 987") > 0.6);
        assert!(alike("ищу партнеров для заработка", "ищy пapтнepoв для зapaбoткa") > 0.7);
        assert!(alike("ＦＲＥＥ prize inside", "free prize inside") > 0.7);
        assert!(alike("free pri\u{200b}ze inside", "free prize inside") > 0.8);
    }

    #[test]
    fn a_home_page_behind_the_name_is_seen() {
        let draft = |url: &str| Draft {
            text: "Great post, keep writing".into(),
            author: Author { display_name: "cheap shoes".into(), url: url.into(), ..Author::default() },
            ..Draft::default()
        };
        let mut extractor = Extractor::default();
        let without = extractor.extract(&draft("")).len();
        assert!(extractor.extract(&draft("http://shoes.example")).len() > without);
    }

    #[test]
    fn places_lie_on_characters_of_the_original() {
        let text = "Ünïcode 👩‍👩‍👧 ﬁne, СЛОВО word… ☺\u{301} https://пример.рф/a";
        let draft = Draft { text: text.into(), ..Draft::default() };
        let mut extractor = Extractor::default();
        let features = extractor.extract(&draft).to_vec();
        for span in features.iter().filter_map(|feature| extractor.place(feature)) {
            assert!(span.of(text).is_some_and(|part| !part.is_empty()), "{span:?}");
        }
    }

    #[test]
    fn the_longest_text_is_bounded_and_its_end_is_read() {
        let long = "word and another one, ".repeat(20_000);
        assert!(slots(&long).len() < 20_000);
        let end = slots(&format!("{long} unmistakable"));
        assert!(slots("unmistakable").iter().filter(|slot| end.contains(slot)).count() > 10);
        assert!(slots(&"х".repeat(100_000)).len() < 100);
        assert!(slots(&(0..50_000u32).filter_map(char::from_u32).collect::<String>()).len() < 40_000);
    }
}
