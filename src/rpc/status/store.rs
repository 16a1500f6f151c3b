//! The store away, or failing. Its own words go to the log alone.

use std::time::Duration;

use tonic::Status;

use super::fault;
use crate::proto::v1::ErrorReason;
use crate::queue::QueueError;

/// When to come back after the store was away.
pub(super) const STORE_RETRY: Duration = Duration::from_secs(1);

/// What went wrong in the store. Its own words go to the log alone.
pub fn queue(error: QueueError) -> Status {
    match error {
        QueueError::Unavailable { detail } => {
            tracing::warn!(detail, "a call failed: the queue store is not available");
            let message =
                "the queue store cannot be reached now; repeat the call, with the same ids, in a moment";
            fault(ErrorReason::StoreUnavailable, message).retry(STORE_RETRY).status()
        }
        QueueError::Damaged { what, detail } => {
            tracing::error!(what, detail, "a stored record cannot be read");
            let message =
                "a stored record cannot be read; it was set aside, and the operator has the details";
            fault(ErrorReason::RecordDamaged, message).status()
        }
        QueueError::Failed { detail } => {
            tracing::error!(detail, "a call failed: the queue store refused");
            let message =
                "the queue store refused; nothing was changed; the operator has the reason in the log";
            fault(ErrorReason::StoreFailed, message).status()
        }
    }
}
