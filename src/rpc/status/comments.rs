//! Comments that were not taken in, found or changed.

use std::time::Duration;

use tonic::Status;

use super::{fault, invalid, queue, rfc3339, site_unknown};
use crate::domain::{CommentId, SiteName};
use crate::limit::Charge;
use crate::pipeline::{ReviseError, SubmitError};
use crate::proto::v1::ErrorReason;
use crate::queue::Refusal;
use crate::review::ListingError;
use crate::rpc::convert::Violation;

/// When to come back to a full queue: people empty it.
const FULL_RETRY: Duration = Duration::from_secs(30);

/// There is no such comment.
pub fn comment_not_found(id: &CommentId) -> Status {
    let message = format!("there is no comment {id} on this site, or it is kept no longer");
    fault(ErrorReason::CommentNotFound, message)
        .with("comment_id", id)
        .resource("comment", id.as_str())
        .status()
}

/// Why a comment was not changed.
pub fn refused(id: &CommentId, refusal: Refusal) -> Status {
    match refusal {
        Refusal::Missing => comment_not_found(id),
        Refusal::Stale { current } => {
            let message = format!("comment {id} changed since it was looked at; look again and decide anew");
            fault(ErrorReason::EtagStale, message).with("comment_id", id).with("etag", current).status()
        }
        Refusal::Held { reviewer, until } => {
            let until = rfc3339(until);
            let message =
                format!("{reviewer} is looking at comment {id} until {until}; wait, or take another");
            fault(ErrorReason::ClaimHeld, message)
                .with("comment_id", id)
                .with("reviewer", reviewer)
                .with("until", until)
                .precondition("CLAIM", id.as_str())
                .status()
        }
        Refusal::State { current } => {
            let state = current.name();
            let message = format!("comment {id} is {state}, which does not allow this");
            fault(ErrorReason::StateConflict, message)
                .with("comment_id", id)
                .with("state", state)
                .precondition("STATE", id.as_str())
                .status()
        }
    }
}

/// None of a claim's leases is live.
pub fn claim_lost(claim_id: &str) -> Status {
    let message = "none of this claim's leases is live any more; claim comments again";
    fault(ErrorReason::ClaimLost, message).with("claim_id", claim_id).precondition("CLAIM", claim_id).status()
}

/// A bulk decision was about other comments than were shown.
pub fn count_changed(expected: u64, matched: u64) -> Status {
    let message =
        format!("{matched} comments match and {expected} were expected; nothing was decided; look again");
    fault(ErrorReason::CountChanged, message).with("expected", expected).with("matched", matched).status()
}

/// Why a comment was not taken in.
pub fn submit(site: &SiteName, error: SubmitError) -> Status {
    let message = error.to_string();
    match error {
        SubmitError::Limited { charge, retry_after } => limited(message, &charge, retry_after),
        SubmitError::Full { cap } => fault(ErrorReason::QueueFull, message)
            .with("site", site)
            .retry(FULL_RETRY)
            .quota(format!("site {site}"), format!("at most {cap} comments wait"))
            .status(),
        SubmitError::Taken(id) => fault(ErrorReason::CommentIdTaken, message)
            .with("comment_id", &id)
            .resource("comment", id.as_str())
            .status(),
        SubmitError::UnknownSite(site) => site_unknown(site.as_str()),
        SubmitError::Queue(error) => queue(error),
    }
}

fn limited(message: String, charge: &Charge, retry_after: Duration) -> Status {
    let quota = charge.quota;
    let period = humantime::format_duration(quota.period());
    fault(ErrorReason::RateLimited, message)
        .with("limit", &charge.limit)
        .with("key", &charge.key)
        .retry(retry_after)
        .quota(
            format!("limit {}, key {}", charge.limit, charge.key),
            format!("{} a {period}, burst {}", quota.count(), quota.burst()),
        )
        .status()
}

/// Why a revision was not taken.
pub fn revise(id: &CommentId, error: ReviseError) -> Status {
    let message = error.to_string();
    match error {
        ReviseError::Moved(field) => {
            invalid(vec![Violation { field: field.to_owned(), description: message }])
        }
        ReviseError::Refused(refusal) => refused(id, refusal),
        ReviseError::UnknownSite(site) => site_unknown(site.as_str()),
        ReviseError::Queue(error) => queue(error),
    }
}

/// Why a list was refused.
pub fn listing(error: ListingError) -> Status {
    let description = error.to_string();
    let field = match error {
        ListingError::Token | ListingError::OtherList => "page_token",
        ListingError::Order(_) => "order_by",
        ListingError::Queue(error) => return queue(error),
    };
    invalid(vec![Violation { field: field.to_owned(), description }])
}
