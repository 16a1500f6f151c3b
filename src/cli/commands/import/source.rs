//! The lines of the file, with their numbers.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use crate::cli::failure::Failure;

/// A longer line cannot be one comment: the server takes 32 KiB of text, and JSON at most sextuples it.
const MAX_LINE_BYTES: u64 = 1024 * 1024;

/// A file read line by line.
pub struct Lines {
    input: Box<dyn BufRead>,
    length: Option<u64>,
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
        if file == "-" {
            return Ok(Self::new(Box::new(BufReader::new(io::stdin())), None));
        }
        let refused = |error| Failure::Usage(format!("cannot read {file}: {error}"));
        let opened = File::open(file).map_err(refused)?;
        let metadata = opened.metadata().map_err(refused)?;
        if metadata.is_dir() {
            return Err(Failure::Usage(format!("{file} is a directory; name a file")));
        }
        Ok(Self::new(Box::new(BufReader::new(opened)), metadata.is_file().then_some(metadata.len())))
    }

    fn new(input: Box<dyn BufRead>, length: Option<u64>) -> Self {
        Self { input, length, number: 0, position: 0 }
    }

    /// The file's length in bytes, where it is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next line that is not blank; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Line>, Failure> {
        loop {
            let mut bytes = vec![];
            let read = (&mut self.input).take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes);
            let read = read.map_err(|error| Failure::Usage(format!("cannot read on: {error}")))?;
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

    fn skip_rest(&mut self) -> Result<(), Failure> {
        let skipped = self.input.skip_until(b'\n');
        self.position += skipped.map_err(|error| Failure::Usage(format!("cannot read on: {error}")))? as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: impl Into<Vec<u8>>) -> Vec<(usize, Result<String, String>)> {
        let mut lines = Lines::new(Box::new(io::Cursor::new(bytes.into())), None);
        let mut read = vec![];
        while let Ok(Some(line)) = lines.next() {
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
