//! Rate limits: what a limit is, and the shield that stands before the store.

mod local;
mod quota;

pub use local::{Refused, Shield};
pub use quota::{Charge, LimitMode, Quota, QuotaError, QuotaLeft};
