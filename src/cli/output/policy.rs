//! A revision of a policy.

use serde::Serialize;

use super::csv::Field;
use super::json::{ApiMessage, Json};
use super::screen::FAINT;
use super::table::{Cell, Column};
use super::{Record, Screen};
use crate::cli::time::{ago, rfc3339};
use crate::proto::v1::Policy;

impl Record for Policy {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] =
        &[Column::Figures("REVISION"), Column::Words("SAVED"), Column::Words("BY"), Column::Clipped("WHY")];
    const FIELDS: &'static [&'static str] = &["revision", "site", "create_time", "author", "comment", "etag"];

    fn cells(&self, screen: &Screen) -> Vec<Cell> {
        vec![
            Cell::new(self.revision.to_string()),
            Cell::styled(ago(self.create_time.as_ref(), screen.now), FAINT),
            Cell::new(&self.author),
            Cell::new(&self.comment),
        ]
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::plain(self.revision),
            Field::plain(&self.site),
            Field::plain(rfc3339(self.create_time.as_ref())),
            Field::text(&self.author),
            Field::text(&self.comment),
            Field::plain(&self.etag),
        ]
    }

    fn id(&self) -> Option<&str> {
        Some(&self.etag)
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}
