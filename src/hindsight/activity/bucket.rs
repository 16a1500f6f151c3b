//! What went on in one step of time.

use std::collections::HashMap;
use std::time::Duration;

use super::story::Happening;
use super::waits::Waits;
use crate::domain::{Finding, State, Timestamp};
use crate::hindsight::count::{ByAction, greatest};

/// What went on in one step of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// When it starts.
    pub start: Timestamp,
    /// Comments that came in, by what the policy did with them.
    pub came_in: ByAction,
    /// Comments that moderators approved.
    pub approved: u64,
    /// Comments that moderators rejected.
    pub rejected: u64,
    /// Comments that moderators escalated.
    pub escalated: u64,
    /// Of those approved and rejected, the ones with which the policy had done the opposite.
    pub overturned: u64,
    /// Decisions taken back.
    pub undone: u64,
    /// Reports of readers.
    pub reported: u64,
    /// Comments that wait at its end.
    pub waiting: u64,
    waits: Waits,
    by_reviewer: HashMap<String, u64>,
    by_limit: HashMap<String, u64>,
}

impl Bucket {
    /// One in which nothing went on yet.
    pub(super) fn starting(start: Timestamp) -> Self {
        Self {
            start,
            came_in: ByAction::default(),
            approved: 0,
            rejected: 0,
            escalated: 0,
            overturned: 0,
            undone: 0,
            reported: 0,
            waiting: 0,
            waits: Waits::default(),
            by_reviewer: HashMap::new(),
            by_limit: HashMap::new(),
        }
    }

    /// Counts what happened in it.
    pub(super) fn add(&mut self, happening: Happening<'_>) {
        match happening {
            Happening::CameIn(action) => *self.came_in.of(action) += 1,
            Happening::Undone => self.undone += 1,
            Happening::Reported => self.reported += 1,
            Happening::Waited { .. } => {}
            Happening::Decided { state, reviewer, waited, overturned } => {
                match state {
                    State::Approved => self.approved += 1,
                    State::Rejected => self.rejected += 1,
                    _ => self.escalated += 1,
                }
                self.overturned += u64::from(overturned);
                *self.by_reviewer.entry(reviewer.to_owned()).or_default() += 1;
                if let Some(waited) = waited.filter(|_| !state.is_waiting()) {
                    self.waits.add(waited);
                }
            }
        }
    }

    /// Counts the limits that held a comment which came in.
    pub(super) fn add_limits(&mut self, findings: &[Finding]) {
        for finding in findings.iter().filter(|finding| finding.filter == "limits") {
            *self.by_limit.entry(finding.rule.to_string()).or_default() += 1;
        }
    }

    /// The time that this share of the comments approved and rejected had waited at most.
    pub fn waited(&self, share: f64) -> Option<Duration> {
        self.waits.quantile(share)
    }

    /// Decisions by moderator, the most first, at most `most`.
    pub fn by_reviewer(&self, most: usize) -> Vec<(String, u64)> {
        greatest(&self.by_reviewer, most)
    }

    /// Comments held by a limit, by limit, the most first, at most `most`.
    pub fn by_limit(&self, most: usize) -> Vec<(String, u64)> {
        greatest(&self.by_limit, most)
    }
}
