//! What came in and what was decided, step by step.

use super::chart::{Series, bars};
use super::{Figures, came_in as all_of, counts, html, part, scale};
use crate::cli::time::in_words;
use crate::proto::v1::ActivityBucket;

type Count = fn(&ActivityBucket) -> u64;

pub fn came_in(figures: &Figures) -> String {
    let kinds: [(&str, &str, Count); 3] = [
        ("published", "published", |step| step.published_count),
        ("held", "held", |step| step.held_count),
        ("refused", "rejected", |step| step.rejected_count),
    ];
    let busiest =
        figures.labels().into_iter().zip(counts(&figures.steps, all_of)).max_by_key(|(_, count)| *count);
    let busiest = busiest.filter(|(_, count)| *count > 0);
    let lead = format!("Each bar is {}: comments by what the policy did with them.", in_words(figures.step));
    let lead = match busiest {
        Some((label, count)) => format!("{lead} The most came in on {label}: {}.", html::count(count)),
        None => "Nothing came in.".to_owned(),
    };
    part("What came in", &lead, &stacked(figures, "comments that came in", &kinds))
}

pub fn decided(figures: &Figures) -> String {
    let kinds: [(&str, &str, Count); 3] = [
        ("approved", "published", |step| step.moderator_approved_count),
        ("rejected", "rejected", |step| step.moderator_rejected_count),
        ("escalated", "held", |step| step.escalated_count),
    ];
    let decided = stacked(figures, "decisions of moderators", &kinds);
    let waiting: [(&str, &str, Count); 1] = [("waiting", "waiting", |step| step.waiting_count)];
    let waiting = stacked(figures, "comments that waited at the end of each step", &waiting);
    let body = format!("{decided}<h3>Waiting at the end of each step</h3>\n{waiting}");
    part("What moderators decided", "Decisions by when they were made, and what was left to do.", &body)
}

fn stacked(figures: &Figures, title: &str, kinds: &[(&str, &str, Count)]) -> String {
    let labels = figures.labels();
    let series = kinds.iter().map(|&(name, class, count)| Series {
        name,
        class,
        counts: counts(&figures.steps, count),
    });
    let series: Vec<_> = series.collect();
    let row = |(step, label): (usize, &String)| {
        let told = series.iter().map(|series| html::count(series.counts[step]));
        [label.clone()].into_iter().chain(told).collect::<Vec<_>>()
    };
    let rows: Vec<_> = labels.iter().enumerate().map(row).collect();
    let titles: Vec<_> = ["From"].into_iter().chain(kinds.iter().map(|(name, ..)| *name)).collect();
    let drawn = bars(title, &labels, &scale::moments(&figures.starts()), &series);
    drawn + &html::table("As a table", &titles, &rows)
}
