//! What a file is written in: said, or seen by its name and its beginning.

use clap::ValueEnum;

/// Bytes of a file's beginning that are looked at.
pub const SNIFFED: usize = 4096;

/// What a file of comments is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JSON Lines: an object a line
    Jsonl,
    /// Comma-separated values with a header row; semicolons and tabs are understood, too
    Csv,
    /// WordPress eXtended RSS, as Tools > Export writes it
    Wordpress,
    /// Disqus' XML export
    Disqus,
}

impl Format {
    /// The format of a file by its name and its first bytes; why it cannot be told.
    pub fn of(name: &str, beginning: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(beginning);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('<') {
            return Self::of_xml(text)
                .ok_or_else(|| format!("{name} is XML, but neither WordPress' nor Disqus'; see --from"));
        }
        if text.starts_with('{') {
            return Ok(Self::Jsonl);
        }
        match name.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
            Some("jsonl" | "ndjson" | "json") => Ok(Self::Jsonl),
            Some("csv" | "tsv") => Ok(Self::Csv),
            _ if text.is_empty() => Ok(Self::Jsonl),
            _ => Err(format!("what {name} is written in cannot be told; say it with --from")),
        }
    }

    fn of_xml(text: &str) -> Option<Self> {
        if text.contains("wordpress.org/export/") || text.contains("<wp:") {
            Some(Self::Wordpress)
        } else if text.contains("<disqus") {
            Some(Self::Disqus)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_says_more_than_the_name() {
        assert_eq!(Format::of("a.csv", b"\xef\xbb\xbf{\"text\": 1}"), Ok(Format::Jsonl));
        assert_eq!(Format::of("a.txt", b"<?xml version=\"1.0\"?>\n<disqus xmlns="), Ok(Format::Disqus));
        let wordpress = b"<rss xmlns:wp=\"http://wordpress.org/export/1.2/\">";
        assert_eq!(Format::of("-", wordpress), Ok(Format::Wordpress));
        assert!(Format::of("feed.xml", b"<rss>").unwrap_err().contains("--from"));
    }

    #[test]
    fn where_the_beginning_says_nothing_the_name_does() {
        assert_eq!(Format::of("a.CSV", b"id,text\n"), Ok(Format::Csv));
        assert_eq!(Format::of("a.jsonl", b"oops\n{}"), Ok(Format::Jsonl));
        assert_eq!(Format::of("-", b""), Ok(Format::Jsonl));
        assert!(Format::of("-", b"id,text\n").unwrap_err().contains("--from"));
    }
}
