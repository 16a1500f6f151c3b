//! The filter language of lists, claims and bulk decisions, in the style of AIP-160.
//!
//! `section = "war" AND (score >= 8 OR rule:"links") AND NOT claimed_by:*` and the like: comparisons
//! of a field with a value, joined by `AND`, `OR`, `NOT` and parentheses. `OR` binds tighter than
//! `AND`. Two comparisons side by side mean `AND`; a word alone means `text:word`.

mod parse;

use std::time::Duration;

use crate::domain::{Comment, Finding, State, Timestamp};

/// A checked filter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    root: Option<Expression>,
}

/// Why a filter was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {position}: {message}")]
pub struct FilterError {
    /// Where, counted in characters from 1.
    pub position: usize,
    /// What is wrong, and the remedy.
    pub message: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Is(Test),
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    State(Equality, State),
    Text(Field, Comparison, String),
    Score(Ordering, f64),
    Age(Ordering, Duration),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Thread,
    Section,
    Author,
    Filter,
    Rule,
    ClaimedBy,
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Equality {
    Equal,
    Different,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Different,
    Contains,
    Present,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ordering {
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Filter {
    /// Reads a filter; an empty one matches every waiting comment.
    ///
    /// # Errors
    /// The first place that does not fit the grammar.
    pub fn parse(source: &str) -> Result<Self, FilterError> {
        Ok(Self { root: parse::parse(source)? })
    }

    /// The states whose comments can match: the waiting ones, unless the filter speaks of states.
    pub fn states(&self) -> Vec<State> {
        match &self.root {
            Some(root) if root.names_state() => {
                State::ALL.into_iter().filter(|state| root.may_hold_in(*state)).collect()
            }
            _ => vec![State::Pending, State::Escalated],
        }
    }

    /// Whether the comment matches at `now`. Leases that ended count as none.
    pub fn matches(&self, comment: &Comment, now: Timestamp) -> bool {
        self.root.as_ref().is_none_or(|root| root.holds(comment, now))
    }
}

impl Expression {
    fn names_state(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::names_state),
            Self::Not(part) => part.names_state(),
            Self::Is(test) => matches!(test, Test::State(..)),
        }
    }

    fn may_hold_in(&self, state: State) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.may_hold_in(state)),
            Self::Any(parts) => parts.iter().any(|part| part.may_hold_in(state)),
            Self::Not(part) => part.may_fail_in(state),
            Self::Is(Test::State(equality, named)) => (named == &state) == (*equality == Equality::Equal),
            Self::Is(_) => true,
        }
    }

    fn may_fail_in(&self, state: State) -> bool {
        match self {
            Self::All(parts) => parts.iter().any(|part| part.may_fail_in(state)),
            Self::Any(parts) => parts.iter().all(|part| part.may_fail_in(state)),
            Self::Not(part) => part.may_hold_in(state),
            Self::Is(Test::State(..)) => !self.may_hold_in(state),
            Self::Is(_) => true,
        }
    }

    fn holds(&self, comment: &Comment, now: Timestamp) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(comment, now)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(comment, now)),
            Self::Not(part) => !part.holds(comment, now),
            Self::Is(test) => test.holds(comment, now),
        }
    }
}

impl Test {
    fn holds(&self, comment: &Comment, now: Timestamp) -> bool {
        match self {
            Self::State(equality, state) => (comment.state == *state) == (*equality == Equality::Equal),
            Self::Score(ordering, score) => ordering.holds(comment.verdict.score.partial_cmp(score)),
            Self::Age(ordering, age) => ordering.holds(now.since(comment.create_time).partial_cmp(age)),
            Self::Text(field, comparison, value) => field.holds(comment, now, *comparison, value),
        }
    }
}

impl Field {
    fn holds(self, comment: &Comment, now: Timestamp, comparison: Comparison, value: &str) -> bool {
        let draft = &comment.draft;
        let findings = &comment.verdict.findings;
        match self {
            Self::Thread => comparison.holds([draft.thread.id.as_str()], value),
            Self::Section => comparison.holds([draft.thread.section.as_str()], value),
            Self::Author => comparison.holds([draft.author.id.as_str()], value),
            Self::Text => comparison.holds([draft.text.as_str()], value),
            Self::Filter => comparison.holds(findings.iter().map(|finding| &*finding.filter), value),
            Self::Rule => {
                // Screens and tables name a rule with its filter, as in `keywords/spam`.
                let whole = |finding: &Finding| format!("{}/{}", finding.filter, finding.rule);
                let whole: Vec<_> = findings.iter().filter(|_| value.contains('/')).map(whole).collect();
                let names = findings.iter().map(|finding| &*finding.rule);
                comparison.holds(names.chain(whole.iter().map(String::as_str)), value)
            }
            Self::ClaimedBy => {
                let live = comment.claim.as_ref().filter(|claim| claim.expire_time > now);
                comparison.holds([live.map_or("", |claim| claim.reviewer.as_str())], value)
            }
        }
    }
}

impl Comparison {
    /// Holds when it does for any of the values; `!=` when none is equal.
    fn holds<'a>(self, values: impl IntoIterator<Item = &'a str>, wanted: &str) -> bool {
        let mut values = values.into_iter();
        match self {
            Self::Equal => values.any(|value| value == wanted),
            Self::Different => values.all(|value| value != wanted),
            Self::Contains => {
                let wanted = wanted.to_lowercase();
                values.any(|value| value.to_lowercase().contains(&wanted))
            }
            Self::Present => values.any(|value| !value.is_empty()),
        }
    }
}

impl Ordering {
    fn holds(self, order: Option<std::cmp::Ordering>) -> bool {
        let Some(order) = order else { return false };
        match self {
            Self::Equal => order.is_eq(),
            Self::Different => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Action, Claim, CommentId, Draft, Effect, Thread, Verdict};

    fn comment() -> Comment {
        let finding = Finding {
            filter: "links".into(),
            rule: "too many links".into(),
            weight: 4.0,
            effect: Effect::Score,
            spans: vec![],
            message: String::new(),
        };
        Comment {
            id: CommentId::new("c1").unwrap(),
            state: State::Pending,
            published: false,
            draft: Draft {
                thread: Thread { id: "t1".into(), section: "war".into(), ..Thread::default() },
                text: "Buy GOLD now".into(),
                ..Draft::default()
            },
            verdict: Verdict {
                action: Action::Hold,
                score: 7.5,
                findings: vec![finding],
                finding_count: 1,
                policy_revision: 1,
                model_revision: 0,
                learned_probability: None,
            },
            decision: None,
            claim: None,
            version: 1,
            tier: 7,
            report_count: 0,
            create_time: Timestamp(0),
            update_time: Timestamp(0),
        }
    }

    #[test]
    fn comparisons_and_words_find_what_they_say() {
        let now = Timestamp(20 * 60 * 1000);
        let table = [
            ("", true),
            ("section = war", true),
            ("section != war", false),
            ("section = \"war\" AND score >= 7.5", true),
            ("score > -1", true),
            ("score < 7.5 OR age > 10m", true),
            ("age >= 2h", false),
            ("gold now", true),
            ("text:\"gold now\"", true),
            ("section = war OR section = sport AND score > 8", false),
            ("NOT text:silver", true),
            ("-text:gold", false),
            ("filter = links rule:many", true),
            ("rule = links", false),
            ("rule = \"links/too many links\"", true),
            ("rule = \"keywords/too many links\"", false),
            ("rule != \"links/too many links\"", false),
            ("(state = pending OR state = rejected) AND NOT (thread = t2)", true),
            ("claimed_by:*", false),
            ("claimed_by = \"\"", true),
        ];
        for (source, expected) in table {
            let filter = Filter::parse(source).unwrap_or_else(|error| panic!("{source:?}: {error}"));
            assert_eq!(filter.matches(&comment(), now), expected, "{source:?}");
        }
    }

    #[test]
    fn an_ended_lease_is_no_claim() {
        let claim = Claim { claim_id: "k".into(), reviewer: "eva".into(), expire_time: Timestamp(100) };
        let claimed = Comment { claim: Some(claim), ..comment() };
        let filter = Filter::parse("claimed_by = eva").unwrap();
        assert!(filter.matches(&claimed, Timestamp(99)));
        assert!(!filter.matches(&claimed, Timestamp(100)));
    }

    #[test]
    fn only_states_that_can_match_are_read() {
        let states = |source: &str| Filter::parse(source).unwrap().states();
        assert_eq!(states(""), [State::Pending, State::Escalated]);
        assert_eq!(states("score > 3"), [State::Pending, State::Escalated]);
        assert_eq!(states("state = rejected AND score > 3"), [State::Rejected]);
        assert_eq!(states("NOT (state = rejected OR state = withdrawn)").len(), 3);
        assert_eq!(states("state != pending").len(), 4);
    }

    #[test]
    fn a_bad_filter_is_refused_where_it_goes_wrong() {
        let table = [
            ("score >", 8, "value"),
            ("score > high", 9, "number"),
            ("score != NaN", 10, "number"),
            ("age > 5", 7, "10m"),
            ("state = maybe", 9, "pending"),
            ("(score > 1", 11, "')'"),
            ("scor > 1", 1, "score"),
            ("text = \"open", 8, "quote"),
            ("section > war", 9, "'='"),
            ("score > 1 OR", 13, "comparison"),
            ("NOT NOT score > 1", 5, "comparison"),
            ("score > 1)", 10, "')'"),
        ];
        for (source, position, hint) in table {
            let error = Filter::parse(source).unwrap_err();
            assert_eq!(error.position, position, "{source:?}: {error}");
            assert!(error.message.contains(hint), "{source:?}: {error}");
        }
    }
}
