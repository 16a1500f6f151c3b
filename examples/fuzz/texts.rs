//! Texts: every view and every filter.

use modqueue::domain::{Author, Draft, Evidence, Span};
use modqueue::filter::Prepared;
use modqueue::filter::text::Text;
use modqueue::policy::Policy;

use super::Victim;
use super::dice::Dice;

/// A policy in which every filter has something to do.
const POLICY: &str = r#"
mode = "post"
shape = { short = { from = 2, weight = 1.0 }, languages = ["en"] }
[[keywords]]
name = "own"
words = ["frob", "blue moon", "*zork*", "pre*", "天安门", "🖕", "8===d", "хуй", "ελα"]
allow = ["frob moon"]
[[patterns]]
name = "written"
pattern = '\b\w+@|\p{Lu}!'
[[patterns]]
name = "folded"
pattern = 'cas[i1]no|\d+ ?€'
view = "folded"
[[domains]]
name = "bets"
domains = ["*.bet", "example.com"]
[[authors]]
name = "trolls"
names = ["Frob"]
"#;

/// What comments are made of, and what slips past.
const PIECES: [&str; 56] = [
    "fuck",
    "sh1t",
    "f u c k",
    "s.h.i.t",
    "a$$hole",
    "b**ch",
    "wan ker",
    "heII",
    "ѕһіт",
    "хyй",
    "kill yourself",
    "Scunthorpe",
    "the pen is mightier",
    "check out my channel",
    "earn money online",
    "blue  moon",
    "frob",
    "megazorking",
    "天安门",
    "这家店的手表",
    "今日は",
    "สวัสดี",
    "नमस्ते",
    "مرحبا",
    "שָׁלוֹם",
    "γεια σου",
    "привет",
    "https://example.com/a?b=c#d",
    "www.exаmple.com",
    "example dot com",
    "a.b.c.d.e",
    "casino . com",
    "me@mail.example.org",
    "192.0.2.7:80/x",
    "xn--80ak6aa92e.com",
    "://",
    "+1 (555) 867-5309",
    "👨‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇫🇺🇨🇰",
    "1️⃣",
    "ﷺ",
    "ﬃ",
    "ẞ",
    "İ",
    "ŉ",
    "ǆ",
    "１２３",
    "𝒻𝓊𝒸𝓀",
    "Z̸̪͇A̷̖L̸͙G̶͚O",
    "<b>",
    "&amp;",
    "[url=x]",
    "!!!",
    "...",
    "\r\n",
];

/// Characters by themselves that text handling trips over.
const TROUBLE: [char; 40] = [
    '\0',
    '\t',
    '\n',
    '\r',
    '\u{b}',
    '\u{85}',
    '\u{a0}',
    '\u{ad}',
    '\u{300}',
    '\u{338}',
    '\u{34f}',
    '\u{489}',
    '\u{5b0}',
    '\u{61c}',
    '\u{640}',
    '\u{64b}',
    '\u{93f}',
    '\u{94d}',
    '\u{e38}',
    '\u{1160}',
    '\u{180e}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{202e}',
    '\u{2028}',
    '\u{2060}',
    '\u{2066}',
    '\u{3000}',
    '\u{3164}',
    '\u{d7ff}',
    '\u{e000}',
    '\u{fdd0}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{fffd}',
    '\u{1f1e6}',
    '\u{e0061}',
    '\u{10ffff}',
];

/// Bytes of a comment at most.
const LONGEST: usize = 32 * 1024;

/// Feeds texts to the views and to two policies.
pub struct Texts {
    policies: [Policy; 2],
}

impl Default for Texts {
    fn default() -> Self {
        let own = Policy::compile(POLICY, 1).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        Self { policies: [Policy::default(), own] }
    }
}

impl Victim for Texts {
    fn make(&mut self, dice: &mut Dice) -> String {
        text(dice)
    }

    fn feed(&mut self, input: &str) -> Result<(), String> {
        let author =
            Author { id: "a".into(), display_name: input.into(), url: input.into(), ..Author::default() };
        let draft = Draft { text: input.into(), author, ..Draft::default() };
        let prepared = Prepared::new(&draft);
        views(&prepared.text)?;
        for policy in &self.policies {
            let verdict = policy.judge(&prepared, &Evidence::default());
            for finding in &verdict.findings {
                spans(input, &finding.spans).map_err(|why| format!("{finding:?}: {why}"))?;
            }
            if !verdict.score.is_finite() {
                return Err(format!("the score is {}", verdict.score));
            }
        }
        Ok(())
    }
}

/// A text of pieces, trouble and chance, now and then one of them very often.
pub fn text(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..1 + dice.below(12) {
        let piece = match dice.below(5) {
            0 => dice.character().to_string(),
            1 => TROUBLE[dice.below(TROUBLE.len())].to_string(),
            _ => dice.one_of(&PIECES).to_owned(),
        };
        let often = match dice.below(1_000) {
            0 => 1 + dice.below(LONGEST / piece.len()),
            1..100 => 1 + dice.below(40),
            _ => 1,
        };
        text.push_str(&piece.repeat(often));
        if dice.once_in(2) {
            text.push(' ');
        }
    }
    for _ in 0..dice.below(4) {
        mutate(&mut text, dice);
    }
    text.truncate((0..=LONGEST.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
    text
}

/// One change at a place drawn by lot.
pub fn mutate(text: &mut String, dice: &mut Dice) {
    let (one, other) = (dice.place(text), dice.place(text));
    let (from, to) = (one.min(other), one.max(other));
    match dice.below(6) {
        0 => text.insert(from, dice.character()),
        1 => text.insert(from, TROUBLE[dice.below(TROUBLE.len())]),
        2 => text.replace_range(from..to, ""),
        3 => {
            let again = text[from..to].to_owned();
            text.insert_str(from, &again);
        }
        4 => *text = text[from..to].to_uppercase() + &text[..from] + &text[to..],
        _ => {
            let between = TROUBLE[dice.below(TROUBLE.len())];
            let strewn: String = text[from..to].chars().flat_map(|letter| [letter, between]).collect();
            text.replace_range(from..to, &strewn);
        }
    }
}

/// Every way back from a view ends on the reader's own characters, and folding twice changes nothing.
fn views(text: &Text<'_>) -> Result<(), String> {
    let whole = |start, end| {
        let part = text.span(start, end).of(text.original()).filter(|part| !part.is_empty());
        part.map(|_| ()).ok_or_else(|| format!("{start}..{end} of the folded text leads nowhere"))
    };
    text.words().iter().try_for_each(|word| whole(word.start, word.end))?;
    for reading in text.readings().iter() {
        let (start, end) = text.readings().behind(reading, 0, text.readings().letters(reading).len());
        whole(start, end).map_err(|why| format!("{reading:?}: {why}"))?;
    }
    if Text::new(text.folded()).folded() != text.folded() {
        return Err("folding twice changes the text again".into());
    }
    Ok(())
}

/// Spans are parts of the text, in order and apart.
fn spans(input: &str, spans: &[Span]) -> Result<(), String> {
    if let Some(span) = spans.iter().find(|span| span.of(input).is_none_or(str::is_empty)) {
        return Err(format!("{span:?} is no part of the text"));
    }
    match spans.windows(2).find(|pair| pair[1].start < pair[0].end) {
        Some(pair) => Err(format!("{pair:?} overlap")),
        None => Ok(()),
    }
}
