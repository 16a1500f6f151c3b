//! Limits and what is left of them.

use std::time::Duration;

use super::{Check, duration, timestamp};
use crate::domain::{Author, Draft, Thread, Timestamp};
use crate::limit::{Charge, LimitMode, QuotaLeft};
use crate::proto::v1;

/// A draft with as much as limits are counted on.
pub fn quota_draft(check: &mut Check, request: v1::CheckQuotaRequest) -> Draft {
    let author = Author {
        id: check.text("author_id", request.author_id, 256),
        ip_address: check.ip_address("ip_address", &request.ip_address),
        ..Author::default()
    };
    let thread = Thread {
        id: check.text("thread_id", request.thread_id, 256),
        section: check.text("section", request.section, 128),
        ..Thread::default()
    };
    Draft { author, thread, ..Draft::default() }
}

/// A limit and what is left of it at `now`.
pub fn limit_status(charge: Charge, left: QuotaLeft, now: Timestamp) -> v1::LimitStatus {
    let quota = charge.quota;
    let tolerance = Duration::from_micros(quota.tolerance_micros().unsigned_abs());
    let mode = match charge.mode {
        LimitMode::Enforce => v1::LimitMode::Enforce,
        LimitMode::Hold => v1::LimitMode::Hold,
        LimitMode::Shadow => v1::LimitMode::Shadow,
    };
    v1::LimitStatus {
        name: charge.limit.as_ref().to_owned(),
        key: charge.key,
        quota: quota.count(),
        per: Some(duration(quota.period())),
        burst: quota.burst(),
        remaining: left.remaining,
        reset_time: Some(timestamp(now.plus(left.full_after))),
        retry_after: Some(duration(left.full_after.saturating_sub(tolerance))),
        mode: mode.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::Quota;

    #[test]
    fn the_next_comment_may_come_when_the_algorithm_says_so() {
        let quota = Quota::new(10, Duration::from_secs(60), 2).unwrap();
        let charge =
            Charge { limit: "author".into(), key: "author=42".into(), quota, mode: LimitMode::Enforce };
        let mut arrival = None;
        for expected in [0, 0, 6] {
            let shown = limit_status(charge.clone(), quota.left(arrival, 0), Timestamp(0));
            assert_eq!(shown.retry_after.unwrap().seconds, expected);
            assert_eq!(shown.remaining > 0, expected == 0);
            arrival = quota.admit(arrival, 0).ok().or(arrival);
        }
        assert_eq!(
            limit_status(charge, quota.left(arrival, 0), Timestamp(0)).reset_time.unwrap().seconds,
            12
        );
    }
}
