//! The text as the learned filter reads it: lower case, digits alike, no decoration, every character
//! knowing its place in the original.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Bytes read from the beginning and from the end of a long text.
const HEAD: usize = 3_072;
const TAIL: usize = 1_024;

/// One character of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Folded {
    /// What it was folded to.
    pub character: char,
    /// First byte in the original.
    pub start: u32,
    /// One past its last byte in the original.
    pub end: u32,
    /// Whether it is a letter or a digit.
    pub in_word: bool,
}

/// What folding takes away, counted in characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub all: u32,
    pub letters: u32,
    pub capitals: u32,
    pub digits: u32,
    pub emoji: u32,
    pub exclamations: u32,
    pub questions: u32,
    pub invisible: u32,
    pub decorated: u32,
    pub cyrillic: u32,
    pub other_script: u32,
    pub longest_number: u32,
}

/// Folds `text` into `out`, which is emptied first. Of long texts the head and the tail are read.
pub(super) fn fold(text: &str, out: &mut Vec<Folded>) -> Counts {
    out.clear();
    out.reserve(text.len().min(HEAD + TAIL) + 1);
    let (counts, kinds) = (Counts::default(), [0; Kind::COUNT]);
    // No character is folded to NUL, so nothing is taken for a repeat of it.
    let mut folder = Folder { out, counts, kinds, last: '\0', run: 0 };
    if text.len() <= HEAD + TAIL {
        folder.read(text, 0);
    } else {
        let boundary = |at: &usize| text.is_char_boundary(*at);
        let head = (0..=HEAD).rev().find(boundary).unwrap_or(0);
        let tail = (text.len() - TAIL..text.len()).find(boundary).unwrap_or(text.len());
        folder.read(&text[..head], 0);
        folder.put(' ', head as u32, head as u32, false);
        folder.read(&text[tail..], tail);
    }
    folder.finish()
}

/// What an ASCII character is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Other,
    Small,
    Capital,
    Digit,
    Exclamation,
    Question,
}

impl Kind {
    const COUNT: usize = Kind::Question as usize + 1;

    const fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' => Kind::Small,
            b'A'..=b'Z' => Kind::Capital,
            b'0'..=b'9' => Kind::Digit,
            b'!' => Kind::Exclamation,
            b'?' => Kind::Question,
            _ => Kind::Other,
        }
    }
}

/// What each ASCII character is and is folded to: digits to `0`, controls to a space.
const ASCII: [(Kind, u8); 128] = {
    let mut table = [(Kind::Other, b' '); 128];
    let mut byte = b' ';
    while byte < 0x7F {
        let folded = if byte.is_ascii_digit() { b'0' } else { byte.to_ascii_lowercase() };
        table[byte as usize] = (Kind::of(byte), folded);
        byte += 1;
    }
    table
};

/// How often a folded character is kept in a row: of a number, more digits are no longer told apart.
const fn longest_run(character: char) -> u32 {
    match character {
        ' ' => 1,
        '0' => 6,
        _ => 2,
    }
}

/// What is asked of a character beyond ASCII.
#[derive(Debug, Clone, Copy)]
struct Traits {
    is_alphabetic: bool,
    is_capital: bool,
    is_space: bool,
    /// Its lower case, when that is one character.
    lower: Option<char>,
}

impl Traits {
    fn of(character: char) -> Self {
        static COMMON: LazyLock<Vec<Traits>> =
            LazyLock::new(|| ('\0'..COMMON_END).map(Traits::look_up).collect());
        COMMON.get(character as usize).copied().unwrap_or_else(|| Self::look_up(character))
    }

    fn look_up(character: char) -> Self {
        let mut lower = character.to_lowercase();
        Self {
            is_alphabetic: character.is_alphabetic(),
            is_capital: character.is_uppercase(),
            is_space: character.is_whitespace(),
            lower: lower.next().filter(|_| lower.next().is_none()),
        }
    }
}

/// Characters before this one, Latin, Greek and Cyrillic among them, are looked up once for all comments.
const COMMON_END: char = '\u{600}';

struct Folder<'a> {
    out: &'a mut Vec<Folded>,
    counts: Counts,
    /// How many ASCII characters there are of each kind.
    kinds: [u32; Kind::COUNT],
    last: char,
    /// How often `last` stands in a row so far.
    run: u32,
}

impl Folder<'_> {
    fn read(&mut self, text: &str, offset: usize) {
        self.counts.all += text.chars().count() as u32;
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let ascii = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
            for (index, byte) in rest.bytes().take(ascii).enumerate() {
                let start = (offset + at + index) as u32;
                self.ascii(byte, start, start + 1);
            }
            at += ascii;
            if let Some(character) = rest[ascii..].chars().next() {
                let end = at + character.len_utf8();
                self.beyond_ascii(character, (offset + at) as u32, (offset + end) as u32);
                at = end;
            }
        }
    }

    fn finish(self) -> Counts {
        let of = |kind: Kind| self.kinds[kind as usize];
        Counts {
            letters: self.counts.letters + of(Kind::Small) + of(Kind::Capital),
            capitals: self.counts.capitals + of(Kind::Capital),
            digits: of(Kind::Digit),
            exclamations: of(Kind::Exclamation),
            questions: of(Kind::Question),
            ..self.counts
        }
    }

    #[inline(always)]
    fn ascii(&mut self, byte: u8, start: u32, end: u32) {
        let (kind, folded) = ASCII[usize::from(byte & 0x7F)];
        self.kinds[kind as usize] += 1;
        self.put(folded as char, start, end, matches!(kind, Kind::Small | Kind::Capital | Kind::Digit));
        if kind == Kind::Digit {
            self.counts.longest_number = self.counts.longest_number.max(self.run);
        }
    }

    fn beyond_ascii(&mut self, character: char, start: u32, end: u32) {
        match character as u32 {
            0x00AD | 0x200B | 0x200C | 0x200E | 0x200F | 0x202A..=0x202E | 0x2060..=0x2069 | 0xFEFF => {
                self.counts.invisible += 1;
            }
            0x200D | 0xFE00..=0xFE0F => {}
            0x0300..=0x036F => self.counts.decorated += 1,
            0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF => {
                self.counts.emoji += 1;
                self.put(character, start, end, character.is_alphanumeric());
            }
            0x00A0 | 0x2000..=0x206F | 0x20AC => self.plain(character, start, end),
            0x2100..=0x214F | 0x2460..=0x24FF | 0xFF00..=0xFFEF | 0x1D400..=0x1D7FF => {
                self.counts.decorated += 1;
                for plain in character.nfkc() {
                    self.plain(plain, start, end);
                }
            }
            0x0400..=0x052F => {
                self.counts.cyrillic += 1;
                self.letter(character, start, end);
            }
            0x1D00..=0x1DBF | 0x13A0..=0x13FF | 0xAB70..=0xABBF | 0x0250..=0x02AF => {
                self.counts.decorated += 1;
                self.letter(character, start, end);
            }
            _ => {
                self.counts.other_script += u32::from(character.is_alphabetic() && character as u32 > 0x024F);
                self.letter(character, start, end);
            }
        }
    }

    fn plain(&mut self, character: char, start: u32, end: u32) {
        if character.is_ascii() {
            self.ascii(character as u8, start, end);
        } else if character.is_whitespace() {
            self.put(' ', start, end, false);
        } else {
            self.put(character, start, end, character.is_alphanumeric());
        }
    }

    fn letter(&mut self, character: char, start: u32, end: u32) {
        let Traits { is_alphabetic, is_capital, is_space, lower } = Traits::of(character);
        self.counts.letters += u32::from(is_alphabetic);
        self.counts.capitals += u32::from(is_capital);
        match lower {
            _ if is_space => self.put(' ', start, end, false),
            Some(lower) => self.put(lower, start, end, is_alphabetic || lower.is_numeric()),
            None => character
                .to_lowercase()
                .for_each(|lower| self.put(lower, start, end, lower.is_alphanumeric())),
        }
    }

    /// Adds a character, unless it stands in a row too often.
    #[inline(always)]
    fn put(&mut self, character: char, start: u32, end: u32, in_word: bool) {
        self.run = if self.last == character { self.run + 1 } else { 1 };
        self.last = character;
        if self.run <= longest_run(character) {
            self.out.push(Folded { character, start, end, in_word });
        } else if let Some(last) = self.out.last_mut() {
            last.end = end;
        }
    }
}
