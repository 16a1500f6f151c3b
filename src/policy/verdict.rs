//! The one place where findings become an action.

use std::borrow::Cow;

use crate::domain::{Action, Effect, Evidence, Finding, Standing, Verdict};

/// Which comments wait for a moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything that is not rejected.
    Pre,
    /// Only what is doubtful.
    Post,
    /// What is doubtful, and everything by authors that are not trusted yet.
    Trusted,
}

/// What the action hangs on, for one place of the site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Which comments wait.
    pub mode: Mode,
    /// Points from which a comment waits.
    pub hold: f64,
    /// Points from which a comment is rejected.
    pub reject: f64,
}

/// Makes the verdict.
pub fn decide(
    mut findings: Vec<Finding>,
    terms: Terms,
    trusted: bool,
    evidence: &Evidence,
    policy_revision: u64,
) -> Verdict {
    findings.extend(evidence.limits_exceeded.iter().map(|limit| exceeded(limit)));
    let felt = || findings.iter().filter(|finding| finding.effect != Effect::Shadow);
    let score = felt().map(|finding| finding.weight).sum::<f64>() + 0.0;
    let strongest = felt().map(|finding| finding.effect).max().unwrap_or_default();
    let action = action(score, strongest, terms, trusted, evidence.author.standing);
    let finding_count = u32::try_from(findings.len()).unwrap_or(u32::MAX);
    findings.sort_by(|left, right| right.weight.total_cmp(&left.weight));
    findings.truncate(Verdict::MAX_FINDINGS);
    for finding in &mut findings {
        finding.spans.truncate(Verdict::MAX_SPANS);
    }
    Verdict { action, score, findings, finding_count, policy_revision, model_revision: 0 }
}

fn action(score: f64, strongest: Effect, terms: Terms, trusted: bool, standing: Standing) -> Action {
    if standing == Standing::Banned || strongest == Effect::Reject || score >= terms.reject {
        return Action::Reject;
    }
    let doubtful = standing == Standing::Watched || strongest == Effect::Hold || score >= terms.hold;
    let waits = match terms.mode {
        Mode::Pre => true,
        Mode::Post => doubtful,
        Mode::Trusted => doubtful || !trusted,
    };
    if waits { Action::Hold } else { Action::Publish }
}

fn exceeded(limit: &str) -> Finding {
    Finding {
        filter: Cow::Borrowed("limits"),
        rule: limit.into(),
        weight: 0.0,
        effect: Effect::Hold,
        spans: Vec::new(),
        message: format!("The limit `{limit}` is exceeded."),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{AuthorRecord, Span};
    use crate::filter::Rule;

    const TERMS: Terms = Terms { mode: Mode::Post, hold: 5.0, reject: 15.0 };

    fn finding(weight: f64, effect: Effect) -> Finding {
        Rule { name: Arc::from("r"), weight, effect }.finding("f", Vec::new(), String::new())
    }

    fn judged(findings: Vec<Finding>, mode: Mode, trusted: bool) -> Verdict {
        decide(findings, Terms { mode, ..TERMS }, trusted, &Evidence::default(), 1)
    }

    #[test]
    fn weights_add_up_to_the_score_and_the_thresholds_decide() {
        let verdict = |weights: &[f64]| {
            judged(weights.iter().map(|weight| finding(*weight, Effect::Score)).collect(), Mode::Post, false)
        };
        assert_eq!(verdict(&[]).action, Action::Publish);
        assert_eq!(verdict(&[3.0, 1.9]).action, Action::Publish);
        assert_eq!(verdict(&[3.0, 2.0]).action, Action::Hold);
        assert_eq!(verdict(&[30.0, -16.0]).action, Action::Hold);
        assert_eq!(verdict(&[10.0, 5.0]).action, Action::Reject);
        assert_eq!(verdict(&[10.0, 5.0]).score, 15.0);
    }

    #[test]
    fn a_shadow_finding_is_shown_and_changes_nothing() {
        let verdict = judged(vec![finding(50.0, Effect::Shadow)], Mode::Post, false);
        assert_eq!((verdict.action, verdict.score, verdict.finding_count), (Action::Publish, 0.0, 1));
    }

    #[test]
    fn an_effect_is_stronger_than_any_score() {
        assert_eq!(judged(vec![finding(-9.0, Effect::Hold)], Mode::Post, true).action, Action::Hold);
        assert_eq!(judged(vec![finding(-9.0, Effect::Reject)], Mode::Pre, true).action, Action::Reject);
    }

    #[test]
    fn the_mode_says_who_waits() {
        assert_eq!(judged(vec![], Mode::Pre, true).action, Action::Hold);
        assert_eq!(judged(vec![], Mode::Trusted, false).action, Action::Hold);
        assert_eq!(judged(vec![], Mode::Trusted, true).action, Action::Publish);
        assert_eq!(judged(vec![finding(5.0, Effect::Score)], Mode::Trusted, true).action, Action::Hold);
    }

    #[test]
    fn an_admins_word_is_above_the_score() {
        let verdict = |standing| {
            let author = AuthorRecord { standing, ..AuthorRecord::default() };
            decide(vec![], TERMS, false, &Evidence { author, ..Evidence::default() }, 1).action
        };
        assert_eq!(verdict(Standing::Banned), Action::Reject);
        assert_eq!(verdict(Standing::Watched), Action::Hold);
        assert_eq!(verdict(Standing::Trusted), Action::Publish);
    }

    #[test]
    fn an_exceeded_limit_in_mode_hold_holds_and_says_which() {
        let evidence = Evidence { limits_exceeded: vec!["author".into()], ..Evidence::default() };
        let verdict = decide(vec![], TERMS, true, &evidence, 1);
        assert_eq!(verdict.action, Action::Hold);
        assert_eq!(&*verdict.findings[0].rule, "author");
    }

    #[test]
    fn the_heaviest_findings_survive_the_cut_and_all_are_counted() {
        let mut findings: Vec<_> =
            (0..100).map(|weight| finding(f64::from(weight), Effect::Shadow)).collect();
        findings[99].spans = (0..50).map(|at| Span { start: at * 2, end: at * 2 + 1 }).collect();
        let verdict = judged(findings, Mode::Post, false);
        assert_eq!((verdict.findings.len(), verdict.finding_count), (Verdict::MAX_FINDINGS, 100));
        assert_eq!(verdict.findings[0].weight, 99.0);
        assert_eq!(verdict.findings[0].spans.len(), Verdict::MAX_SPANS);
    }
}
