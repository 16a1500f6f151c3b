//! What went on, step by step.

use serde::Serialize;

use super::Record;
use super::csv::Field;
use super::flow::{Run, flow};
use super::json::{ApiMessage, Json};
use super::screen::{FAINT, Screen};
use super::stats::bar;
use super::table::{Cell, Column, render};
use crate::cli::time::{in_words, moment, rfc3339, span};
use crate::proto::v1::ActivityBucket;

/// Columns of the bars.
const BAR: usize = 8;

impl Record for ActivityBucket {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] = &[
        Column::Words("FROM"),
        Column::Words("CAME IN"),
        Column::Figures(""),
        Column::Figures("HELD"),
        Column::Figures("REFUSED"),
        Column::Figures("APPROVED"),
        Column::Figures("REJECTED"),
        Column::Figures("MEDIAN"),
        Column::Figures("WAITING"),
    ];
    const FIELDS: &'static [&'static str] = &[
        "start_time",
        "published",
        "held",
        "rejected",
        "moderator_approved",
        "moderator_rejected",
        "escalated",
        "overturned",
        "undone",
        "reported",
        "median_decision_seconds",
        "slow_decision_seconds",
        "waiting",
    ];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        cells(self, came_in(self))
    }

    fn fields(&self) -> Vec<Field> {
        let counts = [
            self.published_count,
            self.held_count,
            self.rejected_count,
            self.moderator_approved_count,
            self.moderator_rejected_count,
            self.escalated_count,
            self.overturned_count,
            self.undone_count,
            self.reported_count,
        ];
        let seconds = [self.median_decision_duration, self.slow_decision_duration].map(|duration| {
            let seconds = span(duration.as_ref()).map(|span| span.as_secs_f64().to_string());
            Field::plain(seconds.unwrap_or_default())
        });
        let start = Field::plain(rfc3339(self.start_time.as_ref()));
        let figures = counts.map(Field::plain).into_iter().chain(seconds);
        [start].into_iter().chain(figures).chain([Field::plain(self.waiting_count)]).collect()
    }

    fn id(&self) -> Option<&str> {
        None
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

/// A row a step with bars on one scale, and what it comes to below.
pub fn activity(buckets: &[ActivityBucket], screen: &Screen) -> String {
    let most = buckets.iter().map(came_in).max().unwrap_or(0);
    let rows: Vec<_> = buckets.iter().map(|bucket| cells(bucket, most)).collect();
    let sum = |count: fn(&ActivityBucket) -> u64| buckets.iter().map(count).sum::<u64>();
    let told = format!(
        "{} came in: {} published, {} held, {} refused by the policy; moderators approved {}, rejected {}, escalated {}, \
         overturned the policy {} times and took back {}",
        sum(came_in),
        sum(|step| step.published_count),
        sum(|step| step.held_count),
        sum(|step| step.rejected_count),
        sum(|step| step.moderator_approved_count),
        sum(|step| step.moderator_rejected_count),
        sum(|step| step.escalated_count),
        sum(|step| step.overturned_count),
        sum(|step| step.undone_count),
    );
    render(ActivityBucket::COLUMNS, &rows, screen) + &flow(&[Run::new(told, FAINT)], 0, screen)
}

/// Comments that came in during a step.
pub(in crate::cli) fn came_in(step: &ActivityBucket) -> u64 {
    step.published_count + step.held_count + step.rejected_count
}

fn cells(step: &ActivityBucket, most: u64) -> Vec<Cell> {
    let start = moment(step.start_time.as_ref());
    let start = start.map(|start| start.strftime("%m-%d %H:%M").to_string()).unwrap_or_default();
    let waited = span(step.median_decision_duration.as_ref()).map(in_words).unwrap_or_default();
    let counts = [
        came_in(step),
        step.held_count,
        step.rejected_count,
        step.moderator_approved_count,
        step.moderator_rejected_count,
    ];
    let counts = counts.map(|count| Cell::new(shown(count)));
    [Cell::new(start), Cell::styled(bar(came_in(step), most.max(1), BAR), FAINT)]
        .into_iter()
        .chain(counts)
        .chain([Cell::new(waited), Cell::new(shown(step.waiting_count))])
        .collect()
}

/// Nothing for none, so that quiet steps are seen.
fn shown(count: u64) -> String {
    if count == 0 { String::new() } else { count.to_string() }
}
