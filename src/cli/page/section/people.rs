//! Who decided, and which limits held comments.

use super::chart::{Row, rows};
use super::{Figures, html};
use crate::cli::output::total;
use crate::proto::v1::NamedCount;

/// Names that are drawn.
const DRAWN: usize = 15;

pub fn people(figures: &Figures) -> String {
    let reviewers = total(&figures.steps, |step| &step.by_reviewer);
    let limits = total(&figures.steps, |step| &step.by_limit);
    let people = named("Decisions by moderator", "median", &reviewers, "Nobody decided.");
    let held = named("Comments held by a limit", "held", &limits, "No limit held a comment.");
    format!("<div class=\"pair\">\n{people}{held}</div>\n")
}

fn named(heading: &str, class: &str, counts: &[NamedCount], nothing: &str) -> String {
    let most = counts.iter().map(|count| count.count).max().unwrap_or(0).max(1);
    let row = |count: &NamedCount| Row {
        name: count.name.clone(),
        share: count.count as f64 / most as f64,
        told: html::count(count.count),
    };
    let drawn: Vec<_> = counts.iter().take(DRAWN).map(row).collect();
    let mut body = match drawn.as_slice() {
        [] => format!("<p class=\"faint\">{nothing}</p>\n"),
        drawn => rows(class, drawn),
    };
    if counts.len() > DRAWN {
        body.push_str(&format!("<p class=\"faint\">and {} more</p>\n", counts.len() - DRAWN));
    }
    format!("<section>\n<h2>{heading}</h2>\n{body}</section>\n")
}
