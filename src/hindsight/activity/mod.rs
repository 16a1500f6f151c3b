//! What went on in a period: what came in, what was decided, how long it waited.

mod bucket;
mod calibration;
mod story;
mod waits;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;

use super::count::decided;
use super::past::{CHUNK, Past};
use super::turn;
use crate::domain::{Action, Clock, Comment, HistoryEntry, SiteName, State, Timestamp};
use crate::queue::{Queue, QueueError};
use calibration::Bins;
use story::{Happening, tell};

pub use bucket::Bucket;
pub use calibration::CalibrationBin;

/// A period in steps of the same length; the last may be shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its start, included.
    pub from: Timestamp,
    /// Its end, excluded; later than `from`.
    pub to: Timestamp,
    /// The length of a step; at least a millisecond.
    pub step: Duration,
}

/// What went on, step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// The steps, oldest first.
    pub buckets: Vec<Bucket>,
    /// How well the learned filter's probabilities came true, by ascending probability.
    pub calibration: Vec<CalibrationBin>,
}

impl Period {
    /// How many steps it has.
    pub fn steps(&self) -> u64 {
        self.to.since(self.from).as_millis().div_ceil(self.step.as_millis().max(1)) as u64
    }

    /// When a step starts.
    pub fn start(&self, step: usize) -> Timestamp {
        self.from.plus(self.step.saturating_mul(u32::try_from(step).unwrap_or(u32::MAX)))
    }

    /// The step that a moment is in.
    fn step_of(&self, time: Timestamp) -> Option<usize> {
        let inside = time >= self.from && time < self.to;
        inside.then(|| (time.since(self.from).as_millis() / self.step.as_millis().max(1)) as usize)
    }
}

/// What went on in a period, from the comments that are still kept and their histories.
///
/// # Errors
/// The store's.
pub async fn activity(
    queue: Arc<dyn Queue>,
    clock: &dyn Clock,
    site: SiteName,
    period: Period,
) -> Result<Activity, QueueError> {
    let now = clock.now();
    // What waits may have come in long before; of the others, those that nothing happened to since do not matter.
    let waiting = [State::Pending, State::Escalated];
    let settled = [State::Approved, State::Rejected, State::Withdrawn];
    let mut tally = Tally::new(period);
    for mut past in [
        Past::new(Arc::clone(&queue), site.clone(), &waiting, None, now),
        Past::changed_since(Arc::clone(&queue), site.clone(), &settled, period.from, now),
    ] {
        loop {
            let _turn = turn().await;
            let chunk = past.next(CHUNK).await?;
            if chunk.is_empty() {
                break;
            }
            let histories = chunk.iter().map(|comment| history(&*queue, &site, comment));
            for (comment, history) in chunk.iter().zip(try_join_all(histories).await?) {
                tally.add(comment, &history);
            }
        }
    }
    Ok(tally.finish())
}

/// The history of a comment; empty when nothing happened to it since it came in.
async fn history(
    queue: &dyn Queue,
    site: &SiteName,
    comment: &Comment,
) -> Result<Vec<HistoryEntry>, QueueError> {
    let is_untouched = comment.update_time == comment.create_time && comment.report_count == 0;
    if is_untouched && decided(comment).is_none() {
        return Ok(Vec::new());
    }
    queue.history(site, &comment.id).await
}

struct Tally {
    period: Period,
    buckets: Vec<Bucket>,
    /// How many more wait at the end of each step than at the end of the one before.
    waiting: Vec<i64>,
    bins: Bins,
}

impl Tally {
    fn new(period: Period) -> Self {
        let steps = period.steps() as usize;
        let buckets = (0..steps).map(|step| Bucket::starting(period.start(step))).collect();
        Self { period, buckets, waiting: vec![0; steps], bins: Bins::default() }
    }

    fn add(&mut self, comment: &Comment, history: &[HistoryEntry]) {
        let (period, buckets, waiting) = (self.period, &mut self.buckets, &mut self.waiting);
        tell(comment, history, |time, happening| match happening {
            Happening::Waited { until } => mark_waiting(&period, waiting, time, until),
            happening => {
                if let Some(step) = period.step_of(time) {
                    buckets[step].add(happening);
                }
            }
        });
        if let Some(step) = period.step_of(comment.create_time) {
            self.buckets[step].add_limits(&comment.verdict.findings);
        }
        let decide_time = comment.decision.as_ref().map(|decision| decision.decide_time);
        if let (Some(right), Some(probability)) = (decided(comment), comment.verdict.learned_probability)
            && decide_time.is_some_and(|time| self.period.step_of(time).is_some())
        {
            self.bins.add(probability, right == Action::Reject);
        }
    }

    fn finish(mut self) -> Activity {
        let mut sum = 0;
        for (bucket, change) in self.buckets.iter_mut().zip(self.waiting) {
            sum += change;
            bucket.waiting = u64::try_from(sum).unwrap_or(0);
        }
        Activity { buckets: self.buckets, calibration: self.bins.filled() }
    }
}

/// Counts a comment into the ends of the steps at which it waited.
fn mark_waiting(period: &Period, waiting: &mut [i64], since: Timestamp, until: Option<Timestamp>) {
    if since >= period.to || until.is_some_and(|until| until < period.from) {
        return;
    }
    waiting[period.step_of(since).unwrap_or(0)] += 1;
    if let Some(step) = until.and_then(|until| period.step_of(until)) {
        waiting[step] -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Period =
        Period { from: Timestamp(1_000), to: Timestamp(1_350), step: Duration::from_millis(100) };

    #[test]
    fn the_last_step_may_be_shorter_and_the_end_is_outside() {
        assert_eq!(PERIOD.steps(), 4);
        let steps = [999, 1_000, 1_099, 1_100, 1_349, 1_350].map(|time| PERIOD.step_of(Timestamp(time)));
        assert_eq!(steps, [None, Some(0), Some(0), Some(1), Some(3), None]);
        assert_eq!(PERIOD.start(3), Timestamp(1_300));
    }

    #[test]
    fn what_waits_counts_at_the_ends_of_the_steps_that_it_waits_through() {
        let waits = |since: i64, until: Option<i64>| {
            let mut changes = vec![0; 4];
            mark_waiting(&PERIOD, &mut changes, Timestamp(since), until.map(Timestamp));
            let mut sum = 0;
            changes
                .into_iter()
                .map(|change| {
                    sum += change;
                    sum
                })
                .collect::<Vec<i64>>()
        };
        assert_eq!(waits(500, None), [1, 1, 1, 1]);
        assert_eq!(waits(500, Some(1_150)), [1, 0, 0, 0]);
        assert_eq!(waits(1_110, Some(1_190)), [0, 0, 0, 0], "it came and went within a step");
        assert_eq!(waits(1_210, Some(9_000)), [0, 0, 1, 1]);
        assert_eq!(waits(500, Some(900)), [0, 0, 0, 0]);
        assert_eq!(waits(1_350, None), [0, 0, 0, 0]);
    }
}
