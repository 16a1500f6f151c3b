//! The log's one line about a call that failed or was slow. It names the call, its id, its code and its reason, and
//! nothing that anybody wrote or that tells who they are: no text, no key of a limit, no address, no message.
//!
//! Levels: `error`, this server is at fault; `warn`, it could not serve the call now, or was slow; `info`, the caller asked
//! for what it cannot have. So many lines a second and no more, so that a flood of refusals is no flood of lines.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tonic::codegen::http::HeaderMap;
use tracing::Level;

use super::context::Context;
use crate::rpc::status::{self, AtFault};
use crate::telemetry::{Method, code_name};

/// Lines of one process; more are counted and told with the next.
const LINES_PER_SECOND: NonZeroU32 = NonZeroU32::new(100).unwrap();

/// What is written of the calls of one process.
pub struct Lines {
    slow: Duration,
    budget: DefaultDirectRateLimiter,
    left_out: AtomicU64,
}

impl Lines {
    /// Lines about calls that failed or took longer than `slow`.
    pub fn new(slow: Duration) -> Self {
        let budget = RateLimiter::direct(Quota::per_second(LINES_PER_SECOND));
        Self { slow, budget, left_out: AtomicU64::new(0) }
    }

    /// Writes of a call that ended well, if it was slow.
    pub fn answered(&self, method: &Method, context: &Context, took: Duration) {
        if took <= self.slow || !self.may_write() {
            return;
        }
        let (service, name, request_id) = (method.service(), method.name(), context.request_id());
        let millis = took.as_millis() as u64;
        tracing::warn!(request_id, service, method = name, millis, "a call was slow");
    }

    /// Writes of a call that failed.
    pub fn failed(&self, method: &Method, context: &Context, code: i32, told: &HeaderMap, took: Duration) {
        let level = match status::at_fault(code) {
            AtFault::Nobody => return,
            AtFault::Caller => Level::INFO,
            AtFault::Moment => Level::WARN,
            AtFault::Server => Level::ERROR,
        };
        if !self.may_write() {
            return;
        }
        let (service, name, request_id) = (method.service(), method.name(), context.request_id());
        let (code, reason, detail) = (code_name(code), status::reason(told), context.detail());
        let millis = took.as_millis() as u64;
        macro_rules! write {
            ($level:expr) => {
                tracing::event!(
                    $level,
                    request_id,
                    service,
                    method = name,
                    code,
                    reason,
                    detail,
                    millis,
                    "a call failed"
                )
            };
        }
        match level {
            Level::ERROR => write!(Level::ERROR),
            Level::WARN => write!(Level::WARN),
            _ => write!(Level::INFO),
        }
    }

    fn may_write(&self) -> bool {
        if self.budget.check().is_err() {
            self.left_out.fetch_add(1, Relaxed);
            return false;
        }
        match self.left_out.swap(0, Relaxed) {
            0 => {}
            calls => tracing::warn!(calls, "as many calls more failed or were slow, and have no line here"),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_failures_is_no_flood_of_lines() {
        let lines = Lines::new(Duration::from_secs(1));
        let written = (0..100_000).filter(|_| lines.may_write()).count();
        assert!((100..10_000).contains(&written), "{written}");
    }
}
