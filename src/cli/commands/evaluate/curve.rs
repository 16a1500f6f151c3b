//! How good the learned filter gets as it learns.

use std::sync::Arc;

use serde::Serialize;

use super::labelled::Labelled;
use super::measure::FALSE_POSITIVES;
use crate::filter::Prepared;
use crate::learn::Prior;
use crate::learn::evaluation::{Judged, recall_at, roc_auc};
use crate::learn::replay::{Alone, Prediction, Replay};

/// Share of what is decided alone that may be wrong.
const ACCEPTED: f64 = 0.005;
/// Stages of a curve.
const STAGES: usize = 10;
/// Fewest comments of a stage; of fewer, its figures would say nothing.
const FEWEST: usize = 50;

/// A stretch of the replay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stage {
    /// Comments learned when it begins.
    pub learned: usize,
    /// Comments predicted in it.
    pub comments: u64,
    /// Area under the ROC curve; `null` unless both kinds are there.
    pub roc_auc: Option<f64>,
    /// Recall at 0.5 % false positives; `null` unless both kinds are there.
    pub recall_at_false_positives: Option<f64>,
    /// Comments that the filter would have decided alone.
    pub decided_alone: u64,
    /// Of those, wrongly.
    pub wrong_alone: u64,
}

/// The curve over comments in the order given: each is predicted, then learned.
pub fn of(comments: &[Labelled], prior: &Arc<Prior>) -> Vec<Stage> {
    let mut replay = Replay::new(Arc::clone(prior), ACCEPTED);
    let mut predict = |comment: &Labelled| {
        let prepared = Prepared::new(&comment.draft);
        let content = || comment.draft.content_hash();
        let fingerprint = prepared.fingerprints().first().copied().unwrap_or_else(content);
        replay.next(&comment.draft, comment.class, fingerprint)
    };
    let predictions: Vec<Prediction> = comments.iter().map(&mut predict).collect();
    let length = predictions.len().div_ceil(STAGES).max(FEWEST);
    predictions.chunks(length).enumerate().map(|(place, part)| stage(place * length, part)).collect()
}

fn stage(learned: usize, predictions: &[Prediction]) -> Stage {
    let judged: Vec<Judged> = predictions.iter().map(|prediction| prediction.judged).collect();
    let alone = Alone::of(predictions);
    Stage {
        learned,
        comments: alone.comments,
        roc_auc: roc_auc(&judged),
        recall_at_false_positives: recall_at(&judged, FALSE_POSITIVES).map(|(recall, _)| recall),
        decided_alone: alone.decided,
        wrong_alone: alone.wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Draft;
    use crate::learn::lesson::Class;

    #[test]
    fn the_curve_rises_on_what_can_be_learned() {
        let comments: Vec<Labelled> = (0..400)
            .map(|number| {
                let (text, class) = match number % 2 {
                    0 => (format!("the council spoke of road {number} again"), Class::Fine),
                    _ => (format!("you utter numpty, reader {number}, go away"), Class::Abuse),
                };
                Labelled { id: String::new(), class, draft: Draft { text, ..Draft::default() } }
            })
            .collect();
        let curve = of(&comments, &Arc::new(Prior::empty()));
        assert_eq!(curve.iter().map(|stage| stage.comments).sum::<u64>(), 400);
        assert_eq!((curve[0].learned, curve[1].learned, curve[0].decided_alone), (0, FEWEST, 0));
        assert!(curve.last().unwrap().roc_auc.unwrap() > 0.99);
    }
}
