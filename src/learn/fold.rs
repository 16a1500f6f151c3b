//! What moderators decided, folded into a model comment by comment.
//!
//! A comment teaches by the moderator's decision that stands on it, and only by that: when it changes,
//! what was learned before is taken back exactly and the new decision is learned. So it makes no
//! difference how often the same comment is looked at, or how many decisions lay between two looks.

use std::sync::Arc;

use super::features::Extractor;
use super::kept::{Kept, print_of};
use super::lesson::{Change, Class, Lesson, teachers};
use super::model::Model;
use super::packing;
use super::prior::Prior;
use crate::domain::Draft;
use crate::filter::Prepared;

/// A model while decisions are folded into it.
pub struct Fold {
    prior: Arc<Prior>,
    model: Model,
    extractor: Extractor,
    changes: Vec<Change>,
}

/// What has to be kept with a comment after it was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// What is kept already.
    Unchanged,
    /// This lesson.
    Keep(Kept),
    /// Nothing any more.
    Forget,
}

impl Fold {
    /// Begins with a model.
    pub fn new(prior: Arc<Prior>, model: Model) -> Self {
        Self { prior, model, extractor: Extractor::default(), changes: Vec::new() }
    }

    /// Brings the model in line with a comment: what stands on it now (`None`: nothing that teaches),
    /// and what was learned from it before.
    ///
    /// What was learned from a text that its author has changed since stays learned: the moderator
    /// judged that text, and the decision was not taken back.
    pub fn settle(&mut self, draft: &Draft, class: Option<Class>, kept: Option<Kept>) -> Settled {
        let known = kept.filter(Kept::is_current);
        if known.is_none() && class.is_none() {
            return if kept.is_some() { Settled::Forget } else { Settled::Unchanged };
        }
        let features = self.extractor.extract(draft);
        let teachers = teachers(draft, Prepared::new(draft).fingerprints());
        let print = print_of(features, &teachers);
        if let Some(Kept { lesson, .. }) = known.filter(|kept| kept.print == print) {
            if class == Some(lesson.class) {
                return Settled::Unchanged;
            }
            let back = lesson.undo(&self.model, features, &teachers);
            self.model.apply(&back);
            self.changes.extend(back);
        }
        let Some(class) = class else { return Settled::Forget };
        let lesson = Lesson::new(&self.model, &self.prior, features, class, &teachers);
        let learned = lesson.changes(&self.model, features, &teachers);
        self.model.apply(&learned);
        self.changes.extend(learned);
        Settled::Keep(Kept { lesson, print })
    }

    /// The model, and the packed changes that led to it; `None` when there were none.
    pub fn finish(self) -> (Model, Option<Vec<u8>>) {
        let changes = (!self.changes.is_empty()).then(|| packing::pack(self.changes));
        (self.model, changes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const TEXTS: [&str; 4] = [
        "buy the cheap pills here, order now and save a lot",
        "the council met about the bridge and closed the road",
        "you are a fool and a liar, all of you here are",
        "buy the cheap pills here, order now and save a lot!",
    ];

    fn draft(index: usize) -> Draft {
        Draft { text: TEXTS[index].into(), ..Draft::default() }
    }

    /// Folds a sequence of what stands on which comment; answers the cells and what is kept.
    fn folded(steps: &[(usize, Option<Class>)]) -> (Model, [Option<Kept>; 4]) {
        let mut fold = Fold::new(Arc::new(Prior::empty()), Model::default());
        let mut kept = [None; 4];
        for &(index, class) in steps {
            match fold.settle(&draft(index), class, kept[index]) {
                Settled::Unchanged => {}
                Settled::Keep(lesson) => kept[index] = Some(lesson),
                Settled::Forget => kept[index] = None,
            }
        }
        (fold.finish().0, kept)
    }

    fn decision() -> impl Strategy<Value = (usize, Option<Class>)> {
        let classes = vec![None, Some(Class::Fine), Some(Class::Spam), Some(Class::Abuse)];
        (0..TEXTS.len(), select(classes))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn what_is_undone_in_any_order_leaves_the_cells_as_if_never_learned(
            mut steps in prop::collection::vec(decision(), 1..40),
        ) {
            steps.extend((0..TEXTS.len()).map(|index| (index, None)));
            let (model, kept) = folded(&steps);
            let mut cells = Model::default().cells().to_vec();
            cells[super::super::layout::LESSONS] = model.lessons() as i32;
            prop_assert!(model.cells() == cells, "something was left behind");
            prop_assert_eq!(kept, [None; 4]);
        }

        #[test]
        fn the_packed_changes_lead_to_the_same_model(steps in prop::collection::vec(decision(), 1..20)) {
            let mut fold = Fold::new(Arc::new(Prior::empty()), Model::default());
            steps.iter().for_each(|&(index, class)| { fold.settle(&draft(index), class, None); });
            let (model, changes) = fold.finish();
            let mut other = Model::default();
            other.apply(&packing::unpack(&changes.unwrap_or_default()).unwrap());
            prop_assert!(other == model);
        }
    }

    #[test]
    fn looking_at_a_comment_again_changes_nothing() {
        let once = folded(&[(0, Some(Class::Spam))]);
        assert!(folded(&[(0, Some(Class::Spam)), (0, Some(Class::Spam))]) == once);
    }

    #[test]
    fn what_a_text_taught_stays_when_its_author_changes_it() {
        let mut fold = Fold::new(Arc::new(Prior::empty()), Model::default());
        let Settled::Keep(first) = fold.settle(&draft(0), Some(Class::Spam), None) else { panic!() };
        assert_eq!(fold.settle(&draft(1), None, Some(first)), Settled::Forget);
        assert_eq!(fold.finish().0.standing(), 1);
    }

    #[test]
    fn a_lesson_of_other_features_is_forgotten_and_learned_anew() {
        let mut fold = Fold::new(Arc::new(Prior::empty()), Model::default());
        let Settled::Keep(mut old) = fold.settle(&draft(0), Some(Class::Spam), None) else { panic!() };
        old.lesson.version += 1;
        assert_eq!(fold.settle(&draft(0), None, Some(old)), Settled::Forget);
        assert!(matches!(fold.settle(&draft(0), Some(Class::Spam), Some(old)), Settled::Keep(_)));
        assert_eq!(fold.finish().0.standing(), 2);
    }
}
