//! What a policy would have done to past comments.

use serde::Serialize;

use super::csv::Field;
use super::json::{ApiMessage, Json};
use super::screen::{FAINT, STRONG};
use super::table::{Cell, Column, render};
use super::verdict::action_word;
use super::{Record, Screen};
use crate::proto::v1::{ReplayReport, ReplayRule, ReplaySample, Verdict};

/// Rules and samples that a report shows; `--json` has the others.
const ROWS: usize = 20;

impl Record for ReplayReport {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] = &[
        Column::Words("VERDICT"),
        Column::Figures("BEFORE"),
        Column::Figures("AFTER"),
        Column::Figures("NEW"),
    ];
    const FIELDS: &'static [&'static str] = &[
        "comments",
        "published_before",
        "published_after",
        "held_before",
        "held_after",
        "rejected_before",
        "rejected_after",
        "newly_held",
        "newly_freed",
        "newly_rejected",
        "queue_freed",
        "decided",
        "agreement_before",
        "agreement_after",
    ];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        actions(self).swap_remove(0)
    }

    fn fields(&self) -> Vec<Field> {
        let counts = [
            self.comment_count,
            self.published_before_count,
            self.published_after_count,
            self.held_before_count,
            self.held_after_count,
            self.rejected_before_count,
            self.rejected_after_count,
            self.newly_held_count,
            self.newly_freed_count,
            self.newly_rejected_count,
            self.queue_freed_count,
            self.decided_count,
        ];
        let shares = [self.agreement_before, self.agreement_after];
        let shares =
            shares.map(|share| Field::plain(share.map(|share| share.to_string()).unwrap_or_default()));
        counts.map(Field::plain).into_iter().chain(shares).collect()
    }

    fn id(&self) -> Option<&str> {
        None
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

/// The verdicts before and after, the agreement with the moderators, then rules and samples.
pub fn replayed(report: &ReplayReport, screen: &Screen) -> String {
    let title = format!("{} comments judged again", report.comment_count);
    let mut drawn = format!("{}\n", screen.paint(STRONG, &title));
    drawn.push_str(&render(ReplayReport::COLUMNS, &actions(report), screen));
    drawn.push_str(&format!("{} of those that wait now would be published\n", report.queue_freed_count));
    if let (Some(before), Some(after)) = (report.agreement_before, report.agreement_after) {
        drawn.push_str(&format!(
            "agreement with {} moderators' decisions: {} before, {} after\n",
            report.decided_count,
            percent(before),
            percent(after)
        ));
    }
    drawn.push_str(&rules(&report.rules, screen));
    drawn.push_str(&samples(&report.samples, screen));
    drawn
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn actions(report: &ReplayReport) -> Vec<Vec<Cell>> {
    let row = |name: &str, before: u64, after: u64, new: u64| {
        vec![
            Cell::new(name),
            Cell::new(before.to_string()),
            Cell::new(after.to_string()),
            Cell::new(new.to_string()),
        ]
    };
    vec![
        row("publish", report.published_before_count, report.published_after_count, report.newly_freed_count),
        row("hold", report.held_before_count, report.held_after_count, report.newly_held_count),
        row("reject", report.rejected_before_count, report.rejected_after_count, report.newly_rejected_count),
    ]
}

const RULE_COLUMNS: [Column; 4] = [
    Column::Words("RULE"),
    Column::Figures("HITS BEFORE"),
    Column::Figures("AFTER"),
    Column::Figures("OF THEM APPROVED"),
];

fn rules(rules: &[ReplayRule], screen: &Screen) -> String {
    let row = |rule: &ReplayRule| {
        vec![
            Cell::new(format!("{}/{}", rule.filter, rule.rule)),
            Cell::new(rule.hits_before_count.to_string()),
            Cell::new(rule.hits_after_count.to_string()),
            Cell::new(rule.approved_hits_after_count.to_string()),
        ]
    };
    part(&RULE_COLUMNS, rules.iter().map(row), "rules", screen)
}

const SAMPLE_COLUMNS: [Column; 4] =
    [Column::Words("ID"), Column::Words("BEFORE"), Column::Words("AFTER"), Column::Clipped("BECAUSE NOW")];

fn samples(samples: &[ReplaySample], screen: &Screen) -> String {
    let told = |verdict: &Option<Verdict>| {
        verdict.as_ref().map(|verdict| format!("{} {:.1}", action_word(verdict.action()), verdict.score))
    };
    let row = |sample: &ReplaySample| {
        let found = sample.after.iter().flat_map(|verdict| &verdict.findings);
        let found: Vec<_> = found.map(|finding| format!("{}/{}", finding.filter, finding.rule)).collect();
        vec![
            Cell::new(&sample.comment_id),
            Cell::new(told(&sample.before).unwrap_or_default()),
            Cell::new(told(&sample.after).unwrap_or_default()),
            Cell::new(found.join(", ")),
        ]
    };
    part(&SAMPLE_COLUMNS, samples.iter().map(row), "samples", screen)
}

/// A table under an empty line; nothing when it has no rows.
fn part(
    columns: &[Column],
    rows: impl ExactSizeIterator<Item = Vec<Cell>>,
    what: &str,
    screen: &Screen,
) -> String {
    let more = rows.len().saturating_sub(ROWS);
    let rows: Vec<_> = rows.take(ROWS).collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut drawn = format!("\n{}", render(columns, &rows, screen));
    if more > 0 {
        let note = format!("and {more} more {what}; see --json");
        drawn.push_str(&format!("{}\n", screen.paint(FAINT, &note)));
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::{Action, CommentState};

    fn verdict(action: Action, score: f64) -> Option<Verdict> {
        Some(Verdict { action: action.into(), score, ..Verdict::default() })
    }

    #[test]
    fn a_report_tells_verdicts_agreement_rules_and_samples() {
        let rule = ReplayRule {
            filter: "keywords".into(),
            rule: "house".into(),
            hits_before_count: 0,
            hits_after_count: 7,
            approved_hits_after_count: 1,
        };
        let sample = ReplaySample {
            comment_id: "c-1".into(),
            before: verdict(Action::Publish, 0.5),
            after: verdict(Action::Hold, 6.5),
            state: CommentState::Approved.into(),
        };
        let report = ReplayReport {
            comment_count: 10,
            published_before_count: 10,
            published_after_count: 3,
            held_after_count: 7,
            newly_held_count: 7,
            decided_count: 4,
            agreement_before: Some(0.25),
            agreement_after: Some(0.5),
            rules: vec![rule],
            samples: vec![sample; 21],
            ..ReplayReport::default()
        };
        let screen = Screen { colour: false, width: 80, now: jiff::Timestamp::UNIX_EPOCH };
        let told = replayed(&report, &screen);
        for line in [
            "10 comments judged again",
            "hold          0      7    7",
            "agreement with 4 moderators' decisions: 25.0 % before, 50.0 % after",
            "keywords/house            0      7                 1",
            "c-1  publish 0.5  hold 6.5",
            "and 1 more samples; see --json",
        ] {
            assert!(told.contains(line), "{line:?} is not in\n{told}");
        }
    }

    #[test]
    fn without_decisions_there_is_no_agreement_to_tell() {
        let screen = Screen { colour: false, width: 80, now: jiff::Timestamp::UNIX_EPOCH };
        assert!(!replayed(&ReplayReport::default(), &screen).contains("agreement"));
    }
}
