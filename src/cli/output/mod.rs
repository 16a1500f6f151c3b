//! What commands print: rows or one thing, in the format that was asked for. Data goes to standard output alone.

pub mod csv;
pub mod fields;
pub mod flow;
pub mod json;
pub mod screen;
pub mod table;

mod activity;
mod answers;
mod author;
mod bulk;
mod comment;
mod detail;
mod diff;
mod event;
mod history;
mod limit;
mod outcome;
mod policy;
mod proposal;
mod queue;
mod replay;
mod rules;
mod similar;
mod stats;
mod verdict;

use std::io::{self, Write};

use clap::ValueEnum;
use serde::Serialize;

pub use self::activity::activity;
pub(in crate::cli) use self::activity::came_in;
pub use self::bulk::Skipped;
pub use self::comment::rules_of;
use self::csv::Field;
pub use self::detail::{comment_heading, detail};
pub use self::diff::diff;
pub use self::event::event_line;
use self::fields::Fields;
pub use self::outcome::Outcome;
pub use self::queue::{Picture, queue_line, total};
pub use self::replay::replayed;
pub use self::rules::{by_overturn_rate, overturn_rate};
pub use self::screen::Screen;
pub use self::stats::{bars, stats};
use self::table::{Cell, Column};
pub use self::verdict::judged;
use crate::cli::harmless::one_line;

/// How data is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One JSON document: an array for many, an object for one.
    Json,
    /// JSON Lines: one object a line.
    Jsonl,
    /// Comma-separated values with a header row, for spreadsheets.
    Csv,
    /// Ids alone, one a line, for pipes.
    Ids,
}

/// A kind of thing that is printed in rows.
pub trait Record {
    /// The columns of its table.
    const COLUMNS: &'static [Column];
    /// The names of its CSV fields.
    const FIELDS: &'static [&'static str];
    /// The API's message that its JSON is; empty: it is a shape of our own.
    const MESSAGE: &'static str = "";
    /// The names in its JSON when it is no message of the API.
    const NAMES: &'static [&'static str] = Self::FIELDS;

    /// A row of the table.
    fn cells(&self, screen: &Screen) -> Vec<Cell>;
    /// A row of the CSV file.
    fn fields(&self) -> Vec<Field>;
    /// Its id; `None` when it is no comment, author or other thing with a name.
    fn id(&self) -> Option<&str>;
    /// Its JSON.
    fn json(&self) -> impl Serialize + '_;
}

/// Where and how a command prints.
pub struct Output {
    /// The format asked for.
    pub format: Format,
    /// What tables and texts are drawn on.
    pub screen: Screen,
    /// Which fields of JSON and CSV are printed.
    pub fields: Fields,
    out: Box<dyn Write>,
}

impl Output {
    /// Prints to `out`.
    pub fn new(format: Format, screen: Screen, fields: Fields, out: Box<dyn Write>) -> Self {
        Self { format, screen, fields, out }
    }

    /// Refuses fields that `R` does not have. What changes something asks before it does.
    pub fn check<R: Record>(&self) -> io::Result<()> {
        let checked = match self.format {
            Format::Csv => self.fields.known_among(R::FIELDS),
            Format::Json | Format::Jsonl if R::MESSAGE.is_empty() => self.fields.known_among(R::NAMES),
            Format::Json | Format::Jsonl => self.fields.known_in(R::MESSAGE),
            Format::Table | Format::Ids => Ok(()),
        };
        checked.map_err(|why| io::Error::new(io::ErrorKind::Unsupported, why))
    }

    /// Prints rows. No rows are an empty list; in a table, `nothing` is said on standard error.
    pub fn rows<R: Record>(&mut self, rows: &[R], nothing: &str) -> io::Result<()> {
        self.check::<R>()?;
        match self.format {
            Format::Table if rows.is_empty() => say!("{nothing}"),
            Format::Table => self.text(&drawn(rows, &self.screen))?,
            Format::Json => {
                let rows: Vec<_> = rows.iter().map(Record::json).collect();
                self.json(&rows)?;
            }
            Format::Csv => {
                self.csv_header::<R>()?;
                rows.iter().try_for_each(|row| self.streamed(row))?;
            }
            Format::Jsonl | Format::Ids => rows.iter().try_for_each(|row| self.streamed(row))?,
        }
        self.out.flush()
    }

    /// Prints one thing; for people as `drawn` says.
    pub fn one<R: Record>(&mut self, thing: &R, drawn: impl FnOnce(&Screen) -> String) -> io::Result<()> {
        self.check::<R>()?;
        match self.format {
            Format::Table => self.text(&drawn(&self.screen))?,
            Format::Json => self.json(&thing.json())?,
            Format::Csv => {
                self.csv_header::<R>()?;
                self.streamed(thing)?;
            }
            Format::Jsonl | Format::Ids => self.streamed(thing)?,
        }
        self.out.flush()
    }

    /// Prints one thing; for people as a table of one row.
    pub fn listed<R: Record>(&mut self, thing: &R) -> io::Result<()> {
        self.one(thing, |screen| drawn(std::slice::from_ref(thing), screen))
    }

    /// Prints one row of a stream that need not end: a line of its own. Tables are drawn as `drawn` says.
    pub fn next<R: Record>(&mut self, row: &R, drawn: impl FnOnce(&Screen) -> String) -> io::Result<()> {
        self.check::<R>()?;
        match self.format {
            Format::Table => self.text(&drawn(&self.screen))?,
            _ => self.streamed(row)?,
        }
        self.out.flush()
    }

    /// Prints the CSV fields' names, if CSV is what is printed.
    pub fn csv_header<R: Record>(&mut self) -> io::Result<()> {
        if self.format != Format::Csv {
            return Ok(());
        }
        self.check::<R>()?;
        let names = R::FIELDS.iter().map(Field::plain).collect();
        csv::write_row(&mut self.out, &self.fields.columns(R::FIELDS, names))
    }

    /// Prints text as it is.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    /// Prints a JSON document over several lines.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = match self.fields.is_all() {
            true => json::pretty(value)?,
            false => json::pretty(&self.fields.of(serde_json::to_value(value)?))?,
        };
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    fn streamed<R: Record>(&mut self, row: &R) -> io::Result<()> {
        match self.format {
            Format::Csv => csv::write_row(&mut self.out, &self.fields.columns(R::FIELDS, row.fields())),
            Format::Ids => match row.id() {
                Some(id) => writeln!(self.out, "{}", one_line(id)),
                None => Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "this has no ids; choose another --format",
                )),
            },
            _ if self.fields.is_all() => writeln!(self.out, "{}", json::line(&row.json())?),
            _ => {
                let chosen = self.fields.of(serde_json::to_value(row.json())?);
                writeln!(self.out, "{}", json::line(&chosen)?)
            }
        }
    }
}

/// Rows as a table.
pub fn drawn<R: Record>(rows: &[R], screen: &Screen) -> String {
    let cells: Vec<_> = rows.iter().map(|row| row.cells(screen)).collect();
    table::render(R::COLUMNS, &cells, screen)
}

/// The name of an enum's value without its prefix, in words: `COMMENT_STATE_PENDING` → `pending`.
fn word(name: &'static str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_lowercase().replace('_', " ")
}
