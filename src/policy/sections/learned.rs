//! `[learned]`: what the statistical filter may say.

use std::sync::{Arc, LazyLock};

use crate::document::Section;
use crate::domain::Effect;
use crate::learn::{Learned, Model, Prior};

/// Decoded once for all policies of the process.
static PRIOR: LazyLock<Arc<Prior>> = LazyLock::new(|| Arc::new(Prior::shipped()));

/// The prior that comes with the program.
pub fn shipped_prior() -> &'static Arc<Prior> {
    &PRIOR
}

/// The learned filter on a prior; `None` for `learned = false`. `weight` multiplies its points.
pub fn learned(root: &Section<'_>, prior: &Arc<Prior>) -> Option<Learned> {
    let filter = |weight, effect| Learned::new(Arc::clone(prior), Arc::new(Model::default()), weight, effect);
    match root.section_or_false("learned") {
        None => Some(filter(1.0, Effect::Score)),
        Some(None) => None,
        Some(Some(table)) => {
            let weight = table.number("weight", 0.0..=10.0).unwrap_or(1.0);
            let effect = table.effect(Effect::Score);
            table.close();
            Some(filter(weight, effect))
        }
    }
}
