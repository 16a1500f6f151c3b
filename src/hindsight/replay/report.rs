//! What a replay comes to.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use crate::domain::{Action, Comment, CommentId, State, Verdict};
use crate::hindsight::count::{ByAction, decided};

/// Samples of each kind of change.
const SAMPLES_EACH: usize = 33;

/// What a policy would have done to past comments. "Before" is the verdict that each had.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// Comments judged.
    pub comments: u64,
    /// Verdicts before.
    pub before: ByAction,
    /// Verdicts after.
    pub after: ByAction,
    /// Verdicts after, of those comments whose action changes.
    pub newly: ByAction,
    /// Comments that wait now and would be published.
    pub queue_freed: u64,
    /// Comments with a moderator's decision for or against them.
    pub decided: u64,
    agreed_before: u64,
    agreed_after: u64,
    rules: HashMap<(String, String), Hits>,
    samples: Vec<Sample>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Hits {
    before: u64,
    after: u64,
    approved_after: u64,
}

/// What changes for one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleChange {
    /// The filter's name.
    pub filter: String,
    /// The rule's name.
    pub rule: String,
    /// Comments in which it found something.
    pub hits_before: u64,
    /// Comments in which it would.
    pub hits_after: u64,
    /// How many of the latter moderators approved.
    pub approved_hits_after: u64,
}

/// A comment whose action would change.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its id.
    pub id: CommentId,
    /// What its spans point into.
    pub text: String,
    /// Where it stands now.
    pub state: State,
    /// The verdict that it had.
    pub before: Verdict,
    /// The verdict that it would have.
    pub after: Verdict,
}

impl Report {
    /// Counts a comment and the verdict that it would have.
    pub(super) fn add(&mut self, comment: Comment, after: Verdict) {
        self.comments += 1;
        *self.before.of(comment.verdict.action) += 1;
        *self.after.of(after.action) += 1;
        if comment.state.is_waiting() && after.action == Action::Publish {
            self.queue_freed += 1;
        }
        let decided = decided(&comment);
        if let Some(right) = decided {
            self.decided += 1;
            self.agreed_before += u64::from(comment.verdict.action == right);
            self.agreed_after += u64::from(after.action == right);
        }
        self.add_rules(&comment.verdict, &after, decided == Some(Action::Publish));
        if comment.verdict.action != after.action {
            *self.newly.of(after.action) += 1;
            if *self.newly.of(after.action) <= SAMPLES_EACH as u64 {
                let Comment { id, draft, state, verdict: before, .. } = comment;
                self.samples.push(Sample { id, text: draft.text, state, before, after });
            }
        }
    }

    fn add_rules(&mut self, before: &Verdict, after: &Verdict, approved: bool) {
        for rule in rules(before) {
            self.hits(rule).before += 1;
        }
        for rule in rules(after) {
            let hits = self.hits(rule);
            hits.after += 1;
            hits.approved_after += u64::from(approved);
        }
    }

    fn hits(&mut self, (filter, rule): (&str, &str)) -> &mut Hits {
        self.rules.entry((filter.to_owned(), rule.to_owned())).or_default()
    }

    /// The share of decided comments whose verdict was what the moderator decided; `None` when none was decided.
    pub fn agreement_before(&self) -> Option<f64> {
        self.share_of_decided(self.agreed_before)
    }

    /// The same share for the new verdicts.
    pub fn agreement_after(&self) -> Option<f64> {
        self.share_of_decided(self.agreed_after)
    }

    fn share_of_decided(&self, agreed: u64) -> Option<f64> {
        (self.decided > 0).then(|| agreed as f64 / self.decided as f64)
    }

    /// The rules that found something before or after, at most `most`, those with the greatest change first.
    pub fn rules(&self, most: usize) -> Vec<RuleChange> {
        let mut rules: Vec<_> = self.rules.iter().collect();
        rules.sort_by_key(|(name, hits)| {
            (Reverse(hits.before.abs_diff(hits.after)), Reverse(hits.after), *name)
        });
        rules.truncate(most);
        let change = |(name, hits): (&(String, String), &Hits)| RuleChange {
            filter: name.0.clone(),
            rule: name.1.clone(),
            hits_before: hits.before,
            hits_after: hits.after,
            approved_hits_after: hits.approved_after,
        };
        rules.into_iter().map(change).collect()
    }

    /// Comments whose action would change: of each new action the newest, at most 33.
    pub fn into_samples(self) -> Vec<Sample> {
        self.samples
    }
}

/// The rules that found something, each once.
fn rules(verdict: &Verdict) -> BTreeSet<(&str, &str)> {
    verdict.findings.iter().map(|finding| (&*finding.filter, &*finding.rule)).collect()
}
