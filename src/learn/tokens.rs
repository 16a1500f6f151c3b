//! Words, symbols and links of a folded text.

use super::folding::Folded;
use super::hashing::{START, push};
use super::lexicon::{self, WordClass};

/// Endings that make a dotted word a link.
const TOP_LEVEL: &[&str] = &[
    "com", "net", "org", "info", "biz", "co", "io", "me", "tv", "ly", "ru", "uk", "de", "fr", "it", "pl",
    "es", "nl", "eu", "us", "ca", "au", "in", "br", "ua", "by", "kz", "be", "gl", "ws", "cc", "to", "xyz",
    "top", "club", "site", "online", "shop", "store", "link", "ltd", "live", "app", "dev", "page", "blog",
    "pro", "vip", "win", "icu", "tk", "ml", "ga", "cf", "gq", "su", "рф",
];
/// Endings that make a link even with spaces around the dot.
const PLAIN_TOP_LEVEL: &[&str] = &["com", "net", "org", "info"];

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters and digits.
    Word,
    /// One other character.
    Symbol,
    /// A link; its host is in the token's hash.
    Link,
}

/// A word, symbol or link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// Hash of its folded characters; of a link's host for links.
    pub hash: u64,
    /// What it does, when it is a word that the lexicon knows.
    pub class: Option<WordClass>,
    /// What it is.
    pub kind: Kind,
    /// First folded character.
    pub first: u16,
    /// One past the last folded character.
    pub last: u16,
}

/// What the tokens show beside themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub links: u32,
    pub bare_hosts: u32,
    pub spaced_links: u32,
    pub emails: u32,
    pub handles: u32,
    pub hashtags: u32,
    pub mixed_words: u32,
    pub words: u32,
    pub money: u32,
    pub markup: u32,
}

/// Cuts `text` into `tokens`, which is emptied first. Look-alike Latin letters inside Cyrillic words are
/// put right in `text`.
pub(super) fn cut(text: &mut [Folded], tokens: &mut Vec<Token>) -> Marks {
    tokens.clear();
    let mut marks = Marks::default();
    let mut first = 0;
    while first < text.len() {
        if text[first].character == ' ' {
            first += 1;
            continue;
        }
        let (chunk, dotted) = chunk_from(text, first);
        match if dotted { link_host(&text[chunk.clone()]) } else { None } {
            Some((host, bare)) => {
                marks.links += 1;
                marks.bare_hosts += u32::from(bare);
                tokens.push(link(text, chunk.start + host.start..chunk.start + host.end, chunk.clone()));
            }
            None => cut_chunk(text, chunk.clone(), tokens, &mut marks),
        }
        first = chunk.end;
    }
    marks.spaced_links = spaced_links(tokens);
    marks
}

/// From `first` to the next space, and whether there is a dot or colon in between, as every link has.
fn chunk_from(text: &[Folded], first: usize) -> (std::ops::Range<usize>, bool) {
    let (mut end, mut dotted) = (first, false);
    while let Some(folded) = text.get(end).filter(|folded| folded.character != ' ') {
        dotted |= matches!(folded.character, '.' | ':');
        end += 1;
    }
    (first..end, dotted)
}

fn link(text: &[Folded], host: std::ops::Range<usize>, chunk: std::ops::Range<usize>) -> Token {
    let hash = text[host].iter().fold(START, |hash, folded| push(hash, u64::from(folded.character)));
    Token {
        hash,
        class: Some(WordClass::Web),
        kind: Kind::Link,
        first: chunk.start as u16,
        last: chunk.end as u16,
    }
}

/// The host within a chunk that is a link, and whether it came without scheme and `www.`.
fn link_host(chunk: &[Folded]) -> Option<(std::ops::Range<usize>, bool)> {
    let at = |index: usize| chunk.get(index).map(|folded| folded.character);
    let dot = chunk.iter().position(|folded| matches!(folded.character, '.' | ':'))?;
    let scheme = (0..chunk.len().saturating_sub(2))
        .find(|&i| at(i) == Some(':') && at(i + 1) == Some('/') && at(i + 2) == Some('/'));
    if let Some(colon) = scheme {
        return Some((host_from(chunk, colon + 3), false));
    }
    // folding leaves two of three w's
    let www = (2..=3).contains(&dot) && (dot - 2..dot).all(|i| at(i) == Some('w'));
    if www {
        return Some((host_from(chunk, dot + 1), false));
    }
    if chunk.iter().any(|folded| folded.character == '@') {
        return None;
    }
    let start = chunk.iter().position(|folded| folded.in_word)?;
    let host = host_from(chunk, start);
    let ending = host.clone().rev().find(|&i| at(i) == Some('.'))?;
    let labels = ending > host.start && ends_in(&chunk[ending + 1..host.end], TOP_LEVEL);
    labels.then_some((host, true))
}

/// From `start` as far as letters, digits, dots and dashes reach, without a dot at the end.
fn host_from(chunk: &[Folded], start: usize) -> std::ops::Range<usize> {
    let belongs = |folded: &Folded| folded.in_word || matches!(folded.character, '.' | '-');
    let mut end = start + chunk[start..].iter().take_while(|folded| belongs(folded)).count();
    while end > start && chunk[end - 1].character == '.' {
        end -= 1;
    }
    start..end
}

fn ends_in(label: &[Folded], endings: &[&str]) -> bool {
    label.len() <= 6
        && endings.iter().any(|ending| label.iter().map(|folded| folded.character).eq(ending.chars()))
}

fn cut_chunk(text: &mut [Folded], chunk: std::ops::Range<usize>, tokens: &mut Vec<Token>, marks: &mut Marks) {
    marks.markup += u32::from(matches!(text[chunk.start].character, '<' | '['));
    let mut at = chunk.start;
    while at < chunk.end {
        let character = text[at].character;
        let follows = |at: usize| at + 1 < chunk.end && text[at + 1].in_word;
        match character {
            '@' if at > chunk.start && follows(at) => marks.emails += 1,
            '@' if follows(at) => marks.handles += 1,
            '#' if follows(at) => marks.hashtags += 1,
            '$' | '£' | '€' | '₽' | '₹' => marks.money += 1,
            _ => {}
        }
        let token = if text[at].in_word { word(text, at, chunk.end, marks) } else { symbol(text, at) };
        at = usize::from(token.last);
        tokens.push(token);
    }
}

fn symbol(text: &[Folded], at: usize) -> Token {
    let mut hashes = Hashes::default();
    hashes.push(text[at].character);
    hashes.token(Kind::Symbol, at..at + 1)
}

/// The word that begins at `start`: letters and digits, and apostrophes between them.
fn word(text: &mut [Folded], start: usize, limit: usize, marks: &mut Marks) -> Token {
    let (mut end, mut hashes, mut cyrillic) = (start, Hashes::default(), false);
    while end < limit {
        let Folded { character, in_word, .. } = text[end];
        let inner = matches!(character, '\'' | '’') && end + 1 < limit && text[end + 1].in_word;
        if !in_word && !inner {
            break;
        }
        hashes.push(character);
        cyrillic |= is_cyrillic(character);
        end += 1;
    }
    marks.words += 1;
    if cyrillic && unmix(&mut text[start..end]) {
        marks.mixed_words += 1;
        hashes = Hashes::default();
        text[start..end].iter().for_each(|folded| hashes.push(folded.character));
    }
    hashes.token(Kind::Word, start..end)
}

/// The hash of a word as it grows, and of its beginnings that the lexicon may have.
struct Hashes {
    length: usize,
    whole: u64,
    beginnings: [u64; lexicon::BEGINNINGS],
}

impl Default for Hashes {
    fn default() -> Self {
        Self { length: 0, whole: START, beginnings: [0; lexicon::BEGINNINGS] }
    }
}

impl Hashes {
    #[inline(always)]
    fn push(&mut self, character: char) {
        let character = if character == '’' { '\'' } else { character };
        let hash = push(self.whole, u64::from(character));
        self.whole = hash;
        if let Some(beginning) =
            self.beginnings.get_mut(self.length.wrapping_sub(lexicon::SHORTEST_BEGINNING - 1))
        {
            *beginning = hash;
        }
        self.length += 1;
    }

    fn token(self, kind: Kind, range: std::ops::Range<usize>) -> Token {
        let hash = self.whole;
        let known = (self.length + 1).saturating_sub(lexicon::SHORTEST_BEGINNING).min(lexicon::BEGINNINGS);
        let class = lexicon::class_of(hash, &self.beginnings[..known]);
        Token { hash, class, kind, first: range.start as u16, last: range.end as u16 }
    }
}

fn is_cyrillic(character: char) -> bool {
    ('\u{400}'..='\u{52F}').contains(&character)
}

/// Turns look-alikes of other scripts into Cyrillic letters in a word that has Cyrillic ones. Tells whether there
/// were any.
fn unmix(word: &mut [Folded]) -> bool {
    let mut mixed = false;
    for folded in word {
        let cyrillic = as_cyrillic(folded.character);
        mixed |= cyrillic != folded.character;
        folded.character = cyrillic;
    }
    mixed
}

/// The Cyrillic letter that a Latin, Greek or small-capital letter passes for.
fn as_cyrillic(character: char) -> char {
    match character {
        'a' | 'α' | 'ᴀ' => 'а',
        'b' | 'ʙ' => 'в',
        'c' | 'ᴄ' => 'с',
        'e' | 'ε' | 'ᴇ' => 'е',
        'h' | 'ʜ' => 'н',
        'k' | 'κ' | 'ᴋ' => 'к',
        'm' | 'ᴍ' | 'ʍ' => 'м',
        'n' | 'ᴨ' | 'π' => 'п',
        'o' | 'ο' | 'ᴏ' => 'о',
        'p' | 'ρ' | 'ᴩ' => 'р',
        't' | 'τ' | 'ᴛ' => 'т',
        'u' => 'и',
        'x' | 'χ' => 'х',
        'y' | 'γ' => 'у',
        'ᴦ' => 'г',
        'ᴧ' => 'л',
        'ɜ' => 'з',
        'ɯ' => 'ш',
        'ɸ' => 'ф',
        other => other,
    }
}

/// Links written with spaces: `name . com`, `name dot com`.
fn spaced_links(tokens: &[Token]) -> u32 {
    use super::hashing::hash_chars;
    let dots = [hash_chars("."), hash_chars("dot")];
    let found = tokens.windows(3).filter(|window| {
        window[0].kind == Kind::Word
            && dots.contains(&window[1].hash)
            && PLAIN_TOP_LEVEL.iter().any(|ending| hash_chars(ending) == window[2].hash)
    });
    found.count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::folding::fold;
    use crate::learn::hashing::hash_chars;

    fn cut_text(text: &str) -> (Vec<Token>, Marks, String) {
        let (mut folded, mut tokens) = (Vec::new(), Vec::new());
        fold(text, &mut folded);
        let marks = cut(&mut folded, &mut tokens);
        (tokens, marks, folded.iter().map(|folded| folded.character).collect())
    }

    #[test]
    fn links_are_known_by_their_host_however_they_are_written() {
        for text in ["https://example.com/a?b", "HTTP://EXAMPLE.COM", "www.example.com.", "(example.com)"] {
            let (tokens, marks, _) = cut_text(text);
            assert_eq!(marks.links, 1, "{text}");
            assert_eq!(tokens[0].hash, hash_chars("example.com"), "{text}");
        }
        assert_eq!(cut_text("go to example . com or example dot com").1.spaced_links, 2);
    }

    #[test]
    fn sentences_numbers_and_mail_are_no_links() {
        for text in ["Yes.No.Maybe", "3.50", "end.", "...", "e.g. this", "10:30", "a@example.com"] {
            assert_eq!(cut_text(text).1.links, 0, "{text}");
        }
        assert_eq!(cut_text("write to a@example.com").1.emails, 1);
        assert_eq!(
            cut_text("@someone #topic $5").1,
            Marks { handles: 1, hashtags: 1, money: 1, words: 3, ..Marks::default() }
        );
    }

    #[test]
    fn look_alikes_are_put_right_inside_cyrillic_words_alone() {
        let (_, marks, text) = cut_text("зapaбoтoк for Moscow");
        assert_eq!((marks.mixed_words, text.as_str()), (1, "заработок for moscow"));
    }

    #[test]
    fn words_of_the_lexicon_have_their_class_by_beginning_too() {
        let classes = |text: &str| cut_text(text).0.iter().map(|token| token.class).collect::<Vec<_>>();
        assert_eq!(
            classes("subscribing subscribers"),
            [Some(WordClass::Subscribe), Some(WordClass::Audience)]
        );
        assert_eq!(classes("заработком"), [Some(WordClass::Money)]);
        assert_eq!(classes("bridge"), [None]);
    }
}
