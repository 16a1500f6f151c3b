//! What the shapes of other systems have in common: a comment, and beside it what the shape has no place for.

use std::io;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::markup;
use crate::cli::commands::import::entries::LeftOut;
use crate::cli::commands::import::xml::Element;
use crate::cli::commands::import::{rest, row};
use crate::cli::output::json::{self, Json};
use crate::proto::v1::{Comment, CommentState, ImportCommentsRequest};

/// The attribute that declares the name space of what a shape has no place for.
pub const NAMESPACE: (&str, &str) = ("xmlns:modqueue", "urn:modqueue:export");

/// A comment as an import should find it again.
pub fn whole(comment: Comment) -> ImportCommentsRequest {
    let Comment { draft, state, decision, create_time, .. } = comment;
    ImportCommentsRequest { comment: draft, state, decision, create_time, ..ImportCommentsRequest::default() }
}

/// What an import would miss that reads a comment's other elements as `fields`.
pub fn rest(
    fields: Result<Map<String, Value>, LeftOut>,
    whole: &ImportCommentsRequest,
) -> io::Result<Option<Element>> {
    let told = fields.ok().and_then(|fields| row::told(fields).ok()).unwrap_or_default();
    let (told, whole) = (serde_json::to_value(Json(&told))?, serde_json::to_value(Json(whole))?);
    let rest = rest::difference(&told, &whole).map(|rest| json::line(&rest)).transpose()?;
    Ok(rest.map(|rest| markup::text(rest::ELEMENT, rest)))
}

/// Whether a comment was rejected as spam, which other systems tell apart.
pub fn is_spam(whole: &ImportCommentsRequest) -> bool {
    whole.state() == CommentState::Rejected
        && whole.decision.as_ref().is_some_and(|decision| decision.reason == "spam")
}

/// A time in UTC by a pattern; empty: it is not known.
pub fn time(seconds: Option<i64>, pattern: &str) -> String {
    let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map(|time| time.strftime(pattern).to_string()).unwrap_or_default()
}
