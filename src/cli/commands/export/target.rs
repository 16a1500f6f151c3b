//! What an export is written in.

use std::io::{self, Write};

use clap::ValueEnum;

use super::spool::{Ordered, Spool};
use super::{disqus, sheet, wordpress};
use crate::cli::failure::Failure;
use crate::cli::output::json;
use crate::proto::v1::Comment;

/// What an export is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// JSON Lines
    Jsonl,
    /// Comma-separated values
    Csv,
    /// WordPress eXtended RSS, which WordPress and Disqus import
    Wordpress,
    /// The XML that Disqus exports
    Disqus,
}

/// What takes the comments of an export, one after the other.
pub trait Sink {
    /// Takes the next one.
    fn take(&mut self, comment: &Comment) -> io::Result<()>;

    /// Writes what is still to be written.
    fn end(self: Box<Self>) -> io::Result<()>;
}

/// Where the bytes go.
type Out = Box<dyn Write>;

impl Target {
    /// The one that was asked for, or that the file's name tells.
    pub fn of(asked: Option<Self>, file: &str) -> Result<Self, Failure> {
        let name = file.to_lowercase();
        match asked {
            Some(target) => Ok(target),
            None if name.ends_with(".csv") => Ok(Self::Csv),
            None if name.ends_with(".xml") => {
                let why = format!(
                    "{file} could be WordPress' or Disqus'; say so with --to wordpress or --to disqus"
                );
                Err(Failure::Usage(why))
            }
            None => Ok(Self::Jsonl),
        }
    }

    /// Whether texts stand in it as they are.
    pub fn is_raw(self) -> bool {
        self != Self::Jsonl
    }

    /// What writes it.
    pub fn into_sink(self, mut out: Out) -> io::Result<Box<dyn Sink>> {
        Ok(match self {
            Self::Jsonl => Box::new(Lines(out)),
            Self::Csv => {
                out.write_all(&sheet::header()?)?;
                Box::new(Sheet(out))
            }
            Self::Wordpress => Box::new(Shaped::new(out, wordpress::write_all)?),
            Self::Disqus => Box::new(Shaped::new(out, disqus::write_all)?),
        })
    }
}

struct Lines(Out);

impl Sink for Lines {
    fn take(&mut self, comment: &Comment) -> io::Result<()> {
        writeln!(self.0, "{}", json::line(&json::Json(comment))?)
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}

struct Sheet(Out);

impl Sink for Sheet {
    fn take(&mut self, comment: &Comment) -> io::Result<()> {
        self.0.write_all(&sheet::row(comment)?)
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}

/// The shape of another system, which is written once all comments are there.
struct Shaped {
    out: Out,
    spool: Spool,
    site: String,
    write_all: WriteAll,
}

/// Writes all comments of a site.
type WriteAll = fn(&mut dyn Write, Ordered, site: &str) -> io::Result<()>;

impl Shaped {
    fn new(out: Out, write_all: WriteAll) -> io::Result<Self> {
        Ok(Self { out, spool: Spool::new()?, site: String::new(), write_all })
    }
}

impl Sink for Shaped {
    fn take(&mut self, comment: &Comment) -> io::Result<()> {
        self.site.clone_from(&comment.site);
        self.spool.add(comment)
    }

    fn end(mut self: Box<Self>) -> io::Result<()> {
        (self.write_all)(&mut *self.out, self.spool.ordered()?, &self.site)?;
        self.out.flush()
    }
}
