//! Lists of words that others keep, on their way into a policy: read in the shapes that they are kept in, and merged
//! into the TOML without disturbing what stands there. Pure.

mod merge;
mod read;

pub use self::merge::{Merged, Target, merge};
pub use self::read::{Entry, read};
