//! A policy's mistakes, each under the line that has it.

use super::edit::Mark;
use super::source::Source;
use crate::cli::failure::{Failure, Refusal};

/// A refused policy as a usage error with every mistake's place in the file; any other failure as it is.
pub fn located(failure: Failure, source: &Source) -> Failure {
    match failure {
        Failure::Refused(refusal) if refusal.reason == "POLICY_INVALID" => {
            Failure::Usage(list(&refusal, source))
        }
        failure => failure,
    }
}

/// The mistakes that have a place, in order.
pub fn marks(refusal: &Refusal) -> Vec<Mark> {
    let mark = |(field, what): &(String, String)| {
        let (line, column) = place(field)?;
        Some(Mark { line, column, what: what.clone() })
    };
    refusal.fields.iter().filter_map(mark).collect()
}

fn list(refusal: &Refusal, source: &Source) -> String {
    let mistakes = refusal.fields.iter().map(|(field, what)| mistake(field, what, source));
    let count = refusal.fields.len();
    let mistakes: String = mistakes.collect();
    format!("{} has {count} mistake{}\n{mistakes}", source.name, if count == 1 { "" } else { "s" })
}

/// The field is `source:LINE:COLUMN`; without a place, the mistake is about the whole.
fn mistake(field: &str, what: &str, source: &Source) -> String {
    let Some((line, column)) = place(field) else { return format!("{}: {what}\n", source.name) };
    let head = format!("{}:{line}:{column}: {what}\n", source.name);
    match source.text.lines().nth(line - 1) {
        Some(text) => format!("{head}  {text}\n  {}^\n", " ".repeat(column - 1)),
        None => head,
    }
}

fn place(field: &str) -> Option<(usize, usize)> {
    let (line, column) = field.strip_prefix("source:")?.split_once(':')?;
    let (line, column) = (line.parse().ok()?, column.parse().ok()?);
    (line > 0 && column > 0).then_some((line, column))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn refusal(fields: &[(&str, &str)]) -> Refusal {
        Refusal {
            code: "INVALID_ARGUMENT",
            reason: "POLICY_INVALID".to_owned(),
            message: String::new(),
            metadata: BTreeMap::new(),
            fields: fields.iter().map(|&(field, what)| (field.to_owned(), what.to_owned())).collect(),
            retry_after_seconds: None,
        }
    }

    #[test]
    fn every_mistake_stands_under_its_line() {
        let source = Source { name: "p.toml".into(), text: "mode = \"pre\"\nhold = x\n".into() };
        let told = list(&refusal(&[("source:2:8", "x is no number"), ("source", "too long")]), &source);
        assert_eq!(
            told,
            "p.toml has 2 mistakes\np.toml:2:8: x is no number\n  hold = x\n         ^\np.toml: too long\n"
        );
    }

    #[test]
    fn a_place_outside_the_file_is_told_without_its_line() {
        let source = Source { name: "p.toml".into(), text: String::new() };
        assert_eq!(
            list(&refusal(&[("source:9:1", "ends")]), &source),
            "p.toml has 1 mistake\np.toml:9:1: ends\n"
        );
    }
}
