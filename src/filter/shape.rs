//! The text's outer shape, and how it was sent.

mod language;

use super::rule::counted;
use super::text::{Class, fold, is_full_width, is_styled};
use super::{Filter, Graded, Prepared, Rule};
use crate::domain::{Evidence, Finding, Span};

pub use language::Languages;

/// What the shape filter looks for. Each rule says what its `from` counts.
#[derive(Debug, Clone)]
pub struct ShapeRules {
    /// Characters from which a text is long.
    pub long: Option<Graded>,
    /// Characters down to which a text is short.
    pub short: Option<Graded>,
    /// Share of capitals, 0 to 1, among at least 20 letters.
    pub capitals: Option<Graded>,
    /// One character this often in a row.
    pub repeated_character: Option<Graded>,
    /// One word this often in a row.
    pub repeated_word: Option<Graded>,
    /// Pictures.
    pub emoji: Option<Graded>,
    /// Marks stacked beyond what any script needs.
    pub stacked_marks: Option<Graded>,
    /// Letters and digits drawn in another style.
    pub styled: Option<Graded>,
    /// Invisible characters where no script needs them.
    pub invisible: Option<Graded>,
    /// Characters that turn the direction of the text around.
    pub bidi: Option<Graded>,
    /// A form field that people cannot see was filled in.
    pub honeypot: Option<Graded>,
    /// Seconds within which nobody reads and types.
    pub too_fast: Option<Graded>,
    /// The text is in a language that the site does not expect.
    pub language: Option<(Languages, Rule)>,
}

impl Default for ShapeRules {
    fn default() -> Self {
        let rule = |name, from, weight| Some(Graded::scoring(name, from, weight));
        Self {
            long: rule("long", 5000.0, 1.5),
            short: None,
            capitals: rule("capitals", 0.7, 0.5),
            repeated_character: rule("repeated_character", 8.0, 0.5),
            repeated_word: rule("repeated_word", 5.0, 1.0),
            emoji: rule("emoji", 10.0, 1.0),
            stacked_marks: rule("stacked_marks", 4.0, 2.5),
            styled: rule("styled", 5.0, 2.5),
            invisible: rule("invisible", 3.0, 2.0),
            bidi: rule("bidi", 1.0, 2.0),
            honeypot: rule("honeypot", 1.0, 6.0),
            too_fast: rule("too_fast", 2.0, 3.0),
            language: None,
        }
    }
}

/// The filter.
pub struct Shape(pub ShapeRules);

/// Places kept of one kind of character; thousands of them would say nothing more.
const MOST_PLACES: usize = 64;

/// Letters below which capitals say nothing: `OK, USA!`.
const FEWEST_LETTERS: u32 = 20;

impl Filter for Shape {
    fn name(&self) -> &'static str {
        "shape"
    }

    fn rules(&self) -> Vec<&Rule> {
        let ShapeRules { long, short, capitals, repeated_character, repeated_word, emoji, .. } = &self.0;
        let ShapeRules { stacked_marks, styled, invisible, bidi, honeypot, too_fast, language, .. } = &self.0;
        let text = [long, short, capitals, repeated_character, repeated_word, emoji];
        let hidden = [stacked_marks, styled, invisible, bidi, honeypot, too_fast];
        let graded = text.into_iter().chain(hidden).flatten().map(|graded| &graded.rule);
        graded.chain(language.iter().map(|(_, rule)| rule)).collect()
    }

    fn inspect(&self, prepared: &Prepared<'_>, _: &Evidence, findings: &mut Vec<Finding>) {
        self.size_and_capitals(prepared, findings);
        self.repetition(prepared, findings);
        self.hidden_characters(prepared, findings);
        self.form(prepared, findings);
        if let Some((languages, rule)) = &self.0.language
            && let Some(message) = languages.unexpected(prepared)
        {
            findings.push(rule.finding("shape", Vec::new(), message));
        }
    }
}

fn add(findings: &mut Vec<Finding>, rule: Option<&Rule>, spans: Vec<Span>, message: impl FnOnce() -> String) {
    if let Some(rule) = rule {
        findings.push(rule.finding("shape", spans, message()));
    }
}

fn reached(graded: &Option<Graded>, amount: f64) -> Option<&Rule> {
    graded.as_ref().and_then(|graded| graded.reached(amount))
}

/// The rule, when `amount` is no more than its `from`.
fn within(graded: &Option<Graded>, amount: f64) -> Option<&Rule> {
    graded.as_ref().filter(|graded| amount <= graded.from).map(|graded| &graded.rule)
}

impl Shape {
    fn size_and_capitals(&self, prepared: &Prepared<'_>, findings: &mut Vec<Finding>) {
        let counts = prepared.text.counts();
        let length = counts.characters;
        let sized = || format!("{}.", counted(length as usize, ["character", "characters"]));
        add(findings, reached(&self.0.long, f64::from(length)), Vec::new(), sized);
        add(findings, within(&self.0.short, f64::from(length)), Vec::new(), sized);
        if counts.letters >= FEWEST_LETTERS {
            let share = f64::from(counts.capitals) / f64::from(counts.letters);
            let message = || format!("{:.0} % of the letters are capitals.", share * 100.0);
            add(findings, reached(&self.0.capitals, share), Vec::new(), message);
        }
        let emoji = counts.emoji;
        add(findings, reached(&self.0.emoji, f64::from(emoji)), Vec::new(), || {
            format!("{}.", counted(emoji as usize, ["picture", "pictures"]))
        });
    }

    fn repetition(&self, prepared: &Prepared<'_>, findings: &mut Vec<Finding>) {
        let counts = prepared.text.counts();
        if let Some(rule) = reached(&self.0.repeated_character, f64::from(counts.longest_run)) {
            let start = counts.longest_run_at;
            let text = &prepared.draft.text[start as usize..];
            let width: usize = text.chars().take(counts.longest_run as usize).map(char::len_utf8).sum();
            let span = Span { start, end: start + width as u32 };
            let message = format!("One character {} times in a row.", counts.longest_run);
            findings.push(rule.finding("shape", vec![span], message));
        }
        let (often, span) = longest_word_run(prepared);
        if let Some(rule) = reached(&self.0.repeated_word, f64::from(often)) {
            findings.push(rule.finding("shape", vec![span], format!("One word {often} times in a row.")));
        }
    }

    fn hidden_characters(&self, prepared: &Prepared<'_>, findings: &mut Vec<Finding>) {
        let counts = prepared.text.counts();
        let (marks, invisible) = (counts.stacked_marks, counts.invisible);
        let spans = |wanted: &[Class]| places(prepared, |character| wanted.contains(&fold(character).class));
        if let Some(rule) = reached(&self.0.stacked_marks, f64::from(marks)) {
            let message = format!("{} stacked on letters.", counted(marks as usize, ["mark", "marks"]));
            findings.push(rule.finding("shape", spans(&[Class::Mark, Class::ScriptMark]), message));
        }
        let styled = counts.styled + counts.full_width;
        if let Some(rule) = reached(&self.0.styled, f64::from(styled)) {
            let noun = ["letter is drawn", "letters are drawn"];
            let message = format!("{} in another style.", counted(styled as usize, noun));
            let spans = places(prepared, |character| {
                is_styled(character) || counts.full_width > 0 && is_full_width(character)
            });
            findings.push(rule.finding("shape", spans, message));
        }
        if let Some(rule) = reached(&self.0.invisible, f64::from(invisible)) {
            let noun = ["invisible character", "invisible characters"];
            let message = format!("{}.", counted(invisible as usize, noun));
            findings.push(rule.finding("shape", spans(&[Class::Invisible]), message));
        }
        let turns = if counts.bidi == 0 { 0 } else { turns(prepared) };
        if let Some(rule) = reached(&self.0.bidi, turns as f64) {
            let noun = ["character that turns", "characters that turn"];
            let message = format!("{} the direction of the text.", counted(turns, noun));
            findings.push(rule.finding("shape", spans(&[Class::Bidi]), message));
        }
    }

    fn form(&self, prepared: &Prepared<'_>, findings: &mut Vec<Finding>) {
        let filled = f64::from(u8::from(prepared.draft.honeypot_filled));
        let trapped = || "A form field that people cannot see was filled in.".into();
        add(findings, reached(&self.0.honeypot, filled), Vec::new(), trapped);
        if let Some(seconds) = prepared.draft.seconds_to_submit {
            let message = || format!("Sent {seconds:.1} seconds after the form was shown.");
            add(findings, within(&self.0.too_fast, seconds), Vec::new(), message);
        }
    }
}

/// The most often that one word stands in a row, and where.
fn longest_word_run(prepared: &Prepared<'_>) -> (u32, Span) {
    let words = prepared.text.words();
    let (mut longest, mut from, mut to, mut start) = (0, 0, 0, 0);
    for at in 0..words.len() {
        if at > 0 && words[at].hash != words[at - 1].hash {
            start = at;
        }
        if at + 1 - start > longest {
            (longest, from, to) = (at + 1 - start, start, at);
        }
    }
    let span = words
        .get(to)
        .map_or(Span { start: 0, end: 0 }, |last| prepared.text.span(words[from].start, last.end));
    (longest as u32, span)
}

/// Where such characters stand, neighbours put together; the first [`MOST_PLACES`].
fn places(prepared: &Prepared<'_>, is_wanted: impl Fn(char) -> bool) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (at, character) in prepared.draft.text.char_indices() {
        if !is_wanted(character) {
            continue;
        }
        let (start, end) = (at as u32, (at + character.len_utf8()) as u32);
        match spans.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => spans.push(Span { start, end }),
        }
        if spans.len() > MOST_PLACES {
            spans.pop();
            break;
        }
    }
    spans
}

/// Overrides turn any text around; marks and embeddings only one that has no right-to-left letters.
fn turns(prepared: &Prepared<'_>) -> usize {
    let text = &prepared.draft.text;
    let right_to_left = |c: char| matches!(c as u32, 0x590..=0x8FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFC);
    let overrides = text.chars().filter(|c| matches!(c, '\u{202D}' | '\u{202E}')).count();
    let quiet =
        text.chars().filter(|c| matches!(c, '\u{202A}' | '\u{202B}' | '\u{2066}'..='\u{2068}')).count();
    if text.chars().any(right_to_left) { overrides } else { overrides + quiet }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Draft;

    fn rules(text: &str) -> Vec<String> {
        of(&Draft { text: text.into(), ..Draft::default() }, ShapeRules::default())
    }

    fn of(draft: &Draft, rules: ShapeRules) -> Vec<String> {
        let mut findings = Vec::new();
        Shape(rules).inspect(&Prepared::new(draft), &Evidence::default(), &mut findings);
        for span in findings.iter().flat_map(|finding| &finding.spans) {
            assert!(span.of(&draft.text).is_some_and(|part| !part.is_empty()));
        }
        findings.iter().map(|finding| finding.rule.to_string()).collect()
    }

    #[test]
    fn odd_shapes_are_found() {
        assert_eq!(rules("THIS IS AN OUTRAGE AND I WILL SAY SO"), ["capitals"]);
        assert_eq!(rules("nooooooooo"), ["repeated_character"]);
        assert_eq!(rules("spam spam spam Spam spam"), ["repeated_word"]);
        assert_eq!(rules("🍆🍆💦🍑🍆🍆💦🍑🍆🍆"), ["emoji"]);
        assert_eq!(
            rules("Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}a\u{300}\u{301}\u{302}\u{303}"),
            ["stacked_marks"]
        );
        for styled in [
            "𝘋𝙊𝙍𝘼𝟟𝟟 𝘴𝘶𝘱𝘦𝘳",
            "Ⓕⓡⓔⓔ ⓑⓔⓣⓢ",
            "ᴄʜᴇᴀᴘ ᴡᴀᴛᴄʜ",
            "ＢＥＴ８８",
            "K\u{332}U\u{332}S\u{332}U\u{332}M\u{332}A\u{332} TOTO",
        ] {
            assert_eq!(rules(styled), ["styled"], "{styled}");
        }
        assert_eq!(rules("in\u{200b}vi\u{200b}si\u{200b}ble"), ["invisible"]);
        assert_eq!(rules("harmless \u{202e}txt.exe"), ["bidi"]);
        assert_eq!(rules(&"a b ".repeat(1300)), ["long"]);
    }

    #[test]
    fn ordinary_text_of_any_script_has_an_ordinary_shape() {
        for text in [
            "",
            "OK, USA!",
            "Hmm...",
            "The NATO summit in the USA",
            "👨\u{200d}👩\u{200d}👧 and 🏴\u{e0067}\u{e0062}\u{e007f}",
            "❤\u{fe0f}",
            "می\u{200c}خواهم",
            "क\u{94d}\u{200d}ष नमस्ते",
            "שָׁלוֹם עֲלֵיכֶם",
            "مُحَمَّدٌ رَسُولُ",
            "Tiếng Việt có dấu",
            "\u{feff}hello",
            "سلام \u{200f}abc",
            "เก้าอี้ไม้",
            "test test test test",
            "E = mc², x₁ + x₂, ℝⁿ and ½",
            "ＰＣを買った",
            "① ② ③ ④ ⑤",
            "🇺🇦🇺🇦🇺🇦",
            "pronounced [ˈstɪərɪŋ ɪn ðə ʀɪŋ]",
            "E = 𝑚𝑐², so 𝑥 = 𝑦",
            "🅱🅰🅾🆎🅿 blood",
        ] {
            assert_eq!(rules(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_form_gives_robots_away() {
        let draft = Draft { honeypot_filled: true, seconds_to_submit: Some(0.4), ..Draft::default() };
        assert_eq!(of(&draft, ShapeRules::default()), ["honeypot", "too_fast"]);
        let draft = Draft { seconds_to_submit: Some(30.0), ..Draft::default() };
        assert_eq!(of(&draft, ShapeRules::default()), Vec::<String>::new());
    }

    #[test]
    fn a_short_text_counts_only_where_the_policy_says() {
        let draft = Draft { text: "first".into(), ..Draft::default() };
        let short = Some(Graded::scoring("short", 5.0, 1.0));
        assert_eq!(of(&draft, ShapeRules { short, ..ShapeRules::default() }), ["short"]);
    }
}
