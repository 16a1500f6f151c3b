//! Making a prior from labelled texts.
//!
//! Weights come from logistic regression on features scaled by their own evidence (after Wang and
//! Manning, "Baselines and bigrams", ACL 2012), plus a part of that evidence itself, which keeps
//! correlated features from hiding one another and so carries over better to texts of another kind.

use std::collections::HashMap;

use super::features::{Extractor, ONE};
use super::logistic::{Example, fit, log_ratios};
use crate::domain::Draft;

const SMOOTHING: f32 = 0.2;
const COST: f64 = 600.0;
const ROUNDS: usize = 25;
/// Texts that must have a feature for it to count: what one text alone has tells about that text.
const FEWEST_TEXTS: u32 = 2;
/// How strongly a feature's own evidence scales its weight, and how much of it is added.
const EVIDENCE_SCALE: f32 = 0.3;
const EVIDENCE_SHARE: f32 = 0.15;
/// Texts at which a source weighs 1 a text.
const USUAL_SOURCE: f64 = 1_000.0;
/// What a text of a source without any spam weighs, beside one of a source that has some.
const BACKGROUND: f64 = 0.06;

/// A labelled text.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// Where it comes from; every source weighs by the square root of its size.
    pub source: String,
    /// The text and its author.
    pub draft: Draft,
    /// Whether it is spam.
    pub spam: bool,
    /// What it counts beside others, usually 1.
    pub weight: f64,
}

/// What was learned from examples.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Log-odds of spam for a value of 1.0, by the feature's key.
    pub features: Vec<(u32, f32)>,
    /// Added to every score.
    pub intercept: f32,
}

/// The examples for [`train`]: one a text, in order, with the keys of its features, weighted by source.
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
            extractor.extract(&text.draft).iter().map(|f| (f.key, f32::from(f.value) / ONE)).collect();
        let background = if spam > 0.0 { 1.0 } else { BACKGROUND };
        let weight = text.weight * background * (USUAL_SOURCE / all).sqrt();
        Example { features, positive: text.spam, weight }
    };
    texts.iter().map(example).collect()
}

/// The weights for these examples. The same examples give the same weights.
pub fn train(examples: &[Example]) -> Weights {
    let keys = common_keys(examples);
    let numbered = numbered(examples, &keys);
    let ratios = log_ratios(&numbered, keys.len(), SMOOTHING);
    let scale = |number: usize| EVIDENCE_SCALE * ratios[number].abs();
    let scaled = numbered.into_iter().map(|example| {
        let features =
            example.features.iter().map(|&(number, value)| (number, value * scale(number as usize)));
        Example { features: features.collect(), ..example }
    });
    let linear = fit(&scaled.collect::<Vec<_>>(), keys.len(), COST, ROUNDS);
    let weight = |number: usize| linear.weights[number] * scale(number) + EVIDENCE_SHARE * ratios[number];
    let features = keys.iter().enumerate().map(|(number, &key)| (key, weight(number))).collect();
    Weights { features, intercept: linear.intercept }
}

/// The keys of the features that enough examples have, ascending.
fn common_keys(examples: &[Example]) -> Vec<u32> {
    let mut texts: HashMap<u32, u32> = HashMap::new();
    for &(key, _) in examples.iter().flat_map(|example| &example.features) {
        *texts.entry(key).or_default() += 1;
    }
    let mut keys: Vec<u32> =
        texts.into_iter().filter(|&(_, count)| count >= FEWEST_TEXTS).map(|(key, _)| key).collect();
    keys.sort_unstable();
    keys
}

/// The examples with each key's place among `keys` for the key; other features are left out.
fn numbered(examples: &[Example], keys: &[u32]) -> Vec<Example> {
    let places: HashMap<u32, u32> = keys.iter().zip(0..).map(|(&key, place)| (key, place)).collect();
    let numbered = |example: &Example| {
        let place = |&(key, value): &(u32, f32)| places.get(&key).map(|&place| (place, value));
        Example { features: example.features.iter().filter_map(place).collect(), ..*example }
    };
    examples.iter().map(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_single_text_has_weighs_nothing() {
        let example = |keys: &[u32], positive| Example {
            features: keys.iter().map(|&key| (key, 1.0)).collect(),
            positive,
            weight: 1.0,
        };
        let examples =
            [example(&[7, 900], true), example(&[7], true), example(&[3], false), example(&[3, 8], false)];
        let Weights { features, .. } = train(&examples);
        assert_eq!(features.iter().map(|feature| feature.0).collect::<Vec<_>>(), [3, 7]);
        assert!(features[0].1 < 0.0 && features[1].1 > 0.0, "{features:?}");
    }
}
