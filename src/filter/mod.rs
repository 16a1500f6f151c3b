//! Filters: pure functions from a prepared comment and its evidence to findings.
//!
//! The text is prepared once, in [`Prepared`]; every filter then reads the views that it needs. All
//! filters run: the first hit never hides the rest.
//!
//! Architecture invariant: no filter does I/O, takes a lock or decides what happens to the comment.
//! [`crate::policy`] alone turns findings into an action.

mod author;
mod fingerprint;
mod keywords;
mod links;
mod patterns;
mod prepared;
mod repeats;
mod rule;
mod shape;
pub mod text;

pub use author::{AuthorFilter, AuthorKind, AuthorList, AuthorRules};
pub use keywords::{Keywords, ListedWord, Unusable, WordList};
pub use links::{DomainList, DomainSet, LinkRules, Links, NotADomain};
pub use patterns::{Pattern, PatternError, PatternView, Patterns};
pub use prepared::Prepared;
pub use repeats::{RepeatRules, Repeats};
pub use rule::{Graded, Rule};
pub use shape::{Languages, Shape, ShapeRules};

use crate::domain::{Evidence, Finding};

/// One kind of judgement about a comment.
pub trait Filter: Send + Sync {
    /// The name that findings carry, such as `keywords`.
    fn name(&self) -> &'static str;

    /// The rules that it has, whether they ever find something or not.
    fn rules(&self) -> Vec<&Rule>;

    /// Adds what it finds.
    fn inspect(&self, prepared: &Prepared<'_>, evidence: &Evidence, findings: &mut Vec<Finding>);
}
