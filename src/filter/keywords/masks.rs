//! Words with letters hidden behind signs: `f**k`.

use std::collections::HashMap;

/// The most words compared with one masked word; a list that has more alike is too wide to guess from.
const MOST_COMPARED: usize = 512;

/// Words by length and first letter.
#[derive(Debug, Default)]
pub struct MaskIndex {
    words: HashMap<(u8, u8), Vec<u32>>,
}

impl MaskIndex {
    /// Indexes words of ASCII letters.
    pub fn new<'w>(words: impl Iterator<Item = (&'w str, u32)>) -> Self {
        let mut index = Self::default();
        for (word, entry) in words {
            if (3..=32).contains(&word.len()) && word.bytes().all(|letter| letter.is_ascii_lowercase()) {
                let bucket = index.words.entry((word.len() as u8, word.as_bytes()[0])).or_default();
                if bucket.len() < MOST_COMPARED {
                    bucket.push(entry);
                }
            }
        }
        index
    }

    /// Entries that could stand behind `masked`, by length and first letter.
    pub fn candidates(&self, masked: &str) -> impl Iterator<Item = u32> {
        let key = masked.bytes().next().map(|first| (masked.len().min(255) as u8, first));
        key.and_then(|key| self.words.get(&key)).into_iter().flatten().copied()
    }
}

/// Whether a masked word shows enough to be this one: every letter shown is the word's, and two are
/// shown, or the first of four and more with nothing but stars behind it. A dash hides none at the end.
pub fn is_behind(word: &str, masked: &str) -> bool {
    let hidden = |letter: &u8| matches!(letter, b'*' | b'-');
    let shown = masked.bytes().filter(|letter| !hidden(letter)).count();
    let enough = shown >= 2 && shown * 3 >= masked.len() || shown == 1 && masked.len() >= 4;
    enough
        && word.len() == masked.len()
        && !masked.ends_with('-')
        && word.bytes().zip(masked.bytes()).all(|(letter, shown)| hidden(&shown) || shown == letter)
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
}
