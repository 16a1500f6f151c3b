//! How commands end: exit codes, and errors in words.
//!
//! A command fails once, with a [`Failure`]; where it works on many things, each has a [`Refusal`] of its own and the
//! command goes on. Both are told on standard error, the reason first, then the remedy.

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::client::{TargetError, TokenError};

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Everything was done.
    Fully,
    /// Some of it was refused, and told.
    InPart,
}

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// What was typed, or a file that was named, makes no sense.
    Usage(String),
    /// There is no connection.
    Connection(TargetError),
    /// There is no token to send.
    Token(TokenError),
    /// The server refused.
    Refused(Box<Refusal>),
    /// The output cannot be written.
    Output(io::Error),
}

/// What the server said no to, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refusal {
    /// The status code's name, such as `ABORTED`.
    pub code: &'static str,
    /// The reason's name, such as `ETAG_STALE`; empty when it names none.
    pub reason: String,
    /// The server's sentence.
    pub message: String,
    /// What the reason is about, such as the current etag.
    pub metadata: BTreeMap<String, String>,
    /// Fields that are wrong, with what is wrong with them.
    pub fields: Vec<(String, String)>,
    /// Seconds to wait before trying again.
    pub retry_after_seconds: Option<f64>,
}

impl Refusal {
    /// Whether trying the same again later can help, and after what pause.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after_seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    }

    /// The message with the wrong fields behind it, in one line.
    pub fn in_one_line(&self) -> String {
        let fields = self.fields.iter().map(|(field, what)| format!("{field}: {what}")).collect::<Vec<_>>();
        match fields.as_slice() {
            [] if self.is_broken_connection() || (self.code == "UNAVAILABLE" && self.reason.is_empty()) => {
                format!("no connection to the server ({})", self.message)
            }
            [] => self.message.clone(),
            fields => fields.join("; "),
        }
    }

    /// Whether the client itself made this, because the time for a call was over; these are the words of its library.
    pub fn is_out_of_time(&self) -> bool {
        self.is_broken_connection() && self.message == "Timeout expired"
    }

    /// Whether the client itself made this, because the connection broke: the server's own always name a reason.
    pub fn is_broken_connection(&self) -> bool {
        ["UNKNOWN", "INTERNAL", "CANCELLED"].contains(&self.code) && self.reason.is_empty()
    }

    fn exit(&self) -> u8 {
        match self.code {
            _ if self.is_broken_connection() => 3,
            "INVALID_ARGUMENT" => 2,
            "UNAVAILABLE" | "DEADLINE_EXCEEDED" => 3,
            "UNAUTHENTICATED" | "PERMISSION_DENIED" => 4,
            "NOT_FOUND" | "ALREADY_EXISTS" | "ABORTED" | "FAILED_PRECONDITION" | "OUT_OF_RANGE" => 5,
            "RESOURCE_EXHAUSTED" => 6,
            _ => 7,
        }
    }
}

impl Failure {
    /// Whether the same can be tried again at once or soon: the server went away, or a stream was read too slowly.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Connection(TargetError::Unreachable { .. }) => true,
            Self::Refused(refusal) => {
                let asked = refusal.code == "UNAVAILABLE" || refusal.reason == "FEED_SLOW_READER";
                asked || refusal.is_broken_connection()
            }
            _ => false,
        }
    }
}

impl From<&Status> for Refusal {
    fn from(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        let fields = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
        let delay = details.retry_info().and_then(|retry| retry.retry_delay);
        Self {
            code: code_name(status.code()),
            reason: info.map(|info| info.reason.clone()).unwrap_or_default(),
            message: status.message().to_owned(),
            metadata: info.map(|info| info.metadata.clone().into_iter().collect()).unwrap_or_default(),
            fields: fields.into_iter().map(|violation| (violation.field, violation.description)).collect(),
            retry_after_seconds: delay.map(|delay| delay.as_secs_f64()),
        }
    }
}

impl From<&tonic_types::Status> for Refusal {
    fn from(status: &tonic_types::Status) -> Self {
        let details = prost::Message::encode_to_vec(status);
        Self::from(&Status::with_details(Code::from_i32(status.code), &status.message, details.into()))
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Refused(Box::new(Refusal::from(&status)))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<TargetError> for Failure {
    fn from(error: TargetError) -> Self {
        Self::Connection(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::Unsupported => Self::Usage(error.to_string()),
            _ => Self::Output(error),
        }
    }
}

/// The exit code of a command; the list is in `modctl --help`.
pub fn exit_code(result: &Result<Done, Failure>) -> ExitCode {
    ExitCode::from(match result {
        Ok(Done::Fully) => 0,
        Ok(Done::InPart) => 1,
        // The reader of a pipe has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(Failure::Output(_)) => 1,
        Err(Failure::Usage(_) | Failure::Connection(TargetError::NotAnAddress(_))) => 2,
        Err(Failure::Connection(TargetError::CaFile { .. })) => 2,
        Err(Failure::Connection(TargetError::Unreachable { .. })) => 3,
        Err(Failure::Token(_)) => 4,
        Err(Failure::Refused(refusal)) => refusal.exit(),
    })
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tonic_types::ErrorDetails;

    use super::*;

    fn limited() -> Status {
        let mut details = ErrorDetails::with_retry_info(Some(Duration::from_millis(1_500)));
        details.set_error_info(
            "RATE_LIMITED",
            "modqueue",
            HashMap::from([("limit".into(), "author".into())]),
        );
        details.add_bad_request_violation("comment.text", "is empty");
        Status::with_error_details(Code::ResourceExhausted, "too many", details)
    }

    #[test]
    fn a_refusal_keeps_all_that_the_status_says() {
        let refusal = Refusal::from(&limited());
        assert_eq!(refusal.code, "RESOURCE_EXHAUSTED");
        assert_eq!(refusal.reason, "RATE_LIMITED");
        assert_eq!(refusal.metadata["limit"], "author");
        assert_eq!(refusal.retry_after(), Some(Duration::from_millis(1_500)));
        assert_eq!(refusal.in_one_line(), "comment.text: is empty");
    }

    #[test]
    fn a_status_inside_an_answer_reads_the_same_as_one_that_ends_a_call() {
        let status: tonic_types::Status = prost::Message::decode(limited().details()).unwrap();
        assert_eq!(Refusal::from(&status), Refusal::from(&limited()));
    }

    #[test]
    fn every_kind_of_ending_has_its_exit_code() {
        let refused = |code| exit_code(&Err(Status::new(code, "").into()));
        assert_eq!(exit_code(&Ok(Done::InPart)), ExitCode::from(1));
        assert_eq!(refused(Code::InvalidArgument), ExitCode::from(2));
        assert_eq!(refused(Code::Unavailable), ExitCode::from(3));
        assert_eq!(refused(Code::PermissionDenied), ExitCode::from(4));
        assert_eq!(refused(Code::Aborted), ExitCode::from(5));
        assert_eq!(refused(Code::ResourceExhausted), ExitCode::from(6));
        assert_eq!(refused(Code::Internal), ExitCode::from(3));
        assert_eq!(refused(Code::DataLoss), ExitCode::from(7));
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        assert_eq!(exit_code(&Err(io::Error::from(io::ErrorKind::BrokenPipe).into())), ExitCode::SUCCESS);
    }
}
