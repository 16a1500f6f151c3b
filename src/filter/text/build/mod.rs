//! One pass over the text that makes the folded view, its words and the skeleton.

mod ascii;
mod unicode;

use super::Text;

/// What a text is made of, counted in characters of the original.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All characters.
    pub characters: u32,
    /// Letters of any script.
    pub letters: u32,
    /// Upper-case letters.
    pub capitals: u32,
    /// Digits.
    pub digits: u32,
    /// Pictures.
    pub emoji: u32,
    /// Zero-width and other invisible characters where no script needs them.
    pub invisible: u32,
    /// Characters that change the direction of the text.
    pub bidi: u32,
    /// Stacked marks beyond the second on a letter.
    pub stacked_marks: u32,
    /// Letters and digits drawn in another style, but for full-width ones.
    pub styled: u32,
    /// Full-width letters and digits in a text without Chinese, Japanese and Korean, where they are ordinary.
    pub full_width: u32,
    /// The most often that one letter, `!` or `?` stands in a row, whatever its case; other signs draw lines and mark up.
    pub longest_run: u32,
    /// Byte in the original where that run begins.
    pub longest_run_at: u32,
}

impl Counts {
    /// Takes note of a run of `length` characters that begins at byte `at`.
    fn run(&mut self, length: u32, at: u32) {
        if length > self.longest_run {
            (self.longest_run, self.longest_run_at) = (length, at);
        }
    }
}

/// Makes all views but the readings.
pub fn build(original: &str) -> Text<'_> {
    if original.is_ascii() { ascii::build(original) } else { unicode::build(original) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_fast_path_agrees_with_the_general_one(text in "[ -~\n\t]{0,80}") {
            let (fast, general) = (ascii::build(&text), unicode::build(&text));
            prop_assert_eq!(&fast.folded, &general.folded);
            prop_assert_eq!(&fast.words, &general.words);
            prop_assert_eq!(&fast.skeleton, &general.skeleton);
            prop_assert_eq!(&fast.runs, &general.runs);
            prop_assert_eq!(&fast.counts, &general.counts);
        }
    }
}
