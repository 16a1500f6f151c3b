//! A comment of a wave.

use serde::Serialize;

use super::comment::{state_style, state_word, text_of};
use super::csv::Field;
use super::json::{ApiMessage, Json};
use super::table::{Cell, Column};
use super::{Record, Screen};
use crate::proto::v1::{Comment, SimilarComment};

impl Record for SimilarComment {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] =
        &[Column::Words("ID"), Column::Figures("ALIKE"), Column::Words("STATE"), Column::Clipped("TEXT")];
    const FIELDS: &'static [&'static str] = &["id", "similarity", "state", "published", "author", "text"];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        let comment = self.comment.clone().unwrap_or_default();
        vec![
            Cell::new(&comment.id),
            Cell::new(format!("{:.0}%", self.similarity * 100.0)),
            Cell::styled(state_word(comment.state()), state_style(comment.state())),
            Cell::new(text_of(&comment)),
        ]
    }

    fn fields(&self) -> Vec<Field> {
        let comment = self.comment.clone().unwrap_or_default();
        let author = comment.draft.as_ref().and_then(|draft| draft.author.clone()).unwrap_or_default();
        vec![
            Field::text(&comment.id),
            Field::plain(self.similarity),
            Field::plain(state_word(comment.state())),
            Field::plain(comment.published),
            Field::text(author.id),
            Field::text(text_of(&comment)),
        ]
    }

    fn id(&self) -> Option<&str> {
        self.comment.as_ref().and_then(Comment::id)
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}
