//! What is left of limits, and where they are kept.
//!
//! A limit that is open again soon is short. Short limits, most of all limits, lie together in two hashes that take turns:
//! that costs half of what a key with an expiry of its own costs. The others have such keys.

use std::time::Duration;

use ::redis::{Pipeline, Value};

use crate::domain::SiteName;
use crate::limit::{Charge, QuotaLeft};
use crate::queue::QueueError;

use super::keys::{Keys, limit_name};
use super::reply::{bytes, list, number, strange};
use super::store::Store;
use super::stored::u64_at;
use super::words::Words;

/// How long one hash of short limits is written to. What is written in one window is of use to its end and
/// through the next. The default policy's limits are just short.
pub(super) const LIMIT_WINDOW: Duration = Duration::from_secs(300);

/// Whether a limit's full burst is back within one window, however late in it the last of it was spent.
pub(super) fn is_short(charge: &Charge) -> bool {
    let refill = charge.quota.emission_micros() + charge.quota.tolerance_micros();
    refill as u128 <= LIMIT_WINDOW.as_micros()
}

impl Store {
    pub(super) async fn quota(
        &self,
        site: &SiteName,
        charges: &[Charge],
    ) -> Result<Vec<QuotaLeft>, QueueError> {
        if charges.is_empty() {
            return Ok(Vec::new());
        }
        let replies = self.read(&commands(&self.keys(site), charges), self.deadline()).await?;
        let [time, clock, long, first, second] =
            <[Value; 5]>::try_from(replies).map_err(|_| strange("quotas"))?;
        let now = self.micros(time, &clock)?;
        let window = now / LIMIT_WINDOW.as_micros() as i64;
        // The first key is the site's own and stands there so that there is one.
        let (mut long, mut short) = (list(long)?.into_iter().skip(1), vec![None; charges.len()]);
        for slot in [first, second] {
            keep_later(&mut short, list(slot)?, window)?;
        }
        let mut left = Vec::with_capacity(charges.len());
        for (charge, short) in charges.iter().zip(short) {
            let arrival = match is_short(charge) {
                true => short,
                false => match long.next().ok_or_else(|| strange("quotas"))? {
                    Value::Nil => None,
                    arrival => Some(number(&arrival)?),
                },
            };
            left.push(charge.quota.left(arrival, now));
        }
        Ok(left)
    }
}

fn commands(keys: &Keys, charges: &[Charge]) -> Pipeline {
    let mut long = Words::default();
    long.push(&[keys.policies().as_bytes()]);
    charges.iter().filter(|charge| !is_short(charge)).for_each(|charge| keys.limit(&mut long, charge));
    let mut commands = Pipeline::with_capacity(5);
    commands.cmd("TIME");
    commands.cmd("HGET").arg(keys.meta()).arg("clock");
    commands.cmd("MGET").arg(long.iter().collect::<Vec<_>>());
    for slot in 0..2 {
        commands.cmd("HMGET").arg(keys.limits(slot)).arg("window");
        charges.iter().for_each(|charge| {
            commands.arg(&limit_name(charge));
        });
    }
    commands
}

/// Takes over the arrival times of one hash, if its window is this one or the one before. Arrival times never go
/// back, so the later is the newer.
fn keep_later(arrivals: &mut [Option<i64>], values: Vec<Value>, window: i64) -> Result<(), QueueError> {
    let mut values = values.into_iter();
    let written = number(&values.next().ok_or_else(|| strange("limits"))?)?;
    if written != window && written != window - 1 {
        return Ok(());
    }
    for (arrival, value) in arrivals.iter_mut().zip(values) {
        match bytes(value)?.as_slice() {
            [] => {}
            value if value.len() == 8 => *arrival = (*arrival).max(Some(u64_at(value, 0) as i64)),
            _ => return Err(strange("a limit")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::limit::{LimitMode, Quota};

    use super::*;

    fn limit(count: u32, seconds: u64, burst: u32) -> Charge {
        let quota = Quota::new(count, Duration::from_secs(seconds), burst).unwrap();
        Charge { limit: "author".into(), key: "ann".into(), quota, mode: LimitMode::Enforce }
    }

    #[test]
    fn a_limit_is_short_when_its_burst_is_back_within_a_window() {
        assert!(is_short(&limit(10, 60, 10)));
        assert!(is_short(&limit(1, 60, 5)));
        assert!(!is_short(&limit(1, 60, 6)));
        assert!(!is_short(&limit(100, 3600, 10)));
        // the default policy's, by author and by address
        assert!(is_short(&limit(30, 600, 15)) && is_short(&limit(120, 600, 60)));
    }
}
