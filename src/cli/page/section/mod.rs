//! The parts of the page, each for itself: a question, its answer in words, the chart, the table.

mod flow;
mod hours;
mod learned;
mod people;
mod rules;
mod summary;
mod waits;

use super::{Figures, chart, html, scale};
use crate::cli::output::came_in;
use crate::proto::v1::ActivityBucket;

/// All of them in order; those that have nothing to tell are left out.
pub fn all(figures: &Figures) -> String {
    let parts = [
        summary::summary(figures),
        flow::came_in(figures),
        hours::hours(figures),
        flow::decided(figures),
        waits::waits(figures),
        rules::rules(figures),
        learned::learned(figures),
        people::people(figures),
    ];
    parts.concat()
}

/// A part under its heading.
fn part(heading: &str, lead: &str, body: &str) -> String {
    format!(
        "<section>\n<h2>{}</h2>\n<p class=\"faint\">{}</p>\n{body}</section>\n",
        html::text(heading),
        html::text(lead)
    )
}

/// A count of each step.
fn counts(steps: &[ActivityBucket], count: fn(&ActivityBucket) -> u64) -> Vec<u64> {
    steps.iter().map(count).collect()
}

/// A part of a whole in words; nothing of nothing.
fn share(part: u64, whole: u64) -> String {
    if whole == 0 { String::new() } else { html::percent(part as f64 / whole as f64) }
}
