//! Answers that hold a comment or a verdict: in rows they are that, as JSON they are whole.

use serde::Serialize;

use super::comment::rules_of;
use super::csv::Field;
use super::json::{ApiMessage, Json};
use super::table::{Cell, Column};
use super::{Record, Screen, word};
use crate::proto::v1::{Comment, InspectCommentResponse, SubmitCommentResponse, TestPolicyResponse};

macro_rules! shown_as_its_comment {
    ($answer:ty) => {
        impl Record for $answer {
            const COLUMNS: &'static [Column] = Comment::COLUMNS;
            const FIELDS: &'static [&'static str] = Comment::FIELDS;

            fn cells(&self, screen: &Screen) -> Vec<Cell> {
                self.comment.clone().unwrap_or_default().cells(screen)
            }

            fn fields(&self) -> Vec<Field> {
                self.comment.clone().unwrap_or_default().fields()
            }

            fn id(&self) -> Option<&str> {
                self.comment.as_ref().and_then(Comment::id)
            }

            fn json(&self) -> impl Serialize + '_ {
                Json(self)
            }
        }
    };
}

shown_as_its_comment!(SubmitCommentResponse);
shown_as_its_comment!(InspectCommentResponse);

impl Record for TestPolicyResponse {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] =
        &[Column::Words("VERDICT"), Column::Figures("SCORE"), Column::Clipped("RULES")];
    const FIELDS: &'static [&'static str] = &["action", "score", "published", "rules"];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        let verdict = self.verdict.clone().unwrap_or_default();
        let action = word(verdict.action().as_str_name(), "ACTION_");
        vec![Cell::new(action), Cell::new(format!("{:.1}", verdict.score)), Cell::new(rules(self))]
    }

    fn fields(&self) -> Vec<Field> {
        let verdict = self.verdict.clone().unwrap_or_default();
        vec![
            Field::plain(word(verdict.action().as_str_name(), "ACTION_")),
            Field::plain(verdict.score),
            Field::plain(self.published),
            Field::text(rules(self)),
        ]
    }

    fn id(&self) -> Option<&str> {
        None
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

fn rules(answer: &TestPolicyResponse) -> String {
    rules_of(&Comment { verdict: answer.verdict.clone(), ..Comment::default() }).join(" ")
}
