//! `[learned]`: what the statistical filter may say and decide.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::document::Section;
use crate::domain::Effect;
use crate::learn::{Alone, Learned, Prior};

/// Recent memory holds too few decisions to bear out less than one mistake in a thousand.
const ERRORS: RangeInclusive<f64> = 0.001..=0.2;
const DEFAULT_AUDIT: f64 = 0.05;

/// The learned filter on a prior; `None` for `learned = false`. `weight` multiplies its points.
pub fn learned(root: &Section<'_>, prior: &Arc<Prior>) -> Option<Learned> {
    let filter = |weight, effect| Learned::new(Arc::clone(prior), weight, effect);
    match root.section_or_false("learned") {
        None => Some(filter(1.0, Effect::Score)),
        Some(None) => None,
        Some(Some(table)) => {
            let weight = table.number("weight", 0.0..=10.0).unwrap_or(1.0);
            let effect = table.effect(Effect::Score);
            let holds = table.choice("missing", &[("go_on", false), ("hold", true)]).unwrap_or(false);
            let alone = alone(&table);
            table.close();
            Some(filter(weight, effect).holding_when_missing(holds).deciding(alone))
        }
    }
}

/// `accept_error` and `audit`.
fn alone(table: &Section<'_>) -> Option<Alone> {
    let accept_error = table.number("accept_error", ERRORS);
    let audit = table.number("audit", 0.0..=1.0);
    if audit.is_some() && !table.has("accept_error") {
        table.complain(
            "audit",
            "without `accept_error` the filter decides nothing alone; add it, or leave `audit` out.",
        );
    }
    accept_error.map(|accept_error| Alone { accept_error, audit: audit.unwrap_or(DEFAULT_AUDIT) })
}
