//! An event of the decision feed.

use serde::Serialize;

use super::comment::{state_style, state_word};
use super::csv::Field;
use super::json::{ApiMessage, Json};
use super::screen::{FAINT, Screen};
use super::table::{Cell, Column};
use super::{Record, word};
use crate::cli::harmless::one_line;
use crate::cli::time::rfc3339;
use crate::proto::v1::{CommentState, Decision, DecisionEvent};

impl Record for DecisionEvent {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] =
        &[Column::Words("TIME"), Column::Words("ID"), Column::Words("STATE"), Column::Clipped("WHY")];
    const FIELDS: &'static [&'static str] = &[
        "event_time",
        "site",
        "comment_id",
        "previous_state",
        "state",
        "published",
        "reason",
        "author_message",
        "actor",
        "thread_id",
        "author_id",
        "etag",
        "event_id",
        "cursor",
    ];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        vec![
            Cell::styled(rfc3339(self.event_time.as_ref()), FAINT),
            Cell::new(&self.comment_id),
            Cell::styled(state_word(self.state()), state_style(self.state())),
            Cell::new(why(self)),
        ]
    }

    fn fields(&self) -> Vec<Field> {
        let decision = self.decision.clone().unwrap_or_default();
        vec![
            Field::plain(rfc3339(self.event_time.as_ref())),
            Field::plain(&self.site),
            Field::text(&self.comment_id),
            Field::plain(previous_word(self.previous_state())),
            Field::plain(state_word(self.state())),
            Field::plain(self.published),
            Field::text(decision.reason),
            Field::text(decision.author_message),
            Field::text(decision.actor),
            Field::text(&self.thread_id),
            Field::text(&self.author_id),
            Field::plain(&self.etag),
            Field::plain(&self.event_id),
            Field::plain(&self.cursor),
        ]
    }

    fn id(&self) -> Option<&str> {
        Some(&self.comment_id)
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

/// The event in one line, for a feed that does not end.
pub fn event_line(event: &DecisionEvent, screen: &Screen) -> String {
    let state = screen.paint(state_style(event.state()), &state_word(event.state()));
    let shown = if event.published { "shown" } else { "hidden" };
    let change = format!("{} → {state}, {shown}", previous_word(event.previous_state()));
    let time = screen.paint(FAINT, &rfc3339(event.event_time.as_ref()));
    let line = format!("{time}  {}  {change}  {}", one_line(&event.comment_id), one_line(&why(event)));
    format!("{}\n", line.trim_end())
}

fn previous_word(state: CommentState) -> String {
    if state == CommentState::Unspecified { "new".to_owned() } else { state_word(state) }
}

fn why(event: &DecisionEvent) -> String {
    event.decision.as_ref().map(decided).unwrap_or_default()
}

fn decided(decision: &Decision) -> String {
    let who = match decision.actor.as_str() {
        "" => word(decision.actor_kind().as_str_name(), "ACTOR_KIND_"),
        actor => actor.to_owned(),
    };
    let reason = if decision.reason.is_empty() { String::new() } else { format!(", {}", decision.reason) };
    let told = if decision.author_message.is_empty() {
        String::new()
    } else {
        format!(", the author is told: {}", decision.author_message)
    };
    format!("by {who}{reason}{told}")
}
