//! One site's policy: its TOML, checked and compiled, and the verdicts that follow from it.
//!
//! [`Policy::compile`] reads the whole source and reports every mistake at its line; what comes out
//! is ready to judge comments and never changes. A new revision is a new value.
//!
//! The keys, all of them optional; the empty text is the default policy:
//! ```toml
//! mode = "pre"                            # or "post", "trusted"
//! thresholds = { hold = 5.0, reject = 15.0 }
//! queue = { cap = 1000000 }               # comments that may wait
//! reports = { hide = false }              # hide a published comment that was reported until decided
//! learned = { weight = 1.0 }              # or false; what the statistical filter may add
//! # Shipped lists by name: false, a weight, or { weight, cap, action, shadow, allow }; `cap` for all together.
//! starter = { cap = 10.0, mild = false, profanity = 4.0, spam = { shadow = true } }
//! # Built-in rules: false, a weight, or { from, weight, action, shadow }.
//! links = { any = 1.0, many = { from = 3, weight = 3.0 }, allow = ["example.org"], shorteners = ["my.link"] }
//! shape = { capitals = { from = 0.7, weight = 1.5 }, languages = ["en"], language = 3.0 }
//! repeats = { exact = { from = 2, weight = 5.0 }, near = { from = 4, weight = 4.0 } }
//! author = { trusted = { from = 10, weight = -2.0 }, guest = 0.5 }
//! [[limits]]                              # `limits = []` switches them off
//! name = "author"
//! key = ["author"]                        # author, address, thread, section, site
//! quota = 10
//! per = "1m"
//! burst = 5
//! mode = "enforce"                        # or "hold", "shadow"
//! missing = "skip"                        # or "shared"
//! [[keywords]]                            # and [[patterns]], [[domains]], [[authors]]
//! name = "house words"
//! weight = 6.0                            # each different word; `cap` for the list, twice the weight
//! action = "score"                        # or "hold", "reject"; shadow = true: without effect
//! words = ["casino", "free money", "*coin*"]
//! exact = ["dick"]
//! allow = ["casino royale"]
//! [[patterns]]
//! name = "order numbers"
//! pattern = '\bORD-\d{4}\b'
//! [[domains]]
//! name = "betting"
//! domains = ["*.bet", "example.com"]
//! [[authors]]                             # ids, emails, email_domains, names, addresses
//! name = "known trolls"
//! addresses = ["203.0.113.0/24"]
//! [[overrides]]                           # mode, thresholds, limits for a section or a thread
//! section = "war"
//! thresholds = { hold = 2.0 }
//! ```
//!
//! Architecture invariant: the verdict is made in `verdict.rs` and nowhere else.

mod limits;
mod live;
mod rules;
mod sections;
mod starter;
mod verdict;

use std::collections::HashMap;
use std::sync::Arc;

use crate::document::{self, Section};
use crate::domain::{Draft, Evidence, Verdict};
use crate::filter::{AuthorFilter, AuthorRules, Filter, Links, Prepared, Repeats, Shape};
use crate::learn::Prior;
use crate::limit::Charge;
use limits::LimitRule;
use sections::Override;
use verdict::Terms;

pub use crate::document::Mistake;
pub use live::{Policies, compile};
pub use verdict::Mode;

/// A site's policy, ready to judge.
pub struct Policy {
    revision: u64,
    source: String,
    terms: Terms,
    limits: Vec<LimitRule>,
    sections: HashMap<String, Override>,
    threads: HashMap<String, Override>,
    repeats: Repeats,
    author: AuthorRules,
    filters: Vec<Box<dyn Filter>>,
    waiting_cap: u64,
    hides_reported: bool,
}

/// What a score leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Points from which a comment waits.
    pub hold: f64,
    /// Points from which a comment is rejected.
    pub reject: f64,
}

impl Policy {
    /// Checks and compiles a policy's TOML. The empty text is the default policy.
    ///
    /// # Errors
    /// Every mistake, in the order of the source.
    pub fn compile(source: &str, revision: u64) -> Result<Policy, Vec<Mistake>> {
        Self::compile_with_prior(source, revision, sections::shipped_prior())
    }

    /// The same with another prior for the learned filter.
    ///
    /// # Errors
    /// Every mistake, in the order of the source.
    pub fn compile_with_prior(
        source: &str,
        revision: u64,
        prior: &Arc<Prior>,
    ) -> Result<Policy, Vec<Mistake>> {
        document::read(source, |root| Self::assemble(root, source, revision, prior))
    }

    fn assemble(root: Section<'_>, source: &str, revision: u64, prior: &Arc<Prior>) -> Self {
        let repeats = sections::repeats(&root);
        let author = sections::author(&root);
        // A filter is added here and nowhere else.
        let mut filters: Vec<Box<dyn Filter>> = vec![
            Box::new(sections::keywords(&root)),
            Box::new(Links(sections::links(&root))),
            Box::new(Shape(sections::shape(&root))),
            Box::new(Repeats(repeats.clone())),
            Box::new(AuthorFilter(author.clone())),
        ];
        filters.extend(sections::patterns(&root).map(|patterns| Box::new(patterns) as Box<dyn Filter>));
        filters.extend(sections::learned(&root, prior).map(|learned| Box::new(learned) as Box<dyn Filter>));
        let limits = sections::limits(&root).unwrap_or_else(sections::default_limits);
        let (places, threads) = sections::overrides(&root, &limits);
        let hides_reported = sections::hides_reported(&root);
        let policy = Self {
            revision,
            source: source.into(),
            terms: sections::terms(&root),
            limits,
            sections: places,
            threads,
            repeats: Repeats(repeats),
            author,
            filters,
            waiting_cap: sections::waiting_cap(&root),
            hides_reported,
        };
        root.close();
        policy
    }

    /// The revision that this policy was saved as; 0 for the default policy.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The TOML that it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Runs every filter and makes the verdict by the terms that hold where the comment belongs.
    pub fn judge(&self, prepared: &Prepared<'_>, evidence: &Evidence) -> Verdict {
        let mut findings = Vec::new();
        for filter in &self.filters {
            filter.inspect(prepared, evidence, &mut findings);
        }
        let trusted = self.author.trusts(&evidence.author);
        verdict::decide(findings, self.terms_for(prepared.draft), trusted, evidence, self.revision)
    }

    /// For each fingerprint, the count from which another rule would fire; `u32::MAX` when none would.
    pub fn seen_below(&self, prepared: &Prepared<'_>, evidence: &Evidence) -> Vec<u32> {
        self.repeats.seen_below(prepared, evidence)
    }

    /// The limits that a draft is charged to: those whose keys it has.
    pub fn charges(&self, draft: &Draft) -> Vec<Charge> {
        let limits = self.overrides_for(draft).filter_map(|place| place.limits.as_ref()).last();
        limits.unwrap_or(&self.limits).iter().filter_map(|limit| limit.charge(draft)).collect()
    }

    /// The thresholds of the site as a whole.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds { hold: self.terms.hold, reject: self.terms.reject }
    }

    /// The thresholds that hold where a draft belongs.
    pub fn thresholds_for(&self, draft: &Draft) -> Thresholds {
        let Terms { hold, reject, .. } = self.terms_for(draft);
        Thresholds { hold, reject }
    }

    /// Most comments that may wait at once.
    pub fn waiting_cap(&self) -> u64 {
        self.waiting_cap
    }

    /// Whether a published comment that comes back by reports is hidden until decided.
    pub fn hides_reported(&self) -> bool {
        self.hides_reported
    }

    fn terms_for(&self, draft: &Draft) -> Terms {
        self.overrides_for(draft).fold(self.terms, |terms, place| Terms {
            mode: place.mode.unwrap_or(terms.mode),
            hold: place.hold.unwrap_or(terms.hold),
            reject: place.reject.unwrap_or(terms.reject),
        })
    }

    /// The section's override, then the thread's, which wins.
    fn overrides_for(&self, draft: &Draft) -> impl Iterator<Item = &Override> {
        let section = self.sections.get(&draft.thread.section);
        section.into_iter().chain(self.threads.get(&draft.thread.id))
    }
}

impl Default for Policy {
    /// The policy of the empty text, revision 0.
    fn default() -> Self {
        Self::compile("", 0).expect("the empty text is a policy")
    }
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
