//! From a comment to hashed features: words and their neighbours, pieces of words, what the words do,
//! and signs of shape.
//!
//! The features are cut into blocks. Within a block every feature counts once however often it
//! occurs, and the block's length is normalised, so that a long text weighs no more than one of a few sentences.
//!
//! A comment is read once ([`Extractor::read`]). Its features are then either added up where they are
//! made, which is what every comment costs ([`Extractor::add_up`]), or listed, to learn from it or to
//! explain it ([`Extractor::list`]).

mod signs;
mod sum;
mod walk;

use super::folding::{self, Counts, Folded};
use super::hashing::top;
use super::table::Table;
use super::tokens::{self, Marks, Token};
use crate::domain::{Draft, Span};
use sum::Adding;
use walk::{Sink, walk};

pub use sum::{SlotWeights, Sums};

/// Which features are made, how they are hashed, and how a model's cells lie. Weights of another version mean nothing.
pub const VERSION: u16 = 5;
/// A feature goes by a key of this many bits.
pub const KEY_BITS: u32 = 25;
/// The value 1.0 of a feature.
pub const ONE: f32 = 1024.0;

/// One feature of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// What it goes by, below 2 to the power of [`KEY_BITS`].
    pub key: u32,
    /// How much it counts, in units of 1/1024.
    pub value: u16,
    first: u16,
    last: u16,
}

/// Makes features; keeps its buffers from one comment to the next.
#[derive(Debug, Default)]
pub struct Extractor {
    comment: Comment,
    features: Vec<Feature>,
    seen: Seen,
}

/// A comment as it was read.
#[derive(Debug, Default)]
struct Comment {
    text: Vec<Folded>,
    /// The text's characters with a space before and behind them.
    padded: Vec<char>,
    tokens: Vec<Token>,
    name: Vec<Folded>,
    name_tokens: Vec<Token>,
    counts: Counts,
    marks: Marks,
    name_has_link: bool,
    has_home_page: bool,
}

impl Extractor {
    /// Reads a comment; what follows is about this one.
    pub fn read(&mut self, draft: &Draft) {
        self.comment.read(draft);
    }

    /// The sums of the weights that `prior`, and what was `taught` when there is anything, give to the
    /// features of the comment.
    pub fn add_up(&mut self, prior: &Table, taught: Option<&SlotWeights>) -> Sums {
        self.seen.forget();
        let mut adding = Adding::new(prior, taught, &mut self.seen);
        walk(&self.comment, &mut adding);
        adding.finish()
    }

    /// The features of the comment, at most about 15 000 and for 300 bytes about 430.
    pub fn list(&mut self) -> &[Feature] {
        self.seen.forget();
        self.features.clear();
        walk(&self.comment, &mut Listing { features: &mut self.features, from: 0, seen: &mut self.seen });
        &self.features
    }

    /// Reads a comment and lists its features.
    pub fn extract(&mut self, draft: &Draft) -> &[Feature] {
        self.read(draft);
        self.list()
    }

    /// Where in the original text a feature of the comment last listed was found; `None` for signs.
    pub fn place(&self, feature: &Feature) -> Option<Span> {
        let first = self.comment.text.get(usize::from(feature.first))?;
        let last = self.comment.text.get(usize::from(feature.last).checked_sub(1)?)?;
        (feature.first < feature.last).then_some(Span { start: first.start, end: last.end })
    }

    /// The words, symbols and links of the comment last listed, each with the weight of the features that
    /// lie on it: a feature's `weight` is shared out over its characters.
    pub(super) fn heats(&self, weight: impl Fn(&Feature) -> f32) -> Vec<(Span, f32)> {
        let mut heats = vec![0.0; self.comment.text.len()];
        for feature in &self.features {
            let place = usize::from(feature.first)..usize::from(feature.last).min(heats.len());
            if !place.is_empty() {
                let share = weight(feature) / place.len() as f32;
                heats[place].iter_mut().for_each(|heat| *heat += share);
            }
        }
        let of_token = |token: &Token| {
            let place = usize::from(token.first)..usize::from(token.last);
            let characters = &self.comment.text[place.clone()];
            let span = Span { start: characters.first()?.start, end: characters.last()?.end };
            Some((span, heats[place].iter().sum()))
        };
        self.comment.tokens.iter().filter_map(of_token).collect()
    }
}

impl Comment {
    fn read(&mut self, draft: &Draft) {
        self.counts = folding::fold(&draft.text, &mut self.text);
        self.marks = tokens::cut(&mut self.text, &mut self.tokens);
        self.padded.clear();
        self.padded.push(' ');
        self.padded.extend(self.text.iter().map(|folded| folded.character));
        self.padded.push(' ');
        folding::fold(&draft.author.display_name, &mut self.name);
        self.name_has_link = tokens::cut(&mut self.name, &mut self.name_tokens).links > 0;
        self.has_home_page = !draft.author.url.is_empty();
    }
}

/// Which features a comment has had, by the first bits of their keys.
#[derive(Debug)]
struct Seen(Box<[u64; SEEN / 64]>);

const SEEN_BITS: u32 = 18;
const SEEN: usize = 1 << SEEN_BITS;

impl Default for Seen {
    fn default() -> Self {
        Self(Box::new([0; SEEN / 64]))
    }
}

impl Seen {
    fn forget(&mut self) {
        *self.0 = [0; SEEN / 64];
    }

    /// The key of a feature with this hash, unless there was one before.
    #[inline]
    fn first(&mut self, hash: u64) -> Option<u32> {
        let key = top::<KEY_BITS>(hash);
        let seen = key >> (KEY_BITS - SEEN_BITS);
        let (bits, bit) = (&mut self.0[seen as usize / 64], 1u64 << (seen % 64));
        let is_first = *bits & bit == 0;
        *bits |= bit;
        is_first.then_some(key)
    }
}

/// Keeps every feature.
struct Listing<'a> {
    features: &'a mut Vec<Feature>,
    /// Where the open block begins.
    from: usize,
    seen: &'a mut Seen,
}

impl Sink for Listing<'_> {
    fn add(&mut self, hash: u64, first: usize, last: usize) {
        if let Some(key) = self.seen.first(hash) {
            self.features.push(Feature { key, value: 0, first: first as u16, last: last as u16 });
        }
    }

    fn end_block(&mut self, value: impl Fn(usize) -> u16) {
        let block = &mut self.features[self.from..];
        let value = value(block.len());
        block.iter_mut().for_each(|feature| feature.value = value);
        self.from = self.features.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Author;

    fn keys(text: &str) -> Vec<u32> {
        let draft = Draft { text: text.into(), ..Draft::default() };
        Extractor::default().extract(&draft).iter().map(|feature| feature.key).collect()
    }

    /// Share of the first text's features that the second has too.
    fn alike(one: &str, other: &str) -> f64 {
        let (one, other) = (keys(one), keys(other));
        one.iter().filter(|key| other.contains(key)).count() as f64 / one.len() as f64
    }

    #[test]
    fn the_features_of_this_version_never_change() {
        let text = "Check out my channel: https://example.com/me 👍 Всем привет, ЗАРАБОТОК 100$!!!";
        let hash = xxhash_rust::xxh3::xxh3_64(
            &keys(text).iter().flat_map(|key| key.to_le_bytes()).collect::<Vec<_>>(),
        );
        assert_eq!(hash, FROZEN, "weights hang on the features: raise VERSION and train the prior again");
    }

    const FROZEN: u64 = 12_029_202_123_805_949_777;

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
    fn texts_without_spaces_are_alike_by_what_they_have_in_common() {
        assert!(alike("请关注我的频道", "今天也请关注我的频道谢谢大家") > 0.4);
        assert!(alike("구독하고 가세요", "제 채널 구독하고 가시면 감사") > 0.2);
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
    fn the_name_of_a_business_is_seen() {
        let named = |name: &str| Draft {
            text: "Great post, keep writing".into(),
            author: Author { display_name: name.into(), ..Author::default() },
            ..Draft::default()
        };
        let mut extractor = Extractor::default();
        let person = extractor.extract(&named("Ruth Abara")).len();
        assert_eq!(extractor.extract(&named("Abara Dentists")).len(), person + 1);
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
        assert!(keys(&long).len() < 20_000);
        let end = keys(&format!("{long} unmistakable"));
        assert!(keys("unmistakable").iter().filter(|key| end.contains(key)).count() > 10);
        assert!(keys(&"х".repeat(100_000)).len() < 100);
        assert!(keys(&(0..50_000u32).filter_map(char::from_u32).collect::<String>()).len() < 40_000);
    }
}
