//! Decisions replayed in order: each comment is predicted before it is learned, as it would have been on
//! the site.

use std::sync::Arc;

use super::calibration::Calibration;
use super::evaluation::Judged;
use super::features::Extractor;
use super::lesson::{Class, Lesson, teachers};
use super::model::Model;
use super::prior::Prior;
use crate::domain::Draft;

/// Decisions after which the calibration is taken anew.
const REFRESH: u32 = 50;

/// What the filter would have decided alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Alone {
    /// Comments seen.
    pub comments: u64,
    /// Published or rejected without a moderator.
    pub decided: u64,
    /// Of those, otherwise than the moderators did.
    pub wrong: u64,
}

/// A replay under way.
pub struct Replay {
    prior: Arc<Prior>,
    model: Model,
    extractor: Extractor,
    calibration: Calibration,
    accepted: f64,
}

/// What was predicted of one comment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// Calibrated log-odds of rejection, with the truth.
    pub judged: Judged,
    /// Whether it would have been rejected alone; `None` when a moderator would have decided.
    pub rejected_alone: Option<bool>,
}

impl Replay {
    /// Begins with nothing learned. Of what is decided alone, the share `accepted` may be wrong.
    pub fn new(prior: Arc<Prior>, accepted: f64) -> Self {
        let model = Model::default();
        let calibration = model.calibration();
        Self { prior, model, extractor: Extractor::default(), calibration, accepted }
    }

    /// Predicts a comment, then learns what the moderators decided.
    pub fn next(&mut self, draft: &Draft, class: Class, fingerprint: u64) -> Prediction {
        if self.model.lessons().is_multiple_of(REFRESH) {
            self.calibration = self.model.calibration();
        }
        let features = self.extractor.extract(draft);
        let score = self.model.score(&self.prior, features).reject();
        let thresholds = self.calibration.thresholds(self.accepted);
        let rejected_alone = match thresholds {
            _ if thresholds.publish_below.is_some_and(|below| score < below) => Some(false),
            _ if thresholds.reject_from.is_some_and(|from| score >= from) => Some(true),
            _ => None,
        };
        let teachers = teachers(draft, &[fingerprint]);
        let lesson = Lesson::new(&self.model, &self.prior, features, class, &teachers);
        let changes = lesson.changes(&self.model, features, &teachers);
        self.model.apply(&changes);
        let score = f64::from(self.calibration.log_odds(score));
        Prediction { judged: Judged { score, positive: class != Class::Fine }, rejected_alone }
    }
}

impl Alone {
    /// Counts over predictions.
    pub fn of(predictions: &[Prediction]) -> Self {
        let mut counts = Self::default();
        for prediction in predictions {
            counts.comments += 1;
            if let Some(rejected) = prediction.rejected_alone {
                counts.decided += 1;
                counts.wrong += u64::from(rejected != prediction.judged.positive);
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::evaluation::roc_auc;

    #[test]
    fn after_some_hundred_decisions_it_decides_most_alone_and_rightly() {
        let mut replay = Replay::new(Arc::new(Prior::empty()), 0.01);
        let predictions: Vec<Prediction> = (0..1_200u64)
            .map(|number| {
                let (text, class) = match number % 2 {
                    0 => (format!("the council spoke of road {number} again"), Class::Fine),
                    _ => (format!("cheap pills, order number {number} now"), Class::Spam),
                };
                replay.next(&Draft { text, ..Draft::default() }, class, number)
            })
            .collect();
        assert_eq!(Alone::of(&predictions[..100]).decided, 0);
        let late = Alone::of(&predictions[800..]);
        assert!(late.decided > 200 && late.wrong == 0, "{late:?}");
        let judged: Vec<Judged> = predictions[100..].iter().map(|prediction| prediction.judged).collect();
        assert!(roc_auc(&judged).unwrap() > 0.99);
    }
}
