//! The text as the learned filter reads it: lower case, digits alike, no decoration, every character
//! knowing its place in the original.

use unicode_normalization::UnicodeNormalization;

/// Bytes read from the beginning and from the end of a long text.
const HEAD: usize = 3_072;
const TAIL: usize = 1_024;
/// Digits of one number that are told apart from fewer.
const LONGEST_NUMBER: usize = 6;

/// One character of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Folded {
    /// What it was folded to.
    pub character: char,
    /// First byte in the original.
    pub start: u32,
    /// One past its last byte in the original.
    pub end: u32,
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
    pub line_breaks: u32,
    pub invisible: u32,
    pub decorated: u32,
    pub cyrillic: u32,
    pub other_script: u32,
    pub longest_number: u32,
}

/// Folds `text` into `out`, which is emptied first. Of long texts the head and the tail are read.
pub(super) fn fold(text: &str, out: &mut Vec<Folded>) -> Counts {
    out.clear();
    let mut folder = Folder { out, counts: Counts::default(), run: 0, number: 0 };
    if text.len() <= HEAD + TAIL {
        folder.read(text, 0);
    } else {
        let boundary = |at: &usize| text.is_char_boundary(*at);
        let head = (0..=HEAD).rev().find(boundary).unwrap_or(0);
        let tail = (text.len() - TAIL..text.len()).find(boundary).unwrap_or(text.len());
        folder.read(&text[..head], 0);
        folder.put(' ', head as u32, head as u32);
        folder.read(&text[tail..], tail);
    }
    folder.counts
}

struct Folder<'a> {
    out: &'a mut Vec<Folded>,
    counts: Counts,
    run: u32,
    number: usize,
}

impl Folder<'_> {
    fn read(&mut self, text: &str, offset: usize) {
        for (at, character) in text.char_indices() {
            let start = (offset + at) as u32;
            let end = start + character.len_utf8() as u32;
            self.counts.all += 1;
            if character.is_ascii() {
                self.ascii(character as u8, start, end);
            } else {
                self.beyond_ascii(character, start, end);
            }
        }
    }

    fn ascii(&mut self, byte: u8, start: u32, end: u32) {
        match byte {
            b'a'..=b'z' => self.counts.letters += 1,
            b'A'..=b'Z' => {
                self.counts.letters += 1;
                self.counts.capitals += 1;
            }
            b'0'..=b'9' => return self.digit(start, end),
            b'!' => self.counts.exclamations += 1,
            b'?' => self.counts.questions += 1,
            b'\n' => self.counts.line_breaks += 1,
            _ => {}
        }
        let folded = if byte <= b' ' || byte == 0x7F { ' ' } else { byte.to_ascii_lowercase() as char };
        self.put(folded, start, end);
    }

    fn digit(&mut self, start: u32, end: u32) {
        self.counts.digits += 1;
        self.number =
            if self.out.last().is_some_and(|last| last.character == '0') { self.number + 1 } else { 1 };
        self.counts.longest_number = self.counts.longest_number.max(self.number as u32);
        if self.number <= LONGEST_NUMBER {
            self.out.push(Folded { character: '0', start, end });
        } else if let Some(last) = self.out.last_mut() {
            last.end = end;
        }
        self.run = 1;
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
                self.put(character, start, end);
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
            self.put(' ', start, end);
        } else {
            self.put(character, start, end);
        }
    }

    fn letter(&mut self, character: char, start: u32, end: u32) {
        self.counts.letters += u32::from(character.is_alphabetic());
        self.counts.capitals += u32::from(character.is_uppercase());
        if character.is_whitespace() {
            return self.put(' ', start, end);
        }
        for lower in character.to_lowercase() {
            self.put(lower, start, end);
        }
    }

    /// Adds a character; spaces once, others at most twice in a row.
    fn put(&mut self, character: char, start: u32, end: u32) {
        let repeats = self.out.last().is_some_and(|last| last.character == character);
        self.run = if repeats { self.run + 1 } else { 1 };
        let longest = if character == ' ' { 1 } else { 2 };
        if self.run <= longest {
            self.out.push(Folded { character, start, end });
        } else if let Some(last) = self.out.last_mut() {
            last.end = end;
        }
    }
}
