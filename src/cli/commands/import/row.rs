//! From a row of any file to a comment: the API's own shape, or a simple row.

use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use super::entries::LeftOut;
use super::rest;
use crate::cli::output::json;
use crate::proto::v1::{CommentDraft, ImportCommentsRequest, SubmitCommentsRequest};

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

/// What a row tells of the past, beside the draft: by proto and JSON names.
const PAST_KEYS: [(&str, &str); 4] = [
    ("state", "state"),
    ("decision", "decision"),
    ("create_time", "create_time"),
    ("createTime", "create_time"),
];

/// States by the words for them, and the reason that the word says.
const STATES: [(&str, &str, &str); 9] = [
    ("pending", "COMMENT_STATE_PENDING", ""),
    ("hold", "COMMENT_STATE_PENDING", ""),
    ("escalated", "COMMENT_STATE_ESCALATED", ""),
    ("approved", "COMMENT_STATE_APPROVED", ""),
    ("rejected", "COMMENT_STATE_REJECTED", ""),
    ("spam", "COMMENT_STATE_REJECTED", "spam"),
    ("trash", "COMMENT_STATE_REJECTED", "other"),
    ("withdrawn", "COMMENT_STATE_WITHDRAWN", ""),
    ("deleted", "COMMENT_STATE_WITHDRAWN", ""),
];

/// The request that hands a comment in as if it were new. Without an id of its own, its place and content are what makes
/// the call safe to repeat.
pub fn submission(line: usize, row: &Row, site: &str, dry_run: bool) -> SubmitCommentsRequest {
    let comment = row.past.comment.clone().unwrap_or_default();
    let request_id =
        if comment.id.is_empty() { format!("import-{line}-{:032x}", row.content) } else { String::new() };
    SubmitCommentsRequest {
        site: site.to_owned(),
        comment: Some(comment),
        request_id,
        validate_only: dry_run,
    }
}

/// A comment of a file, with what is known of its past.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The comment; its state, decision and time as far as the file tells them.
    pub past: ImportCommentsRequest,
    /// Tells rows with other contents apart.
    content: u128,
}

impl Row {
    /// The comment of a line of JSON.
    pub fn of_line(line: &str) -> Result<Self, LeftOut> {
        let value: Value = serde_json::from_str(line)
            .map_err(|error| LeftOut::new("no JSON", format!("it is no JSON: {error}")))?;
        let Value::Object(row) = value else {
            return Err(LeftOut::new("no JSON object", "it is JSON, but no object".to_owned()));
        };
        Self::of(row)
    }

    /// The comment of a row.
    pub fn of(row: Map<String, Value>) -> Result<Self, LeftOut> {
        Self::with_rest(row, "")
    }

    /// The comment of a row in another system's shape, with what that shape had no place for, as JSON; empty: nothing.
    pub fn with_rest(row: Map<String, Value>, rest: &str) -> Result<Self, LeftOut> {
        let content = xxh3_128(Value::Object(row.clone()).to_string().as_bytes());
        let id = row.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let wrong = |why: String| LeftOut { comment_id: id.clone(), ..LeftOut::new("a field is wrong", why) };
        let mut past = told(row).map_err(wrong)?;
        if !rest.is_empty() {
            past = completed(&past, rest).map_err(|why| wrong(format!("{}: {why}", rest::ELEMENT)))?;
        }
        if past.comment.as_ref().is_none_or(|draft| draft.text.is_empty()) {
            return Err(LeftOut {
                comment_id: id.clone(),
                ..LeftOut::new("no text", "it has no `text`".to_owned())
            });
        }
        Ok(Self { past, content })
    }

    /// Puts a prefix before the comment's id and its parent's.
    pub fn prefix_ids(&mut self, prefix: &str) {
        let Some(draft) = &mut self.past.comment else { return };
        for id in [&mut draft.id, &mut draft.parent_id].into_iter().filter(|id| !id.is_empty()) {
            id.insert_str(0, prefix);
        }
    }
}

/// The draft of a line, whatever else it tells.
pub fn draft(line: &str) -> Result<CommentDraft, String> {
    let row = Row::of_line(line).map_err(|left_out| left_out.why)?;
    Ok(row.past.comment.unwrap_or_default())
}

/// What a row tells of a comment.
pub fn told(row: Map<String, Value>) -> Result<ImportCommentsRequest, String> {
    let mut past: ImportCommentsRequest = json::parse(&Value::Object(past(row)?))?;
    let state = past.state;
    past.decision.iter_mut().filter(|one| one.state == 0).for_each(|one| one.state = state);
    Ok(past)
}

fn completed(told: &ImportCommentsRequest, rest: &str) -> Result<ImportCommentsRequest, String> {
    let rest = serde_json::from_str(rest).map_err(|error| format!("it is no JSON: {error}"))?;
    let mut whole = serde_json::to_value(json::Json(told)).map_err(|error| error.to_string())?;
    rest::lay_over(&mut whole, rest);
    json::parse(&whole)
}

/// The row in the shape of an `ImportCommentsRequest`.
fn past(mut row: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let mut past = Map::new();
    for (key, name) in PAST_KEYS {
        past.extend(row.remove(key).filter(|value| !value.is_null()).map(|value| (name.to_owned(), value)));
    }
    if let Some(state) = past.get("state").cloned() {
        let (state, reason) = state_of(&state)?;
        past.insert("state".to_owned(), state);
        if !reason.is_empty() && !past.contains_key("decision") {
            past.insert("decision".to_owned(), serde_json::json!({ "reason": reason }));
        }
    }
    if let Some(time) = past.get("create_time").filter(|time| !is_time(time)) {
        return Err(format!("create_time: {time} is no time as in \"2024-05-01T12:00:00Z\""));
    }
    if let Some(Value::Object(draft)) = row.remove("draft") {
        row = draft;
    }
    past.insert("comment".to_owned(), Value::Object(shaped(row)?));
    Ok(past)
}

fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok())
}

/// A state by its name in the API or by a word, and the reason that the word says.
fn state_of(value: &Value) -> Result<(Value, &'static str), String> {
    let text = value.as_str().unwrap_or_default();
    let known = STATES.iter().find(|(word, name, _)| text.eq_ignore_ascii_case(word) || text == *name);
    let words = || STATES.map(|(word, ..)| word).join(", ");
    let (_, name, reason) =
        known.ok_or_else(|| format!("state: {value} is no state; write one of {}", words()))?;
    let reason = if text == *name { "" } else { reason };
    Ok((Value::String((*name).to_owned()), reason))
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
    use crate::proto::v1::{Comment, CommentState, Decision};

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
    fn what_export_prints_can_be_read_again_with_its_past() {
        let before = CommentDraft { id: "c".into(), text: "hi".into(), ..CommentDraft::default() };
        let state = CommentState::Rejected.into();
        let decision = Decision { state, reason: "spam".into(), actor: "ann".into(), ..Decision::default() };
        let comment = Comment {
            id: "c".into(),
            state,
            draft: Some(before.clone()),
            decision: Some(decision.clone()),
            create_time: Some(prost_types::Timestamp { seconds: 7, nanos: 0 }),
            ..Comment::default()
        };
        let line = json::line(&json::Json(&comment)).unwrap();
        let past = Row::of_line(&line).unwrap().past;
        assert_eq!(
            (past.comment, past.decision, past.create_time),
            (Some(before), Some(decision), comment.create_time)
        );
        assert_eq!(past.state, state);
    }

    #[test]
    fn a_state_can_be_a_word_and_says_the_reason_where_the_word_does() {
        let past = Row::of_line(r#"{"text": "hi", "state": "Spam"}"#).unwrap().past;
        assert_eq!((past.state(), past.decision.unwrap().reason.as_str()), (CommentState::Rejected, "spam"));
        let why = Row::of_line(r#"{"id": "c", "text": "hi", "state": "gone"}"#).unwrap_err();
        assert!(why.why.contains("\"gone\" is no state") && why.comment_id == "c", "{why:?}");
    }

    #[test]
    fn a_prefix_stands_before_all_ids() {
        let mut row = Row::of_line(r#"{"id": 7, "parent_id": "5", "text": "hi"}"#).unwrap();
        row.prefix_ids("wp-");
        let draft = row.past.comment.unwrap();
        assert_eq!((draft.id.as_str(), draft.parent_id.as_str()), ("wp-7", "wp-5"));
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
        let id = |line, text: &str| submission(line, &Row::of_line(text).unwrap(), "", false).request_id;
        let twin = r#"{"text": "hi"}"#;
        assert_eq!(id(1, twin), id(1, twin));
        assert_ne!(id(1, twin), id(2, twin));
        assert!(id(1, twin).len() <= 128);
        assert_eq!(id(1, r#"{"id": "c", "text": "hi"}"#), "");
    }
}
