//! Making a prior from labelled texts.
//!
//! Weights come from logistic regression on features scaled by their own evidence (after Wang and
//! Manning, "Baselines and bigrams", ACL 2012), plus a part of that evidence itself, which keeps
//! correlated features from hiding one another and so carries over better to texts of another kind.

use std::collections::HashMap;

use super::features::{Extractor, ONE, SLOTS};
use super::logistic::{Example, Linear, fit, log_ratios};
use crate::domain::Draft;

const SMOOTHING: f32 = 0.2;
const COST: f64 = 600.0;
const ROUNDS: usize = 25;
/// How strongly a feature's own evidence scales its weight, and how much of it is added.
const EVIDENCE_SCALE: f32 = 0.3;
const EVIDENCE_SHARE: f32 = 0.15;
/// Texts at which a source weighs 1 a text.
const USUAL_SOURCE: f64 = 1_000.0;
/// What a text of a source without any spam weighs, beside one of a source that has some.
const BACKGROUND: f64 = 0.08;

/// A labelled text.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// Where it comes from; every source weighs by the square root of its size.
    pub source: String,
    /// The text and its author.
    pub draft: Draft,
    /// Whether it is spam.
    pub spam: bool,
}

/// The examples for [`train`]: one a text, in order, weighted by source.
pub fn examples(texts: &[Labelled]) -> Vec<Example> {
    let mut sources: HashMap<&str, (f64, f64)> = HashMap::new();
    for text in texts {
        let (all, spam) = sources.entry(&text.source).or_default();
        *all += 1.0;
        *spam += f64::from(u8::from(text.spam));
    }
    let mut extractor = Extractor::default();
    let example = |text: &Labelled| {
        let (all, spam) = sources[text.source.as_str()];
        let features =
            extractor.extract(&text.draft).iter().map(|f| (f.slot, f32::from(f.value) / ONE)).collect();
        let background = if spam > 0.0 { 1.0 } else { BACKGROUND };
        Example { features, positive: text.spam, weight: background * (USUAL_SOURCE / all).sqrt() }
    };
    texts.iter().map(example).collect()
}

/// The weights for these examples. The same examples give the same weights.
pub fn train(examples: &[Example]) -> Linear {
    let ratios = log_ratios(examples, SLOTS, SMOOTHING);
    let scale = |slot: u32| EVIDENCE_SCALE * ratios[slot as usize].abs();
    let scaled: Vec<Example> = examples
        .iter()
        .map(|example| Example {
            features: example.features.iter().map(|&(slot, value)| (slot, value * scale(slot))).collect(),
            ..*example
        })
        .collect();
    let mut linear = fit(&scaled, SLOTS, COST, ROUNDS);
    for (slot, weight) in linear.weights.iter_mut().enumerate() {
        *weight = *weight * scale(slot as u32) + EVIDENCE_SHARE * ratios[slot];
    }
    linear
}
