//! The period that figures are asked for, and the steps that it is cut into.

use std::time::Duration;

use jiff::Timestamp;

/// Steps among which the shortest that leaves few enough of them is taken.
const STEPS: [u64; 8] = [60, 300, 900, 3_600, 6 * 3_600, 86_400, 7 * 86_400, 28 * 86_400];

/// A period that ends now or at a time.
#[derive(Debug, Clone, clap::Args)]
pub struct Period {
    /// The end of the period, as in 2026-03-01T00:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub until: Option<Timestamp>,
}

/// The two ends of a period, as the API takes them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ends {
    /// Included.
    pub from: prost_types::Timestamp,
    /// Excluded.
    pub to: prost_types::Timestamp,
}

impl Period {
    /// The ends of a period of this length. One that ends now ends with the step that has begun, so that steps begin
    /// where the clock is round.
    pub fn ends(&self, length: Duration, step: Duration) -> Ends {
        let step = i64::try_from(step.as_secs()).unwrap_or(i64::MAX).max(1);
        let running = || Timestamp::now().as_second().div_euclid(step).saturating_add(1).saturating_mul(step);
        let to = self.until.map_or_else(running, Timestamp::as_second);
        let length = i64::try_from(length.as_secs()).unwrap_or(i64::MAX);
        let at = |seconds| prost_types::Timestamp { seconds, nanos: 0 };
        Ends { from: at(to.saturating_sub(length)), to: at(to) }
    }
}

/// A step that cuts a period of this length into at most `most` and is a usual one.
pub fn usual_step(length: Duration, most: u64) -> Duration {
    let fits = STEPS.into_iter().find(|step| length.as_secs().div_ceil(*step) <= most);
    Duration::from_secs(fits.unwrap_or_else(|| length.as_secs().div_ceil(most)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn a_step_is_a_usual_one_and_leaves_few_of_them() {
        let step = |days: u32| usual_step(days * DAY, 48).as_secs();
        assert_eq!([1, 2, 7, 30, 366].map(step), [3_600, 3_600, 6 * 3_600, 86_400, 28 * 86_400]);
        assert_eq!(usual_step(Duration::from_secs(600), 48).as_secs(), 60);
    }

    #[test]
    fn a_period_ends_where_it_was_told_and_begins_its_length_before() {
        let period = Period { until: Some("2026-03-02T00:00:00Z".parse().unwrap()) };
        let Ends { from, to } = period.ends(DAY, Duration::from_secs(3_600));
        assert_eq!((to.seconds - from.seconds, to.seconds), (86_400, 1_772_409_600));
        let running = Period { until: None }.ends(DAY, Duration::from_secs(3_600));
        assert_eq!(running.to.seconds % 3_600, 0);
        assert!(running.to.seconds > Timestamp::now().as_second());
    }
}
