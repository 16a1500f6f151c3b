//! What an import came to.

use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, Serializer};

use super::entries::LeftOut;
use crate::cli::output::screen::{BAD, GOOD, WAITING};
use crate::cli::output::table::{Cell, Column, render};
use crate::cli::output::{Screen, bars, rules_of};
use crate::proto::v1::{Action, Comment, NamedCount};

/// Comments left out that are told one by one; of the others, the counts tell.
const TOLD: usize = 100;

/// Counts, rules, and what was left out.
#[derive(Debug, Default, Serialize)]
pub struct Tally {
    held: u64,
    published: u64,
    rejected: u64,
    replayed: u64,
    failed: u64,
    #[serde(serialize_with = "sorted")]
    rules: HashMap<String, u64>,
    /// How many were left out, by the kind of reason.
    reasons: BTreeMap<String, u64>,
    /// The first of them.
    pub left_out: Vec<LeftOut>,
}

impl Tally {
    /// Counts a comment that was judged now or, `replayed`, before.
    pub fn accepted(&mut self, comment: &Comment, replayed: bool) {
        if replayed {
            self.replayed += 1;
            return;
        }
        let verdict = comment.verdict.clone().unwrap_or_default();
        match verdict.action() {
            Action::Publish => self.published += 1,
            Action::Reject => self.rejected += 1,
            Action::Hold | Action::Unspecified => self.held += 1,
        }
        for rule in rules_of(comment) {
            *self.rules.entry(rule).or_default() += 1;
        }
    }

    /// Counts a comment that is left out; answers whether it is one of those that are told.
    pub fn leave_out(&mut self, left_out: LeftOut) -> bool {
        self.failed += 1;
        *self.reasons.entry(left_out.reason.clone()).or_default() += 1;
        let told = self.left_out.len() < TOLD;
        if told {
            self.left_out.push(left_out);
        }
        told
    }

    /// How many were left out.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// How many were left out and not told.
    pub fn untold(&self) -> u64 {
        self.failed - self.left_out.len() as u64
    }

    /// Comments dealt with so far, in words, for the progress bar.
    pub fn so_far(&self) -> String {
        let done = self.held + self.published + self.rejected + self.replayed;
        format!("{done} in, {} left out", self.failed)
    }

    /// The counts in a table, then the rules that found something, the most frequent first.
    pub fn drawn(&self, screen: &Screen) -> String {
        let columns = ["HELD", "PUBLISHED", "REJECTED", "REPLAYED", "FAILED"].map(Column::Figures);
        let failed = if self.failed > 0 { BAD } else { GOOD };
        let row = vec![
            Cell::styled(self.held.to_string(), WAITING),
            Cell::styled(self.published.to_string(), GOOD),
            Cell::styled(self.rejected.to_string(), BAD),
            Cell::new(self.replayed.to_string()),
            Cell::styled(self.failed.to_string(), failed),
        ];
        let reasons = self.reasons.iter().map(|(name, &count)| NamedCount { name: name.clone(), count });
        render(&columns, &[row], screen)
            + &bars("left out because", &reasons.collect::<Vec<_>>(), screen)
            + &bars("top rules", &by_count(&self.rules), screen)
    }
}

fn by_count(rules: &HashMap<String, u64>) -> Vec<NamedCount> {
    let named = rules.iter().map(|(name, &count)| NamedCount { name: name.clone(), count });
    let mut named: Vec<_> = named.collect();
    named.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    named
}

fn sorted<S: Serializer>(rules: &HashMap<String, u64>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Rule {
        rule: String,
        count: u64,
    }
    serializer
        .collect_seq(by_count(rules).into_iter().map(|NamedCount { name, count }| Rule { rule: name, count }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::{Finding, Verdict};

    fn comment(action: Action, rules: &[&str]) -> Comment {
        let finding =
            |rule: &&str| Finding { filter: "f".into(), rule: (*rule).into(), ..Finding::default() };
        let verdict = Verdict {
            action: action.into(),
            findings: rules.iter().map(finding).collect(),
            ..Verdict::default()
        };
        Comment { verdict: Some(verdict), ..Comment::default() }
    }

    fn tally() -> Tally {
        let mut tally = Tally::default();
        tally.accepted(&comment(Action::Hold, &["a", "b", "b"]), false);
        tally.accepted(&comment(Action::Reject, &["b"]), false);
        tally.accepted(&comment(Action::Publish, &[]), true);
        assert!(tally.leave_out(LeftOut { line: 4, ..LeftOut::new("no JSON", "it is no JSON") }));
        tally
    }

    #[test]
    fn the_summary_counts_each_comment_once_and_each_rule_once_a_comment() {
        let screen = Screen { colour: false, width: 80, now: jiff::Timestamp::UNIX_EPOCH };
        let drawn = tally().drawn(&screen);
        let lines: Vec<_> = drawn.lines().collect();
        assert_eq!(lines[0], "HELD  PUBLISHED  REJECTED  REPLAYED  FAILED");
        assert_eq!(lines[1], "   1          0         1         1       1");
        assert!(lines[4].starts_with("  no JSON  1"), "{lines:?}");
        assert!(lines[7].starts_with("  f/b  2") && lines[8].starts_with("  f/a  1"), "{lines:?}");
    }

    #[test]
    fn as_json_the_summary_has_the_rules_in_order_and_the_lines_left_out() {
        let value = serde_json::to_value(tally()).unwrap();
        assert_eq!(value["rules"][0], serde_json::json!({"rule": "f/b", "count": 2}));
        assert_eq!(value["left_out"][0]["line"], 4);
        assert_eq!((&value["replayed"], &value["reasons"]["no JSON"]), (&1.into(), &1.into()));
    }

    #[test]
    fn of_many_that_are_left_out_the_first_are_told_and_all_are_counted() {
        let mut tally = Tally::default();
        let told = (0..150).filter(|_| tally.leave_out(LeftOut::new("no text", "it has no `text`"))).count();
        assert_eq!((told, tally.failed(), tally.untold()), (100, 150, 50));
    }
}
