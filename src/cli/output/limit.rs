//! A rate limit and what is left of it.

use std::time::Duration;

use serde::Serialize;

use super::csv::Field;
use super::json::{ApiMessage, Json};
use super::screen::{BAD, GOOD};
use super::table::{Cell, Column};
use super::{Record, Screen, word};
use crate::cli::time::{ago, in_words, rfc3339, span};
use crate::proto::v1::LimitStatus;

impl Record for LimitStatus {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] = &[
        Column::Words("LIMIT"),
        Column::Words("COUNTED ON"),
        Column::Words("QUOTA"),
        Column::Figures("LEFT"),
        Column::Words("FULL AGAIN"),
        Column::Words("MODE"),
    ];
    const FIELDS: &'static [&'static str] = &[
        "name",
        "key",
        "quota",
        "per_seconds",
        "burst",
        "remaining",
        "retry_after_seconds",
        "reset_time",
        "mode",
    ];

    fn cells(&self, screen: &Screen) -> Vec<Cell> {
        let per = span(self.per.as_ref()).unwrap_or_default();
        vec![
            Cell::new(&self.name),
            Cell::new(&self.key),
            Cell::new(format!("{} in {}, {} at once", self.quota, in_words(per), self.burst)),
            Cell::styled(self.remaining.to_string(), if self.remaining == 0 { BAD } else { GOOD }),
            Cell::new(if self.remaining >= self.burst {
                "now".into()
            } else {
                ago(self.reset_time.as_ref(), screen.now)
            }),
            Cell::new(mode_word(self)),
        ]
    }

    fn fields(&self) -> Vec<Field> {
        let seconds = |duration: Option<Duration>| Field::plain(duration.unwrap_or_default().as_secs_f64());
        vec![
            Field::text(&self.name),
            Field::text(&self.key),
            Field::plain(self.quota),
            seconds(span(self.per.as_ref())),
            Field::plain(self.burst),
            Field::plain(self.remaining),
            seconds(span(self.retry_after.as_ref())),
            Field::plain(rfc3339(self.reset_time.as_ref())),
            Field::plain(mode_word(self)),
        ]
    }

    fn id(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

fn mode_word(limit: &LimitStatus) -> String {
    word(limit.mode().as_str_name(), "LIMIT_MODE_")
}
