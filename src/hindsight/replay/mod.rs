//! Judging past comments by a policy that is not in force.

mod report;

use std::sync::Arc;
use std::time::Duration;

use super::past::{CHUNK, Past};
use super::turn;
use crate::domain::{Clock, SiteName, State};
use crate::policy::Policy;
use crate::queue::{Queue, QueueError};

pub use report::{Report, RuleChange, Sample};

/// The states whose comments are judged again. What was withdrawn is nobody's to judge any more.
const STATES: [State; 4] = [State::Pending, State::Escalated, State::Approved, State::Rejected];

/// A replay under way.
pub struct Replay {
    past: Past,
    policy: Arc<Policy>,
    report: Box<Report>,
    total: u64,
    left: u64,
}

/// How far a replay has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Comments judged.
    pub done: u64,
    /// Comments to judge; an estimate until it ends.
    pub total: u64,
}

impl Replay {
    /// Begins a replay of the comments that came in within `since`, or of all that are kept; of the newest `most`
    /// of them.
    ///
    /// # Errors
    /// The store's.
    pub async fn begin(
        queue: Arc<dyn Queue>,
        clock: &dyn Clock,
        site: SiteName,
        policy: Arc<Policy>,
        since: Option<Duration>,
        most: Option<u64>,
    ) -> Result<Self, QueueError> {
        let counts = queue.counts(&site).await?;
        let kept = counts.pending + counts.escalated + counts.approved + counts.rejected;
        let left = most.unwrap_or(u64::MAX);
        let now = clock.now();
        let past = Past::new(queue, site, &STATES, since.map(|since| now.minus(since)), now);
        Ok(Self { past, policy, report: Box::default(), total: kept.min(left), left })
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        let done = self.report.comments;
        Progress { done, total: self.total.max(done) }
    }

    /// Judges the next comments when it is their turn, away from the runtime's thread; false when there are none left.
    ///
    /// # Errors
    /// The store's.
    pub async fn step(&mut self) -> Result<bool, QueueError> {
        let _turn = turn().await;
        let most = usize::try_from(self.left).unwrap_or(CHUNK);
        let comments = self.past.next(most).await?;
        if comments.is_empty() {
            self.total = self.report.comments;
            return Ok(false);
        }
        self.left -= comments.len() as u64;
        let (policy, mut report) = (Arc::clone(&self.policy), std::mem::take(&mut self.report));
        let judged = tokio::task::spawn_blocking(move || {
            for comment in comments {
                let after = policy.judge_again(&comment);
                report.add(comment, after);
            }
            report
        });
        self.report =
            judged.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()));
        Ok(true)
    }

    /// What it came to.
    pub fn report(self) -> Report {
        *self.report
    }
}
