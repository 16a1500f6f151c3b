//! What became of a comment that something was asked about: the comment as it is now, or why nothing changed.

use serde::Serialize;
use serde::ser::SerializeMap;

use super::Record;
use super::comment::{state_style, state_word};
use super::csv::Field;
use super::json::Json;
use super::screen::{BAD, Screen};
use super::table::{Cell, Column};
use crate::cli::failure::Refusal;
use crate::proto::v1::Comment;

/// One outcome of several.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The comment's id.
    pub comment_id: String,
    /// The comment as it is now, or the refusal.
    pub result: Result<Box<Comment>, Refusal>,
}

impl Record for Outcome {
    const COLUMNS: &'static [Column] = &[Column::Words("ID"), Column::Words("STATE"), Column::Clipped("NOW")];
    const NAMES: &'static [&'static str] = &["comment_id", "comment", "error"];
    const FIELDS: &'static [&'static str] = &["id", "ok", "state", "published", "etag", "error"];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        let id = Cell::new(&self.comment_id);
        match &self.result {
            Ok(comment) => {
                let now = if comment.published { "shown to readers" } else { "not shown to readers" };
                let state = Cell::styled(state_word(comment.state()), state_style(comment.state()));
                vec![id, state, Cell::new(now)]
            }
            Err(refusal) => vec![id, Cell::styled("failed", BAD), Cell::new(&refusal.message)],
        }
    }

    fn fields(&self) -> Vec<Field> {
        let id = Field::text(&self.comment_id);
        match &self.result {
            Ok(comment) => vec![
                id,
                Field::plain(true),
                Field::plain(state_word(comment.state())),
                Field::plain(comment.published),
                Field::plain(&comment.etag),
                Field::plain(""),
            ],
            Err(refusal) => {
                let mut fields = vec![id, Field::plain(false)];
                fields.extend(["", "", ""].map(Field::plain));
                fields.push(Field::text(&refusal.message));
                fields
            }
        }
    }

    fn id(&self) -> Option<&str> {
        Some(&self.comment_id)
    }

    fn json(&self) -> impl Serialize + '_ {
        self
    }
}

impl Serialize for Outcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("comment_id", &self.comment_id)?;
        match &self.result {
            Ok(comment) => map.serialize_entry("comment", &Json(&**comment))?,
            Err(refusal) => map.serialize_entry("error", refusal)?,
        }
        map.end()
    }
}
