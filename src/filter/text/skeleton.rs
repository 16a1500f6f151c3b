//! The skeleton of a word: what is left when spellings that look or sound the same fall together.
//!
//! Letters that stand in for one another share a class (`l` and `i`, `v` and `u`, `z` and `s`, a
//! digit and the letter it is shaped like), and runs of one class count once. Two words with the
//! same skeleton *may* be the same word in disguise; [`super::likeness()`] says whether they are.

const fn classes() -> [u8; 128] {
    let mut table = [0; 128];
    let mut letter = b'a';
    while letter <= b'z' {
        table[letter as usize] = letter;
        letter += 1;
    }
    let pairs = *b"livuzs0o1i3e4a5s6g7t8b9g2222";
    let mut at = 0;
    while at < pairs.len() {
        table[pairs[at] as usize] = pairs[at + 1];
        at += 2;
    }
    table
}

/// The class of each ASCII character after folding; 0 for what no word is made of.
pub const ASCII_CLASSES: [u8; 128] = classes();

/// The class of a folded character.
pub fn class(character: char) -> char {
    match ASCII_CLASSES.get(character as usize) {
        Some(0) | None => character,
        Some(class) => char::from(*class),
    }
}

/// A running hash over the classes of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WordHash {
    state: u64,
    last: u32,
}

impl WordHash {
    const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

    /// Takes one more folded character; answers whether it began a new run.
    pub fn push(&mut self, character: char) -> bool {
        self.push_class(class(character) as u32)
    }

    /// The same for a class already known.
    #[inline]
    pub fn push_class(&mut self, class: u32) -> bool {
        let new_run = class != self.last;
        if new_run {
            self.last = class;
            self.state = (self.state.rotate_left(5) ^ u64::from(class)).wrapping_mul(Self::MULTIPLIER);
        }
        new_run
    }

    /// The hash of what was taken.
    pub fn finish(self) -> u64 {
        let mixed = (self.state ^ (self.state >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        mixed ^ (mixed >> 32)
    }

    /// The hash of a whole folded word.
    pub fn of(word: &str) -> u64 {
        let mut hash = Self::default();
        for character in word.chars() {
            hash.push(character);
        }
        hash.finish()
    }
}

/// A folded word's skeleton as text.
pub fn skeleton(word: &str) -> String {
    let mut hash = WordHash::default();
    word.chars().filter(|character| hash.push(*character)).map(class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguises_share_the_skeleton_of_the_word() {
        for (word, disguises) in [
            ("shit", ["sh1t", "shlt", "5hiiit", "sshhiitt"]),
            ("ass", ["a55", "asssss", "4ss", "azz"]),
            ("fuck", ["fvck", "fuuuck", "fuckk", "ffuck"]),
        ] {
            for disguise in disguises {
                assert_eq!(WordHash::of(disguise), WordHash::of(word), "{disguise}");
                assert_eq!(skeleton(disguise), skeleton(word));
            }
        }
        assert_ne!(WordHash::of("shot"), WordHash::of("shit"));
        assert_ne!(WordHash::of("tihs"), WordHash::of("shit"));
    }
}
