//! Reading replies. What does not look as it should is the store's failure, never a default.

use ::redis::Value;

use crate::domain::CommentId;
use crate::queue::QueueError;

/// The failure of a reply that is not as it should be.
pub(super) fn strange(what: &str) -> QueueError {
    QueueError::Failed { detail: format!("Redis answered {what} in a way that this version does not know") }
}

/// A list.
pub(super) fn list(reply: Value) -> Result<Vec<Value>, QueueError> {
    match reply {
        Value::Array(values) => Ok(values),
        _ => Err(strange("a list")),
    }
}

/// Bytes; none when there is no value.
pub(super) fn bytes(reply: Value) -> Result<Vec<u8>, QueueError> {
    match reply {
        Value::BulkString(bytes) => Ok(bytes),
        Value::SimpleString(text) => Ok(text.into_bytes()),
        Value::Nil => Ok(Vec::new()),
        _ => Err(strange("a string")),
    }
}

/// A whole number, as such or in digits.
pub(super) fn number(reply: &Value) -> Result<i64, QueueError> {
    match reply {
        Value::Int(number) => Ok(*number),
        Value::BulkString(digits) => std::str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| strange("a number")),
        Value::Nil => Ok(0),
        _ => Err(strange("a number")),
    }
}

/// A comment's id.
pub(super) fn id(reply: Value) -> Result<CommentId, QueueError> {
    let bytes = bytes(reply)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| strange("an id"))?;
    CommentId::new(text).map_err(|_| strange("an id"))
}

/// A list of ids.
pub(super) fn ids(replies: impl IntoIterator<Item = Value>) -> Result<Vec<CommentId>, QueueError> {
    replies.into_iter().map(id).collect()
}
