//! What the past comes to in figures: by rule, and step by step.

use std::sync::Arc;
use std::time::Duration;

use tonic::Status;

use super::PolicyCalls;
use crate::domain::Timestamp;
use crate::hindsight::{Activity, Bucket, CalibrationBin, Period, RuleRecord, activity, rule_records};
use crate::proto::v1;
use crate::rpc::auth::Caller;
use crate::rpc::convert::{self, Check};
use crate::rpc::status;

/// Rules of an answer.
const MAX_RULES: usize = 1_000;
/// Steps of a period.
const MAX_STEPS: u64 = 1_000;
/// Moderators and limits of a step.
const MAX_NAMES: usize = 20;
const SHORTEST_STEP: Duration = Duration::from_secs(60);
const LONGEST_STEP: Duration = Duration::from_secs(366 * 24 * 60 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl PolicyCalls {
    pub(super) async fn rule_stats(
        &self,
        caller: &Caller,
        request: v1::GetRuleStatsRequest,
    ) -> Result<v1::GetRuleStatsResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let from = check.timestamp("from", request.from);
        let to = check.timestamp("to", request.to).unwrap_or_else(|| self.0.clock.now());
        let from = from.unwrap_or(Timestamp(i64::MIN));
        check_order(&mut check, from, to);
        check.finish()?;
        let policy = self.0.policies.current(&site).ok_or_else(|| status::site_unknown(site.as_str()))?;
        let queue = Arc::clone(&self.0.queue);
        let records = rule_records(queue, &*self.0.clock, site, &policy, from..to).await;
        let records = records.map_err(status::queue)?;
        Ok(v1::GetRuleStatsResponse { rules: records.into_iter().take(MAX_RULES).map(rule).collect() })
    }

    pub(super) async fn activity(
        &self,
        caller: &Caller,
        request: v1::GetActivityRequest,
    ) -> Result<v1::GetActivityResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let to = check.timestamp("to", request.to).unwrap_or_else(|| self.0.clock.now());
        let from = check.timestamp("from", request.from).unwrap_or_else(|| to.minus(DAY));
        let step = check.duration("step", request.step, HOUR, SHORTEST_STEP..=LONGEST_STEP);
        check_order(&mut check, from, to);
        let period = Period { from, to, step };
        if period.steps() > MAX_STEPS {
            check.note("step", format!("cuts the period into {} steps; at most {MAX_STEPS} are answered, so make it longer or the period shorter", period.steps()));
        }
        check.finish()?;
        let queue = Arc::clone(&self.0.queue);
        let activity = activity(queue, &*self.0.clock, site, period).await.map_err(status::queue)?;
        let Activity { buckets, calibration } = activity;
        Ok(v1::GetActivityResponse {
            buckets: buckets.iter().map(bucket).collect(),
            calibration: calibration.iter().map(bin).collect(),
        })
    }
}

fn check_order(check: &mut Check, from: Timestamp, to: Timestamp) {
    if from >= to {
        check.note("to", "must be later than `from`");
    }
}

fn rule(record: RuleRecord) -> v1::RuleStats {
    v1::RuleStats {
        hit_count: record.hit_count(),
        filter: record.filter,
        rule: record.rule,
        decided_count: record.decided,
        overturned_count: record.overturned,
        shadow: record.shadow,
        published_count: record.hits.published,
        held_count: record.hits.held,
        rejected_count: record.hits.rejected,
    }
}

fn bucket(bucket: &Bucket) -> v1::ActivityBucket {
    let waited = |share| bucket.waited(share).map(convert::duration);
    v1::ActivityBucket {
        start_time: Some(convert::timestamp(bucket.start)),
        published_count: bucket.came_in.published,
        held_count: bucket.came_in.held,
        rejected_count: bucket.came_in.rejected,
        moderator_approved_count: bucket.approved,
        moderator_rejected_count: bucket.rejected,
        escalated_count: bucket.escalated,
        undone_count: bucket.undone,
        reported_count: bucket.reported,
        median_decision_duration: waited(0.5),
        slow_decision_duration: waited(0.9),
        by_reviewer: named(bucket.by_reviewer(MAX_NAMES)),
        by_limit: named(bucket.by_limit(MAX_NAMES)),
        overturned_count: bucket.overturned,
        waiting_count: bucket.waiting,
    }
}

fn named(counted: Vec<(String, u64)>) -> Vec<v1::NamedCount> {
    counted.into_iter().map(|(name, count)| v1::NamedCount { name, count }).collect()
}

fn bin(bin: &CalibrationBin) -> v1::CalibrationBin {
    v1::CalibrationBin { predicted: bin.predicted(), observed: bin.observed(), count: bin.count }
}
