//! The comments of a file, one after the other, whatever it is written in.

use serde::Serialize;

use super::Args;
use super::disqus::Disqus;
use super::format::{Format, SNIFFED};
use super::row::Row;
use super::sheet::Sheet;
use super::source::{Input, Lines};
use super::wordpress::Wordpress;
use crate::cli::failure::Failure;

/// One comment of a file, or why there is none.
pub struct Entry {
    /// The line that it begins on, from 1.
    pub line: usize,
    /// The comment.
    pub row: Result<Row, LeftOut>,
}

/// Why a comment of a file is left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOut {
    /// The line that it begins on, from 1.
    pub line: usize,
    /// The comment's id; empty: it has none.
    pub comment_id: String,
    /// The kind of reason, for counting.
    pub reason: String,
    /// The reason itself, with the field that is wrong.
    pub why: String,
}

impl LeftOut {
    /// A reason, of a kind; where it stands is said later.
    pub fn new(reason: &str, why: impl Into<String>) -> Self {
        Self { line: 0, comment_id: String::new(), reason: reason.to_owned(), why: why.into() }
    }

    /// The same about a comment with this id.
    pub fn about(self, id: &str) -> Self {
        Self { comment_id: id.to_owned(), ..self }
    }
}

/// What reads one kind of file.
pub trait Comments {
    /// The next comment; `None` at the end. An error is about the whole file: nothing behind it can be read.
    fn next(&mut self) -> Result<Option<Entry>, String>;

    /// Bytes read so far.
    fn position(&self) -> u64;
}

/// The comments of the file that was named.
pub struct Entries {
    comments: Box<dyn Comments + Send>,
    file: String,
    length: Option<u64>,
    from_line: usize,
    id_prefix: String,
}

impl Entries {
    /// Opens the file and finds out what it is written in, where that is not said.
    pub fn open(args: &Args) -> Result<Self, Failure> {
        let file = if args.file == "-" { "standard input" } else { &args.file };
        let mut input = Input::open(&args.file)?;
        let beginning = input.beginning(SNIFFED)?;
        let format = match args.from {
            Some(format) => format,
            None => Format::of(file, &beginning).map_err(Failure::Usage)?,
        };
        let length = input.length;
        let comments = comments(format, input, &beginning, &args.column);
        let comments = comments.map_err(|why| Failure::Usage(format!("{file}: {why}")))?;
        let id_prefix = args.id_prefix.clone();
        Ok(Self { comments, file: file.to_owned(), length, from_line: args.from_line, id_prefix })
    }

    /// The file's length in bytes, where it is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Bytes read so far.
    pub fn position(&self) -> u64 {
        self.comments.position()
    }

    /// The file, as messages name it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The next comment from the line on that was asked for; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Entry>, Failure> {
        loop {
            let next = self.comments.next();
            let next = next.map_err(|why| Failure::Usage(format!("{}, {why}", self.file)))?;
            let Some(mut entry) = next else { return Ok(None) };
            if entry.line < self.from_line {
                continue;
            }
            if let Ok(row) = &mut entry.row {
                row.prefix_ids(&self.id_prefix);
            }
            return Ok(Some(entry));
        }
    }
}

/// What reads a file of this format.
pub fn comments(
    format: Format,
    input: Input,
    beginning: &[u8],
    columns: &[(String, String)],
) -> Result<Box<dyn Comments + Send>, String> {
    Ok(match format {
        Format::Jsonl => Box::new(Lines::over(input)),
        Format::Csv => Box::new(Sheet::open(input, beginning, columns)?),
        Format::Wordpress => Box::new(Wordpress::new(input)),
        Format::Disqus => Box::new(Disqus::new(input)),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::*;

    const FILES: [(Format, &str); 4] = [
        (
            Format::Jsonl,
            "{\"id\": \"1\", \"text\": \"One.\"}\n{\"id\": 2, \"author\": {\"id\": \"ann\"}, \"text\": \"Two.\"}\n",
        ),
        (Format::Csv, "id,text,author.id,labels\n1,One.,ann,\"{\"\"a\"\": \"\"b\"\"}\"\n2,\"Two, \n2.\",,\n"),
        (
            Format::Wordpress,
            "<rss xmlns:wp='http://wordpress.org/export/1.2/'><item><wp:post_id>7</wp:post_id><wp:comment>\
             <wp:comment_id>1</wp:comment_id><wp:comment_content><![CDATA[<b>One</b> &amp; <a href='x'>y</a>.]]>\
             </wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment></item></rss>",
        ),
        (
            Format::Disqus,
            "<disqus xmlns:dsq='d'><thread dsq:id='2'><id/></thread><post dsq:id='1'><message>One.</message>\
             <isSpam>false</isSpam><thread dsq:id='2'/></post></disqus>",
        ),
    ];

    /// Reads a file to its end, or to where it is broken.
    fn read(format: Format, bytes: &[u8]) -> Result<Vec<Entry>, String> {
        let input = Input { bytes: Box::new(Cursor::new(bytes.to_vec())), length: None };
        let mut comments = comments(format, input, bytes, &[])?;
        let mut entries = vec![];
        while let Some(entry) = comments.next()? {
            entries.push(entry);
        }
        Ok(entries)
    }

    #[test]
    fn the_files_are_read_when_nothing_is_wrong_with_them() {
        for (format, text) in FILES {
            let entries = read(format, text.as_bytes()).unwrap();
            assert!(!entries.is_empty() && entries.iter().all(|entry| entry.row.is_ok()), "{format:?}");
        }
    }

    proptest! {
        #[test]
        fn a_corrupt_file_is_told_and_comes_to_an_end(
            (format, text) in select(&FILES),
            changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..6),
            cut in any::<Index>(),
        ) {
            let mut bytes = text.as_bytes().to_vec();
            let mut most = 3;
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
                most += usize::from(matches!(byte, b'\n' | b'\r'));
            }
            bytes.truncate(cut.index(bytes.len()) + 1);
            match read(format, &bytes) {
                Ok(entries) => {
                    prop_assert!(entries.len() <= most, "a row ends only at the end of a line");
                    for left_out in entries.into_iter().filter_map(|entry| entry.row.err()) {
                        prop_assert!(!left_out.why.is_empty() && !left_out.reason.is_empty());
                    }
                }
                Err(why) => prop_assert!(why.contains("line ") || format == Format::Csv, "{why}"),
            }
        }
    }
}
