//! What a reader wrote and what the policy made of it: the part of a comment that no decision changes.

use std::collections::BTreeMap;

use prost::Message;

use super::Unreadable;
use super::verdict::{VerdictRow, verdict, verdict_row};
use crate::domain::{Author, Draft, Thread, Timestamp, Verdict};

/// The immutable part of a comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// What the reader wrote.
    pub draft: Draft,
    /// What the policy made of it.
    pub verdict: Verdict,
    /// Fingerprints of the text.
    pub fingerprints: Vec<u64>,
}

#[derive(Clone, PartialEq, Message)]
struct ContentRow {
    #[prost(string, tag = "1")]
    text: String,
    #[prost(string, tag = "2")]
    thread_id: String,
    #[prost(string, tag = "3")]
    thread_url: String,
    #[prost(string, tag = "4")]
    thread_title: String,
    #[prost(string, tag = "5")]
    section: String,
    #[prost(string, tag = "6")]
    parent_id: String,
    #[prost(string, tag = "7")]
    author_id: String,
    #[prost(string, tag = "8")]
    display_name: String,
    #[prost(string, tag = "9")]
    email: String,
    #[prost(string, tag = "10")]
    author_url: String,
    #[prost(string, tag = "11")]
    ip_address: String,
    #[prost(string, tag = "12")]
    user_agent: String,
    #[prost(int64, optional, tag = "13")]
    registered_at: Option<i64>,
    #[prost(string, tag = "14")]
    language: String,
    #[prost(bool, tag = "15")]
    honeypot_filled: bool,
    #[prost(message, optional, tag = "16")]
    verdict: Option<VerdictRow>,
    #[prost(fixed64, repeated, tag = "17")]
    fingerprints: Vec<u64>,
    #[prost(double, optional, tag = "18")]
    seconds_to_submit: Option<f64>,
    #[prost(btree_map = "string, string", tag = "19")]
    labels: BTreeMap<String, String>,
}

/// The bytes of a comment's content.
pub fn encode_content(content: &Content) -> Vec<u8> {
    encode_parts(&content.draft, &content.verdict, &content.fingerprints)
}

/// The same, without putting the parts together first.
pub fn encode_parts(draft: &Draft, verdict: &Verdict, fingerprints: &[u64]) -> Vec<u8> {
    let Draft { thread, author, .. } = draft;
    ContentRow {
        text: draft.text.clone(),
        thread_id: thread.id.clone(),
        thread_url: thread.url.clone(),
        thread_title: thread.title.clone(),
        section: thread.section.clone(),
        parent_id: draft.parent_id.clone(),
        author_id: author.id.clone(),
        display_name: author.display_name.clone(),
        email: author.email.clone(),
        author_url: author.url.clone(),
        ip_address: author.ip_address.map(|ip| ip.to_string()).unwrap_or_default(),
        user_agent: author.user_agent.clone(),
        registered_at: author.registered_at.map(|time| time.0),
        language: draft.language.clone(),
        honeypot_filled: draft.honeypot_filled,
        seconds_to_submit: draft.seconds_to_submit,
        labels: draft.labels.clone(),
        verdict: Some(verdict_row(verdict)),
        fingerprints: fingerprints.to_vec(),
    }
    .encode_to_vec()
}

/// Reads a comment's content.
pub fn decode_content(bytes: &[u8]) -> Result<Content, Unreadable> {
    let row = ContentRow::decode(bytes).map_err(|error| error.to_string())?;
    let ip_address = match row.ip_address.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| "its address is no IP address".to_string())?),
    };
    Ok(Content {
        draft: Draft {
            thread: Thread {
                id: row.thread_id,
                url: row.thread_url,
                title: row.thread_title,
                section: row.section,
            },
            parent_id: row.parent_id,
            author: Author {
                id: row.author_id,
                display_name: row.display_name,
                email: row.email,
                url: row.author_url,
                ip_address,
                user_agent: row.user_agent,
                registered_at: row.registered_at.map(Timestamp),
            },
            text: row.text,
            language: row.language,
            honeypot_filled: row.honeypot_filled,
            seconds_to_submit: row.seconds_to_submit,
            labels: row.labels,
        },
        verdict: verdict(row.verdict.ok_or("it has no verdict")?)?,
        fingerprints: row.fingerprints,
    })
}
