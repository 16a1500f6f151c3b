//! Texts from strangers, made harmless for a terminal.
//!
//! What could move the cursor, change the order of what is read, or hide is shown by a mark in its place: a picture as
//! `␛` for a control character, else its number as `\u{202e}`. Joiners and variation selectors stay where writing
//! needs them: within emoji, and in scripts that are joined.

use unicode_normalization::char::is_combining_mark;

/// Marks on one letter that are drawn; further ones would climb over the lines above and below.
const MAX_COMBINING_MARKS: usize = 4;

/// One character of a text, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glyph {
    /// Where it begins in the original, in bytes.
    pub offset: usize,
    /// What to show.
    pub shown: Shown,
}

/// What to show for a character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// The character itself.
    Plain(char),
    /// The end of a line.
    Break,
    /// What stands for a character that is not shown itself.
    Mark(String),
}

/// The characters of `text`, each harmless.
pub fn glyphs(text: &str) -> Vec<Glyph> {
    let mut glyphs = Vec::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    let mut before = None;
    let mut marks = 0;
    while let Some((offset, c)) = chars.next() {
        let after = chars.peek().map(|&(_, next)| next);
        if c == '\r' && after == Some('\n') {
            continue;
        }
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        let shown = match c {
            '\n' => Shown::Break,
            _ if is_dangerous(c) && !belongs(before, c, after) => mark(c),
            _ if marks > MAX_COMBINING_MARKS || (marks > 0 && before.is_none()) => mark(c),
            _ => Shown::Plain(c),
        };
        before = matches!(shown, Shown::Plain(_)).then_some(c);
        glyphs.push(Glyph { offset, shown });
    }
    glyphs
}

/// `text` in one harmless line; where its lines end stands `⏎`.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for glyph in glyphs(text) {
        match glyph.shown {
            Shown::Plain(c) => line.push(c),
            Shown::Break => line.push('⏎'),
            Shown::Mark(mark) => line.push_str(&mark),
        }
    }
    line
}

/// Whether a character does something else than being seen, or cannot be seen at all.
pub fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
            | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x2800 | 0x3164
            | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0xfffe | 0xffff
            | 0x13430..=0x1345f | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

fn mark(c: char) -> Shown {
    Shown::Mark(match u32::from(c) {
        code @ 0..=0x1f => char::from_u32(0x2400 + code).unwrap_or('␦').to_string(),
        0x7f => "␡".to_owned(),
        code => format!("\\u{{{code:x}}}"),
    })
}

/// Whether a joiner or a variation selector is part of how the characters around it are written.
fn belongs(before: Option<char>, c: char, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    match c {
        '\u{200d}' => after.is_some_and(|after| {
            is_emoji_part(before) && is_emoji_part(after) && after != '\u{fe0f}'
                || is_joined_script(before) && is_joined_script(after)
        }),
        '\u{200c}' => is_joined_script(before) && after.is_some_and(is_joined_script),
        '\u{fe0e}' | '\u{fe0f}' => is_emoji_part(before) || "0123456789#*©®".contains(before),
        _ => false,
    }
}

fn is_emoji_part(c: char) -> bool {
    matches!(u32::from(c), 0x203c | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x2bff | 0x3030 | 0x303d | 0x3297 | 0x3299
        | 0xfe0f | 0x1f000..=0x1faff)
}

/// Arabic and its neighbours, the Indic scripts, Khmer, Mongolian: there joiners choose the letters' forms.
fn is_joined_script(c: char) -> bool {
    matches!(u32::from(c), 0x620..=0x8ff | 0x900..=0xdff | 0x1000..=0x109f | 0x1780..=0x17b3 | 0x17b6..=0x17ff
        | 0x1820..=0x18aa | 0xfb50..=0xfdff | 0xfe70..=0xfefc)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_and_overrides_are_seen_and_not_obeyed() {
        assert_eq!(one_line("\u{1b}[31mred\u{7f}"), "␛[31mred␡");
        assert_eq!(one_line("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(one_line("a\u{202e}b\u{2066}c\u{61c}"), "a\\u{202e}b\\u{2066}c\\u{61c}");
        assert_eq!(one_line("vi\u{200b}agra \u{e0041}"), "vi\\u{200b}agra \\u{e0041}");
        assert_eq!(one_line("one\r\ntwo\u{2028}three\rfour\tfive"), "one⏎two\\u{2028}three␍four␉five");
    }

    #[test]
    fn honest_writing_stays_as_it_is() {
        for text in ["naïve", "日本語", "שלום", "👩‍👩‍👧", "☺️ 1️⃣", "می‌خواهم", "क्‍ष", "Việt"]
        {
            assert_eq!(one_line(text), text);
        }
    }

    #[test]
    fn joiners_where_nothing_is_joined_are_shown() {
        assert_eq!(one_line("f\u{200d}ree a\u{fe0f} \u{200c}"), "f\\u{200d}ree a\\u{fe0f} \\u{200c}");
    }

    #[test]
    fn marks_do_not_climb_out_of_their_line() {
        assert_eq!(one_line(&format!("z{}", "\u{301}".repeat(5))), "z\u{301}\u{301}\u{301}\u{301}\\u{301}");
        assert_eq!(one_line("\u{301}a"), "\\u{301}a");
    }

    #[test]
    fn offsets_point_into_the_original() {
        let offsets: Vec<_> = glyphs("é\u{1b}\r\nx").iter().map(|glyph| glyph.offset).collect();
        assert_eq!(offsets, [0, 2, 4, 5]);
    }

    /// Any text, with many more of the characters that matter than chance would bring.
    fn hostile() -> impl Strategy<Value = String> {
        let tricks = |from, to| prop::char::range(from, to);
        let one = prop_oneof![
            any::<char>(),
            tricks('\u{0}', '\u{a0}'),
            tricks('\u{600}', '\u{660}'),
            tricks('\u{2000}', '\u{2070}'),
            tricks('\u{e0000}', '\u{e0fff}'),
            prop::sample::select(vec!['\u{61c}', '\u{feff}', '\u{301}', '\u{fe0f}', '\u{200d}', '👍']),
        ];
        prop::collection::vec(one, 0..64).prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn no_text_brings_a_control_character_through(text in hostile()) {
            let line = one_line(&text);
            prop_assert!(!line.chars().any(char::is_control), "{line:?}");
        }

        #[test]
        fn no_text_brings_a_bidirectional_control_or_a_line_separator_through(text in hostile()) {
            let bad = |c| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            let line = one_line(&text);
            prop_assert!(!line.contains(bad), "{line:?}");
        }

        #[test]
        fn making_harmless_twice_changes_nothing_more(text in hostile()) {
            let once = one_line(&text);
            prop_assert_eq!(one_line(&once), once);
        }
    }
}
