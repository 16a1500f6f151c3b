//! From a line of JSON to a comment: the API's own shape, or a simple row.

use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use crate::cli::output::json;
use crate::proto::v1::{CommentDraft, SubmitCommentsRequest};

/// The keys of a draft, by their proto and JSON names.
const DRAFT_KEYS: [&str; 12] = [
    "id",
    "thread",
    "parent_id",
    "parentId",
    "author",
    "text",
    "language",
    "honeypot_filled",
    "honeypotFilled",
    "seconds_to_submit",
    "secondsToSubmit",
    "labels",
];

/// The request for a line. Without an id of its own, its place and content are what makes the call safe to repeat.
pub fn request(
    number: usize,
    line: &str,
    site: &str,
    dry_run: bool,
) -> Result<SubmitCommentsRequest, String> {
    let comment = draft(line)?;
    let request_id = if comment.id.is_empty() {
        format!("import-{number}-{:032x}", xxh3_128(line.as_bytes()))
    } else {
        String::new()
    };
    Ok(SubmitCommentsRequest {
        site: site.to_owned(),
        comment: Some(comment),
        request_id,
        validate_only: dry_run,
    })
}

/// The comment of a line.
pub fn draft(line: &str) -> Result<CommentDraft, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| format!("it is no JSON: {error}"))?;
    let Value::Object(mut row) = value else {
        return Err("it is JSON, but no object".to_owned());
    };
    if let Some(Value::Object(draft)) = row.remove("draft") {
        row = draft;
    }
    let draft: CommentDraft = json::parse(&Value::Object(shaped(row)?))?;
    if draft.text.is_empty() {
        return Err("it has no `text`".to_owned());
    }
    Ok(draft)
}

/// The row in the shape of a draft; what a draft does not have goes to its labels.
fn shaped(row: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let mut draft = Map::new();
    let mut labels = Map::new();
    let mut thread = Map::new();
    for (key, value) in row {
        match (key.as_str(), value) {
            (_, Value::Null) => {}
            ("author", Value::String(name)) if name.is_empty() => {}
            ("author", Value::String(name)) => {
                draft.insert(key, serde_json::json!({"id": name, "display_name": name}));
            }
            ("source", Value::String(id)) => _ = thread.entry("id").or_insert(Value::String(id)),
            ("thread", Value::String(id)) => _ = thread.insert("id".to_owned(), Value::String(id)),
            ("section", value @ Value::String(_)) => _ = thread.insert(key, value),
            ("id", Value::Number(id)) => _ = draft.insert(key, Value::String(id.to_string())),
            (known, value) if DRAFT_KEYS.contains(&known) => _ = draft.insert(key, value),
            (_, value) => labels.extend(label(value).map(|value| (key, value))),
        }
    }
    merge(&mut draft, "thread", thread)?;
    merge(&mut draft, "labels", labels)?;
    Ok(draft)
}

/// Adds what was gathered to an object of the draft; what the draft says itself goes before it.
fn merge(draft: &mut Map<String, Value>, key: &str, gathered: Map<String, Value>) -> Result<(), String> {
    if gathered.is_empty() {
        return Ok(());
    }
    let whole = draft.entry(key).or_insert_with(|| Value::Object(Map::new()));
    let whole = whole.as_object_mut().ok_or_else(|| format!("its `{key}` is no object"))?;
    for (name, value) in gathered {
        whole.entry(name).or_insert(value);
    }
    Ok(())
}

/// A label's value: text as it is, anything else as JSON; an empty text says nothing.
fn label(value: Value) -> Option<Value> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(_) => Some(value),
        other => Some(Value::String(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::Comment;

    #[test]
    fn a_simple_row_finds_its_places() {
        let row = r#"{"id": "c:1", "source": "blog", "author": "Ada", "text": "hi", "label": "ham", "note": "", "n": 3}"#;
        let draft = draft(row).unwrap();
        assert_eq!((draft.id.as_str(), draft.text.as_str()), ("c:1", "hi"));
        assert_eq!(draft.thread.unwrap().id, "blog");
        let author = draft.author.unwrap();
        assert_eq!((author.id.as_str(), author.display_name.as_str()), ("Ada", "Ada"));
        assert_eq!((draft.labels["label"].as_str(), draft.labels["n"].as_str()), ("ham", "3"));
        assert_eq!(draft.labels.len(), 2);
    }

    #[test]
    fn an_empty_author_is_a_guest_and_a_number_can_be_an_id() {
        let draft = draft(r#"{"id": 17, "author": "", "text": "hi", "source": null}"#).unwrap();
        assert_eq!((draft.id.as_str(), draft.author, draft.thread), ("17", None, None));
    }

    #[test]
    fn the_api_s_own_shape_is_taken_as_it_is() {
        let row = r#"{"author": {"id": "u", "ipAddress": "192.0.2.1"}, "thread": {"id": "t"}, "source": "s", "text": "hi"}"#;
        let draft = draft(row).unwrap();
        assert_eq!(draft.author.unwrap().ip_address, "192.0.2.1");
        assert_eq!(draft.thread.unwrap().id, "t");
    }

    #[test]
    fn what_list_prints_can_be_read_again() {
        let before = CommentDraft { id: "c".into(), text: "hi".into(), ..CommentDraft::default() };
        let comment = Comment { id: "c".into(), draft: Some(before.clone()), ..Comment::default() };
        let line = json::line(&json::Json(&comment)).unwrap();
        assert_eq!(draft(&line).unwrap(), before);
    }

    #[test]
    fn what_is_no_comment_is_refused_with_the_reason() {
        assert!(draft("{").unwrap_err().starts_with("it is no JSON"));
        assert_eq!(draft("[]").unwrap_err(), "it is JSON, but no object");
        assert_eq!(draft(r#"{"id": "c"}"#).unwrap_err(), "it has no `text`");
        assert!(draft(r#"{"text": 5}"#).is_err());
        assert!(draft(r#"{"text": "hi", "author": {"nmae": "x"}}"#).unwrap_err().contains("nmae"));
    }

    #[test]
    fn a_line_without_an_id_is_the_same_request_each_time_and_another_than_its_twin() {
        let id = |number| request(number, r#"{"text": "hi"}"#, "", false).unwrap().request_id;
        assert_eq!(id(1), id(1));
        assert_ne!(id(1), id(2));
        assert!(id(1).len() <= 128);
        assert_eq!(request(1, r#"{"id": "c", "text": "hi"}"#, "", false).unwrap().request_id, "");
    }
}
