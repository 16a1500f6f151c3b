//! What can go wrong in the store.

/// What can go wrong in the store itself.
#[derive(Debug, Clone, thiserror::Error)]
pub enum QueueError {
    /// The store did not answer in time or is not reachable. The detail is for the log alone.
    #[error("the queue store is not available: {detail}")]
    Unavailable {
        /// What the driver said, passwords masked.
        detail: String,
    },
    /// A record cannot be read; it was set aside.
    #[error("the record of {what} cannot be read: {detail}")]
    Damaged {
        /// Which record.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The store refuses what was asked for reasons of its own, such as a full disk.
    #[error("the queue store failed: {detail}")]
    Failed {
        /// What the driver said.
        detail: String,
    },
}
