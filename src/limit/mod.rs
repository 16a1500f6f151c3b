//! Rate limits: what a limit is, and the shield that stands before the store. And how many calls may be on the road.

mod crowd;
mod local;
mod quota;

pub use crowd::{Crowd, Full, Place};
pub use local::{Refused, Shield};
pub use quota::{Charge, LimitMode, Quota, QuotaError, QuotaLeft};
