//! Whether a text is in a language that the site expects.
//!
//! The portal's own tag decides when there is one. Without it only the script can speak: a text
//! mostly in letters that no expected language is written in is unexpected, and nothing else is.

use unicode_script::{Script, UnicodeScript};

use crate::filter::Prepared;

/// The languages that a site expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Languages {
    /// Primary subtags of BCP 47, lower case.
    tags: Vec<String>,
    scripts: Vec<Script>,
}

/// Letters below which the script says nothing.
const FEWEST_LETTERS: usize = 8;

impl Languages {
    /// The languages of these BCP 47 tags; `None` when one is none.
    pub fn new<'a>(tags: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let tags: Vec<String> = tags.into_iter().map(primary).collect::<Option<_>>()?;
        let scripts = tags.iter().flat_map(|tag| scripts(tag)).copied().collect();
        Some(Self { tags, scripts })
    }

    /// Says why a comment is in none of them; `None` when it is, or when nobody can tell.
    pub fn unexpected(&self, prepared: &Prepared<'_>) -> Option<String> {
        if let Some(tag) = primary(&prepared.draft.language) {
            return (!self.tags.contains(&tag)).then(|| format!("The language is `{tag}`."));
        }
        let letters = || prepared.draft.text.chars().filter(|letter| letter.is_alphabetic());
        let foreign = letters().filter(|letter| !self.is_expected(letter.script())).count();
        let all = letters().count();
        (all >= FEWEST_LETTERS && foreign * 2 > all)
            .then(|| format!("{foreign} of {all} letters are of an unexpected script."))
    }

    fn is_expected(&self, script: Script) -> bool {
        matches!(script, Script::Common | Script::Inherited | Script::Unknown)
            || self.scripts.contains(&script)
    }
}

fn primary(tag: &str) -> Option<String> {
    let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
    ((2..=3).contains(&primary.len()) && primary.bytes().all(|letter| letter.is_ascii_lowercase()))
        .then_some(primary)
}

fn scripts(tag: &str) -> &'static [Script] {
    match tag {
        "ru" | "uk" | "be" | "bg" | "mk" | "kk" | "ky" | "mn" | "tg" => &[Script::Cyrillic],
        "sr" | "uz" => &[Script::Cyrillic, Script::Latin],
        "el" => &[Script::Greek],
        "he" | "yi" => &[Script::Hebrew],
        "ar" | "fa" | "ur" | "ps" | "ckb" => &[Script::Arabic],
        "hi" | "mr" | "ne" | "sa" => &[Script::Devanagari],
        "bn" | "as" => &[Script::Bengali],
        "ta" => &[Script::Tamil],
        "te" => &[Script::Telugu],
        "ml" => &[Script::Malayalam],
        "kn" => &[Script::Kannada],
        "gu" => &[Script::Gujarati],
        "pa" => &[Script::Gurmukhi, Script::Arabic],
        "th" => &[Script::Thai],
        "lo" => &[Script::Lao],
        "km" => &[Script::Khmer],
        "my" => &[Script::Myanmar],
        "ka" => &[Script::Georgian],
        "hy" => &[Script::Armenian],
        "am" | "ti" => &[Script::Ethiopic],
        "zh" => &[Script::Han, Script::Bopomofo],
        "ja" => &[Script::Han, Script::Hiragana, Script::Katakana],
        "ko" => &[Script::Hangul, Script::Han],
        _ => &[Script::Latin],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Draft;

    fn unexpected(tags: &[&str], language: &str, text: &str) -> bool {
        let draft = Draft { text: text.into(), language: language.into(), ..Draft::default() };
        Languages::new(tags.iter().copied()).unwrap().unexpected(&Prepared::new(&draft)).is_some()
    }

    #[test]
    fn the_portals_tag_decides_and_else_the_script() {
        assert!(unexpected(&["en"], "de-AT", "hello there"));
        assert!(!unexpected(&["en", "de"], "de-AT", "hello there"));
        assert!(unexpected(&["en", "de"], "", "Привет, как дела?"));
        assert!(!unexpected(&["en"], "", "Le café est très agréable"));
        assert!(!unexpected(&["ja"], "", "日本語のテキストです"));
        assert!(!unexpected(&["en"], "", "👍👍👍 123"));
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        assert_eq!(Languages::new(["english"]), None);
    }
}
