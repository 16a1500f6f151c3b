//! Readings within one chunk: words with signs between or beside them and no space.

use super::super::{Text, Word, fold};
use super::{Kind, Readings};

/// Bytes between two words of one chunk; more is a line drawn between them.
const WIDEST_GAP: usize = 7;
/// Bytes of a chunk that is read again. Longer ones are addresses of pages, which the links filter reads.
const LONGEST_CHUNK: usize = 48;
/// Bytes of signs looked at before and after a chunk.
const WIDEST_EDGE: usize = 7;

/// Bytes within which brackets are closed again.
const WIDEST_BRACKETS: usize = 400;

/// Bytes from which a dash or dot may hide a letter; below, it abbreviates.
const SHORTEST_DASHED: usize = 4;

/// Words `first..=last` with the signs around them, as offsets in the folded text.
struct Chunk<'t> {
    text: &'t Text<'t>,
    words: &'t [Word],
    lead: usize,
    start: usize,
    end: usize,
    trail: usize,
}

/// Adds the readings of every chunk.
pub fn read(text: &Text<'_>, readable: &dyn Fn(&Word) -> bool, readings: &mut Readings) {
    let (folded, words) = (text.folded(), text.words());
    let mut first = 0;
    while first < words.len() {
        let mut last = first;
        while last + 1 < words.len() && is_gap(folded, &words[last], &words[last + 1]) {
            last += 1;
        }
        let (start, end) = (words[first].start as usize, words[last].end as usize);
        let (lead, trail) = (edge_before(folded, start), edge_after(folded, end));
        if (last > first || lead < start || trail > end) && readable(&words[first]) {
            let chunk = Chunk { text, words: &words[first..=last], lead, start, end, trail };
            chunk.read(readings);
        }
        first = last + 1;
    }
}

fn is_gap(folded: &str, left: &Word, right: &Word) -> bool {
    let gap = &folded.as_bytes()[left.end as usize..right.start as usize];
    gap[0] != b' ' && gap.len() <= WIDEST_GAP && !gap.iter().any(|byte| byte.is_ascii_whitespace())
}

/// Where the signs before `start` that could be letters begin.
fn edge_before(folded: &str, start: usize) -> usize {
    if matches!(folded.as_bytes()[..start].last(), None | Some(b' ')) {
        return start;
    }
    let mut at = start;
    for (offset, sign) in folded[..start].char_indices().rev() {
        if start - offset > WIDEST_EDGE || !is_letter_sign(sign) && !matches!(sign, '/' | '\\') {
            break;
        }
        at = offset;
    }
    at
}

/// Where the signs after `end` that could be letters or hide some end.
fn edge_after(folded: &str, end: usize) -> usize {
    if matches!(folded.as_bytes().get(end), None | Some(b' ' | b'.' | b',')) {
        return end;
    }
    let mut at = end;
    for (offset, sign) in folded[end..].char_indices() {
        let letter = is_letter_sign(sign) && !matches!(sign, '(' | '[' | '{' | '<' | '&');
        if offset >= WIDEST_EDGE || !letter && sign != '*' {
            break;
        }
        at = end + offset + sign.len_utf8();
    }
    at
}

fn is_letter_sign(sign: char) -> bool {
    match sign {
        '@' | '$' | '!' | '|' | '(' | '<' | '{' | '[' | '+' | '#' | '&' => true,
        sign if sign.is_ascii() => false,
        sign => fold(sign).lookalike != 0,
    }
}

fn letter_of(sign: char) -> Option<char> {
    let like = fold(sign).lookalike;
    (like != 0).then(|| char::from(like))
}

/// Letters drawn with several signs, longest first.
const DRAWN: [(&str, char); 12] = [
    ("|\\|", 'n'),
    ("|-|", 'h'),
    ("|_|", 'u'),
    ("[_]", 'u'),
    ("(_)", 'u'),
    ("()", 'o'),
    ("[]", 'o'),
    ("\\/", 'v'),
    ("/\\", 'a'),
    ("|)", 'd'),
    ("|<", 'k'),
    ("><", 'x'),
];

impl Chunk<'_> {
    fn read(&self, readings: &mut Readings) {
        if self.trail - self.lead > LONGEST_CHUNK {
            return;
        }
        let folded = self.text.folded();
        let leading = self.lead < self.start;
        let has_sign = |from: usize, to: usize| folded[from..to].chars().any(is_letter_sign);
        let mut signs = folded[self.end..self.trail].chars();
        // `!` ends sentences, too: it is read where it stands beside another sign.
        let trailing = signs.any(|sign| sign != '!' && is_letter_sign(sign))
            || has_sign(self.end, self.trail) && has_sign(self.start, self.end);
        self.signs(self.start, self.end, readings);
        if leading {
            self.signs(self.lead, self.end, readings);
            let nearest = self.nearest_sign();
            if nearest > self.lead {
                self.signs(nearest, self.end, readings);
            }
        }
        if trailing {
            let firm = self.start + folded[self.start..self.trail].trim_end_matches('!').len();
            for trail in
                [Some(self.trail), Some(firm).filter(|firm| *firm < self.trail)].into_iter().flatten()
            {
                self.signs(self.start, trail, readings);
                if leading {
                    self.signs(self.lead, trail, readings);
                }
            }
        }
        self.masked(readings);
        self.joined(readings);
    }

    /// The last sign alone of those before the first word.
    fn nearest_sign(&self) -> usize {
        self.text.folded()[..self.start].char_indices().next_back().map_or(self.start, |(at, _)| at)
    }

    /// Every sign read as a letter; given up at the first that looks like none, or that is a bracket in its usual place.
    fn signs(&self, from: usize, to: usize, readings: &mut Readings) {
        let folded = &self.text.folded()[..to];
        let begun = readings.begin();
        let (mut at, mut signs) = (from, 0);
        while let Some(character) = folded[at..].chars().next() {
            let (letter, width) = if character.is_alphanumeric() {
                let foreign = if character.is_ascii() { None } else { letter_of(character) };
                (foreign.or(Some(character)), character.len_utf8())
            } else {
                signs += 1;
                match DRAWN.iter().find(|(drawn, _)| folded[at..].starts_with(drawn)) {
                    Some((drawn, letter)) => (Some(*letter), drawn.len()),
                    None if self.is_closed(at) => (None, 1),
                    None => (letter_of(character), character.len_utf8()),
                }
            };
            let Some(letter) = letter else { return readings.cancel(begun) };
            readings.push(letter, at, at + width);
            at += width;
        }
        if signs == 0 { readings.cancel(begun) } else { readings.end(begun, Kind::Signs) }
    }

    /// Whether a bracket opens there that is closed again: `(until then)`.
    fn is_closed(&self, at: usize) -> bool {
        let folded = self.text.folded().as_bytes();
        let closing = match folded[at] {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            b'<' => b'>',
            _ => return false,
        };
        folded[at..].iter().take(WIDEST_BRACKETS).any(|byte| *byte == closing)
    }

    /// Signs between letters, or two stars and more after them, each hiding one letter. Those that
    /// also join ordinary words are written as `-`.
    fn masked(&self, readings: &mut Readings) {
        let folded = self.text.folded();
        let hides = |sign: char| {
            matches!(
                sign,
                '*' | '#' | '%' | '^' | '&' | '@' | '$' | '!' | '?' | '+' | '-' | '_' | '.' | '~' | '>' | '<'
            )
        };
        let stars = folded[self.end..self.trail].chars().take_while(|sign| *sign == '*').count();
        let bold = folded[..self.start].ends_with(['*', '_', '-', '#']);
        let end = if stars >= 2 && !bold { self.end + stars } else { self.end };
        let letters = folded[self.start..end].chars();
        let (mut masks, mut strange) = (0, false);
        for letter in letters.filter(|letter| !letter.is_alphanumeric()) {
            masks += 1;
            strange |= !hides(letter);
        }
        let starred = folded[self.start..end].contains(['*', '#', '@', '%', '^', '!', '$']);
        // Single letters with a sign each between them are an abbreviation, or written apart: `c.o.d`.
        let abbreviated = end - self.start < SHORTEST_DASHED || self.is_row() && masks < self.words.len();
        let dashed = abbreviated && !starred;
        if masks == 0 || strange || dashed {
            return;
        }
        let begun = readings.begin();
        for (offset, letter) in folded[self.start..end].char_indices() {
            let at = self.start + offset;
            let shown = match letter {
                letter if letter.is_alphanumeric() => letter,
                '-' | '_' | '.' | '~' | '+' | '&' => '-',
                _ => '*',
            };
            readings.push(shown, at, at + letter.len_utf8());
        }
        readings.end(begun, Kind::Masked);
    }

    /// All words put together: of more than one letter each, or all of one letter.
    fn joined(&self, readings: &mut Readings) {
        let folded = self.text.folded();
        let apostrophe = |pair: &[Word]| {
            folded[pair[0].end as usize..pair[1].start as usize].contains(['\'', '’', '´', '`', '@', '/'])
        };
        let unspaced = |word: &Word| word.has(Word::HAS_UNSPACED);
        if self.words.len() < 2 || self.words.iter().any(unspaced) || self.words.windows(2).any(apostrophe) {
            return;
        }
        let begun = readings.begin();
        for word in self.words {
            readings.push_str(self.text.word(word), word.start as usize);
        }
        if self.is_row() { readings.cancel(begun) } else { readings.end(begun, Kind::Joined) }
    }

    /// Whether every word is a single letter.
    fn is_row(&self) -> bool {
        self.words.iter().all(|word| self.text.word(word).chars().nth(1).is_none())
    }
}
