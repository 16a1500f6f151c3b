//! Fingerprints: a few numbers that the same text and texts like it share.
//!
//! The exact fingerprint is a hash over the words of the folded text, so case, punctuation and
//! disguises make no difference. The others are bands of a MinHash (Broder 1997) over pairs of
//! neighbouring words, by one permutation with optimal densification (Li, Owen, Zhang 2012;
//! Shrivastava 2017): two texts that share a part `s` of their pairs agree in at least one of four bands of
//! three with probability `1 - (1 - s³)⁴`: 0.94 at 0.8, 0.41 at 0.5, 0.03 at 0.2. Two texts are no wave yet: among the
//! many of one, a band that four agree in is soon there, and every band costs the store a row a comment.

use super::text::{Text, Word};

/// Bands of near fingerprints; with the exact one they make the five that the store keeps.
const BANDS: usize = 4;
const ROWS: usize = 3;
const BINS: usize = BANDS * ROWS;
/// Guesses for an empty bin; that all of them miss is as good as impossible.
const MOST_GUESSES: usize = 256;

/// Words, and bytes of them, below which a text is too short to be called a repeat: two people may
/// well write `Thank you very much` on their own.
const FEWEST_WORDS: usize = 4;
const FEWEST_BYTES: u32 = 20;
/// Pairs below which likeness says nothing.
const FEWEST_PAIRS: usize = 7;
/// Words of a text that are looked at, from its beginning.
const MOST_WORDS: usize = 4096;

/// At most five fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fingerprints {
    values: [u64; 1 + BANDS],
    len: usize,
}

impl Fingerprints {
    /// The exact one first.
    pub fn as_slice(&self) -> &[u64] {
        &self.values[..self.len]
    }
}

/// The fingerprints of a text.
pub fn fingerprints(text: &Text<'_>) -> Fingerprints {
    let mut units = Units { exact: 0, previous: None, bins: [u64::MAX; BINS], words: 0, pairs: 0 };
    let mut bytes = 0;
    for word in text.words().iter().take(MOST_WORDS) {
        bytes += word.end - word.start;
        if word.has(Word::HAS_UNSPACED) {
            text.word(word).chars().for_each(|letter| units.push(mix(letter as u64)));
        } else if word.has(Word::HAS_DIGIT) && !word.has(Word::HAS_LATIN | Word::HAS_OTHER) {
            units.push_number(word.hash);
        } else {
            units.push(word.hash);
        }
    }
    if units.words < FEWEST_WORDS || bytes < FEWEST_BYTES { Fingerprints::default() } else { units.finish() }
}

struct Units {
    exact: u64,
    previous: Option<u64>,
    bins: [u64; BINS],
    words: usize,
    pairs: usize,
}

/// Stands for every number in the pairs: a wave often differs in nothing else.
const NUMBER: u64 = 0x6E75_6D62_6572;

impl Units {
    fn push(&mut self, hash: u64) {
        self.exact = mix(self.exact ^ hash);
        self.pair(hash);
    }

    fn push_number(&mut self, hash: u64) {
        self.exact = mix(self.exact ^ hash);
        self.pair(NUMBER);
    }

    fn pair(&mut self, hash: u64) {
        self.words += 1;
        if let Some(previous) = self.previous.replace(hash) {
            self.pairs += 1;
            let pair = mix(previous.rotate_left(31) ^ hash);
            let bin = (((pair >> 32) * BINS as u64) >> 32) as usize;
            self.bins[bin] = self.bins[bin].min(pair & 0xFFFF_FFFF);
        }
    }

    fn finish(mut self) -> Fingerprints {
        let mut prints = Fingerprints { len: 1, ..Fingerprints::default() };
        prints.values[0] = mix(self.exact ^ self.words as u64);
        if self.pairs < FEWEST_PAIRS {
            return prints;
        }
        self.fill_empty();
        for (band, rows) in self.bins.chunks_exact(ROWS).enumerate() {
            let seed = mix(band as u64 + 1);
            prints.values[1 + band] = rows.iter().fold(seed, |print, row| mix(print ^ row));
        }
        prints.len = 1 + BANDS;
        prints
    }

    /// An empty bin borrows from a full one that is found by guesses of its own: were it the next one, a short text's
    /// bands would stand on a single pair each, and who shares `if you` would be a wave.
    fn fill_empty(&mut self) {
        let full = self.bins;
        for (at, bin) in self.bins.iter_mut().enumerate().filter(|(_, bin)| **bin == u64::MAX) {
            let guess = |attempt: usize| full[mix((at * MOST_GUESSES + attempt) as u64) as usize % BINS];
            let found = (0..MOST_GUESSES).map(guess).find(|value| *value != u64::MAX);
            *bin = found.unwrap_or(at as u64);
        }
    }
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let value = (value ^ (value >> 29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    value ^ (value >> 32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMENT: &str = "I bought this watch last week from the shop on the corner and honestly it keeps \
                           better time than the old one my grandfather gave me twenty years ago";

    fn of(text: &str) -> Vec<u64> {
        fingerprints(&Text::new(text)).as_slice().to_vec()
    }

    fn shared(left: &str, right: &str) -> usize {
        of(left).iter().skip(1).zip(of(right).iter().skip(1)).filter(|(left, right)| left == right).count()
    }

    #[test]
    fn case_and_punctuation_make_no_difference_to_the_exact_one() {
        assert_eq!(of("Buy cheap watches here, today!")[0], of("BUY   cheap watches here today")[0]);
        assert_ne!(of("Buy cheap watches here today")[0], of("Buy cheap watches today here")[0]);
        assert_ne!(of("Meet at 10 by the old church")[0], of("Meet at 11 by the old church")[0]);
    }

    #[test]
    fn a_text_changed_a_little_shares_bands_and_another_none() {
        let changed = COMMENT.replace("last week", "yesterday");
        assert!(shared(COMMENT, &changed) >= 1);
        let other = "The council should have asked the people who live along the road before it decided to \
                     close the bridge for the whole summer, as it did four years ago";
        assert_eq!(shared(COMMENT, other), 0);
    }

    /// A text of nine words, of which only two stand in others, too.
    fn with_if_you(side: char, number: usize) -> String {
        let letters = |number: usize| {
            [100, 10, 1]
                .map(|place| char::from(b'a' + (number / place % 10) as u8))
                .iter()
                .collect::<String>()
        };
        let word = |place: usize| format!("{side}{}{}", letters(number), char::from(b'n' + place as u8));
        let words = |places: std::ops::Range<usize>| places.map(word).collect::<Vec<_>>().join(" ");
        format!("{} if you {}", words(0..3), words(3..7))
    }

    #[test]
    fn short_texts_that_have_one_pair_in_common_are_no_wave() {
        let alike = |number: &usize| shared(&with_if_you('l', *number), &with_if_you('r', *number)) > 0;
        let found = (0..200).filter(alike).count();
        assert!(found <= 3, "{found} of 200");
    }

    #[test]
    fn one_word_changed_in_a_long_text_leaves_a_band_nearly_always() {
        let text = |number: u64, changed: Option<u64>| {
            let words = (0..60).map(|at| match changed {
                Some(changed) if at == changed => "otherwise".to_owned(),
                _ => format!("w{:x}", mix(number * 60 + at)),
            });
            words.collect::<Vec<_>>().join(" ")
        };
        let found =
            (0..500).filter(|number| shared(&text(*number, None), &text(*number, Some(number % 60))) >= 1);
        assert!(found.count() >= 495);
    }

    #[test]
    fn short_texts_have_none() {
        for text in ["", "First!", "Thanks a lot", "👍👍👍"] {
            assert!(of(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn scripts_without_spaces_are_compared_by_character() {
        let text = "这家店的手表比我爷爷二十年前给我的那块走得更准";
        assert_eq!(of(text).len(), 5);
        assert!(shared(text, &text.replace('更', "很")) >= 1);
    }

    #[test]
    fn what_everybody_says_is_no_wave() {
        for text in [
            "lol",
            "first!",
            "so true",
            "Thank you very much",
            "100 %",
            "this",
            "+1 agree",
            "好的，谢谢",
            "LOL LOL LOL",
        ] {
            assert!(of(text).is_empty(), "{text}");
        }
    }

    /// The seen counts that a store would give to the last of these texts.
    fn seen(texts: &[String]) -> Vec<usize> {
        let (last, before) = texts.split_last().expect("there is a last");
        let count = |print: &u64| before.iter().filter(|text| of(text).contains(print)).count();
        of(last).iter().map(count).collect()
    }

    #[test]
    fn a_wave_with_a_few_words_changed_is_seen_across_its_members() {
        let names = ["Ann", "Bert", "Carla", "Dimitri", "Eve", "Farid", "Greta", "Hassan"];
        let wave = |number: usize, name: &str| {
            format!(
                "Hi {name}, last month I earned {} dollars from home with the plan of this man, he is honest and \
                 quick, write to him today and you will be paid the same evening, greetings from {name}",
                number * 371
            )
        };
        let texts: Vec<String> = names.iter().enumerate().map(|(at, name)| wave(at + 2, name)).collect();
        let seen = seen(&texts);
        assert_eq!(seen[0], 0, "none is the same");
        assert!(seen[1..].iter().max() >= Some(&4), "{seen:?}");
    }

    proptest! {
        #[test]
        fn texts_without_a_common_pair_share_nothing(
            left in proptest::collection::vec("[a-m]{4,9}", 10..40),
            right in proptest::collection::vec("[n-z]{4,9}", 10..40),
        ) {
            prop_assert_eq!(shared(&left.join(" "), &right.join(" ")), 0);
        }

        #[test]
        fn any_text_has_none_one_or_all(text in any::<String>()) {
            prop_assert!(matches!(of(&text).len(), 0 | 1 | 5));
        }
    }
}
