//! How the rules do, beside what moderators decided.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::count::{ByAction, decided};
use super::past::{CHUNK, Past};
use super::turn;
use crate::domain::{Action, Clock, Comment, Effect, Finding, SiteName, State, Timestamp};
use crate::policy::Policy;
use crate::queue::{Queue, QueueError};

/// The states whose comments count. What was withdrawn is nobody's to judge any more.
const STATES: [State; 4] = [State::Pending, State::Escalated, State::Approved, State::Rejected];

/// One rule in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleRecord {
    /// The filter's name.
    pub filter: String,
    /// The rule's name.
    pub rule: String,
    /// Comments in which it found something, by what their verdict was.
    pub hits: ByAction,
    /// How many of them moderators decided.
    pub decided: u64,
    /// How many of these went against the rule: approved though it spoke against the comment, or rejected though
    /// it spoke for it.
    pub overturned: u64,
    /// It is on trial, without effect: in the policy in force, or where that has no such rule, with its last hit.
    pub shadow: bool,
}

impl RuleRecord {
    /// Comments in which it found something.
    pub fn hit_count(&self) -> u64 {
        self.hits.published + self.hits.held + self.hits.rejected
    }
}

/// The rules of `policy`, and those that found something in comments that came in during `period`; most hits first.
///
/// # Errors
/// The store's.
pub async fn rule_records(
    queue: Arc<dyn Queue>,
    clock: &dyn Clock,
    site: SiteName,
    policy: &Policy,
    period: Range<Timestamp>,
) -> Result<Vec<RuleRecord>, QueueError> {
    let mut past = Past::new(queue, site, &STATES, Some(period.start), clock.now());
    let mut tally = Tally::of(policy);
    loop {
        let _turn = turn().await;
        let chunk = past.next(CHUNK).await?;
        if chunk.is_empty() {
            return Ok(tally.records());
        }
        chunk
            .iter()
            .filter(|comment| comment.create_time < period.end)
            .for_each(|comment| tally.add(comment));
    }
}

#[derive(Default)]
struct Tally(HashMap<(String, String), RuleRecord>);

impl Tally {
    fn of(policy: &Policy) -> Self {
        let mut tally = Self::default();
        for (filter, rule, effect) in policy.rules() {
            tally.record(filter, rule, effect == Effect::Shadow);
        }
        tally
    }

    /// The record of a rule; `shadow` tells what it is when it is met first, which is its newest hit.
    fn record(&mut self, filter: &str, rule: &str, shadow: bool) -> &mut RuleRecord {
        self.0.entry((filter.to_owned(), rule.to_owned())).or_insert_with(|| RuleRecord {
            filter: filter.to_owned(),
            rule: rule.to_owned(),
            shadow,
            ..RuleRecord::default()
        })
    }

    fn add(&mut self, comment: &Comment) {
        let decided = decided(comment);
        let mut met: Vec<(&str, &str)> = Vec::new();
        for finding in &comment.verdict.findings {
            let name = (&*finding.filter, &*finding.rule);
            if met.contains(&name) {
                continue;
            }
            met.push(name);
            let record = self.record(name.0, name.1, finding.effect == Effect::Shadow);
            *record.hits.of(comment.verdict.action) += 1;
            record.decided += u64::from(decided.is_some());
            record.overturned += u64::from(decided.is_some_and(|right| goes_against(finding, right)));
        }
    }

    fn records(self) -> Vec<RuleRecord> {
        let mut records: Vec<_> = self.0.into_values().collect();
        records.sort_by(|one, other| {
            let place = |record: &RuleRecord| (Reverse(record.hit_count()), Reverse(record.overturned));
            let names = (&one.filter, &one.rule).cmp(&(&other.filter, &other.rule));
            place(one).cmp(&place(other)).then(names)
        });
        records
    }
}

/// Whether a finding spoke for the other side. One without weight and effect spoke for neither.
fn goes_against(finding: &Finding, right: Action) -> bool {
    let against = finding.weight > 0.0 || finding.effect >= Effect::Hold;
    match right {
        Action::Publish => against,
        Action::Reject => !against && finding.weight < 0.0,
        Action::Hold => false,
    }
}
