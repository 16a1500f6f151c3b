//! Rows for spreadsheets: RFC 4180, every text harmless, and no cell that a spreadsheet would take for a formula.

use std::io::{self, Write};

use crate::cli::harmless::one_line;

/// One field.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// Text from anywhere.
    Text(String),
    /// A figure, a time or a name of ours.
    Plain(String),
}

impl Field {
    /// Text from anywhere; it will be made harmless.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// What this program says itself.
    pub fn plain(value: impl ToString) -> Self {
        Self::Plain(value.to_string())
    }

    fn spelled(&self) -> String {
        match self {
            Self::Plain(value) => value.clone(),
            Self::Text(text) => {
                let text = one_line(text);
                // Spreadsheets run what begins so; an apostrophe tells them that it is text.
                if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
            }
        }
    }
}

/// Writes one row.
pub fn write_row(out: &mut dyn Write, fields: &[Field]) -> io::Result<()> {
    let row: Vec<_> = fields.iter().map(|field| quoted(&field.spelled())).collect();
    out.write_all(row.join(",").as_bytes())?;
    out.write_all(b"\r\n")
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: &[Field]) -> String {
        let mut out = vec![];
        write_row(&mut out, fields).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn commas_and_quotes_are_quoted() {
        assert_eq!(row(&[Field::text("a,b"), Field::text("say \"hi\"")]), "\"a,b\",\"say \"\"hi\"\"\"\r\n");
    }

    #[test]
    fn a_formula_stays_text_and_a_figure_stays_a_figure() {
        assert_eq!(row(&[Field::text("=1+1"), Field::plain(-1.5)]), "'=1+1,-1.5\r\n");
    }

    #[test]
    fn a_comment_stays_in_its_row() {
        assert_eq!(row(&[Field::text("one\ntwo\u{1b}")]), "one⏎two␛\r\n");
    }
}
