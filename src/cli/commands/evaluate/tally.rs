//! How often filters and rules found something, on comments that deserved it and on others.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::measure::Case;

/// Hits of one filter or rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hits {
    /// `filter`, or `filter/rule`.
    pub name: String,
    /// Bad comments in which it found something.
    pub bad: u64,
    /// Good comments in which it found something.
    pub good: u64,
    /// Share of its hits that are on bad comments.
    pub precision: f64,
    /// Share of all bad comments that it hits; `null` when there are none.
    pub recall: Option<f64>,
    /// Harmonic mean of both; `null` when there are no bad comments.
    pub f1: Option<f64>,
}

/// By filter, the most hits first.
pub fn by_filter(cases: &[Case]) -> Vec<Hits> {
    by(cases, |case| case.verdict.findings.iter().map(|found| found.filter.to_string()).collect())
}

/// By rule, the most hits first.
pub fn by_rule(cases: &[Case]) -> Vec<Hits> {
    by(cases, |case| {
        case.verdict.findings.iter().map(|found| format!("{}/{}", found.filter, found.rule)).collect()
    })
}

fn by(cases: &[Case], names: impl Fn(&Case) -> BTreeSet<String>) -> Vec<Hits> {
    let all_bad = cases.iter().filter(|case| case.comment.is_bad()).count();
    let mut counts: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for case in cases {
        for name in names(case) {
            counts.entry(name).or_default()[usize::from(case.comment.is_bad())] += 1;
        }
    }
    let hits = counts.into_iter().map(|(name, [good, bad])| Hits {
        name,
        bad,
        good,
        precision: bad as f64 / (bad + good) as f64,
        recall: (all_bad > 0).then(|| bad as f64 / all_bad as f64),
        f1: (all_bad > 0).then(|| 2.0 * bad as f64 / (bad + good + all_bad as u64) as f64),
    });
    let mut hits: Vec<Hits> = hits.collect();
    hits.sort_by_key(|hits| std::cmp::Reverse(hits.bad + hits.good));
    hits
}
