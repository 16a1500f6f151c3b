//! At which hours comments come in, and at which they are decided.

use super::chart::{Series, bars};
use super::{Figures, html, part};
use crate::cli::time::moment;
use crate::proto::v1::ActivityBucket;

pub fn hours(figures: &Figures) -> String {
    if figures.hours.is_empty() {
        return String::new();
    }
    let sums = |count: fn(&ActivityBucket) -> u64| {
        let mut sums = vec![0; 24];
        for step in &figures.hours {
            if let Some(start) = moment(step.start_time.as_ref()) {
                sums[start.as_second().div_euclid(3_600).rem_euclid(24) as usize] += count(step);
            }
        }
        sums
    };
    let series = [
        Series { name: "published", class: "published", counts: sums(|step| step.published_count) },
        Series { name: "held", class: "held", counts: sums(|step| step.held_count) },
        Series { name: "refused", class: "rejected", counts: sums(|step| step.rejected_count) },
    ];
    let decided = sums(|step| step.moderator_approved_count + step.moderator_rejected_count);
    let labels: Vec<_> = (0..24).map(|hour| format!("{hour:02}:00")).collect();
    let marks: Vec<_> = labels.iter().cloned().enumerate().filter(|(hour, _)| hour % 3 == 0).collect();
    let row = |(hour, label): (usize, &String)| {
        let told = series.iter().map(|series| series.counts[hour]).chain([decided[hour]]).map(html::count);
        [label.clone()].into_iter().chain(told).collect::<Vec<_>>()
    };
    let rows: Vec<_> = labels.iter().enumerate().map(row).collect();
    let titles = ["Hour", "published", "held", "refused", "decided"];
    let below = [Series { name: "decided", class: "waiting", counts: decided.clone() }];
    let body = bars("comments by the hour of the day", &labels, &marks, &series)
        + "<h3>Decided by moderators</h3>\n"
        + &bars("decisions by the hour of the day", &labels, &marks, &below)
        + &html::table("As a table", &titles, &rows);
    part(
        "By the hour of the day",
        "The whole period laid over one day, in UTC: when readers write, and when moderators are there.",
        &body,
    )
}
