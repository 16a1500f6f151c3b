//! Leases on comments.

use std::time::Duration;

use crate::domain::{CommentId, Timestamp};

/// A wish to lease comments.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    /// Names the lease; made before the first attempt.
    pub claim_id: String,
    /// Who takes it.
    pub reviewer: String,
    /// Comments and the versions at which they were seen.
    pub candidates: Vec<(CommentId, u32)>,
    /// How long.
    pub lease: Duration,
}

/// What a claim won.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// When the lease ends.
    pub expire_time: Timestamp,
    /// The comments that are leased now, in the candidates' order.
    pub ids: Vec<CommentId>,
}

/// What a renewal kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewed {
    /// When the lease ends now.
    pub expire_time: Timestamp,
    /// Renewed, in ascending order.
    pub kept: Vec<CommentId>,
    /// Asked for by id and not held any more, in ascending order.
    pub lost: Vec<CommentId>,
}
