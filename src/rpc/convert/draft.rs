//! Drafts: what the portal hands in.

use std::collections::{BTreeMap, HashMap};

use super::{Check, timestamp};
use crate::domain::{Author, CommentId, Draft, Thread};
use crate::pipeline::Submission;
use crate::proto::v1;

const MAX_ID: usize = 256;
const MAX_NAME: usize = 256;
const MAX_URL: usize = 2048;
const MAX_TITLE: usize = 1024;
const MAX_SECTION: usize = 128;
const MAX_EMAIL: usize = 320;
const MAX_USER_AGENT: usize = 1024;
const MAX_LANGUAGE: usize = 35;
const MAX_LABELS: usize = 32;
const MAX_LABEL_KEY: usize = 64;
const MAX_LABEL_VALUE: usize = 256;
const MAX_SECONDS_TO_SUBMIT: f64 = 31_536_000.0;

/// A comment that asks for a verdict.
pub fn submission(
    check: &mut Check,
    comment: Option<v1::CommentDraft>,
    request_id: String,
    validate_only: bool,
    max_text_bytes: usize,
) -> Option<Submission> {
    if !request_id.is_empty() && CommentId::new(&request_id).is_err() {
        let description = "is at most 128 characters of A-Z, a-z, 0-9, '.', '_', ':' and '-'";
        check.note("request_id", description);
    }
    let (id, draft) = draft(check, comment, max_text_bytes)?;
    Some(Submission { id, request_id, draft, validate_only })
}

/// The draft in the field `comment`, and the id that the portal chose for it.
pub fn draft(
    check: &mut Check,
    comment: Option<v1::CommentDraft>,
    max_text_bytes: usize,
) -> Option<(Option<CommentId>, Draft)> {
    let Some(comment) = comment else {
        check.note("comment", "is required");
        return None;
    };
    let id = check.optional_comment_id("comment.id", &comment.id);
    check.optional_comment_id("comment.parent_id", &comment.parent_id);
    let language = comment.language;
    if language.len() > MAX_LANGUAGE || !language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        check.note("comment.language", "is a BCP 47 tag of at most 35 bytes, such as en or pt-BR");
    }
    if comment.seconds_to_submit.is_some_and(|seconds| !(0.0..=MAX_SECONDS_TO_SUBMIT).contains(&seconds)) {
        check.note(
            "comment.seconds_to_submit",
            "must be a number from 0 to 31536000; leave it out when unknown",
        );
    }
    let draft = Draft {
        thread: thread(check, comment.thread.unwrap_or_default()),
        parent_id: comment.parent_id,
        author: author(check, comment.author.unwrap_or_default()),
        text: check.required_text("comment.text", comment.text, max_text_bytes),
        language,
        honeypot_filled: comment.honeypot_filled,
        seconds_to_submit: comment.seconds_to_submit,
        labels: labels(check, comment.labels),
    };
    Some((id, draft))
}

fn thread(check: &mut Check, thread: v1::Thread) -> Thread {
    Thread {
        id: check.text("comment.thread.id", thread.id, MAX_ID),
        url: check.text("comment.thread.url", thread.url, MAX_URL),
        title: check.text("comment.thread.title", thread.title, MAX_TITLE),
        section: check.text("comment.thread.section", thread.section, MAX_SECTION),
    }
}

fn author(check: &mut Check, author: v1::Author) -> Author {
    Author {
        id: check.text("comment.author.id", author.id, MAX_ID),
        display_name: check.text("comment.author.display_name", author.display_name, MAX_NAME),
        email: check.text("comment.author.email", author.email, MAX_EMAIL),
        url: check.text("comment.author.url", author.url, MAX_URL),
        ip_address: check.ip_address("comment.author.ip_address", &author.ip_address),
        user_agent: check.text("comment.author.user_agent", author.user_agent, MAX_USER_AGENT),
        registered_at: check.timestamp("comment.author.registered_at", author.registered_at),
    }
}

fn labels(check: &mut Check, labels: HashMap<String, String>) -> BTreeMap<String, String> {
    if labels.len() > MAX_LABELS {
        check
            .note("comment.labels", format!("has {} labels; at most {MAX_LABELS} are allowed", labels.len()));
        return BTreeMap::new();
    }
    for (key, value) in &labels {
        if key.is_empty() || key.len() > MAX_LABEL_KEY {
            check.note(
                "comment.labels",
                format!("has a key of {} bytes; keys have 1 to {MAX_LABEL_KEY}", key.len()),
            );
        }
        if value.len() > MAX_LABEL_VALUE {
            let description = format!("has {} bytes; at most {MAX_LABEL_VALUE} are allowed", value.len());
            check.note(
                &format!("comment.labels[{:?}]", key.chars().take(64).collect::<String>()),
                description,
            );
        }
    }
    labels.into_iter().collect()
}

/// A draft for the wire, as it came, with the comment's id.
pub(super) fn to_wire(id: &CommentId, draft: Draft) -> v1::CommentDraft {
    let has_thread = draft.thread != Thread::default();
    let has_author = draft.author != Author::default();
    v1::CommentDraft {
        id: id.as_str().to_owned(),
        thread: has_thread.then(|| thread_to_wire(draft.thread)),
        parent_id: draft.parent_id,
        author: has_author.then(|| author_to_wire(draft.author)),
        text: draft.text,
        language: draft.language,
        honeypot_filled: draft.honeypot_filled,
        seconds_to_submit: draft.seconds_to_submit,
        labels: draft.labels.into_iter().collect(),
    }
}

fn thread_to_wire(Thread { id, url, title, section }: Thread) -> v1::Thread {
    v1::Thread { id, url, title, section }
}

fn author_to_wire(author: Author) -> v1::Author {
    v1::Author {
        id: author.id,
        display_name: author.display_name,
        email: author.email,
        url: author.url,
        ip_address: author.ip_address.map(|address| address.to_string()).unwrap_or_default(),
        user_agent: author.user_agent,
        registered_at: author.registered_at.map(timestamp),
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt;

    use super::*;

    const MAX_TEXT: usize = 10;

    fn read(comment: v1::CommentDraft) -> Result<(Option<CommentId>, Draft), Vec<String>> {
        let mut check = Check::default();
        let read = draft(&mut check, Some(comment), MAX_TEXT);
        check.take(read).map_err(|status| {
            let violations = status.get_details_bad_request().unwrap().field_violations;
            violations.into_iter().map(|violation| violation.field).collect()
        })
    }

    fn full() -> v1::CommentDraft {
        v1::CommentDraft {
            id: "c-1".into(),
            thread: Some(v1::Thread {
                id: "t".into(),
                url: "u".into(),
                title: "T".into(),
                section: "s".into(),
            }),
            parent_id: "c-0".into(),
            author: Some(v1::Author {
                id: "42".into(),
                display_name: "Ada".into(),
                email: "ada@example.org".into(),
                url: "https://example.org".into(),
                ip_address: "2001:db8::7".into(),
                user_agent: "Mozilla".into(),
                registered_at: Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 5_000_000 }),
            }),
            text: "hällo".into(),
            language: "pt-BR".into(),
            honeypot_filled: true,
            seconds_to_submit: Some(0.0),
            labels: [("k".to_owned(), "v".to_owned())].into(),
        }
    }

    #[test]
    fn a_full_draft_comes_back_as_it_came() {
        let (id, draft) = read(full()).unwrap();
        assert_eq!(to_wire(&id.unwrap(), draft), full());
    }

    #[test]
    fn the_least_draft_is_text_alone() {
        let least = v1::CommentDraft { text: "x".into(), ..Default::default() };
        let (id, draft) = read(least).unwrap();
        assert_eq!(id, None);
        assert_eq!(draft, Draft { text: "x".into(), ..Draft::default() });
    }

    #[test]
    fn every_wrong_field_is_told_by_its_path_at_once() {
        let long = |bytes| "x".repeat(bytes);
        let wrong = v1::CommentDraft {
            id: "a b".into(),
            thread: Some(v1::Thread {
                id: long(257),
                url: long(2049),
                title: long(1025),
                section: long(129),
            }),
            parent_id: "{}".into(),
            author: Some(v1::Author {
                id: long(257),
                display_name: long(257),
                email: long(321),
                url: long(2049),
                ip_address: "300.1.1.1".into(),
                user_agent: long(1025),
                registered_at: Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }),
            }),
            text: long(11),
            language: "not a tag".into(),
            honeypot_filled: false,
            seconds_to_submit: Some(f64::NAN),
            labels: [(String::new(), long(257))].into(),
        };
        let mut told = read(wrong).unwrap_err();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                "comment.author.display_name",
                "comment.author.email",
                "comment.author.id",
                "comment.author.ip_address",
                "comment.author.registered_at",
                "comment.author.url",
                "comment.author.user_agent",
                "comment.id",
                "comment.labels",
                "comment.labels[\"\"]",
                "comment.language",
                "comment.parent_id",
                "comment.seconds_to_submit",
                "comment.text",
                "comment.thread.id",
                "comment.thread.section",
                "comment.thread.title",
                "comment.thread.url",
            ]
        );
    }

    #[test]
    fn seconds_that_are_no_number_of_a_year_are_refused() {
        for seconds in [-0.1, 31_536_001.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            let wrong = v1::CommentDraft { seconds_to_submit: Some(seconds), ..full() };
            assert_eq!(read(wrong).unwrap_err(), ["comment.seconds_to_submit"], "{seconds}");
        }
    }

    #[test]
    fn a_missing_comment_and_a_missing_text_are_told() {
        let mut check = Check::default();
        assert!(draft(&mut check, None, MAX_TEXT).is_none());
        assert!(check.finish().is_err());
        assert_eq!(read(v1::CommentDraft::default()).unwrap_err(), ["comment.text"]);
    }

    #[test]
    fn more_labels_than_allowed_are_refused() {
        let labels = (0..33).map(|index| (index.to_string(), String::new())).collect();
        assert_eq!(read(v1::CommentDraft { labels, ..full() }).unwrap_err(), ["comment.labels"]);
    }
}
