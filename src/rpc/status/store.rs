//! The store away, full, or failing. Its own words go to the log alone.

use std::time::Duration;

use tonic::Status;

use super::fault;
use crate::proto::v1::ErrorReason;
use crate::queue::QueueError;
use crate::rpc::calls;

/// When to come back after the store was away.
pub(super) const STORE_RETRY: Duration = Duration::from_secs(1);

/// What went wrong in the store. Its own words go to the log alone.
pub fn queue(error: QueueError) -> Status {
    match error {
        QueueError::Unavailable { detail } => {
            calls::went_wrong(detail);
            let message =
                "the queue store cannot do this now; repeat the call, with the same ids, in a moment";
            fault(ErrorReason::StoreUnavailable, message).retry(STORE_RETRY).status()
        }
        QueueError::Damaged { what, detail } => {
            calls::went_wrong(format!("the record of {what} cannot be read: {detail}"));
            let message =
                "a stored record cannot be read; it was set aside, and the operator has the details";
            fault(ErrorReason::RecordDamaged, message).status()
        }
        QueueError::Failed { detail } => {
            calls::went_wrong(detail);
            let message =
                "the queue store refused; nothing was changed; the operator has the reason in the log";
            fault(ErrorReason::StoreFailed, message).status()
        }
    }
}
