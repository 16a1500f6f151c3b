//! Errors, from where they happen to the client.
//!
//! An error begins as a value of the layer that knows what went wrong: a [`Refusal`](crate::queue::Refusal) in
//! the store, a [`SubmitError`](crate::pipeline::SubmitError) on the road, a
//! [`FeedError`](crate::feed::FeedError) in the feed, a [`Violation`] in a request's field. It travels up
//! unchanged, for the layers between can neither mend nor explain it. Here it becomes a status: the files
//! beside this one give each error its reason, its message and its details, and this one alone knows the code
//! that goes with a reason, so that the whole of the contract's error table can be read in one place.
//!
//! What a client gets is made for a program first. The code says what kind of thing to do: mend the request,
//! look again, wait, or give up. `ErrorInfo` is always there, with a reason that never changes its meaning
//! and with what is needed to go on: the current etag, the oldest cursor, the limit and its key. Then come
//! the standard details, because generic clients know them: all wrong fields at once (`BadRequest`), when to
//! come back (`RetryInfo`), which quota (`QuotaFailure`), which thing (`ResourceInfo`), which condition
//! (`PreconditionFailure`). The message is one sentence for the person who reads the log of that program.
//!
//! What a client never gets is what went on inside: a driver's text may hold addresses and passwords, a path
//! tells an attacker what runs here. Such detail goes to the log; for a fault of ours the status carries the
//! id under which the log has it.
//!
//! All of it travels in HTTP/2 headers, which clients limit to as little as 8 KiB, so lists are cut at
//! 3,000 bytes, and what is cut is counted.

mod callers;
mod comments;
mod feed;
mod load;
mod policies;
mod request;
mod store;

use std::collections::HashMap;
use std::time::Duration;

use prost::Message;
use tonic::codegen::http::HeaderMap;
use tonic::metadata::MetadataValue;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use super::calls;
use super::convert::Violation;
use crate::domain::Timestamp;
use crate::proto::v1::ErrorReason;
use store::STORE_RETRY;

pub use callers::{
    certificate_unknown, reviewer_forbidden, revoked, role_missing, site_forbidden, site_unknown,
    token_missing, token_unknown,
};
pub use comments::{claim_lost, comment_not_found, count_changed, listing, refused, revise, submit};
pub use feed::feed;
pub use load::{OVERLOADED, overloaded, too_many_calls, turned_away};
pub use policies::{policy_conflict, policy_invalid, proposal_not_found, revision_not_found};
pub use request::{AtFault, add_request_id, at_fault, reason};
pub use store::queue;

const DOMAIN: &str = "modqueue";
/// Bytes of violations in one status.
const MAX_TOLD: usize = 3000;
/// Violations in a status's message; the details have the others.
const MAX_SAID: usize = 3;
/// Bytes that a violation takes beside its texts.
const ENVELOPE: usize = 8;

/// A status being put together.
struct Fault {
    reason: ErrorReason,
    message: String,
    metadata: HashMap<String, String>,
    details: ErrorDetails,
}

fn fault(reason: ErrorReason, message: impl Into<String>) -> Fault {
    let (metadata, details) = (HashMap::new(), ErrorDetails::new());
    Fault { reason, message: message.into(), metadata, details }
}

/// The contract: which code each reason has.
fn code(reason: ErrorReason) -> Code {
    match reason {
        ErrorReason::FieldInvalid | ErrorReason::PolicyInvalid => Code::InvalidArgument,
        ErrorReason::TokenMissing | ErrorReason::TokenUnknown | ErrorReason::CertificateUnknown => {
            Code::Unauthenticated
        }
        ErrorReason::RoleMissing | ErrorReason::SiteForbidden | ErrorReason::ReviewerForbidden => {
            Code::PermissionDenied
        }
        ErrorReason::SiteUnknown
        | ErrorReason::CommentNotFound
        | ErrorReason::PolicyRevisionNotFound
        | ErrorReason::ProposalNotFound => Code::NotFound,
        ErrorReason::CommentIdTaken => Code::AlreadyExists,
        ErrorReason::EtagStale
        | ErrorReason::CountChanged
        | ErrorReason::PolicyConflict
        | ErrorReason::FeedSlowReader => Code::Aborted,
        ErrorReason::ClaimHeld | ErrorReason::ClaimLost | ErrorReason::StateConflict => {
            Code::FailedPrecondition
        }
        ErrorReason::RateLimited | ErrorReason::QueueFull | ErrorReason::TooManyCalls => {
            Code::ResourceExhausted
        }
        ErrorReason::FeedExpired | ErrorReason::FeedRewound => Code::OutOfRange,
        ErrorReason::StoreUnavailable | ErrorReason::Overloaded | ErrorReason::ShuttingDown => {
            Code::Unavailable
        }
        ErrorReason::DeadlineExceeded => Code::DeadlineExceeded,
        ErrorReason::NotImplemented => Code::Unimplemented,
        ErrorReason::RecordDamaged => Code::DataLoss,
        ErrorReason::StoreFailed | ErrorReason::Internal | ErrorReason::Unspecified => Code::Internal,
    }
}

impl Fault {
    fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.metadata.insert(key.to_owned(), value.to_string());
        self
    }

    fn resource(mut self, kind: &str, name: &str) -> Self {
        self.details.set_resource_info(kind, name, "", self.message.as_str());
        self
    }

    fn precondition(mut self, kind: &str, subject: &str) -> Self {
        self.details.add_precondition_failure_violation(kind, subject, self.message.as_str());
        self
    }

    fn retry(mut self, after: Duration) -> Self {
        self.details.set_retry_info(Some(after));
        self
    }

    fn quota(mut self, subject: String, description: String) -> Self {
        self.details.add_quota_failure_violation(subject, description);
        self
    }

    fn fields(mut self, violations: Vec<FieldViolation>) -> Self {
        self.details.set_bad_request(violations);
        self
    }

    fn status(mut self) -> Status {
        let name = self.reason.as_str_name();
        let reason = name.strip_prefix("ERROR_REASON_").unwrap_or(name);
        self.details.set_error_info(reason, DOMAIN, self.metadata);
        Status::with_error_details(code(self.reason), self.message, self.details)
    }
}

/// Fields are missing or wrong; all of them.
pub fn invalid(violations: Vec<Violation>) -> Status {
    let first = violations.first().map_or_else(String::new, |first| first.field.clone());
    let told = told(violations);
    let sentences = told.iter().take(MAX_SAID).map(|told| format!("{}: {}", told.field, told.description));
    let mut message = sentences.collect::<Vec<_>>().join("; ");
    if told.len() > MAX_SAID {
        message.push_str("; and more, in the details");
    }
    fault(ErrorReason::FieldInvalid, message).with("field", first).fields(told).status()
}

/// As many violations as a header holds, and how many are left out.
fn told(violations: Vec<Violation>) -> Vec<FieldViolation> {
    let (count, mut bytes) = (violations.len(), 0);
    let mut told = Vec::with_capacity(count);
    for Violation { field, description } in violations {
        bytes += field.len() + description.len() + ENVELOPE;
        if bytes > MAX_TOLD && !told.is_empty() {
            let more = format!("{} more fields are wrong; mend these first", count - told.len());
            told.push(FieldViolation::new("", more));
            break;
        }
        told.push(FieldViolation::new(field, description));
    }
    told
}

/// The server stops; what was streamed so far is good.
pub fn shutting_down() -> Status {
    let message = "this server is stopping; go on where the last message left off, here or on another one";
    fault(ErrorReason::ShuttingDown, message).retry(STORE_RETRY).status()
}

/// The call took too long.
pub fn deadline_exceeded() -> Status {
    let message = "the call took too long; it may or may not have happened: repeat it with the same ids";
    fault(ErrorReason::DeadlineExceeded, message).status()
}

/// True of an error that does not come from here, but from the library that reads and frames messages.
pub fn is_bare(status: &Status) -> bool {
    status.code() != Code::Ok && status.details().is_empty()
}

/// The status of an answer that is an error at once and has not been explained.
pub fn refused_bare(headers: &HeaderMap) -> Option<Status> {
    Status::from_header_map(headers).filter(is_bare)
}

/// The library's own errors in the words of the contract. It calls what it cannot read INTERNAL and what is too
/// large OUT_OF_RANGE; both are the request's fault.
pub fn explained(bare: Status) -> Status {
    match bare.code() {
        Code::Unimplemented => no_such_call(),
        Code::Internal | Code::OutOfRange | Code::ResourceExhausted | Code::InvalidArgument => {
            tracing::debug!(bare = bare.message(), "a request could not be read");
            let description = match bare.code() {
                Code::Internal => {
                    "cannot be read as the message that this call takes; generate the client anew"
                }
                _ => {
                    "is larger than this server takes; send less in one message, or raise bounds.max_message_bytes"
                }
            };
            let whole = Violation { field: "request".to_owned(), description: description.to_owned() };
            invalid(vec![whole])
        }
        _ => bare,
    }
}

/// A call of another version, or of another server.
pub fn no_such_call() -> Status {
    let message = "this server has no such call, or cannot read it; compare its version with the client's";
    fault(ErrorReason::NotImplemented, message).status()
}

/// The messages of a call are compressed. As the protocol asks for, the answer says how they may come.
pub fn compressed() -> Status {
    let message = "this server takes messages as they are; send them without compression";
    let mut status = fault(ErrorReason::NotImplemented, message).status();
    status.metadata_mut().insert("grpc-accept-encoding", MetadataValue::from_static("identity"));
    status
}

/// A request ended in the middle of a message.
pub fn message_cut_off() -> Status {
    let description =
        "ends before the message's announced length; send the whole message, then end the stream";
    invalid(vec![Violation { field: "request".to_owned(), description: description.to_owned() }])
}

/// A client that went away, or took its call back, before its message was there.
pub fn message_given_up() -> Status {
    Status::cancelled("the call was given up before its message had arrived")
}

/// A fault of this program. `detail` goes to the log alone.
pub fn internal(detail: &str) -> Status {
    let request_id = calls::request_id();
    calls::went_wrong(detail.to_owned());
    let message = format!("this server made a mistake; its log has it under {request_id}");
    fault(ErrorReason::Internal, message).with("request_id", request_id).status()
}

/// The status as a message, for answers that hold one for each of many.
pub fn to_message(status: &Status) -> tonic_types::Status {
    let bare = || tonic_types::Status {
        code: status.code().into(),
        message: status.message().to_owned(),
        details: vec![],
    };
    match status.details() {
        [] => bare(),
        details => tonic_types::Status::decode(details).unwrap_or_else(|_| bare()),
    }
}

fn rfc3339(time: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(time.as_millis())
        .map_or_else(|_| String::new(), |time| time.to_string())
}

/// What a caller wrote, short enough for a header.
fn brief(text: &str) -> &str {
    const LONGEST: usize = 128;
    text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests;
