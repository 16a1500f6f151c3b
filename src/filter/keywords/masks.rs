//! Words with letters hidden behind signs: `f**k`.

use std::collections::HashMap;

use crate::filter::text::class;

/// The most words compared with one masked word; a list that has more alike is too wide to guess from.
const MOST_COMPARED: usize = 512;

/// Words by length and first letter.
#[derive(Debug, Default)]
pub struct MaskIndex {
    words: HashMap<(usize, char), Vec<u32>>,
}

impl MaskIndex {
    /// Indexes words of letters.
    pub fn new<'w>(words: impl Iterator<Item = (&'w str, u32)>) -> Self {
        let mut index = Self::default();
        for (word, entry) in words {
            let Some(key) = key(word) else { continue };
            if (3..=32).contains(&key.0) && word.chars().all(char::is_alphabetic) {
                let bucket = index.words.entry(key).or_default();
                if bucket.len() < MOST_COMPARED {
                    bucket.push(entry);
                }
            }
        }
        index
    }

    /// Entries that could stand behind `masked`, by length and first letter.
    pub fn candidates(&self, masked: &str) -> impl Iterator<Item = u32> {
        key(masked).and_then(|key| self.words.get(&key)).into_iter().flatten().copied()
    }
}

fn key(word: &str) -> Option<(usize, char)> {
    word.chars().next().map(|first| (word.chars().count(), first))
}

/// Whether a masked word shows enough to be this one: every letter shown is the word's, and two are
/// shown, or the first of four and more with nothing but stars behind it. A dash hides none at the end, nor among letters
/// beyond ASCII: Russian shortens words by one (`б-ка`). A digit within draws its letter, but not beside dashes or at the
/// end, where it counts something: `t1-s`, `gt40`.
pub fn is_behind(word: &str, masked: &str) -> bool {
    let hidden = |letter: char| matches!(letter, '*' | '-');
    let length = masked.chars().count();
    let shown = masked.chars().filter(|letter| !hidden(*letter)).count();
    let enough = shown >= 2 && shown * 3 >= length || shown == 1 && length >= 4;
    let shows = |(at, shown): (usize, char), letter: char| {
        let draws = shown.is_ascii_digit() && (1..length - 1).contains(&at) && !masked.contains('-');
        shown == letter || hidden(shown) || draws && class(shown) == class(letter)
    };
    enough
        && word.chars().count() == length
        && !masked.ends_with('-')
        && (masked.is_ascii() || !masked.contains('-'))
        && masked.chars().enumerate().zip(word.chars()).all(|(shown, letter)| shows(shown, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_word_shows_enough_of_itself() {
        assert!(is_behind("fuck", "f*ck") && is_behind("fuck", "f**k") && is_behind("fuck", "f***"));
        assert!(!is_behind("ass", "a**") && !is_behind("fuck", "f*cks") && !is_behind("fuck", "d*ck"));
        assert!(is_behind("fuck", "f--k") && !is_behind("merde", "me---"));
        assert!(!is_behind("motherfucker", "m**********r"));
    }

    #[test]
    fn letters_of_any_script_hide_and_digits_show_what_they_draw() {
        assert!(is_behind("сука", "с*ка") && is_behind("хуи", "х*и") && !is_behind("сука", "с*ки"));
        assert!(is_behind("motherfucker", "m0therf*ck3r") && !is_behind("motherfucker", "m0therf*ck4r"));
        assert!(!is_behind("tits", "t1-s") && !is_behind("gtfo", "gt*0"));
    }

    #[test]
    fn candidates_are_as_long_and_begin_alike() {
        let index = MaskIndex::new([("сука", 0), ("хуй", 1), ("fuck", 2), ("f2ck", 3)].into_iter());
        let found = |masked| index.candidates(masked).collect::<Vec<_>>();
        assert_eq!((found("с*ка"), found("х*й"), found("f**k")), (vec![0], vec![1], vec![2]));
        assert!(found("").is_empty() && found("с*").is_empty());
    }
}
