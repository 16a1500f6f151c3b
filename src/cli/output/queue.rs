//! How the queue is doing: the counts now, what went in and out, by whom, and why it waits.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::came_in;
use super::csv::Field;
use super::flow::{Run, flow};
use super::json::Json;
use super::screen::{BAD, FAINT, GOOD, STRONG, Screen, WAITING};
use super::table::{Cell, Column};
use super::{Record, bars, stats};
use crate::cli::time::{in_words, rfc3339, span};
use crate::proto::v1::{ActivityBucket, GetActivityResponse, NamedCount, QueueStats};

/// Heights of a bar in a line of text.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The queue now, and what went on in the period before.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The counts.
    pub stats: QueueStats,
    /// What went in and out; `None`: it could not be had.
    pub activity: Option<GetActivityResponse>,
    /// The period's length.
    pub since: Duration,
}

impl Record for Picture {
    const COLUMNS: &'static [Column] = QueueStats::COLUMNS;
    const FIELDS: &'static [&'static str] = QueueStats::FIELDS;
    const NAMES: &'static [&'static str] = &[
        "pending_count",
        "escalated_count",
        "claimed_count",
        "approved_count",
        "rejected_count",
        "withdrawn_count",
        "oldest_pending_time",
        "oldest_age",
        "by_section",
        "by_rule",
        "sampled_count",
        "count_time",
        "activity",
    ];

    fn cells(&self, screen: &Screen) -> Vec<Cell> {
        self.stats.cells(screen)
    }

    fn fields(&self) -> Vec<Field> {
        self.stats.fields()
    }

    fn id(&self) -> Option<&str> {
        None
    }

    /// The counts' own shape, with the activity beside them.
    fn json(&self) -> impl Serialize + '_ {
        let mut value = serde_json::to_value(Json(&self.stats)).unwrap_or_else(|_| json!({}));
        if let (Value::Object(fields), Some(activity)) = (&mut value, &self.activity) {
            fields.insert("activity".to_owned(), serde_json::to_value(Json(activity)).unwrap_or_default());
        }
        value
    }
}

impl Picture {
    /// For people.
    pub fn drawn(&self, screen: &Screen) -> String {
        let mut drawn = stats(&self.stats, screen);
        if let Some(activity) = &self.activity {
            drawn.push_str(&in_and_out(&activity.buckets, self.since, screen));
            drawn.push_str(&bars("decided by", &total(&activity.buckets, |step| &step.by_reviewer), screen));
            drawn.push_str(&bars(
                "held by a limit",
                &total(&activity.buckets, |step| &step.by_limit),
                screen,
            ));
        }
        drawn
    }
}

/// What came in and what was decided, a line of bars each on one scale.
fn in_and_out(buckets: &[ActivityBucket], since: Duration, screen: &Screen) -> String {
    let came: Vec<_> = buckets.iter().map(came_in).collect();
    let went: Vec<_> =
        buckets.iter().map(|step| step.moderator_approved_count + step.moderator_rejected_count).collect();
    let most = came.iter().chain(&went).copied().max().unwrap_or(0);
    let hours = since.as_secs_f64() / 3_600.0;
    let line = |name: &str, counts: &[u64], style| {
        let sum: u64 = counts.iter().sum();
        let bars = screen.paint(style, &spark(counts, most));
        format!("  {name:<8}  {bars}  {sum} ({:.1} an hour)\n", sum as f64 / hours)
    };
    let mut drawn = format!("\n{}\n", screen.paint(STRONG, &format!("in {}", in_words(since))));
    drawn.push_str(&line("came in", &came, WAITING));
    drawn.push_str(&line("decided", &went, GOOD));
    let sum = |count: fn(&ActivityBucket) -> u64| buckets.iter().map(count).sum::<u64>();
    let told = format!(
        "the policy published {}, held {}, rejected {}; moderators approved {}, rejected {}, took back {}",
        sum(|step| step.published_count),
        sum(|step| step.held_count),
        sum(|step| step.rejected_count),
        sum(|step| step.moderator_approved_count),
        sum(|step| step.moderator_rejected_count),
        sum(|step| step.undone_count),
    );
    drawn + &flow(&[Run::new(told, FAINT)], 2, screen)
}

/// A bar for each count; none at all is a space, so that quiet hours are seen.
fn spark(counts: &[u64], most: u64) -> String {
    let height = |&count: &u64| match count {
        0 => ' ',
        count => HEIGHTS[((count * 8).div_ceil(most.max(1)) as usize).clamp(1, 8) - 1],
    };
    counts.iter().map(height).collect()
}

/// Counts of the same name over all steps, the greatest first.
pub fn total<'a>(
    buckets: &'a [ActivityBucket],
    counts: impl Fn(&'a ActivityBucket) -> &'a Vec<NamedCount>,
) -> Vec<NamedCount> {
    let mut sums = BTreeMap::<&str, u64>::new();
    for count in buckets.iter().flat_map(counts) {
        *sums.entry(&count.name).or_default() += count.count;
    }
    let named = sums.into_iter().map(|(name, count)| NamedCount { name: name.to_owned(), count });
    let mut named: Vec<_> = named.collect();
    named.sort_by_key(|count| std::cmp::Reverse(count.count));
    named
}

/// The counts in a line, with the time at which they held.
pub fn queue_line(stats: &QueueStats, screen: &Screen) -> String {
    let oldest = span(stats.oldest_age.as_ref()).map_or_else(|| "none".to_owned(), in_words);
    let waiting = format!("{} waiting", stats.pending_count);
    format!(
        "{}  {}  {} escalated  {} claimed  oldest {oldest}\n",
        screen.paint(FAINT, &rfc3339(stats.count_time.as_ref())),
        screen.paint(if stats.escalated_count > 0 { BAD } else { WAITING }, &waiting),
        stats.escalated_count,
        stats.claimed_count,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(published: u64, approved: u64, by: &[(&str, u64)]) -> ActivityBucket {
        let count = |&(name, count): &(&str, u64)| NamedCount { name: name.to_owned(), count };
        ActivityBucket {
            published_count: published,
            moderator_approved_count: approved,
            by_reviewer: by.iter().map(count).collect(),
            ..ActivityBucket::default()
        }
    }

    fn picture() -> Picture {
        let buckets = vec![step(8, 0, &[("ada", 1)]), step(1, 4, &[("ada", 2), ("ben", 9)]), step(0, 0, &[])];
        let activity = GetActivityResponse { buckets, calibration: vec![] };
        Picture {
            stats: QueueStats { pending_count: 7, ..QueueStats::default() },
            activity: Some(activity),
            since: Duration::from_secs(3 * 3_600),
        }
    }

    #[test]
    fn what_comes_in_and_what_is_decided_stand_on_one_scale() {
        let screen = Screen { colour: false, width: 80, now: jiff::Timestamp::UNIX_EPOCH };
        let drawn = picture().drawn(&screen);
        assert!(drawn.contains("came in   █▁   9 (3.0 an hour)"), "{drawn}");
        assert!(drawn.contains("decided    ▄   4 (1.3 an hour)"), "{drawn}");
        assert!(drawn.find("ben").unwrap() < drawn.find("ada").unwrap(), "{drawn}");
    }

    #[test]
    fn as_json_the_activity_stands_beside_the_counts() {
        let value = serde_json::to_value(picture().json()).unwrap();
        assert_eq!(value["pending_count"], 7);
        assert_eq!(value["activity"]["buckets"][1]["by_reviewer"][1]["count"], 9);
        let bare = Picture { activity: None, ..picture() };
        assert!(serde_json::to_value(bare.json()).unwrap().get("activity").is_none());
    }

    #[test]
    fn a_count_that_is_not_none_is_always_seen() {
        assert_eq!(spark(&[0, 1, 1_000_000], 1_000_000), " ▁█");
        assert_eq!(spark(&[0], 0), " ");
    }
}
