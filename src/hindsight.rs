//! Hindsight: what the comments of the past tell about a policy.
//!
//! Nothing here is counted while comments come in. All figures are derived from what is stored when somebody
//! asks, so they cannot drift, an undo takes back what it undoes, and submission pays nothing for them. The
//! price is paid by who asks: one pass over the comments of the period, a chunk at a time, judged and counted
//! away from the thread that serves calls.
//!
//! Architecture invariant: memory does not grow with the number of comments.

mod past;
mod replay;

pub use past::Past;
pub use replay::{Progress, Replay, Report, RuleChange, Sample};
