//! The same text again, or nearly: one author's flood, or a wave by many.

use super::{Filter, Graded, Prepared, Rule};
use crate::domain::{Evidence, Finding};

/// When a repeat counts.
#[derive(Debug, Clone)]
pub struct RepeatRules {
    /// How often exactly this text was seen before.
    pub exact: Option<Graded>,
    /// How often a text much like it was.
    pub near: Option<Graded>,
}

impl Default for RepeatRules {
    fn default() -> Self {
        Self {
            exact: Some(Graded::scoring("exact", 2.0, 5.0)),
            near: Some(Graded::scoring("near", 4.0, 4.0)),
        }
    }
}

/// The filter.
pub struct Repeats(pub RepeatRules);

impl Repeats {
    /// For each fingerprint, the count from which another rule would fire; `u32::MAX` when none would.
    pub fn seen_below(&self, prepared: &Prepared<'_>, evidence: &Evidence) -> Vec<u32> {
        let exact = evidence.seen(0);
        let near = near_seen(prepared, evidence).saturating_sub(exact);
        let next = |index: usize| {
            let (rule, seen, besides) =
                if index == 0 { (&self.0.exact, exact, 0) } else { (&self.0.near, near, exact) };
            let from = rule.as_ref()?.from as u32;
            (seen < from).then_some(from.saturating_add(besides))
        };
        (0..prepared.fingerprints().len()).map(|index| next(index).unwrap_or(u32::MAX)).collect()
    }
}

/// Texts like this one share at least one band: the band seen most counts them best.
fn near_seen(prepared: &Prepared<'_>, evidence: &Evidence) -> u32 {
    (1..prepared.fingerprints().len()).map(|index| evidence.seen(index)).max().unwrap_or(0)
}

impl Filter for Repeats {
    fn name(&self) -> &'static str {
        "repeats"
    }

    fn rules(&self) -> Vec<&Rule> {
        [&self.0.exact, &self.0.near].into_iter().flatten().map(|graded| &graded.rule).collect()
    }

    fn inspect(&self, prepared: &Prepared<'_>, evidence: &Evidence, findings: &mut Vec<Finding>) {
        let exact = if prepared.fingerprints().is_empty() { 0 } else { evidence.seen(0) };
        let near = near_seen(prepared, evidence);
        let mut add = |rule: &Option<Graded>, seen: u32, what: &str| {
            if let Some(rule) = rule.as_ref().and_then(|rule| rule.reached(f64::from(seen))) {
                let message = format!("{what} was sent {seen} times in the last hours.");
                findings.push(rule.finding("repeats", Vec::new(), message));
            }
        };
        add(&self.0.exact, exact, "The same text");
        // Every exact repeat is a near one too: only those beyond count here.
        add(&self.0.near, near.saturating_sub(exact), "A text much like this");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Draft;

    const TEXT: &str =
        "Earn five hundred dollars a day from home, write to me for the details, no experience needed";

    fn evidence(seen: &[u32]) -> Evidence {
        Evidence { seen: seen.to_vec(), ..Evidence::default() }
    }

    fn rules(seen: &[u32]) -> Vec<String> {
        let draft = Draft { text: TEXT.into(), ..Draft::default() };
        let mut findings = Vec::new();
        Repeats(RepeatRules::default()).inspect(&Prepared::new(&draft), &evidence(seen), &mut findings);
        findings.iter().map(|finding| finding.rule.to_string()).collect()
    }

    #[test]
    fn a_wave_is_found_from_its_thresholds_on() {
        assert!(rules(&[]).is_empty() && rules(&[1, 1, 1, 1, 1]).is_empty());
        assert_eq!(rules(&[2, 2, 2, 2, 2]), ["exact"]);
        assert_eq!(rules(&[0, 0, 4, 1, 0]), ["near"]);
        assert_eq!(rules(&[9, 9, 9, 9, 9]), ["exact"]);
    }

    #[test]
    fn the_store_is_told_from_which_count_another_rule_would_fire() {
        let draft = Draft { text: TEXT.into(), ..Draft::default() };
        let prepared = Prepared::new(&draft);
        let repeats = Repeats(RepeatRules::default());
        assert_eq!(repeats.seen_below(&prepared, &evidence(&[])), [2, 4, 4, 4, 4]);
        assert_eq!(repeats.seen_below(&prepared, &evidence(&[2, 2]))[..2], [u32::MAX, 6]);
        let short = Draft { text: "ok".into(), ..Draft::default() };
        assert!(repeats.seen_below(&Prepared::new(&short), &evidence(&[])).is_empty());
    }
}
