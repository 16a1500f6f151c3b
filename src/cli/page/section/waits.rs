//! How long comments waited.

use super::chart::{Line, spans};
use super::{Figures, html, part, scale};
use crate::cli::time::{in_words, span};

pub fn waits(figures: &Figures) -> String {
    let lines = [
        Line {
            name: "median",
            class: "median",
            spans: figures.steps.iter().map(|step| span(step.median_decision_duration.as_ref())).collect(),
        },
        Line {
            name: "9 in 10 within",
            class: "slow",
            spans: figures.steps.iter().map(|step| span(step.slow_decision_duration.as_ref())).collect(),
        },
    ];
    let labels = figures.labels();
    let marks = scale::moments(&figures.starts());
    let Some(drawn) = spans("time to decision", &labels, &marks, &lines) else { return String::new() };
    let row = |(step, label): (usize, &String)| {
        let told = lines.iter().map(|line| line.spans[step].map(in_words));
        let told: Option<Vec<_>> = told.collect();
        told.map(|told| [label.clone()].into_iter().chain(told).collect::<Vec<_>>())
    };
    let rows: Vec<_> = labels.iter().enumerate().filter_map(row).collect();
    let table = html::table("As a table", &["From", "median", "9 in 10 within"], &rows);
    let lead = "How long comments had waited when a moderator approved or rejected them. Each line up is several times longer.";
    part("Time to decision", lead, &(drawn + &table))
}
