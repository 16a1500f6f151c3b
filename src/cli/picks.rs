//! Which comments a command works on: ids as arguments, or lines of standard input.

use std::collections::BTreeSet;
use std::io::BufRead;

use serde_json::Value;

use super::failure::Failure;

/// A comment, and what is known of the look that was had at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pick {
    /// The comment's id.
    pub id: String,
    /// The version that was looked at; empty: not known.
    pub etag: String,
    /// The lease it was looked at under; empty: none known.
    pub claim_id: String,
}

/// The picks in order, each comment once. An argument is `ID` or `ID@ETAG`; `-` stands for lines of the same, or of JSON
/// as `--format jsonl` prints it, read from `input`.
pub fn picks(arguments: &[String], input: impl BufRead) -> Result<Vec<Pick>, Failure> {
    let mut input = Some(input);
    let mut picks = vec![];
    for argument in arguments {
        if argument != "-" {
            picks.push(spelled(argument)?);
        } else if let Some(input) = input.take() {
            for line in input.lines() {
                let line =
                    line.map_err(|error| Failure::Usage(format!("cannot read standard input: {error}")))?;
                if !line.trim().is_empty() {
                    picks.push(from_line(line.trim())?);
                }
            }
        }
    }
    let mut seen = BTreeSet::new();
    picks.retain(|pick| seen.insert(pick.id.clone()));
    Ok(picks)
}

fn spelled(text: &str) -> Result<Pick, Failure> {
    let (id, etag) = text.split_once('@').unwrap_or((text, ""));
    if id.is_empty() {
        return Err(Failure::Usage(format!("`{text}` names no comment; write ID or ID@ETAG")));
    }
    Ok(Pick { id: id.to_owned(), etag: etag.to_owned(), claim_id: String::new() })
}

fn from_line(line: &str) -> Result<Pick, Failure> {
    if !line.starts_with('{') {
        return spelled(line);
    }
    let value: Value = serde_json::from_str(line)
        .map_err(|error| Failure::Usage(format!("a line of standard input is no JSON: {error}")))?;
    let comment = value.get("comment").unwrap_or(&value);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let id = text(comment.get("id").or_else(|| value.get("comment_id")));
    if id.is_empty() {
        return Err(Failure::Usage(
            "a JSON line of standard input has neither `id` nor `comment_id`".to_owned(),
        ));
    }
    let claim_id = text(comment.get("claim").and_then(|claim| claim.get("claim_id")));
    Ok(Pick { id, etag: text(comment.get("etag")), claim_id })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str], input: &str) -> Result<Vec<Pick>, Failure> {
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        picks(&arguments, input.as_bytes())
    }

    fn pick(id: &str, etag: &str, claim_id: &str) -> Pick {
        Pick { id: id.into(), etag: etag.into(), claim_id: claim_id.into() }
    }

    #[test]
    fn arguments_and_lines_mix_and_no_comment_comes_twice() {
        let found = read(&["a", "-", "b@7", "-"], "c\n\n  a  \n").unwrap();
        assert_eq!(found, [pick("a", "", ""), pick("c", "", ""), pick("b", "7", "")]);
    }

    #[test]
    fn json_lines_bring_the_version_and_the_lease_that_they_were_listed_with() {
        let lines = r#"{"id":"a","etag":"3","claim":{"claim_id":"k"}}
            {"comment_id":"b","comment":{"id":"b","etag":"4"}}
            {"comment_id":"e","state":"COMMENT_STATE_APPROVED","etag":"5"}"#;
        assert_eq!(
            read(&["-"], lines).unwrap(),
            [pick("a", "3", "k"), pick("b", "4", ""), pick("e", "5", "")]
        );
    }

    #[test]
    fn a_line_without_an_id_is_refused() {
        assert!(matches!(read(&["-"], "{\"etag\":\"3\"}"), Err(Failure::Usage(_))));
        assert!(matches!(read(&["@3"], ""), Err(Failure::Usage(_))));
    }
}
