//! What can go wrong inside the store, and the sentence that the caller gets.

use std::fmt::Display;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::queue::QueueError;
use crate::queue::record::Unreadable;

/// A failure inside one step.
#[derive(Debug)]
pub enum Fault {
    /// A record cannot be read. The step wrote nothing; others in its batch go on.
    Damaged {
        /// Which record.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The step was asked for more than it does at once. It wrote nothing.
    Refused(String),
    /// The step panicked: nothing of the batch may stay.
    Panicked,
    /// The engine failed: nothing of the batch may stay.
    Engine(redb::Error),
}

impl<E: Into<redb::Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Engine(error.into())
    }
}

impl Fault {
    /// A record that cannot be read.
    pub fn damaged(what: impl Display, detail: Unreadable) -> Self {
        Self::Damaged { what: what.to_string(), detail }
    }
}

/// Does `work`, whose panics are its own failure alone. The engine panics over pages of a damaged file that make no sense.
pub fn caught<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Fault::Panicked))
}

/// The caller's error for a step after which nothing was changed.
pub fn unchanged(fault: Fault) -> QueueError {
    match fault {
        Fault::Damaged { what, detail } => QueueError::Damaged { what, detail },
        Fault::Refused(detail) => QueueError::Failed { detail },
        Fault::Panicked => QueueError::Failed {
            detail: "a step panicked; see standard error, and restore the file from a backup if that goes on"
                .into(),
        },
        Fault::Engine(error) => QueueError::Failed { detail: sentence(&error) },
    }
}

/// The caller's error when it is not known whether the change was kept.
pub fn uncertain(error: &redb::Error) -> QueueError {
    QueueError::Unavailable { detail: sentence(error) }
}

/// Says what to do about an engine's error.
pub fn sentence(error: &redb::Error) -> String {
    match error {
        redb::Error::DatabaseAlreadyOpen => {
            "another process has it open; stop it or choose another --store".into()
        }
        redb::Error::Io(io) if matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            format!("the disk is full ({io}); free some space, the store goes on by itself")
        }
        redb::Error::Io(io) if io.kind() == ErrorKind::InvalidData => {
            format!("the file is not a modqueue store ({io}); choose another --store")
        }
        redb::Error::Io(io) if io.kind() == ErrorKind::PermissionDenied => {
            format!("{io}; let the user that runs modqueue read and write the file and its directory")
        }
        redb::Error::Corrupted(detail) => {
            format!("the file is damaged ({detail}); restore it from a backup")
        }
        redb::Error::UpgradeRequired(format) => {
            format!("the file has format {format}, which is too old; use the version that wrote it")
        }
        other => other.to_string(),
    }
}
