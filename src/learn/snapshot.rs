//! A site's model at one revision, ready to judge by.

use std::sync::{Arc, LazyLock};

use super::calibration::Calibration;
use super::features::{Extractor, Feature, ONE, SlotWeights};
use super::layout::site_slot;
use super::lesson::Class;
use super::model::{Model, Scores};
use super::packing::{PackingError, unpack};
use super::prior::Prior;

/// Shared by all sites whose moderators have taught nothing yet.
static UNTAUGHT: LazyLock<Arc<Snapshot>> = LazyLock::new(|| Arc::new(Snapshot::new(0, 0, Model::default())));

/// A model that does not change any more, with what is derived from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    generation: u64,
    revision: u64,
    model: Model,
    /// `None` while nothing was taught: then they are all zero.
    weights: Option<Box<SlotWeights>>,
    calibration: Calibration,
}

impl Snapshot {
    /// The model at a revision of the store's of this generation.
    pub fn new(generation: u64, revision: u64, model: Model) -> Self {
        let calibration = model.calibration();
        let weights = (model.lessons() > 0).then(|| model.slot_weights());
        Self { generation, revision, model, weights, calibration }
    }

    /// What is known before anything was taught: the prior alone.
    pub fn untaught() -> &'static Arc<Self> {
        &UNTAUGHT
    }

    /// The snapshot that packed changes lead to: those of a whole model, or on top of this one.
    ///
    /// # Errors
    /// [`PackingError`] when they cannot be read.
    pub fn advanced(
        &self,
        generation: u64,
        revision: u64,
        whole: Option<&[u8]>,
        changes: &[Vec<u8>],
    ) -> Result<Self, PackingError> {
        let mut model = if whole.is_some() { Model::default() } else { self.model.clone() };
        for packed in whole.into_iter().chain(changes.iter().map(Vec::as_slice)) {
            model.apply(&unpack(packed)?);
        }
        Ok(Self::new(generation, revision, model))
    }

    /// The generation of the store that keeps it; 0 when nothing was taught.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Counts the changes of a site's model; 0 when nothing was taught.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Log-odds by class, before calibration, of the comment that `extractor` has read.
    pub fn score(&self, prior: &Prior, extractor: &mut Extractor) -> Scores {
        let sums = extractor.add_up(prior.table(), self.weights.as_deref());
        self.model.scores(prior.log_odds(sums.prior), sums.taught)
    }

    /// What one feature adds to the log-odds of a class.
    pub fn part(&self, prior: &Prior, feature: &Feature, class: Class) -> f32 {
        let taught = |class: usize| {
            let weights = self.weights.as_ref().map(|weights| weights[site_slot(feature.key)]);
            weights.map_or(0.0, |weights| weights[class] * f32::from(feature.value) / ONE)
        };
        match class {
            Class::Fine => 0.0,
            Class::Spam => prior.part(feature) + taught(0),
            Class::Abuse => taught(1),
        }
    }

    /// How well it foretold what moderators decided.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// Bytes that it takes in memory.
    pub fn memory(&self) -> usize {
        if self.revision == 0 { 0 } else { Model::memory() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Draft;
    use crate::learn::fold::Fold;

    const TEXTS: [&str; 3] = [
        "Check out my channel: https://example.com/me 👍 and please subscribe!!!",
        "the council met about the bridge and closed the road, again",
        "Всем привет, ЗАРАБОТОК 100$ в день, пишите в лс",
    ];

    fn draft(text: &str) -> Draft {
        Draft { text: text.into(), ..Draft::default() }
    }

    #[test]
    fn adding_up_at_once_gives_what_the_listed_features_give() {
        let mut fold = Fold::new(Arc::clone(Prior::shared()), Model::default());
        let classes = [Class::Spam, Class::Fine, Class::Abuse];
        TEXTS.iter().zip(classes).for_each(|(text, class)| {
            fold.settle(&draft(text), Some(class), None);
        });
        let taught = Snapshot::new(1, 1, fold.finish().0);
        let mut extractor = Extractor::default();
        for known in [&taught, &**Snapshot::untaught()] {
            for text in TEXTS {
                extractor.read(&draft(text));
                let at_once = known.score(Prior::shared(), &mut extractor);
                let listed = known.model().score(Prior::shared(), extractor.list());
                assert!((at_once.spam - listed.spam).abs() < 1e-3, "{at_once:?} {listed:?}");
                assert!((at_once.abuse - listed.abuse).abs() < 1e-3, "{at_once:?} {listed:?}");
            }
        }
        assert_ne!(taught.model(), &Model::default());
    }
}
