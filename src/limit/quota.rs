//! What a limit is: a quota over a key, counted by the generic cell rate algorithm.
//!
//! GCRA (ITU-T I.371) keeps one number a key, the theoretical arrival time: the moment at which the
//! key will have been idle long enough for its full burst. An arrival is within the limit when it
//! comes no earlier than that time less the burst's tolerance. A refusal leaves the number alone, so
//! retrying does not push the end further away.

use std::sync::Arc;
use std::time::Duration;

/// `count` events a `period`, at most `burst` of them at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    count: u32,
    period: Duration,
    burst: u32,
}

/// Why a quota was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuotaError {
    /// Nothing would ever pass.
    #[error("quota and burst must be 1 or more; to let nothing pass, reject in the policy instead")]
    Zero,
    /// The period is outside its bounds.
    #[error("the period must be from 1 second to 30 days")]
    Period,
    /// The full burst would take longer to come back than anyone waits.
    #[error("the burst takes more than a year to fill again; lower burst or raise quota")]
    Burst,
    /// More than one event a microsecond.
    #[error("the quota is more than a million a second; leave the limit out instead")]
    TooDense,
}

const MAX_PERIOD: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const MAX_REFILL: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl Quota {
    /// Checks the numbers.
    ///
    /// # Errors
    /// Those of [`QuotaError`].
    pub fn new(count: u32, period: Duration, burst: u32) -> Result<Self, QuotaError> {
        if count == 0 || burst == 0 {
            return Err(QuotaError::Zero);
        }
        if !(Duration::from_secs(1)..=MAX_PERIOD).contains(&period) {
            return Err(QuotaError::Period);
        }
        if period.as_micros() < u128::from(count) {
            return Err(QuotaError::TooDense);
        }
        if period.as_micros().div_ceil(u128::from(count)) * u128::from(burst) > MAX_REFILL.as_micros() {
            return Err(QuotaError::Burst);
        }
        Ok(Self { count, period, burst })
    }

    /// Events a period.
    pub fn count(self) -> u32 {
        self.count
    }

    /// The period.
    pub fn period(self) -> Duration {
        self.period
    }

    /// Events at once.
    pub fn burst(self) -> u32 {
        self.burst
    }

    /// Microseconds between two events at the sustained rate, rounded up so that the quota is never exceeded.
    pub fn emission_micros(self) -> i64 {
        let exact = self.period.as_micros().div_ceil(u128::from(self.count));
        i64::try_from(exact).expect("a period of at most 30 days fits")
    }

    /// How much earlier than its theoretical arrival time an event may come, in microseconds.
    pub fn tolerance_micros(self) -> i64 {
        self.emission_micros() * i64::from(self.burst - 1)
    }

    /// Whether an event may pass at `now`, given the key's theoretical arrival time (`None`: never
    /// seen): the new arrival time, or how long to wait. All in microseconds.
    ///
    /// # Errors
    /// The wait, when the event comes too early.
    pub fn admit(self, arrival: Option<i64>, now: i64) -> Result<i64, i64> {
        let arrival = arrival.unwrap_or(now).max(now);
        let wait = arrival - self.tolerance_micros() - now;
        if wait > 0 { Err(wait) } else { Ok(arrival + self.emission_micros()) }
    }

    /// How many events could pass at `now`, and how long until the full burst could. In microseconds.
    pub fn left(self, arrival: Option<i64>, now: i64) -> QuotaLeft {
        let backlog = arrival.map_or(0, |arrival| (arrival - now).max(0));
        let used = (backlog as u64).div_ceil(self.emission_micros() as u64);
        QuotaLeft {
            remaining: u64::from(self.burst).saturating_sub(used) as u32,
            full_after: Duration::from_micros(backlog as u64),
        }
    }
}

/// What happens when a limit is exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LimitMode {
    /// The call is refused.
    #[default]
    Enforce,
    /// The comment waits for a moderator.
    Hold,
    /// It is counted, without effect.
    Shadow,
}

/// One limit, charged for one comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The limit's name in the policy.
    pub limit: Arc<str>,
    /// What it is counted on, such as `author=42,thread=7`.
    pub key: String,
    /// How much.
    pub quota: Quota,
    /// What exceeding it does.
    pub mode: LimitMode,
}

impl Charge {
    /// Whether exceeding it refuses the call.
    pub fn is_enforced(&self) -> bool {
        self.mode == LimitMode::Enforce
    }
}

/// What is left of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaLeft {
    /// Events that could pass now.
    pub remaining: u32,
    /// Until the full burst could pass.
    pub full_after: Duration,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: i64 = 1_000_000;

    fn quota(count: u32, seconds: u64, burst: u32) -> Quota {
        Quota::new(count, Duration::from_secs(seconds), burst).unwrap()
    }

    #[test]
    fn absurd_numbers_are_refused_by_name() {
        let second = Duration::from_secs(1);
        assert_eq!(Quota::new(0, second, 1), Err(QuotaError::Zero));
        assert_eq!(Quota::new(1, second, 0), Err(QuotaError::Zero));
        assert_eq!(Quota::new(1, Duration::ZERO, 1), Err(QuotaError::Period));
        assert_eq!(Quota::new(1, Duration::MAX, 1), Err(QuotaError::Period));
        assert_eq!(Quota::new(2_000_000, second, 1), Err(QuotaError::TooDense));
        assert_eq!(Quota::new(1, MAX_PERIOD, u32::MAX), Err(QuotaError::Burst));
    }

    #[test]
    fn a_burst_passes_at_once_and_the_next_waits_one_interval() {
        let quota = quota(60, 60, 3);
        let mut arrival = None;
        for _ in 0..3 {
            arrival = Some(quota.admit(arrival, 0).unwrap());
        }
        assert_eq!(quota.admit(arrival, 0), Err(SECOND));
        assert!(quota.admit(arrival, SECOND).is_ok());
    }

    #[test]
    fn asking_what_is_left_agrees_with_spending_it() {
        let quota = quota(10, 60, 5);
        let mut arrival = None;
        for left in (0..5).rev() {
            arrival = Some(quota.admit(arrival, 0).unwrap());
            assert_eq!(quota.left(arrival, 0).remaining, left);
        }
        assert_eq!(quota.left(arrival, 0).full_after, Duration::from_secs(30));
        assert_eq!(quota.left(arrival, 30 * SECOND), quota.left(None, 0));
    }

    proptest! {
        #[test]
        fn no_window_ever_sees_more_than_the_burst_and_the_rate(
            count in 1u32..1000, seconds in 1u64..3600, burst in 1u32..100,
            gaps in prop::collection::vec(0i64..5 * SECOND, 1..200),
        ) {
            let quota = quota(count, seconds, burst);
            let (mut now, mut arrival, mut passed) = (0, None, 0i64);
            for gap in gaps {
                now += gap;
                if let Ok(next) = quota.admit(arrival, now) {
                    arrival = Some(next);
                    passed += 1;
                }
            }
            prop_assert!(passed <= i64::from(burst) + now / quota.emission_micros());
        }

        #[test]
        fn waiting_as_told_is_enough_and_one_microsecond_less_is_not(
            count in 1u32..1000, seconds in 1u64..3600, burst in 1u32..20,
        ) {
            let quota = quota(count, seconds, burst);
            let mut arrival = None;
            let wait = loop {
                match quota.admit(arrival, 0) {
                    Ok(next) => arrival = Some(next),
                    Err(wait) => break wait,
                }
            };
            prop_assert!(quota.admit(arrival, wait - 1).is_err());
            prop_assert!(quota.admit(arrival, wait).is_ok());
        }
    }
}
