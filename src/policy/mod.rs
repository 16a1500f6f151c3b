//! One site's policy: its TOML, checked and compiled, and the verdicts that follow from it.
//!
//! [`Policy::compile`] reads the whole source and reports every mistake at its line; what comes out
//! is ready to judge comments and never changes. A new revision is a new value.
//!
//! `docs/policy.md` tells the keys, their bounds and defaults; a test compiles its examples, and compares the defaults.
//!
//! Architecture invariant: the verdict is made in `verdict.rs` and nowhere else.

mod again;
mod limits;
mod live;
mod rules;
mod sections;
mod starter;
mod verdict;

use std::collections::HashMap;
use std::sync::Arc;

use crate::document::{self, Section};
use crate::domain::{AuthorRecord, Draft, Effect, Evidence, Verdict};
use crate::filter::{AuthorFilter, AuthorRules, Filter, Links, Prepared, Repeats, Shape};
use crate::learn::filter::Reading;
use crate::learn::{Learned, Prior, Snapshot};
use crate::limit::Charge;
use limits::LimitRule;
use sections::Override;
use verdict::Terms;

pub use crate::document::Mistake;
pub use live::{Policies, compile};
pub use starter::weight as starter_weight;
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
    learned: Option<Learned>,
    waiting_cap: u64,
    hides_reported: bool,
}

/// What moderators taught, for one comment.
#[derive(Debug, Clone, Copy)]
pub struct Taught<'a> {
    /// The site's model; `None` when it is not loaded here, which the verdict says.
    pub model: Option<&'a Snapshot>,
    /// A hash of the comment's id: draws those that moderators see though the filter could decide
    /// alone. `None` leaves the comment out of the draw.
    pub lot: Option<u64>,
}

impl Taught<'_> {
    /// Nothing yet: the prior alone judges.
    pub fn nothing() -> Self {
        Self { model: Some(Snapshot::untaught()), lot: None }
    }
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
        Self::compile_with_prior(source, revision, Prior::shared())
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
        let assemble = document::read(source, |root| Self::read(root, source, revision, prior))?;
        Ok(assemble())
    }

    /// Reads the whole document. What costs time is left to the second half, which a source with mistakes never sees.
    fn read<'a>(
        root: Section<'_>,
        source: &'a str,
        revision: u64,
        prior: &Arc<Prior>,
    ) -> impl FnOnce() -> Self + use<'a> {
        let words = sections::words(&root);
        let (links, shape, patterns) =
            (sections::links(&root), sections::shape(&root), sections::patterns(&root));
        let (repeats, author) = (sections::repeats(&root), sections::author(&root));
        let (terms, learned) = (sections::terms(&root), sections::learned(&root, prior));
        let limits = sections::limits(&root).unwrap_or_else(sections::default_limits);
        let (places, threads) = sections::overrides(&root, &limits);
        let (waiting_cap, hides_reported) = (sections::waiting_cap(&root), sections::hides_reported(&root));
        root.close();
        move || {
            // A filter is added here and nowhere else.
            let mut filters: Vec<Box<dyn Filter>> = vec![
                Box::new(starter::keywords(words.lists, words.starter_cap)),
                Box::new(Links(links)),
                Box::new(Shape(shape)),
                Box::new(Repeats(repeats.clone())),
                Box::new(AuthorFilter(author.clone())),
            ];
            filters.extend(patterns.map(|patterns| Box::new(patterns) as Box<dyn Filter>));
            Self {
                revision,
                source: source.into(),
                terms,
                limits,
                sections: places,
                threads,
                repeats: Repeats(repeats),
                author,
                filters,
                learned,
                waiting_cap,
                hides_reported,
            }
        }
    }

    /// The revision that this policy was saved as; 0 for the default policy.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The same policy as this revision.
    pub fn saved_as(self, revision: u64) -> Self {
        Self { revision, ..self }
    }

    /// The TOML that it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Runs every filter and makes the verdict by the terms that hold where the comment belongs, as if
    /// the site's moderators had taught nothing yet.
    pub fn judge(&self, prepared: &Prepared<'_>, evidence: &Evidence) -> Verdict {
        self.judge_with(prepared, evidence, Taught::nothing())
    }

    /// The same with what they taught.
    pub fn judge_with(&self, prepared: &Prepared<'_>, evidence: &Evidence, taught: Taught<'_>) -> Verdict {
        let mut findings = Vec::new();
        for filter in &self.filters {
            filter.inspect(prepared, evidence, &mut findings);
        }
        let reading =
            self.learned.as_ref().map(|learned| learned.read(prepared.draft, taught.model, taught.lot));
        let Reading { findings: learned, opinion, revision: model_revision, probability } =
            reading.unwrap_or_default();
        findings.extend(learned);
        let trusted = self.author.trusts(&evidence.author);
        let verdict = verdict::decide(findings, self.terms_for(prepared.draft), trusted, opinion, evidence);
        let policy_revision = self.revision;
        Verdict { policy_revision, model_revision, learned_probability: probability, ..verdict }
    }

    /// The rules that it has: filter, name and what they do.
    pub fn rules(&self) -> Vec<(&'static str, &str, Effect)> {
        let named = self.filters.iter().flat_map(|filter| {
            filter.rules().into_iter().map(|rule| (filter.name(), &*rule.name, rule.effect))
        });
        let learned = self.learned.iter().flat_map(|learned| {
            let (effect, names) = learned.rules();
            names.map(|name| ("learned", name, effect))
        });
        named.chain(learned).collect()
    }

    /// For each fingerprint, the count from which another rule would fire; `u32::MAX` when none would.
    pub fn seen_below(&self, prepared: &Prepared<'_>, evidence: &Evidence) -> Vec<u32> {
        self.repeats.seen_below(prepared, evidence)
    }

    /// The limits for all authors that a draft is charged to: those whose keys it has.
    pub fn charges(&self, draft: &Draft) -> Vec<Charge> {
        let for_all = self.limits_for(draft).iter().filter(|limit| limit.authors.is_none());
        for_all.filter_map(|limit| limit.charge(draft)).collect()
    }

    /// Whether some limit of the draft's place counts only some authors.
    pub fn limits_some_authors(&self, draft: &Draft) -> bool {
        self.limits_for(draft).iter().any(|limit| limit.authors.is_some())
    }

    /// The limits for authors like this one alone, which come on top of those for all.
    pub fn charges_by_standing(&self, draft: &Draft, record: &AuthorRecord) -> Vec<Charge> {
        let kind = self.author.kind(record);
        let own = self.limits_for(draft).iter().filter(|limit| limit.is_for(kind));
        own.filter_map(|limit| limit.charge(draft)).collect()
    }

    fn limits_for(&self, draft: &Draft) -> &[LimitRule] {
        let own = self.overrides_for(draft).filter_map(|place| place.limits.as_ref()).last();
        own.unwrap_or(&self.limits)
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
