//! What an import came to.

use std::collections::HashMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::cli::failure::Refusal;
use crate::cli::output::screen::{BAD, GOOD, WAITING};
use crate::cli::output::table::{Cell, Column, render};
use crate::cli::output::{Screen, bars, rules_of};
use crate::proto::v1::{Action, Comment, NamedCount};

/// Counts, rules, and the lines that were left out.
#[derive(Debug, Default, Serialize)]
pub struct Tally {
    held: u64,
    published: u64,
    rejected: u64,
    replayed: u64,
    failed: u64,
    #[serde(serialize_with = "sorted")]
    rules: HashMap<String, u64>,
    /// Lines of which no comment came.
    pub left_out: Vec<LeftOut>,
}

/// A line of which no comment came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOut {
    /// Its number, from 1.
    pub line: usize,
    /// The comment's id; empty: it has none.
    pub comment_id: String,
    /// Why.
    pub why: String,
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

    /// Counts a comment that the server refused for good.
    pub fn refused(&mut self, line: usize, comment_id: &str, refusal: &Refusal) {
        self.leave_out(line, comment_id, refusal.in_one_line());
    }

    /// Counts a line of which no comment could be made.
    pub fn unreadable(&mut self, line: usize, why: String) {
        self.leave_out(line, "", why);
    }

    fn leave_out(&mut self, line: usize, comment_id: &str, why: String) {
        self.failed += 1;
        self.left_out.push(LeftOut { line, comment_id: comment_id.to_owned(), why });
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
        render(&columns, &[row], screen) + &bars("top rules", &by_count(&self.rules), screen)
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.comment_id.as_str() {
            "" => f.write_str(&self.why),
            id => write!(f, "{id}: {}", self.why),
        }
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
        tally.unreadable(4, "it is no JSON".to_owned());
        tally
    }

    #[test]
    fn the_summary_counts_each_comment_once_and_each_rule_once_a_comment() {
        let screen = Screen { colour: false, width: 80, now: jiff::Timestamp::UNIX_EPOCH };
        let drawn = tally().drawn(&screen);
        let lines: Vec<_> = drawn.lines().collect();
        assert_eq!(lines[0], "HELD  PUBLISHED  REJECTED  REPLAYED  FAILED");
        assert_eq!(lines[1], "   1          0         1         1       1");
        assert!(lines[4].starts_with("  f/b  2") && lines[5].starts_with("  f/a  1"), "{lines:?}");
    }

    #[test]
    fn as_json_the_summary_has_the_rules_in_order_and_the_lines_left_out() {
        let value = serde_json::to_value(tally()).unwrap();
        assert_eq!(value["rules"][0], serde_json::json!({"rule": "f/b", "count": 2}));
        assert_eq!(value["left_out"][0]["line"], 4);
        assert_eq!(value["replayed"], 1);
    }
}
