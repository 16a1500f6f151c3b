//! What a rule of the policy contributes when it fires.

use std::borrow::Cow;
use std::sync::Arc;

use crate::domain::{Effect, Finding, Span};

/// A named rule: the points it adds and what else it does.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name in the policy, such as `profanity` or `shortener`.
    pub name: Arc<str>,
    /// Points towards the score, from -100 to 100.
    pub weight: f64,
    /// What it does besides.
    pub effect: Effect,
}

impl Rule {
    /// A rule that only adds points.
    pub fn scoring(name: &str, weight: f64) -> Self {
        Self { name: name.into(), weight, effect: Effect::Score }
    }

    /// What this rule found. `spans` come ordered and without overlaps.
    pub fn finding(&self, filter: &'static str, spans: Vec<Span>, message: String) -> Finding {
        Finding {
            filter: Cow::Borrowed(filter),
            rule: Arc::clone(&self.name),
            weight: self.weight,
            effect: self.effect,
            spans,
            message,
        }
    }
}

/// A rule that fires from some amount on; what is counted, the rule's owner says.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// The smallest amount at which it fires.
    pub from: f64,
    /// What it contributes.
    pub rule: Rule,
}

impl Graded {
    /// A rule that adds `weight` points from `from` on.
    pub fn scoring(name: &str, from: f64, weight: f64) -> Self {
        Self { from, rule: Rule::scoring(name, weight) }
    }

    /// The rule, when `amount` reaches it.
    pub fn reached(&self, amount: f64) -> Option<&Rule> {
        (amount >= self.from).then_some(&self.rule)
    }
}

/// `1 link`, `2 links`.
pub fn counted(count: usize, [one, many]: [&str; 2]) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_told_from_many() {
        let told = [0, 1, 2].map(|count| counted(count, ["link", "links"]));
        assert_eq!(told, ["0 links", "1 link", "2 links"]);
    }
}
