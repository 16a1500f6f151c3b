//! The bytes of the file, and its lines with their numbers.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use super::entries::{Comments, Entry, LeftOut};
use super::row::Row;
use crate::cli::failure::Failure;

/// A longer line cannot be one comment: the server takes 32 KiB of text, and JSON at most sextuples it.
const MAX_LINE_BYTES: u64 = 1024 * 1024;

/// An open file, or standard input.
pub struct Input {
    /// Its bytes.
    pub bytes: Box<dyn BufRead + Send>,
    /// How many there are, where that is known.
    pub length: Option<u64>,
}

impl Input {
    /// Opens a file, or standard input for `-`.
    pub fn open(file: &str) -> Result<Self, Failure> {
        if file == "-" {
            return Ok(Self { bytes: Box::new(BufReader::new(io::stdin())), length: None });
        }
        let refused = |error| Failure::Usage(format!("cannot read {file}: {error}"));
        let opened = File::open(file).map_err(refused)?;
        let metadata = opened.metadata().map_err(refused)?;
        if metadata.is_dir() {
            return Err(Failure::Usage(format!("{file} is a directory; name a file")));
        }
        let length = metadata.is_file().then_some(metadata.len());
        Ok(Self { bytes: Box::new(BufReader::new(opened)), length })
    }

    /// The first bytes, which will be read again.
    pub fn beginning(&mut self, most: usize) -> Result<Vec<u8>, Failure> {
        let mut beginning = vec![];
        let read = (&mut self.bytes).take(most as u64).read_to_end(&mut beginning);
        read.map_err(|error| Failure::Usage(format!("cannot read on: {error}")))?;
        let rest = std::mem::replace(&mut self.bytes, Box::new(io::empty()));
        self.bytes = Box::new(Cursor::new(beginning.clone()).chain(rest));
        Ok(beginning)
    }
}

/// A file read line by line.
pub struct Lines {
    input: Box<dyn BufRead + Send>,
    number: usize,
    /// Bytes read so far.
    pub position: u64,
}

/// One line.
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// Its text without the line's end, or why it has none.
    pub text: Result<String, String>,
}

impl Lines {
    /// Opens a file, or standard input for `-`.
    pub fn open(file: &str) -> Result<Self, Failure> {
        Input::open(file).map(Self::over)
    }

    /// The lines of an open file.
    pub fn over(input: Input) -> Self {
        Self { input: input.bytes, number: 0, position: 0 }
    }

    /// The next line that is not blank; `None` at the end.
    pub fn next_line(&mut self) -> Result<Option<Line>, String> {
        loop {
            let mut bytes = vec![];
            let read = (&mut self.input).take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes);
            let read = read.map_err(|error| format!("it cannot be read on: {error}"))?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            self.position += read as u64;
            let text = if read as u64 == MAX_LINE_BYTES && !bytes.ends_with(b"\n") {
                self.skip_rest()?;
                Err(format!("it is longer than {MAX_LINE_BYTES} bytes"))
            } else {
                String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
            };
            let text = text.map(|text| text.trim_start_matches('\u{feff}').trim().to_owned());
            if text.as_ref().is_ok_and(String::is_empty) {
                continue;
            }
            return Ok(Some(Line { number: self.number, text }));
        }
    }

    fn skip_rest(&mut self) -> Result<(), String> {
        let skipped = self.input.skip_until(b'\n');
        self.position += skipped.map_err(|error| format!("it cannot be read on: {error}"))? as u64;
        Ok(())
    }
}

impl Comments for Lines {
    fn next(&mut self) -> Result<Option<Entry>, String> {
        let line = self.next_line().map_err(|error| format!("line {}: {error}", self.number + 1))?;
        Ok(line.map(|line| Entry {
            line: line.number,
            row: line
                .text
                .map_err(|why| LeftOut::new("no line of text", why))
                .and_then(|text| Row::of_line(&text)),
        }))
    }

    fn position(&self) -> u64 {
        self.position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: impl Into<Vec<u8>>) -> Vec<(usize, Result<String, String>)> {
        let mut lines = Lines::over(Input { bytes: Box::new(Cursor::new(bytes.into())), length: None });
        let mut read = vec![];
        while let Ok(Some(line)) = lines.next_line() {
            read.push((line.number, line.text));
        }
        read
    }

    #[test]
    fn blank_lines_count_and_are_left_out() {
        assert_eq!(read("\u{feff}a\r\n\n b"), [(1, Ok("a".into())), (3, Ok("b".into()))]);
    }

    #[test]
    fn a_line_that_is_no_text_does_not_end_the_file() {
        assert_eq!(read(b"\xff\nb\n"), [(1, Err("it is not UTF-8".into())), (2, Ok("b".into()))]);
    }

    #[test]
    fn a_line_without_end_is_skipped_whole() {
        let read = read(format!("{}\nb\n", "x".repeat(3 * 1024 * 1024)));
        assert!(read[0].1.is_err());
        assert_eq!(read[1], (2, Ok("b".into())));
    }
}
