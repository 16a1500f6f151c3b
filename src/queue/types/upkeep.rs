//! Erasing, sweeping, and how the store is.

use crate::domain::Timestamp;

/// How far the erasure of an author has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// Comments erased since it was first asked for.
    pub comments: u64,
    /// When it was first asked for.
    pub start_time: Timestamp,
    /// When the store's files no longer held any of it; `None`: they may still.
    pub complete_time: Option<Timestamp>,
}

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Comments removed.
    pub comments: u64,
    /// Events removed.
    pub events: u64,
    /// There is more to remove.
    pub more: bool,
}

/// A store that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What runs, such as `redis 7.0.15` or `embedded`.
    pub engine: String,
    /// Settings under which acknowledged data may be lost, each with its remedy. Empty: none.
    pub warnings: Vec<String>,
}

/// How much an acknowledgement promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The store has it, as the store is configured. A crash of the store may lose what it had not yet written.
    #[default]
    Fast,
    /// It is on the store's disk.
    Disk,
    /// It is on the store's disk and on a replica.
    Replicas,
}

impl std::str::FromStr for Durability {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "fast" => Ok(Self::Fast),
            "disk" => Ok(Self::Disk),
            "replicas" => Ok(Self::Replicas),
            _ => Err("must be fast, disk or replicas".to_owned()),
        }
    }
}
