//! What one character becomes when only its letter matters.
//!
//! Compatibility forms, case and accents are folded (Unicode NFKC, lower case, NFD without marks),
//! invisible characters and stacked marks vanish, and each character knows the ASCII letter that it
//! could be mistaken for (Unicode UTS 39 confusables). The crates that know this take microseconds a
//! character, so each block of 256 is worked out once, when a text first needs it.

use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_script::{Script, UnicodeScript};

use super::lookalike::{looks_like, stylised};

/// What kind of character it is, as far as filters care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Leaves no trace on the screen: zero-width and other ignorable characters, most controls.
    Invisible,
    /// Changes the direction of the text around it, invisible too.
    Bidi,
    /// Stacks on any letter; dropped from the folded text.
    Mark,
    /// A mark that belongs to its script's spelling, such as a vowel sign. Dropped after Latin letters alone.
    ScriptMark,
    /// White space.
    Space,
    /// A Latin letter, a styled one included.
    Latin,
    /// A letter of another script that puts spaces between words.
    Letter,
    /// A letter of a script that writes words without spaces between them.
    Unspaced,
    /// A digit.
    Digit,
    /// A picture.
    Emoji,
    /// Punctuation and all other signs.
    Symbol,
}

impl Class {
    /// Whether words are made of it.
    pub fn is_word(self) -> bool {
        matches!(self, Self::Latin | Self::Letter | Self::Unspaced | Self::Digit)
    }
}

/// Characters that one may fold to; what folds to more is left as it is.
const LONGEST: usize = 4;

/// One character, folded.
#[derive(Debug, Clone, Copy)]
pub struct Fold {
    letters: [char; LONGEST],
    len: u8,
    /// Its kind.
    pub class: Class,
    /// The lower-case ASCII letter that it could be mistaken for; 0 when there is none.
    pub lookalike: u8,
}

impl Fold {
    fn new(text: &str, class: Class, lookalike: u8) -> Self {
        let (mut letters, mut len) = (['\0'; LONGEST], 0);
        for (slot, letter) in letters.iter_mut().zip(text.chars()) {
            *slot = letter;
            len += 1;
        }
        Self { letters, len, class, lookalike }
    }

    /// What is left of the character; empty when it vanishes.
    pub fn letters(&self) -> &[char] {
        &self.letters[..usize::from(self.len)]
    }

    /// Each letter that is left, with the fold that it has by itself where there are several: what it would be
    /// taken for if the folded text were folded again.
    pub fn parts(self) -> impl Iterator<Item = (char, Fold)> {
        let several = self.len > 1;
        self.letters
            .into_iter()
            .take(usize::from(self.len))
            .map(move |letter| if several { (letter, fold(letter)) } else { (letter, self) })
    }
}

const PAGE: usize = 256;
/// Blocks up to here are kept; the few characters above are worked out each time.
const PAGES: usize = 0x2_0000 / PAGE;

static TABLE: [OnceLock<Box<[Fold; PAGE]>>; PAGES] = [const { OnceLock::new() }; PAGES];

/// Folds one character.
pub fn fold(character: char) -> Fold {
    let code = character as usize;
    let Some(page) = TABLE.get(code / PAGE) else { return work_out(character) };
    let page = page.get_or_init(|| {
        let first = (code - code % PAGE) as u32;
        let empty = Fold::new("", Class::Invisible, 0);
        let mut folds = Box::new([empty; PAGE]);
        for (fold, code) in folds.iter_mut().zip(first..) {
            *fold = char::from_u32(code).map_or(empty, work_out);
        }
        folds
    });
    page[code % PAGE]
}

fn work_out(character: char) -> Fold {
    let class = class_of(character);
    if matches!(class, Class::Invisible | Class::Bidi | Class::Mark) {
        return Fold::new("", class, 0);
    }
    let folded = letters_of(character);
    let first = folded.chars().next().unwrap_or(character);
    let alone = folded.len() == first.len_utf8();
    let lookalike = looks_like(character).or_else(|| looks_like(first).filter(|_| alone)).unwrap_or(0);
    let class = if first == character { class } else { class_of(first) };
    Fold::new(&folded, class, lookalike)
}

/// Folds until nothing changes any more, so that folding twice changes nothing.
fn letters_of(character: char) -> String {
    let vanishes = |class| matches!(class, Class::Invisible | Class::Bidi | Class::Mark);
    let mut folded = String::from(character);
    for _ in 0..4 {
        let mut next: String = folded.chars().map(step).collect();
        next.retain(|part| !vanishes(class_of(part)));
        if next == folded {
            break;
        }
        folded = next;
    }
    let parts = folded.chars().filter(|part| part.is_alphanumeric()).count();
    let torn = parts > 0 && parts < folded.chars().count();
    if folded.chars().count() > LONGEST || folded.is_empty() || torn { character.into() } else { folded }
}

fn step(character: char) -> String {
    if let Some(letter) = stylised(character) {
        return letter.into();
    }
    let mut out = String::new();
    for lower in std::iter::once(character).nfkc().flat_map(char::to_lowercase) {
        match spelled_out(lower) {
            Some(letters) => out.push_str(letters),
            None if strips_marks(lower) => {
                decompose_canonical(lower, |part| {
                    out.extend(Some(part).filter(|part| !is_combining_mark(*part)))
                });
            }
            None => out.push(lower),
        }
    }
    let lone = out.chars().next().filter(|first| !first.is_ascii() && out.len() == first.len_utf8());
    match lone.filter(|letter| letter.script() == Script::Latin).and_then(looks_like) {
        Some(letter) => char::from(letter).into(),
        None => out,
    }
}

/// Accents on Latin and Greek letters are dropped; elsewhere a mark makes another letter.
fn strips_marks(character: char) -> bool {
    matches!(character.script(), Script::Latin | Script::Greek)
}

fn spelled_out(character: char) -> Option<&'static str> {
    Some(match character {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ſ' => "s",
        'ς' => "σ",
        'ё' => "е",
        _ => return None,
    })
}

fn class_of(character: char) -> Class {
    let code = character as u32;
    match code {
        0x09..=0x0D | 0x20 | 0x85 | 0xA0 | 0x2800 => Class::Space,
        0..=0x1F | 0x7F..=0x9F => Class::Invisible,
        0x61C | 0x200E | 0x200F | 0x202A..=0x202E | 0x2066..=0x2069 => Class::Bidi,
        _ if is_ignorable(code) => Class::Invisible,
        _ if stacks_anywhere(code) => Class::Mark,
        _ if is_combining_mark(character) => Class::ScriptMark,
        _ if stylised(character).is_some() => Class::Latin,
        _ if is_emoji(code) => Class::Emoji,
        _ if character.is_whitespace() => Class::Space,
        _ if character.is_alphabetic() => letter_class(character),
        _ if character.is_numeric() => Class::Digit,
        _ => Class::Symbol,
    }
}

fn letter_class(character: char) -> Class {
    let folded = std::iter::once(character).nfkc().next().unwrap_or(character);
    match folded.script() {
        Script::Latin => Class::Latin,
        Script::Han
        | Script::Hiragana
        | Script::Katakana
        | Script::Bopomofo
        | Script::Thai
        | Script::Lao
        | Script::Khmer
        | Script::Myanmar
        | Script::Tibetan => Class::Unspaced,
        _ => Class::Letter,
    }
}

/// Default_Ignorable_Code_Point of the Unicode Character Database, the bidirectional controls left
/// out, and the Arabic tatweel, which only stretches.
fn is_ignorable(code: u32) -> bool {
    matches!(
        code,
        0xAD | 0x34F
            | 0x640
            | 0x115F..=0x1160
            | 0x17B4..=0x17B5
            | 0x180B..=0x180F
            | 0x200B..=0x200D
            | 0x2060..=0x2065
            | 0x206A..=0x206F
            | 0x3164
            | 0xFE00..=0xFE0F
            | 0xFEFF
            | 0xFFA0
            | 0xFFF0..=0xFFFB
            | 0x1BCA0..=0x1BCA3
            | 0x1D173..=0x1D17A
            | 0xE0000..=0xE0FFF
    )
}

/// Marks that any letter can carry, and vowel points that ordinary spelling leaves out.
fn stacks_anywhere(code: u32) -> bool {
    matches!(
        code,
        0x300..=0x36F
            | 0x483..=0x489
            | 0x591..=0x5BD
            | 0x5BF
            | 0x5C1..=0x5C2
            | 0x5C4..=0x5C5
            | 0x5C7
            | 0x610..=0x61A
            | 0x64B..=0x65F
            | 0x670
            | 0x1AB0..=0x1AFF
            | 0x1DC0..=0x1DFF
            | 0x20D0..=0x20FF
            | 0xFE20..=0xFE2F
    )
}

fn is_emoji(code: u32) -> bool {
    matches!(
        code,
        0x1F000..=0x1F0FF
            | 0x1F18E..=0x1F1FF
            | 0x1F201..=0x1F2FF
            | 0x1F300..=0x1FAFF
            | 0x2600..=0x27BF
            | 0x2B05..=0x2B55
            | 0x231A..=0x231B
            | 0x23E9..=0x23FA
            | 0x25FB..=0x25FE
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        text.chars().flat_map(|character| fold(character).letters().to_vec()).collect()
    }

    #[test]
    fn styles_accents_and_case_fold_to_the_letter() {
        for text in [
            "fuck",
            "FUCK",
            "ＦＵＣＫ",
            "ᶠᵘᶜᵏ",
            "𝒻ᵤ𝒸ₖ",
            "🅵🆄🅲🅺",
            "ⓕⓤⓒⓚ",
            "🅕🅤🅒🅚",
            "fúçk̸",
            "ғᴜᴄᴋ",
            "f\u{200b}u\u{ad}ck",
        ] {
            let expected = if text.starts_with('ғ') { "ғuck" } else { "fuck" };
            assert_eq!(folded(text), expected, "{text}");
        }
        assert_eq!(folded("Straße Łódź Ærø naïve"), "strasse lodz aero naive");
    }

    #[test]
    fn other_scripts_keep_their_letters() {
        for text in ["привет", "й", "γεια", "สวัสดี", "नमस्ते", "שלום", "你好", "こんにちは", "한국어", "سلام"]
        {
            assert_eq!(folded(text), text);
        }
    }

    #[test]
    fn folding_any_character_twice_changes_nothing() {
        for character in (0..0x2_0000).filter_map(char::from_u32) {
            let once = folded(&character.to_string());
            assert_eq!(folded(&once), once, "{character:?} U+{:04X}", character as u32);
        }
    }

    #[test]
    fn the_table_agrees_with_the_normalisation_crate() {
        for character in (0x80..0x2_0000).filter_map(char::from_u32) {
            let fold = fold(character);
            let expected: String = std::iter::once(character).nfkc().flat_map(char::to_lowercase).collect();
            let plain = expected.chars().count() == 1 && expected.chars().all(|c| c.is_ascii_alphanumeric());
            if plain && stylised(character).is_none() && !fold.letters().is_empty() {
                assert_eq!(fold.letters().iter().collect::<String>(), expected, "{character:?}");
            }
        }
    }
}
