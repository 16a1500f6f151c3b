//! What is told of an import: how far it is, what is left out and why, and what it came to.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Args;
use super::entries::{Entries, LeftOut};
use super::tally::Tally;
use crate::cli::failure::{Failure, Refusal};
use crate::cli::harmless::one_line;

/// What has become of the comments so far.
pub struct Report {
    /// The counts.
    pub tally: Tally,
    progress: ProgressBar,
    file: String,
    /// Where everything that is left out is written down.
    left_out: Option<BufWriter<File>>,
    has_waited: bool,
}

impl Report {
    /// Nothing has been read yet.
    pub fn open(args: &Args, entries: &Entries) -> Result<Self, Failure> {
        let create = |path: &String| {
            File::create(path)
                .map(BufWriter::new)
                .map_err(|error| Failure::Usage(format!("cannot write {path}: {error}")))
        };
        Ok(Self {
            tally: Tally::default(),
            progress: progress(entries.length()),
            file: entries.file().to_owned(),
            left_out: args.left_out.as_ref().map(create).transpose()?,
            has_waited: false,
        })
    }

    /// Tells at once of a comment that is left out, unless there are too many of them; all are counted.
    pub fn leave_out(&mut self, left_out: LeftOut) -> Result<(), Failure> {
        if let Some(file) = &mut self.left_out {
            serde_json::to_writer(&mut *file, &left_out).map_err(io::Error::from)?;
            file.write_all(b"\n")?;
        }
        let id =
            if left_out.comment_id.is_empty() { String::new() } else { left_out.comment_id.clone() + ": " };
        let told = format!("{}, line {}: {}", self.file, left_out.line, one_line(&(id + &left_out.why)));
        if self.tally.leave_out(left_out) {
            self.progress.suspend(|| say!("{told}"));
        }
        Ok(())
    }

    /// Says once that a rate limit makes the import wait.
    pub fn waits(&mut self, line: usize, refusal: &Refusal) {
        if !std::mem::replace(&mut self.has_waited, true) {
            let told = format!("{}, line {line}: {}", self.file, one_line(&refusal.in_one_line()));
            self.progress.suspend(|| {
                say!("{told}; it and others like it are sent again when the limit allows it, see --patience");
            });
        }
    }

    /// Shows how far it is.
    pub fn at(&self, position: u64, waiting: usize) {
        let waiting = if waiting == 0 { String::new() } else { format!(", {waiting} wait for a rate limit") };
        self.says(position, self.tally.so_far() + &waiting);
    }

    /// Shows how far it is, in these words.
    pub fn says(&self, position: u64, words: String) {
        self.progress.set_position(position);
        self.progress.set_message(words);
    }

    /// Ends the progress bar and the file of what is left out.
    pub fn close(&mut self) -> Result<(), Failure> {
        self.progress.finish_and_clear();
        self.left_out.as_mut().map(BufWriter::flush).transpose()?;
        if self.tally.untold() > 0 {
            say!("… and {} more; --left-out FILE writes all of them down", self.tally.untold());
        }
        Ok(())
    }
}

/// A bar on standard error, on a terminal alone; without a length, a count of bytes.
fn progress(length: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = match length {
        Some(length) => {
            ProgressBar::new(length).with_style(style("{bar:30} {percent:>3}%  {msg}  {eta} left"))
        }
        None => ProgressBar::new_spinner().with_style(style("{spinner} {bytes}  {msg}")),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
