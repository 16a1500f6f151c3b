//! Policies and proposals for them.

use crate::domain::{CommentId, Timestamp};

/// A policy to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDraft {
    /// The TOML text.
    pub source: String,
    /// Who saves it.
    pub author: String,
    /// Why.
    pub comment: String,
}

/// A saved policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRecord {
    /// From 1, by one.
    pub revision: u64,
    /// What was saved.
    pub draft: PolicyDraft,
    /// When.
    pub create_time: Timestamp,
}

/// A policy that somebody suggests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalDraft {
    /// The whole TOML text.
    pub source: String,
    /// The revision that it was made from.
    pub base_revision: u64,
    /// Why.
    pub comment: String,
    /// The comment that gave rise to it.
    pub comment_id: Option<CommentId>,
    /// Who suggests it.
    pub proposer: String,
}

/// A suggestion that was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// From 1, by one.
    pub number: u64,
    /// What was suggested.
    pub draft: ProposalDraft,
    /// The revision that settled it; `None` while it is open.
    pub applied_revision: Option<u64>,
    /// When it was made.
    pub create_time: Timestamp,
}

/// What became of a policy that settles a proposal. Nothing was changed unless it was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// Saved, and the proposal settled by it.
    Saved(PolicyRecord),
    /// Another revision was saved meanwhile.
    Conflict,
    /// There is no such proposal, or it is settled.
    NotOpen,
}
