//! How the rules do.

use std::cmp::Reverse;

use serde::Serialize;

use super::csv::Field;
use super::json::{ApiMessage, Json};
use super::screen::{BAD, FAINT, WAITING};
use super::table::{Cell, Column};
use super::{Record, Screen};
use crate::proto::v1::RuleStats;

/// From this share of overturned decisions on, and this many of them, a rule is shown as bad.
const BAD_FROM: (f64, u64) = (0.5, 5);

impl Record for RuleStats {
    const MESSAGE: &'static str = <Self as ApiMessage>::NAME;
    const COLUMNS: &'static [Column] = &[
        Column::Clipped("RULE"),
        Column::Figures("HITS"),
        Column::Figures("PUBLISHED"),
        Column::Figures("HELD"),
        Column::Figures("REJECTED"),
        Column::Figures("DECIDED"),
        Column::Figures("OVERTURNED"),
    ];
    const FIELDS: &'static [&'static str] = &[
        "filter",
        "rule",
        "shadow",
        "hits",
        "published",
        "held",
        "rejected",
        "decided",
        "overturned",
        "overturn_rate",
    ];

    fn cells(&self, _: &Screen) -> Vec<Cell> {
        let trial = if self.shadow { " (on trial)" } else { "" };
        let name = format!("{}/{}{trial}", self.filter, self.rule);
        let counts =
            [self.hit_count, self.published_count, self.held_count, self.rejected_count, self.decided_count];
        let style = match overturn_rate(self) {
            Some(rate) if rate >= BAD_FROM.0 && self.decided_count >= BAD_FROM.1 => BAD,
            Some(rate) if rate > 0.0 => WAITING,
            _ => FAINT,
        };
        let rate = overturn_rate(self)
            .map_or_else(String::new, |rate| format!("{} ({:.0} %)", self.overturned_count, rate * 100.0));
        let counts = counts.map(|count| Cell::new(count.to_string()));
        [Cell::new(name)].into_iter().chain(counts).chain([Cell::styled(rate, style)]).collect()
    }

    fn fields(&self) -> Vec<Field> {
        let counts = [
            self.hit_count,
            self.published_count,
            self.held_count,
            self.rejected_count,
            self.decided_count,
            self.overturned_count,
        ];
        let rate = overturn_rate(self).map(|rate| rate.to_string()).unwrap_or_default();
        let names = [Field::text(&self.filter), Field::text(&self.rule), Field::plain(self.shadow)];
        names.into_iter().chain(counts.map(Field::plain)).chain([Field::plain(rate)]).collect()
    }

    fn id(&self) -> Option<&str> {
        None
    }

    fn json(&self) -> impl Serialize + '_ {
        Json(self)
    }
}

/// The share of decisions that went against a rule; `None` while there were none.
pub fn overturn_rate(rule: &RuleStats) -> Option<f64> {
    (rule.decided_count > 0).then(|| rule.overturned_count as f64 / rule.decided_count as f64)
}

/// Puts the rules that were overturned most first; of equals the ones with more decisions, then with more hits.
pub fn by_overturn_rate(rules: &mut [RuleStats]) {
    rules.sort_by(|one, other| {
        let rate = |rule| overturn_rate(rule).unwrap_or(-1.0);
        let place = |rule: &RuleStats| (Reverse(rule.decided_count), Reverse(rule.hit_count));
        rate(other).total_cmp(&rate(one)).then_with(|| place(one).cmp(&place(other)))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::drawn;

    fn rule(name: &str, hits: u64, decided: u64, overturned: u64) -> RuleStats {
        RuleStats {
            filter: "keywords".into(),
            rule: name.into(),
            hit_count: hits,
            decided_count: decided,
            overturned_count: overturned,
            ..RuleStats::default()
        }
    }

    #[test]
    fn the_most_overturned_come_first_and_the_undecided_last() {
        let mut rules =
            [rule("quiet", 9, 0, 0), rule("good", 9, 9, 0), rule("few", 2, 2, 1), rule("many", 9, 8, 4)];
        by_overturn_rate(&mut rules);
        assert_eq!(rules.map(|rule| rule.rule), ["many", "few", "good", "quiet"]);
    }

    #[test]
    fn a_row_tells_the_rate_and_that_a_rule_is_on_trial() {
        let screen = Screen { colour: false, width: 100, now: jiff::Timestamp::UNIX_EPOCH };
        let trial = RuleStats { shadow: true, ..rule("turnips\u{1b}", 8, 4, 1) };
        let told = drawn(&[trial, rule("quiet", 1, 0, 0)], &screen);
        assert!(told.contains("keywords/turnips␛ (on trial)") && told.contains("1 (25 %)"), "{told}");
    }
}
