//! What claims, skips and bulk decisions come to.

use serde::Serialize;

use super::csv::Field;
use super::json::{ApiMessage, Json};
use super::table::{Cell, Column};
use super::{Record, Screen};
use crate::cli::time::rfc3339;
use crate::proto::v1::{
    DecideMatchingResponse, DeferCommentResponse, ReleaseClaimsResponse, RenewClaimsResponse,
};

/// A comment that its moderator is not offered for a while.
#[derive(Debug, Clone, Serialize)]
pub struct Skipped {
    /// The comment's id.
    pub comment_id: String,
    /// Until when, in RFC 3339.
    pub defer_until: String,
}

impl Skipped {
    /// What the server answered about a comment.
    pub fn new(comment_id: String, answer: &DeferCommentResponse) -> Self {
        Self { comment_id, defer_until: rfc3339(answer.defer_until.as_ref()) }
    }
}

impl Record for Skipped {
    const COLUMNS: &'static [Column] = &[Column::Words("ID"), Column::Words("SKIPPED UNTIL")];
    const FIELDS: &'static [&'static str] = &["id", "defer_until"];
    const NAMES: &'static [&'static str] = &["comment_id", "defer_until"];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        vec![Cell::new(&self.comment_id), Cell::new(&self.defer_until)]
    }

    fn fields(&self) -> Vec<Field> {
        vec![Field::text(&self.comment_id), Field::plain(&self.defer_until)]
    }

    fn id(&self) -> Option<&str> {
        Some(&self.comment_id)
    }

    fn json(&self) -> impl Serialize + '_ {
        self
    }
}

impl Record for RenewClaimsResponse {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] =
        &[Column::Words("CLAIM"), Column::Figures("COMMENTS"), Column::Words("ENDS")];
    const FIELDS: &'static [&'static str] = &["claim_id", "comments", "expire_time", "lost"];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        let ends = rfc3339(self.expire_time.as_ref());
        vec![Cell::new(&self.claim_id), Cell::new(self.comment_ids.len().to_string()), Cell::new(ends)]
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::text(&self.claim_id),
            Field::plain(self.comment_ids.len()),
            Field::plain(rfc3339(self.expire_time.as_ref())),
            Field::plain(self.lost_comment_ids.len()),
        ]
    }

    fn id(&self) -> Option<&str> {
        Some(&self.claim_id)
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

impl Record for ReleaseClaimsResponse {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] = &[Column::Clipped("GIVEN BACK")];
    const FIELDS: &'static [&'static str] = &["comment_ids"];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        vec![Cell::new(self.comment_ids.join(" "))]
    }

    fn fields(&self) -> Vec<Field> {
        vec![Field::text(self.comment_ids.join(" "))]
    }

    fn id(&self) -> Option<&str> {
        None
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

impl Record for DecideMatchingResponse {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] =
        &[Column::Figures("MATCHED"), Column::Figures("DECIDED"), Column::Figures("FAILED")];
    const FIELDS: &'static [&'static str] = &["matched", "decided", "failed"];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        [self.matched_count, self.decided_count, self.failed_count]
            .map(|count| Cell::new(count.to_string()))
            .into()
    }

    fn fields(&self) -> Vec<Field> {
        [self.matched_count, self.decided_count, self.failed_count].map(Field::plain).into()
    }

    fn id(&self) -> Option<&str> {
        None
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}
