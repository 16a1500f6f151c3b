//! The one place where findings become an action.

use std::borrow::Cow;

use std::sync::Arc;

use crate::domain::{Action, Effect, Evidence, Finding, Standing, Verdict};
use crate::learn::Opinion;

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

/// Makes the verdict, but for the revisions that it rests on and the learned probability. `opinion` is what the learned filter would
/// do alone.
pub fn decide(
    mut findings: Vec<Finding>,
    terms: Terms,
    trusted: bool,
    opinion: Option<Opinion>,
    evidence: &Evidence,
) -> Verdict {
    findings.extend(evidence.limits_exceeded.iter().map(|limit| exceeded(limit)));
    let felt = || findings.iter().filter(|finding| finding.effect != Effect::Shadow);
    let score = felt().map(|finding| finding.weight).sum::<f64>() + 0.0;
    let strongest = felt().map(|finding| finding.effect).max().unwrap_or_default();
    let standing = evidence.author.standing;
    let doubtful = standing == Standing::Watched || strongest >= Effect::Hold || score >= terms.hold;
    let mut action = action(score, strongest, terms, doubtful, trusted, standing);
    if let Some(opinion) = opinion
        && let Some(alone) = alone(action, doubtful, &opinion)
    {
        if !opinion.is_shadow {
            action = if opinion.is_sampled { Action::Hold } else { alone };
        }
        findings.push(told(alone, &opinion));
    }
    let finding_count = u32::try_from(findings.len()).unwrap_or(u32::MAX);
    findings.sort_by(|left, right| right.weight.total_cmp(&left.weight));
    findings.truncate(Verdict::MAX_FINDINGS);
    for finding in &mut findings {
        finding.spans.truncate(Verdict::MAX_SPANS);
    }
    Verdict {
        action,
        score,
        findings,
        finding_count,
        policy_revision: 0,
        model_revision: 0,
        learned_probability: None,
    }
}

fn action(
    score: f64,
    strongest: Effect,
    terms: Terms,
    doubtful: bool,
    trusted: bool,
    standing: Standing,
) -> Action {
    if standing == Standing::Banned || strongest == Effect::Reject || score >= terms.reject {
        return Action::Reject;
    }
    let waits = match terms.mode {
        Mode::Pre => true,
        Mode::Post => doubtful,
        Mode::Trusted => doubtful || !trusted,
    };
    if waits { Action::Hold } else { Action::Publish }
}

/// What the learned filter's opinion makes of an action; `None` when it leaves it as it is.
fn alone(action: Action, doubtful: bool, opinion: &Opinion) -> Option<Action> {
    match action {
        Action::Publish | Action::Hold if opinion.rejects => Some(Action::Reject),
        Action::Hold if !opinion.rejects && !doubtful => Some(Action::Publish),
        _ => None,
    }
}

/// The finding that says what the learned filter did alone, or would have done.
fn told(alone: Action, opinion: &Opinion) -> Finding {
    let done = if alone == Action::Publish { "published" } else { "rejected" };
    let grounds = &opinion.grounds;
    let (rule, effect, message) = match opinion {
        Opinion { is_shadow: true, .. } => {
            ("alone", Effect::Shadow, format!("Would have been {done} alone, but for `shadow`: {grounds}."))
        }
        Opinion { is_sampled: true, .. } => {
            ("audit", Effect::Hold, format!("Would have been {done} alone; sampled for review: {grounds}."))
        }
        _ => ("alone", Effect::Score, format!("Was {done} by the learned filter alone: {grounds}.")),
    };
    Finding {
        filter: Cow::Borrowed("learned"),
        rule: Arc::from(rule),
        weight: 0.0,
        effect,
        spans: Vec::new(),
        message,
    }
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
    use super::*;
    use crate::domain::{AuthorRecord, Span};
    use crate::filter::Rule;

    const TERMS: Terms = Terms { mode: Mode::Post, hold: 5.0, reject: 15.0 };

    fn finding(weight: f64, effect: Effect) -> Finding {
        Rule { name: Arc::from("r"), weight, effect }.finding("f", Vec::new(), String::new())
    }

    fn judged(findings: Vec<Finding>, mode: Mode, trusted: bool) -> Verdict {
        decide(findings, Terms { mode, ..TERMS }, trusted, None, &Evidence::default())
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
            decide(vec![], TERMS, false, None, &Evidence { author, ..Evidence::default() }).action
        };
        assert_eq!(verdict(Standing::Banned), Action::Reject);
        assert_eq!(verdict(Standing::Watched), Action::Hold);
        assert_eq!(verdict(Standing::Trusted), Action::Publish);
    }

    fn with_opinion(findings: Vec<Finding>, mode: Mode, rejects: bool, is_sampled: bool) -> Verdict {
        let opinion = Opinion { rejects, is_sampled, is_shadow: false, grounds: "so it was".into() };
        decide(findings, Terms { mode, ..TERMS }, false, Some(opinion), &Evidence::default())
    }

    #[test]
    fn what_is_surely_fine_is_published_where_it_would_wait_and_nobody_else_doubts() {
        for mode in [Mode::Pre, Mode::Trusted] {
            let verdict = with_opinion(vec![], mode, false, false);
            assert_eq!((verdict.action, &*verdict.findings[0].rule), (Action::Publish, "alone"));
        }
        for doubt in [finding(5.0, Effect::Score), finding(0.0, Effect::Hold)] {
            let verdict = with_opinion(vec![doubt], Mode::Pre, false, false);
            assert_eq!((verdict.action, verdict.finding_count), (Action::Hold, 1));
        }
        let verdict = with_opinion(vec![], Mode::Post, false, true);
        assert_eq!((verdict.action, verdict.finding_count), (Action::Publish, 0), "nothing is drawn");
    }

    #[test]
    fn what_is_surely_to_be_rejected_is_rejected_in_every_mode() {
        for mode in [Mode::Pre, Mode::Post, Mode::Trusted] {
            let verdict = with_opinion(vec![], mode, true, false);
            assert_eq!((verdict.action, verdict.finding_count), (Action::Reject, 1));
        }
    }

    #[test]
    fn a_sampled_comment_waits_and_says_what_would_have_been() {
        for (rejects, done) in [(false, "published"), (true, "rejected")] {
            let verdict = with_opinion(vec![], Mode::Pre, rejects, true);
            assert_eq!((verdict.action, &*verdict.findings[0].rule), (Action::Hold, "audit"));
            let message = &verdict.findings[0].message;
            assert!(message.starts_with(&format!("Would have been {done} alone; sampled")), "{message}");
        }
    }

    #[test]
    fn an_opinion_in_shadow_is_told_without_effect() {
        let opinion = Opinion { rejects: true, is_sampled: false, is_shadow: true, grounds: String::new() };
        let verdict = decide(vec![], TERMS, false, Some(opinion), &Evidence::default());
        assert_eq!((verdict.action, verdict.findings[0].effect), (Action::Publish, Effect::Shadow));
    }

    #[test]
    fn an_exceeded_limit_in_mode_hold_holds_and_says_which() {
        let evidence = Evidence { limits_exceeded: vec!["author".into()], ..Evidence::default() };
        let verdict = decide(vec![], TERMS, true, None, &evidence);
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
