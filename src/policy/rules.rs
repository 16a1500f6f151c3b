//! How a policy writes a rule down: its points, its effect, and from what amount on it fires.

use std::ops::RangeInclusive;

use crate::document::{GradedValue, Section};
use crate::domain::Effect;
use crate::filter::{Graded, Rule};

const WEIGHTS: RangeInclusive<f64> = -100.0..=100.0;

impl Section<'_> {
    /// `action` and `shadow`: what a rule does besides adding points.
    pub(super) fn effect(&self, default: Effect) -> Effect {
        let actions = [("score", Effect::Score), ("hold", Effect::Hold), ("reject", Effect::Reject)];
        let effect = self.choice("action", &actions).unwrap_or(default);
        if self.flag("shadow") == Some(true) { Effect::Shadow } else { effect }
    }

    /// `weight`, `action` and `shadow`.
    pub(super) fn rule(&self, default: Rule) -> Rule {
        let weight = self.number("weight", WEIGHTS).unwrap_or(default.weight);
        Rule { weight, effect: self.effect(default.effect), name: default.name }
    }

    /// A built-in rule: `false`, its weight, or a table of `from`, `weight`, `action`, `shadow`.
    pub(super) fn graded(
        &self,
        key: &'static str,
        bounds: RangeInclusive<f64>,
        default: Option<Graded>,
    ) -> Option<Graded> {
        if !self.has(key) {
            return default;
        }
        let base = default.unwrap_or_else(|| Graded::scoring(key, *bounds.start(), 1.0));
        match self.graded_value(key)? {
            GradedValue::Off => None,
            GradedValue::Number(_) => {
                let weight = self.number(key, WEIGHTS).unwrap_or_default();
                Some(Graded { rule: Rule { weight, ..base.rule }, ..base })
            }
            GradedValue::Table(table) => {
                let from = table.number("from", bounds).unwrap_or(base.from);
                let graded = Graded { from, rule: table.rule(base.rule) };
                table.close();
                Some(graded)
            }
        }
    }

    /// A weight standing alone for a table; `None` when something else stands there.
    pub(super) fn weight(&self, key: &'static str) -> Option<f64> {
        match self.graded_value(key)? {
            GradedValue::Number(_) => self.number(key, WEIGHTS),
            GradedValue::Off | GradedValue::Table(_) => None,
        }
    }
}
