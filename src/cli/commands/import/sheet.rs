//! Comma-separated values: a header row names the fields, those inside others joined by dots.

use std::io::BufRead;

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::entries::{Comments, Entry, LeftOut};
use super::row::Row;
use super::source::Input;

/// What can stand between fields.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// A sheet of comments.
pub struct Sheet {
    reader: Reader<Box<dyn BufRead + Send>>,
    /// The fields' names, in order.
    columns: Vec<String>,
    /// Lines that the reader's count is behind: where rows end with a carriage return and a line feed, it has read only
    /// the first of them when the next row begins.
    behind: u64,
}

impl Sheet {
    /// Reads the header row. `renamed` says which columns are which fields, where their names do not.
    pub fn open(input: Input, beginning: &[u8], renamed: &[(String, String)]) -> Result<Self, String> {
        let mut reader =
            ReaderBuilder::new().flexible(true).delimiter(delimiter(beginning)).from_reader(input.bytes);
        let header = reader.headers().map_err(|error| format!("line 1: {}", told(&error)))?;
        let name = |column: &str| column.trim_start_matches('\u{feff}').trim().to_owned();
        let found: Vec<_> = header.iter().map(name).collect();
        for (column, _) in renamed {
            if !found.contains(column) {
                return Err(format!(
                    "line 1: there is no column `{column}`; there are: {}",
                    found.join(", ")
                ));
            }
        }
        let field = |column: &String| {
            renamed.iter().find(|(from, _)| from == column).map_or(column, |(_, field)| field).clone()
        };
        let columns: Vec<_> = found.iter().map(field).collect();
        for part in columns.iter().filter_map(|column| Some(column.split_once('.')?.0)) {
            if columns.iter().any(|column| column == part) {
                return Err(format!(
                    "line 1: there are columns `{part}` and `{part}.…`; leave one of them out"
                ));
            }
        }
        if !columns.iter().any(|column| column == "text") {
            return Err(format!(
                "line 1: there is no column `text`; say which one it is with --column NAME=text; there are: {}",
                found.join(", ")
            ));
        }
        let first = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
        Ok(Self { reader, columns, behind: u64::from(first.ends_with(b"\r")) })
    }

    fn row(&self, record: &StringRecord) -> Result<Row, LeftOut> {
        if record.len() > self.columns.len() {
            let (fields, columns) = (record.len(), self.columns.len());
            let why =
                format!("it has {fields} fields and the header {columns}; is a quote or a comma missing?");
            return Err(LeftOut::new("too many fields", why));
        }
        let mut row = Map::new();
        for (column, cell) in self.columns.iter().zip(record).filter(|(_, cell)| !cell.is_empty()) {
            let value = value(column, unguarded(cell));
            let value = value.map_err(|why| LeftOut::new("a field is wrong", format!("{column}: {why}")))?;
            put(&mut row, column, value);
        }
        Row::of(row)
    }
}

impl Comments for Sheet {
    fn next(&mut self) -> Result<Option<Entry>, String> {
        let mut record = StringRecord::new();
        let read = self.reader.read_record(&mut record);
        let position = match &read {
            Ok(_) => record.position(),
            Err(error) => error.position(),
        };
        let line = position.map_or(0, csv::Position::line) + self.behind;
        let row = match read {
            Ok(false) => return Ok(None),
            Ok(true) => self.row(&record),
            Err(error) if matches!(error.kind(), ErrorKind::Utf8 { .. }) => {
                Err(LeftOut::new("not UTF-8", told(&error)))
            }
            Err(error) => return Err(format!("line {line}: {}", told(&error))),
        };
        Ok(Some(Entry { line: usize::try_from(line).unwrap_or_default(), row }))
    }

    fn position(&self) -> u64 {
        self.reader.position().byte()
    }
}

fn told(error: &csv::Error) -> String {
    match error.kind() {
        ErrorKind::Utf8 { .. } => "it is not UTF-8; save the sheet as “CSV UTF-8”".to_owned(),
        _ => format!("it cannot be read: {error}"),
    }
}

/// What stands most often in the first line.
fn delimiter(beginning: &[u8]) -> u8 {
    let first = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| first.iter().filter(|byte| *byte == delimiter).count();
    DELIMITERS.into_iter().rev().max_by_key(count).unwrap_or(b',')
}

/// Spreadsheets run what begins like a formula; where an apostrophe keeps them from it, it is none of the text.
fn unguarded(cell: &str) -> &str {
    let guarded = cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@']);
    if guarded { cell.strip_prefix('\'').unwrap_or(cell) } else { cell }
}

/// A cell as JSON: a text, but for the fields that are none.
fn value(column: &str, cell: &str) -> Result<Value, String> {
    match column {
        "seconds_to_submit" => {
            let number = cell.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
            number.map(Value::Number).ok_or_else(|| format!("`{cell}` is no number"))
        }
        "honeypot_filled" => match cell.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err(format!("`{cell}` is neither true nor false")),
        },
        "labels" => serde_json::from_str(cell).map_err(|error| format!("it is no JSON object: {error}")),
        _ => Ok(Value::String(cell.to_owned())),
    }
}

/// Puts a value where its name says: `author.id` into `author`.
fn put(row: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        Some((around, rest)) if ["author", "thread", "decision", "labels"].contains(&around) => {
            let inner = row.entry(around).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                inner.insert(rest.to_owned(), value);
            }
        }
        _ => _ = row.insert(path.to_owned(), value),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn sheet(text: &[u8], renamed: &[(&str, &str)]) -> Result<Sheet, String> {
        let renamed: Vec<_> = renamed.iter().map(|&(from, to)| (from.to_owned(), to.to_owned())).collect();
        Sheet::open(Input { bytes: Box::new(Cursor::new(text.to_vec())), length: None }, text, &renamed)
    }

    fn read(text: &[u8]) -> Vec<Entry> {
        let mut sheet = sheet(text, &[]).unwrap();
        std::iter::from_fn(|| sheet.next().unwrap()).collect()
    }

    #[test]
    fn dots_lead_into_fields_and_other_columns_are_labels() {
        let text = "\u{feff}id;text;author.id;seconds_to_submit;mood\r\n1;\"One;\r\ntwo \"\"three\"\"\";ann;2.5;good\r\n2;Four;;;\r\n";
        let rows = read(text.as_bytes());
        let lines: Vec<_> = rows.iter().map(|entry| entry.line).collect();
        let drafts: Vec<_> = rows.into_iter().map(|entry| entry.row.unwrap().past.comment.unwrap()).collect();
        assert_eq!((lines, drafts[0].text.as_str()), (vec![2, 4], "One;\r\ntwo \"three\""));
        assert_eq!(
            (drafts[0].author.as_ref().unwrap().id.as_str(), drafts[0].seconds_to_submit),
            ("ann", Some(2.5))
        );
        assert_eq!((drafts[0].labels["mood"].as_str(), drafts[1].author.as_ref()), ("good", None));
    }

    #[test]
    fn the_guard_against_formulas_is_none_of_the_text() {
        let texts = read(b"text\n'=1+1\n''+x\n'tis\n")
            .into_iter()
            .map(|entry| entry.row.unwrap().past.comment.unwrap().text);
        assert_eq!(texts.collect::<Vec<_>>(), ["=1+1", "'+x", "'tis"]);
    }

    #[test]
    fn a_row_that_cannot_be_used_is_told_and_the_next_one_is_read() {
        let rows = read(b"id,text,seconds_to_submit\n1,a,b\n2,a,1,x\n3,\xff,1\n4,,\n5,fine,\n");
        let told: Vec<_> =
            rows.iter().map(|entry| entry.row.as_ref().err().map_or("", |left_out| &left_out.why)).collect();
        for (told, why) in told.iter().zip([
            "seconds_to_submit: `b`",
            "4 fields and the header 3",
            "not UTF-8",
            "no `text`",
            "",
        ]) {
            assert!(told.contains(why), "{told}");
        }
        assert_eq!(rows.iter().map(|entry| entry.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
    }

    #[test]
    fn the_column_of_the_text_can_be_named() {
        let missing = sheet(b"id,body\n", &[]).err().unwrap();
        assert!(missing.contains("--column NAME=text") && missing.contains("id, body"), "{missing}");
        assert!(sheet(b"id,body\n", &[("body", "text")]).is_ok());
        assert!(sheet(b"id,text\n", &[("rump", "text")]).err().unwrap().contains("`rump`"));
    }
}
