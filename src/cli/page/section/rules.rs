//! Which rules moderators do not agree with.

use super::chart::{Row, rows};
use super::{Figures, html, part};
use crate::cli::output::overturn_rate;
use crate::proto::v1::RuleStats;

/// Rules that are drawn; the table has all of them.
const DRAWN: usize = 15;
/// Decisions below which a rate says little.
const FEWEST: u64 = 3;

pub fn rules(figures: &Figures) -> String {
    if figures.rules.iter().all(|rule| rule.hit_count == 0) {
        return String::new();
    }
    let told: Vec<_> = figures.rules.iter().filter(|rule| rule.decided_count >= FEWEST).take(DRAWN).collect();
    let row = |rule: &&RuleStats| {
        let rate = overturn_rate(rule).unwrap_or(0.0);
        let of = format!("{} of {}", html::count(rule.overturned_count), html::count(rule.decided_count));
        Row { name: name(rule), share: rate, told: format!("{} ({of})", html::percent(rate)) }
    };
    let drawn: Vec<_> = told.iter().map(row).collect();
    let drawn = match drawn.as_slice() {
        [] => format!("<p>No rule has been decided upon {FEWEST} times yet.</p>\n"),
        drawn => rows("rejected", drawn),
    };
    let titles = ["Rule", "Found in", "published", "held", "refused", "Decided", "Overturned", "Rate"];
    let cells = |rule: &RuleStats| {
        let counts = [
            rule.hit_count,
            rule.published_count,
            rule.held_count,
            rule.rejected_count,
            rule.decided_count,
            rule.overturned_count,
        ];
        let rate = overturn_rate(rule).map(html::percent).unwrap_or_default();
        [name(rule)].into_iter().chain(counts.map(html::count)).chain([rate]).collect::<Vec<_>>()
    };
    let all: Vec<_> = figures.rules.iter().map(cells).collect();
    let lead = format!(
        "How often moderators decided against a rule: approved what it spoke against, or rejected what it spoke for. Rules with \
         at least {FEWEST} decisions, the most overturned first."
    );
    part(
        "Rules that moderators overturned",
        &lead,
        &(drawn + &html::table("All rules as a table", &titles, &all)),
    )
}

fn name(rule: &RuleStats) -> String {
    let trial = if rule.shadow { " (on trial)" } else { "" };
    format!("{}/{}{trial}", rule.filter, rule.rule)
}
