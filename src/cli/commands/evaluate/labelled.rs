//! Comments whose right verdict is known, read from files.

use super::super::import::{row, source::Lines};
use crate::cli::failure::{Failure, Refusal};
use crate::cli::harmless::one_line;
use crate::domain::Draft;
use crate::learn::lesson::Class;
use crate::rpc::convert::{self, Check};
use std::fs;
use std::mem;
use std::path::{Path, PathBuf};

/// As far as a server can be configured to go.
const MAX_TEXT: usize = 1 << 20;

/// A comment with the truth about it.
#[derive(Debug)]
pub struct Labelled {
    /// Its id; empty when the file names none.
    pub id: String,
    /// What it is in truth.
    pub class: Class,
    /// The comment.
    pub draft: Draft,
}

impl Labelled {
    /// Whether it should be kept out.
    pub fn is_bad(&self) -> bool {
        self.class != Class::Fine
    }
}

/// The comments of the files in order, and how many lines were none; each of these is told on standard error.
///
/// # Errors
/// A usage error when a file cannot be read, or when there is no comment at all.
pub fn read(paths: &[PathBuf]) -> Result<(Vec<Labelled>, usize), Failure> {
    let (mut comments, mut left_out) = (Vec::new(), 0);
    for file in files(paths)? {
        let name = file.to_string_lossy();
        let mut lines = Lines::open(&name)?;
        while let Some(line) = lines.next_line().map_err(|why| Failure::Usage(format!("{name}: {why}")))? {
            match line.text.and_then(|text| labelled(&text)) {
                Ok(comment) => comments.push(comment),
                Err(why) => {
                    left_out += 1;
                    say!("{}:{}: {}", one_line(&name), line.number, one_line(&why));
                }
            }
        }
    }
    if comments.is_empty() {
        return Err(Failure::Usage("there are no labelled comments in what was named".to_owned()));
    }
    Ok((comments, left_out))
}

/// Files as they are named; for a directory its `*.jsonl` files by name.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(within(path)?);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn within(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let refused = |error| Failure::Usage(format!("cannot read {}: {error}", directory.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn labelled(line: &str) -> Result<Labelled, String> {
    let mut comment = row::draft(line)?;
    // They stay here, so they may be what no server would take.
    let id = mem::take(&mut comment.id);
    comment.parent_id.clear();
    let class = class(comment.labels.get("label").map(String::as_str))?;
    let mut check = Check::default();
    let draft = convert::draft(&mut check, Some(comment), MAX_TEXT);
    let (_, draft) = check.take(draft).map_err(|status| Refusal::from(&status).in_one_line())?;
    Ok(Labelled { id, class, draft })
}

fn class(label: Option<&str>) -> Result<Class, String> {
    match label {
        Some("spam") => Ok(Class::Spam),
        Some("abuse") => Ok(Class::Abuse),
        Some("ham" | "clean") => Ok(Class::Fine),
        Some(other) => Err(format!("its label is `{other}`; use spam, abuse, ham or clean")),
        None => Err("it has no `label`; use spam, abuse, ham or clean".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_becomes_a_comment_with_its_truth() {
        let line =
            r#"{"id": "s:1", "source": "blog", "author": "", "text": "hi", "label": "ham", "note": "n"}"#;
        let comment = labelled(line).unwrap();
        assert_eq!((comment.id.as_str(), comment.class, comment.is_bad()), ("s:1", Class::Fine, false));
        assert_eq!((comment.draft.text.as_str(), comment.draft.thread.id.as_str()), ("hi", "blog"));
        assert!(labelled(r#"{"text": "hi", "label": "abuse"}"#).unwrap().is_bad());
    }

    #[test]
    fn an_id_of_another_system_is_shown_as_it_is() {
        let line = r#"{"id": "/a post/#7", "parent_id": "/a post/", "text": "hi", "label": "ham"}"#;
        assert_eq!(labelled(line).unwrap().id, "/a post/#7");
    }

    #[test]
    fn a_label_that_says_neither_is_refused_by_name() {
        let why = labelled(r#"{"text": "hi", "label": "bad"}"#).unwrap_err();
        assert_eq!(why, "its label is `bad`; use spam, abuse, ham or clean");
        assert!(labelled(r#"{"text": "hi"}"#).unwrap_err().starts_with("it has no `label`"));
    }

    #[test]
    fn a_directory_stands_for_its_json_lines() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["b.jsonl", "a.jsonl", "c.txt"] {
            fs::write(directory.path().join(name), "{\"text\": \"hi\", \"label\": \"ham\"}\nno\n").unwrap();
        }
        let named = files(&[directory.path().to_path_buf()]).unwrap();
        assert_eq!(named, [directory.path().join("a.jsonl"), directory.path().join("b.jsonl")]);
        let (comments, left_out) = read(&named).unwrap();
        assert_eq!((comments.len(), left_out), (2, 2));
    }
}
