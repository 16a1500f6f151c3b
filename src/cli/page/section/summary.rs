//! The figures that matter most.

use super::{Figures, came_in, html, share};
use crate::cli::time::{in_words, span};

pub fn summary(figures: &Figures) -> String {
    let whole = &figures.whole;
    let all = came_in(whole);
    let decided = whole.moderator_approved_count + whole.moderator_rejected_count;
    let of_all = |count| match share(count, all) {
        share if share.is_empty() => String::new(),
        share => format!("{share} of them"),
    };
    let median = span(whole.median_decision_duration.as_ref()).map(in_words);
    let slow = span(whole.slow_decision_duration.as_ref()).map(in_words);
    let waiting = figures.steps.last().map_or(0, |step| step.waiting_count);
    let tiles = [
        ("Comments came in", html::count(all), String::new()),
        ("Published by the policy", html::count(whole.published_count), of_all(whole.published_count)),
        ("Held for a moderator", html::count(whole.held_count), of_all(whole.held_count)),
        ("Refused by the policy", html::count(whole.rejected_count), of_all(whole.rejected_count)),
        ("Decided by moderators", html::count(decided), taken_back(whole.undone_count)),
        (
            "Median time to decision",
            median.unwrap_or_else(|| "–".to_owned()),
            slow.map(|slow| format!("9 in 10 within {slow}")).unwrap_or_default(),
        ),
        (
            "Policy overturned",
            html::count(whole.overturned_count),
            of_decided(whole.overturned_count, decided),
        ),
        ("Waiting at the end", html::count(waiting), String::new()),
    ];
    let tile = |(name, figure, beside): &(&str, String, String)| {
        let (figure, beside) = (html::text(figure), html::text(beside));
        format!("<div><dt>{name}</dt><dd>{figure} <small>{beside}</small></dd></div>\n")
    };
    format!("<dl class=\"tiles\">\n{}</dl>\n", tiles.iter().map(tile).collect::<String>())
}

fn taken_back(undone: u64) -> String {
    if undone == 0 { String::new() } else { format!("{} taken back", html::count(undone)) }
}

fn of_decided(overturned: u64, decided: u64) -> String {
    if decided == 0 { String::new() } else { format!("{} of what was decided", share(overturned, decided)) }
}
