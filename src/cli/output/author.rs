//! What a site knows of an author.

use serde::Serialize;

use super::csv::Field;
use super::json::{ApiMessage, Json};
use super::table::{Cell, Column};
use super::{Record, Screen, word};
use crate::cli::time::{in_full, rfc3339};
use crate::proto::v1::{AuthorRecord, EraseAuthorResponse};

impl Record for AuthorRecord {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] = &[
        Column::Words("AUTHOR"),
        Column::Words("STANDING"),
        Column::Figures("APPROVED"),
        Column::Figures("REJECTED"),
    ];
    const FIELDS: &'static [&'static str] = &["author_id", "standing", "approved_count", "rejected_count"];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        vec![
            Cell::new(&self.author_id),
            Cell::new(standing_word(self)),
            Cell::new(self.approved_count.to_string()),
            Cell::new(self.rejected_count.to_string()),
        ]
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::text(&self.author_id),
            Field::plain(standing_word(self)),
            Field::plain(self.approved_count),
            Field::plain(self.rejected_count),
        ]
    }

    fn id(&self) -> Option<&str> {
        Some(&self.author_id)
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

impl Record for EraseAuthorResponse {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] =
        &[Column::Figures("COMMENTS ERASED"), Column::Words("BEGUN"), Column::Words("COMPLETE")];
    const FIELDS: &'static [&'static str] = &["erased_comment_count", "start_time", "complete_time"];

    fn cells(&self, screen: &Screen) -> Vec<Cell> {
        let complete = match &self.complete_time {
            Some(_) => in_full(self.complete_time.as_ref(), screen.now),
            None => "not yet: the store's files are still being cleaned; ask again".to_owned(),
        };
        vec![
            Cell::new(self.erased_comment_count.to_string()),
            Cell::new(in_full(self.start_time.as_ref(), screen.now)),
            Cell::new(complete),
        ]
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::plain(self.erased_comment_count),
            Field::plain(rfc3339(self.start_time.as_ref())),
            Field::plain(rfc3339(self.complete_time.as_ref())),
        ]
    }

    fn id(&self) -> Option<&str> {
        None
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

/// What was said of an author, in one word.
pub(super) fn standing_word(record: &AuthorRecord) -> String {
    word(record.standing().as_str_name(), "AUTHOR_STANDING_")
}
