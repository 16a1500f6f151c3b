//! The figures of an evaluation.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::Stage;
use super::labelled::Labelled;
use super::tally::{self, Hits};
use crate::cli::output::json::Json;
use crate::domain::{Action, Effect, Verdict};
use crate::learn::evaluation::{Confusion, Judged, bootstrap, recall_at, roc_auc, wilson};
use crate::policy::Thresholds;
use crate::proto::v1;
use crate::rpc::convert;

/// False positives that are borne in [`Figures::recall_at_false_positives`].
pub const FALSE_POSITIVES: f64 = 0.005;

/// Samples from which the intervals of ranks are taken.
const BOOTSTRAP: usize = 200;

/// Where a figure lies with 95 % confidence: from, to.
type Interval = (f64, f64);

/// A labelled comment and what was made of it.
pub struct Case {
    /// The comment.
    pub comment: Labelled,
    /// Its verdict.
    pub verdict: Verdict,
    /// Points from which it waits, where it belongs.
    pub hold: f64,
    /// What judging it took.
    pub cost: Duration,
}

impl Case {
    /// Whether anything but the mode makes it wait or be rejected.
    fn is_found(&self) -> bool {
        let stops = self.verdict.findings.iter().any(|found| found.effect >= Effect::Hold);
        self.is_rejected() || stops || self.verdict.score >= self.hold
    }

    fn is_rejected(&self) -> bool {
        self.verdict.action == Action::Reject
    }
}

/// The whole evaluation, as `--json` prints it.
#[derive(Debug, Serialize)]
pub struct Evaluation {
    /// Over all comments.
    pub overall: Figures,
    /// The same for each source, where there are several.
    pub by_source: BTreeMap<String, Figures>,
    /// Points from which a comment waits, where no section or thread has its own.
    pub hold_threshold: f64,
    /// Points from which a comment is rejected, likewise.
    pub reject_threshold: f64,
    /// By filter.
    pub by_filter: Vec<Hits>,
    /// By rule.
    pub by_rule: Vec<Hits>,
    /// The good comments that scored highest among those found.
    pub wrongly_found: Vec<Mistake>,
    /// The bad comments that scored lowest among those not found.
    pub missed: Vec<Mistake>,
    /// The median time of judging a comment, in microseconds.
    pub median_microseconds: f64,
    /// The learned filter's curve; empty without `--learn`.
    pub curve: Vec<Stage>,
}

/// How good the verdicts on some comments are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// How many comments.
    pub comments: usize,
    /// How many of them should be kept out.
    pub bad: usize,
    /// Area under the ROC curve of the score.
    pub roc_auc: Option<f64>,
    /// Its 95 % interval, by bootstrap.
    pub roc_auc_interval: Option<Interval>,
    /// Largest recall at which at most 0.5 % of the good ones score as high.
    pub recall_at_false_positives: Option<f64>,
    /// Its 95 % interval, by bootstrap.
    pub recall_at_false_positives_interval: Option<Interval>,
    /// The score that gives it; `null` when none does.
    pub its_threshold: Option<f64>,
    /// Found: held or rejected.
    pub at_hold: Table,
    /// Rejected.
    pub at_reject: Table,
}

/// A confusion table with its figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Table {
    /// Bad and found.
    pub true_positives: u64,
    /// Good and found.
    pub false_positives: u64,
    /// Good and let through.
    pub true_negatives: u64,
    /// Bad and let through.
    pub false_negatives: u64,
    /// Share of the found that are bad.
    pub precision: Option<f64>,
    /// Share of the bad that are found.
    pub recall: Option<f64>,
    /// Its 95 % interval, by Wilson.
    pub recall_interval: Option<Interval>,
    /// Harmonic mean of both.
    pub f1: Option<f64>,
    /// Share of the good that are found.
    pub false_positive_rate: Option<f64>,
    /// Its 95 % interval, by Wilson.
    pub false_positive_rate_interval: Option<Interval>,
    /// Matthews' correlation.
    pub mcc: Option<f64>,
}

/// A comment that was judged wrongly.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mistake {
    /// Its id.
    pub id: String,
    /// Where it is from.
    pub source: String,
    /// What it says.
    pub text: String,
    /// What was made of it.
    #[serde(serialize_with = "findings")]
    pub verdict: v1::Verdict,
}

impl Evaluation {
    /// Measures judged comments; `worst` mistakes of each kind are kept.
    pub fn of(cases: Vec<Case>, thresholds: Thresholds, worst: usize, curve: Vec<Stage>) -> Self {
        let mut sources: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
        for case in &cases {
            sources.entry(case.comment.draft.thread.id.clone()).or_default().push(case);
        }
        let several = sources.len() > 1;
        let sources = sources.into_iter().filter(|_| several);
        let mut mistaken: Vec<&Case> =
            cases.iter().filter(|case| case.is_found() != case.comment.is_bad()).collect();
        mistaken.sort_by(|one, other| one.verdict.score.total_cmp(&other.verdict.score));
        let missed = mistaken.iter().filter(|case| case.comment.is_bad());
        let wrong = mistaken.iter().rev().filter(|case| !case.comment.is_bad());
        Self {
            overall: figures(&cases.iter().collect::<Vec<_>>()),
            by_source: sources.map(|(source, cases)| (source, figures(&cases))).collect(),
            hold_threshold: thresholds.hold,
            reject_threshold: thresholds.reject,
            by_filter: tally::by_filter(&cases),
            by_rule: tally::by_rule(&cases),
            wrongly_found: wrong.take(worst).map(|case| mistake(case)).collect(),
            missed: missed.take(worst).map(|case| mistake(case)).collect(),
            median_microseconds: median(cases.iter().map(|case| case.cost).collect()),
            curve,
        }
    }
}

fn figures(cases: &[&Case]) -> Figures {
    let scored: Vec<Judged> = judged(cases, |case| case.verdict.score);
    let at = |found: fn(&Case) -> bool| {
        let judged = judged(cases, |case| f64::from(u8::from(found(case))));
        Table::from(Confusion::at(&judged, 1.0))
    };
    let best = recall_at(&scored, FALSE_POSITIVES);
    let best_recall = |judged: &[Judged]| recall_at(judged, FALSE_POSITIVES).map(|(recall, _)| recall);
    Figures {
        comments: cases.len(),
        bad: cases.iter().filter(|case| case.comment.is_bad()).count(),
        roc_auc: roc_auc(&scored),
        roc_auc_interval: bootstrap(&scored, BOOTSTRAP, roc_auc),
        recall_at_false_positives: best.map(|(recall, _)| recall),
        recall_at_false_positives_interval: bootstrap(&scored, BOOTSTRAP, best_recall),
        its_threshold: best.map(|(_, threshold)| threshold).filter(|threshold| threshold.is_finite()),
        at_hold: at(Case::is_found),
        at_reject: at(Case::is_rejected),
    }
}

fn judged(cases: &[&Case], score: impl Fn(&Case) -> f64) -> Vec<Judged> {
    cases.iter().map(|case| Judged { score: score(case), positive: case.comment.is_bad() }).collect()
}

impl From<Confusion> for Table {
    fn from(counts: Confusion) -> Self {
        let (bad, good) =
            (counts.true_positives + counts.false_negatives, counts.true_negatives + counts.false_positives);
        Self {
            true_positives: counts.true_positives,
            false_positives: counts.false_positives,
            true_negatives: counts.true_negatives,
            false_negatives: counts.false_negatives,
            precision: counts.precision(),
            recall: counts.recall(),
            recall_interval: wilson(counts.true_positives, bad),
            f1: counts.f1(),
            false_positive_rate: counts.false_positive_rate(),
            false_positive_rate_interval: wilson(counts.false_positives, good),
            mcc: counts.matthews(),
        }
    }
}

fn mistake(case: &Case) -> Mistake {
    let draft = &case.comment.draft;
    Mistake {
        id: case.comment.id.clone(),
        source: draft.thread.id.clone(),
        text: draft.text.clone(),
        verdict: convert::verdict(case.verdict.clone(), &draft.text),
    }
}

/// The verdict as the API's JSON has it.
fn findings<S: Serializer>(verdict: &v1::Verdict, serializer: S) -> Result<S::Ok, S::Error> {
    Json(verdict).serialize(serializer)
}

fn median(mut costs: Vec<Duration>) -> f64 {
    costs.sort_unstable();
    costs.get(costs.len() / 2).map_or(0.0, |cost| cost.as_secs_f64() * 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Draft;
    use crate::filter::Rule;
    use crate::learn::lesson::Class;

    const THRESHOLDS: Thresholds = Thresholds { hold: 5.0, reject: 15.0 };

    fn case(source: &str, class: Class, score: f64, effect: Effect) -> Case {
        let mut draft = Draft { text: format!("{score}"), ..Draft::default() };
        draft.thread.id = source.into();
        let rule = Rule { name: "rule".into(), weight: score, effect };
        let findings = if score == 0.0 { vec![] } else { vec![rule.finding("f", vec![], String::new())] };
        let action = if score >= 15.0 { Action::Reject } else { Action::Hold };
        let verdict = Verdict {
            action,
            score,
            findings,
            finding_count: 1,
            policy_revision: 0,
            model_revision: 0,
            learned_probability: None,
        };
        let comment = Labelled { id: "c".into(), class, draft };
        Case { comment, verdict, hold: 5.0, cost: Duration::from_micros(score as u64) }
    }

    fn some() -> Evaluation {
        let cases = vec![
            case("a", Class::Spam, 20.0, Effect::Score),
            case("a", Class::Fine, 6.0, Effect::Score),
            case("a", Class::Abuse, 1.0, Effect::Hold),
            case("b", Class::Spam, 2.0, Effect::Score),
            case("b", Class::Fine, 0.0, Effect::Score),
        ];
        Evaluation::of(cases, THRESHOLDS, 1, Vec::new())
    }

    #[test]
    fn the_mode_finds_nothing_but_scores_and_effects_do() {
        let overall = some().overall;
        let counts = |table: Table| {
            [table.true_positives, table.false_positives, table.true_negatives, table.false_negatives]
        };
        assert_eq!(counts(overall.at_hold), [2, 1, 1, 1]);
        assert_eq!(counts(overall.at_reject), [1, 0, 2, 2]);
        assert_eq!((overall.at_hold.precision, overall.at_reject.precision), (Some(2.0 / 3.0), Some(1.0)));
    }

    #[test]
    fn ranks_come_from_the_score_alone() {
        let overall = some().overall;
        assert_eq!(overall.roc_auc, Some(4.0 / 6.0));
        let (low, high) = overall.roc_auc_interval.unwrap();
        assert!(low < 4.0 / 6.0 && 4.0 / 6.0 < high && high <= 1.0, "{low} {high}");
        assert_eq!((overall.recall_at_false_positives, overall.its_threshold), (Some(1.0 / 3.0), Some(20.0)));
    }

    #[test]
    fn the_worst_mistakes_are_the_highest_good_and_the_lowest_bad() {
        let evaluation = some();
        assert_eq!((evaluation.wrongly_found.len(), evaluation.missed.len()), (1, 1));
        assert_eq!((&*evaluation.wrongly_found[0].text, &*evaluation.missed[0].text), ("6", "2"));
    }

    #[test]
    fn hits_are_counted_on_bad_and_good_comments_and_sources_apart() {
        let evaluation = some();
        let rule = &evaluation.by_rule[0];
        assert_eq!((rule.name.as_str(), rule.bad, rule.good), ("f/rule", 3, 1));
        assert_eq!(
            (evaluation.by_filter[0].precision, rule.recall, rule.f1),
            (0.75, Some(1.0), Some(6.0 / 7.0))
        );
        assert_eq!((evaluation.by_source["a"].comments, evaluation.by_source["b"].bad), (3, 1));
        assert_eq!(evaluation.median_microseconds, 2.0);
    }
}
