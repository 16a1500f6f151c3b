//! The policy's tables: from TOML to the rules that filters and verdict use.

mod keywords;
mod learned;
mod limits;
mod lists;
mod overrides;
mod rules;
mod site;

pub use keywords::words;
pub use learned::learned;
pub use limits::{default_limits, limits};
pub use lists::patterns;
pub use overrides::{Override, overrides};
pub use rules::{author, links, repeats, shape};
pub use site::{hides_reported, terms, waiting_cap};
