//! Hindsight: what the comments of the past tell about a policy, its rules, and the work of the moderators.
//!
//! Nothing here is counted while comments come in. All figures are derived from what is stored when somebody
//! asks, so they cannot drift, an undo takes back what it undoes, and submission pays nothing for them. The
//! price is paid by who asks: one pass over the comments of the period, a chunk at a time, counted away from
//! what is being submitted.
//!
//! Architecture invariant: memory does not grow with the number of comments.

mod activity;
mod count;
mod past;
mod replay;
mod rules;

use tokio::sync::{Semaphore, SemaphorePermit};

pub use activity::{Activity, Bucket, CalibrationBin, Period, activity};
pub use past::Past;
pub use replay::{Progress, Replay, Report, RuleChange, Sample};
pub use rules::{RuleRecord, rule_records};

/// All walks of the process take turns, a chunk each, so that together they never take more than one core
/// from the calls beside them.
static TURN: Semaphore = Semaphore::const_new(1);

async fn turn() -> SemaphorePermit<'static> {
    TURN.acquire().await.expect("it is never closed")
}
