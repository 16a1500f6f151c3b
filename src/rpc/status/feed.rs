//! A feed that cannot be read on.

use tonic::Status;

use super::{fault, invalid, queue};
use crate::feed::FeedError;
use crate::proto::v1::ErrorReason;
use crate::rpc::convert::Violation;

/// Why the feed cannot be read on.
pub fn feed(error: FeedError) -> Status {
    let message = error.to_string();
    let out_of_range =
        |reason, message, oldest: String| fault(reason, message).with("oldest_cursor", oldest).status();
    match error {
        FeedError::Expired { oldest } => out_of_range(ErrorReason::FeedExpired, message, oldest.encode()),
        FeedError::Rewound { oldest } => out_of_range(ErrorReason::FeedRewound, message, oldest.encode()),
        FeedError::OtherSite => invalid(vec![Violation { field: "cursor".to_owned(), description: message }]),
        FeedError::SlowReader => fault(ErrorReason::FeedSlowReader, message).status(),
        FeedError::Queue(error) => queue(error),
    }
}
