//! The file that is edited. What was typed into it stays there until it is in force.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::claims::state_directory;
use crate::cli::failure::Failure;
use crate::cli::harmless::one_line;

/// What begins a line that tells a mistake; such lines are taken out again.
const MARK: &str = "#!! ";

/// A mistake and the line that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
}

/// The file.
#[derive(Debug)]
pub struct Draft(PathBuf);

impl Draft {
    /// A new file with the text, readable by this user alone, in the directory for state or, without one, for temporary
    /// files.
    pub fn begin(
        environment: impl Fn(&str) -> Option<PathBuf>,
        site: &str,
        text: &str,
    ) -> Result<Self, Failure> {
        let directory = state_directory(environment).unwrap_or_else(std::env::temp_dir).join("policies");
        let site: String = site.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let site = if site.is_empty() { "policy".to_owned() } else { site };
        let name = format!("{site}-{}.toml", Timestamp::now().strftime("%Y%m%dT%H%M%S%.6f"));
        let draft = Self(directory.join(name));
        let begun = fs::create_dir_all(&directory).and_then(|()| draft.create(text));
        begun.map_err(|error| draft.failed("write", &error))?;
        Ok(draft)
    }

    /// A file that is there.
    pub fn kept(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where it is, for messages.
    pub fn place(&self) -> String {
        one_line(&self.0.to_string_lossy())
    }

    /// The text without the marks.
    pub fn read(&self) -> Result<String, Failure> {
        let text = fs::read_to_string(&self.0).map_err(|error| self.failed("read", &error))?;
        Ok(unmarked(&text))
    }

    /// Replaces the text: whole or not at all, so that a full disk takes nothing away.
    pub fn write(&self, text: &str) -> Result<(), Failure> {
        let beside = self.0.with_extension("toml.new");
        let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, &self.0));
        written.map_err(|error| self.failed("write", &error))
    }

    /// Removes the file: what was in it is in force.
    pub fn discard(&self) {
        _ = fs::remove_file(&self.0);
    }

    fn create(&self, text: &str) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.0)?.write_all(text.as_bytes())
    }

    fn failed(&self, what: &str, error: &io::Error) -> Failure {
        Failure::Usage(format!("cannot {what} {}: {error}", self.place()))
    }
}

/// The text with each mistake under its line.
pub fn marked(text: &str, marks: &[Mark]) -> String {
    let mut marked = String::new();
    for (index, line) in text.lines().enumerate() {
        marked.push_str(&format!("{line}\n"));
        for mark in marks.iter().filter(|mark| mark.line == index + 1) {
            // The caret stands under the column when the mark before it leaves room.
            let indent = " ".repeat(mark.column.saturating_sub(1 + MARK.len()));
            marked.push_str(&format!("{MARK}{indent}^ {}\n", one_line(&mark.what)));
        }
    }
    marked
}

fn unmarked(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.starts_with(MARK)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "mode = \"pre\"\n[thresholds]\nhold = x\n";

    #[test]
    fn a_mark_stands_under_its_line_and_goes_away_again() {
        let marks = [Mark { line: 3, column: 8, what: "`x` is no number\nat all".into() }];
        let marked = marked(TEXT, &marks);
        assert!(marked.ends_with("hold = x\n#!!    ^ `x` is no number⏎at all\n"), "{marked}");
        assert_eq!(unmarked(&marked), TEXT);
    }

    #[test]
    fn a_draft_is_this_user_s_alone_and_each_edit_has_its_own() {
        let home = tempfile::tempdir().unwrap();
        let environment = |name: &str| (name == "XDG_STATE_HOME").then(|| home.path().to_owned());
        let drafts: Vec<_> = (0..2).map(|_| Draft::begin(environment, "news/x", TEXT).unwrap()).collect();
        assert_ne!(drafts[0].path(), drafts[1].path());
        assert_eq!(drafts[0].path().parent().unwrap(), home.path().join("modctl/policies"));
        assert_eq!(drafts[0].read().unwrap(), TEXT);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(drafts[0].path()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        drafts[0].write("mode = \"post\"\n").unwrap();
        assert_eq!(drafts[0].read().unwrap(), "mode = \"post\"\n");
    }
}
