//! Readers' reports.

use super::Refusal;
use crate::domain::{Comment, CommentId};

/// A reader's report.
#[derive(Debug, Clone)]
pub struct Report {
    /// Which comment.
    pub id: CommentId,
    /// Who reports; one report a reporter counts.
    pub reporter_id: String,
    /// The reason code.
    pub reason: String,
    /// Hide an approved comment while it waits again.
    pub hide: bool,
    /// Names the event, should there be one.
    pub event_id: String,
}

/// What became of a [`Report`].
#[derive(Debug, Clone)]
pub enum Reported {
    /// Counted; the comment as it is now.
    Counted(Box<Comment>),
    /// This reporter had reported it before; nothing was changed.
    Repeated(Box<Comment>),
    /// Rejected and withdrawn comments take no reports, and a missing one neither.
    Refused(Refusal),
}
