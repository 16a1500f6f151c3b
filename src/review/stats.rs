//! The queue in figures.

use std::collections::{BTreeSet, HashMap};

use super::{Filter, ListingError, OrderBy, Review, listing};
use crate::domain::{Comment, SiteName, Timestamp};
use crate::queue::{Counts, QueueError};

/// Waiting comments that a breakdown looks at; more would hold up the calls beside it.
const SAMPLE: usize = 1_000;
/// Names in a breakdown.
const MAX_NAMES: usize = 100;

/// A site's queue in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// How many comments are where.
    pub counts: Counts,
    /// When they were counted.
    pub time: Timestamp,
    /// What the waiting ones are about; `None` when it was not asked for.
    pub breakdown: Option<Breakdown>,
}

/// What the waiting comments are about, riskiest first up to a bound.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Breakdown {
    /// Sections and how many wait there, the most first.
    pub by_section: Vec<(String, u64)>,
    /// Rules as `filter/rule` and in how many they found something, the most first.
    pub by_rule: Vec<(String, u64)>,
    /// How many comments were looked at.
    pub sampled: u64,
}

impl Review {
    /// Counts alone.
    ///
    /// # Errors
    /// The store's.
    pub async fn counts(&self, site: &SiteName) -> Result<Stats, QueueError> {
        let counts = self.queue.counts(site).await?;
        Ok(Stats { counts, time: self.clock.now(), breakdown: None })
    }

    /// Counts, with the breakdown.
    ///
    /// # Errors
    /// The store's.
    pub async fn stats(&self, site: &SiteName) -> Result<Stats, ListingError> {
        let stats = self.counts(site).await?;
        let (mut waiting, mut token) = (Vec::new(), None);
        loop {
            let listed = self.list(site, &Filter::default(), OrderBy::Risk, listing::MAX_PAGE, token).await?;
            waiting.extend(listed.comments);
            token = listed.next;
            if token.is_none() || waiting.len() >= SAMPLE {
                break;
            }
        }
        Ok(Stats { breakdown: Some(breakdown(&waiting)), ..stats })
    }
}

fn breakdown(waiting: &[Comment]) -> Breakdown {
    let (mut by_section, mut by_rule) = (HashMap::new(), HashMap::new());
    for comment in waiting {
        *by_section.entry(comment.draft.thread.section.clone()).or_default() += 1;
        let findings = comment.verdict.findings.iter();
        let rules: BTreeSet<_> =
            findings.map(|finding| format!("{}/{}", finding.filter, finding.rule)).collect();
        for rule in rules {
            *by_rule.entry(rule).or_default() += 1;
        }
    }
    Breakdown { by_section: largest(by_section), by_rule: largest(by_rule), sampled: waiting.len() as u64 }
}

fn largest(counted: HashMap<String, u64>) -> Vec<(String, u64)> {
    let mut counted: Vec<_> = counted.into_iter().collect();
    counted.sort_by(|(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
    counted.truncate(MAX_NAMES);
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_come_first_and_equals_by_name() {
        let counted = [("b", 1), ("a", 1), ("c", 9)].map(|(name, count)| (name.to_owned(), count));
        let names: Vec<_> = largest(counted.into()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["c", "a", "b"]);
    }

    #[test]
    fn a_breakdown_has_an_end() {
        let counted = (0..200).map(|number| (number.to_string(), number)).collect();
        assert_eq!(largest(counted).len(), MAX_NAMES);
    }
}
