//! What a site's moderators have taught, on top of the prior.
//!
//! Two kinds of sums are kept of every feature. Counts by class give naive Bayes evidence, which is quick
//! to learn; steps of an online logistic regression correct it where it is wrong. The prior stays as it
//! is: score = prior + evidence + steps.

use super::calibration::Calibration;
use super::features::{Feature, ONE, SlotWeights};
use super::layout::{
    self, AGE, AGE_CELLS, BINS, CELLS, INTERCEPTS, LESSONS, PER_SLOT, SITE_SLOTS, STANDING, STEPS, TEACHERS,
    TOTALS,
};
use super::lesson::{Change, Class, STEP_ONE, teacher_cell};
use super::prior::Prior;

/// What naive Bayes evidence counts beside the rest.
const EVIDENCE: f32 = 0.3;
const SMOOTHING: f32 = 0.5;
/// Lessons of the rarer class at which the evidence counts half.
const HALF_TRUSTED: f32 = 5.0;
/// Log-odds of abuse before evidence speaks, and while no abuse was ever learned.
const ABUSE_AT_FIRST: f32 = -4.0;
const ABUSE_UNKNOWN: f32 = -20.0;

/// A site's model: sums of whole numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    cells: Vec<i32>,
}

/// How far the evidence for a class is trusted, and what the classes' sizes add to it.
#[derive(Debug, Clone, Copy)]
struct Reliance {
    trust: f32,
    balance: f32,
}

/// Log-odds by class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// Of spam.
    pub spam: f32,
    /// Of abuse.
    pub abuse: f32,
}

impl Scores {
    /// Log-odds that the comment is to be rejected for either: the odds added up.
    pub fn reject(&self) -> f32 {
        let (less, more) = (self.spam.min(self.abuse), self.spam.max(self.abuse));
        more + (less - more).exp().ln_1p()
    }
}

/// Why cells could not be taken for a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a model has {CELLS} cells, this one has {found}; let the learner build it again from the feed")]
pub struct ModelError {
    /// How many there were.
    pub found: usize,
}

impl Default for Model {
    fn default() -> Self {
        Self { cells: vec![0; CELLS] }
    }
}

impl Model {
    /// The model with these cells, as [`Model::cells`] gave them.
    ///
    /// # Errors
    /// [`ModelError`] when their number is another.
    pub fn from_cells(cells: Vec<i32>) -> Result<Self, ModelError> {
        if cells.len() != CELLS {
            return Err(ModelError { found: cells.len() });
        }
        Ok(Self { cells })
    }

    /// All sums; [`CELLS`] of them.
    pub fn cells(&self) -> &[i32] {
        &self.cells
    }

    /// Adds changes, as made by [`super::Lesson::changes`] and [`super::Lesson::undo`].
    pub fn apply(&mut self, changes: &[Change]) {
        for &(cell, amount) in changes {
            let cell = cell as usize;
            self.cells[cell] = self.cells[cell].wrapping_add(amount);
        }
    }

    /// Lessons learned, undone ones included.
    pub fn lessons(&self) -> u32 {
        self.cells[LESSONS].max(0) as u32
    }

    /// Lessons that still stand.
    pub fn standing(&self) -> u32 {
        self.cells[STANDING].max(0) as u32
    }

    /// How much all lessons of a class count together, in sixteenths of a lesson.
    pub fn taught_of(&self, class: Class) -> i32 {
        self.cells[TOTALS + class as usize]
    }

    /// Log-odds by class, before calibration.
    pub fn score(&self, prior: &Prior, features: &[Feature]) -> Scores {
        let reliance = self.reliance();
        let mut taught = [0.0; 2];
        for feature in features {
            let weights = self.weights(layout::site_slot(feature.key), &reliance);
            for (sum, weight) in taught.iter_mut().zip(weights) {
                *sum += weight * f32::from(feature.value) / ONE;
            }
        }
        self.scores(prior.score(features), taught)
    }

    /// The scores of a comment from the prior's log-odds and the sums of what was taught.
    pub(super) fn scores(&self, prior: f32, taught: [f32; 2]) -> Scores {
        let learned = |class: usize| taught[class] + self.cells[INTERCEPTS + class] as f32 / STEP_ONE;
        let knows_abuse = self.cells[TOTALS + Class::Abuse as usize] > 0;
        let abuse = if knows_abuse { ABUSE_AT_FIRST + learned(1) } else { ABUSE_UNKNOWN };
        Scores { spam: prior + learned(0), abuse }
    }

    /// What every slot adds to the log-odds of spam and of abuse.
    pub(super) fn slot_weights(&self) -> Box<SlotWeights> {
        let reliance = self.reliance();
        let weights = (0..SITE_SLOTS).map(|slot| self.weights(slot, &reliance)).collect::<Box<[_]>>();
        weights.try_into().expect("one for each slot")
    }

    fn weights(&self, slot: usize, reliance: &[Reliance; 2]) -> [f32; 2] {
        let cells = &self.cells[slot * PER_SLOT..][..PER_SLOT];
        let step = |class: usize| cells[STEPS + class] as f32 / STEP_ONE;
        let count = |class: usize| cells[class].max(0) as f32 / 16.0;
        let (fine, spam, abuse) = (count(0), count(1), count(2));
        if fine + spam + abuse == 0.0 {
            return [step(0), step(1)];
        }
        let ratio = |own: f32, rest: f32| ((own + SMOOTHING) / (rest + SMOOTHING)).ln();
        let evidence = [ratio(spam, fine + abuse), ratio(abuse, fine + spam)];
        let weight = |class: usize| {
            let Reliance { trust, balance } = reliance[class];
            step(class) + trust * (evidence[class] + balance)
        };
        [weight(0), weight(1)]
    }

    fn reliance(&self) -> [Reliance; 2] {
        let total = |class: usize| self.cells[TOTALS + class].max(0) as f32 / 16.0;
        let of_class = |class: usize| {
            let own = total(class + 1);
            let rest = total(0) + total(2 - class);
            let rarer = own.min(rest);
            let balance = ((rest + 2.0 * SMOOTHING) / (own + 2.0 * SMOOTHING)).ln();
            Reliance { trust: EVIDENCE * rarer / (rarer + HALF_TRUSTED), balance }
        };
        [of_class(0), of_class(1)]
    }

    /// How much a lesson of `class` counts, so that one-sided training cannot drown the rest: 1 until
    /// the class was learned `bound` times as often as the others together.
    pub(super) fn balance(&self, class: Class, bound: f32) -> f32 {
        let total = |class: usize| self.cells[TOTALS + class].max(0) as f32 / 16.0;
        let own = total(class as usize);
        let all: f32 = (0..3).map(total).sum();
        (bound * (all - own + 16.0) / (own + 1.0)).min(1.0)
    }

    /// Recent lessons of one teacher.
    pub(super) fn taught(&self, teacher: u64) -> u32 {
        let of = |generation| self.cells[layout::generation_cell(generation) + teacher_cell(teacher)];
        [0, 1].into_iter().map(|generation| of(generation).max(0) as u32).sum()
    }

    /// Changes that make room for a generation and, when one begins with it, for an age.
    pub(super) fn forget(&self, generation: u32) -> impl Iterator<Item = Change> {
        let teachers = layout::generation_cell(generation);
        let outcomes = layout::age_cell(generation / AGE);
        let of_age = if generation.is_multiple_of(AGE) { outcomes..outcomes + AGE_CELLS } else { 0..0 };
        let cells = (teachers..teachers + TEACHERS).chain(of_age);
        cells.map(|cell| (cell as u32, -self.cells[cell])).filter(|&(_, amount)| amount != 0)
    }

    /// How moderators decided on recent comments, by what had been predicted of them.
    pub fn calibration(&self) -> Calibration {
        let mut outcomes = [[0u32; 2]; BINS];
        for start in [0, 1].map(layout::age_cell) {
            for (bin, outcome) in outcomes.iter_mut().enumerate() {
                for (rejected, count) in outcome.iter_mut().enumerate() {
                    *count += self.cells[start + 2 * bin + rejected].max(0) as u32;
                }
            }
        }
        Calibration::new(&outcomes)
    }

    /// Bytes that a model takes in memory, ready to judge by.
    pub const fn memory() -> usize {
        CELLS * size_of::<i32>() + size_of::<SlotWeights>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Draft;
    use crate::learn::features::Extractor;
    use crate::learn::lesson::Lesson;

    struct School {
        prior: Prior,
        model: Model,
        extractor: Extractor,
    }

    type Learned = (Lesson, Vec<Feature>, Vec<u64>);

    impl School {
        fn new() -> Self {
            Self { prior: Prior::empty(), model: Model::default(), extractor: Extractor::default() }
        }

        fn features(&mut self, text: &str) -> Vec<Feature> {
            self.extractor.extract(&Draft { text: text.into(), ..Draft::default() }).to_vec()
        }

        fn teach(&mut self, text: &str, class: Class, teacher: u64) -> Learned {
            let (features, teachers) = (self.features(text), vec![teacher]);
            let lesson = Lesson::new(&self.model, &self.prior, &features, class, &teachers);
            let changes = lesson.changes(&self.model, &features, &teachers);
            self.model.apply(&changes);
            (lesson, features, teachers)
        }

        fn undo(&mut self, (lesson, features, teachers): &Learned) {
            let changes = lesson.undo(&self.model, features, teachers);
            self.model.apply(&changes);
        }

        fn reject(&mut self, text: &str) -> f32 {
            let features = self.features(text);
            self.model.score(&self.prior, &features).reject()
        }

        fn taught_both(count: u64) -> Self {
            let mut school = Self::new();
            for number in 0..count {
                school.teach(&format!("buy the pills number {number} here"), Class::Spam, number);
                school.teach(
                    &format!("the council met about road {number}"),
                    Class::Fine,
                    1_000_000 + number,
                );
            }
            school
        }
    }

    #[test]
    fn what_was_rejected_and_approved_is_told_apart() {
        let mut school = School::taught_both(20);
        assert!(school.reject("buy these pills here") > 1.0);
        assert!(school.reject("the council met again") < -2.0);
    }

    #[test]
    fn abuse_is_learned_apart_from_spam() {
        let mut school = School::taught_both(20);
        for number in 0..20 {
            school.teach(&format!("you are a fool and a liar {number}"), Class::Abuse, 5_000 + number);
        }
        let features = school.features("what a fool and liar you are");
        let scores = school.model.score(&school.prior, &features);
        assert!(scores.abuse > 0.5 && scores.abuse > scores.spam, "{scores:?}");
    }

    #[test]
    fn undoing_in_any_order_leaves_nothing_behind() {
        let mut school = School::taught_both(5);
        let before = school.model.clone();
        let lessons: Vec<Learned> = (0..40)
            .map(|number| school.teach(&format!("text {} of some kind", number % 7), Class::Spam, number))
            .collect();
        let (odd, even): (Vec<_>, Vec<_>) = lessons.iter().enumerate().partition(|(index, _)| index % 2 == 1);
        odd.iter().chain(even.iter().rev()).for_each(|(_, learned)| school.undo(learned));
        let mut cells = before.cells().to_vec();
        cells[LESSONS] += 40;
        assert_eq!(school.model, Model::from_cells(cells).unwrap());
    }

    #[test]
    fn what_left_recent_memory_can_still_be_undone() {
        let mut school = School::new();
        let first = school.teach("buy the pills", Class::Spam, 1);
        const REMEMBERED: u32 = layout::GENERATION * AGE;
        for number in 0..2 * u64::from(REMEMBERED) + 10 {
            school.teach("an ordinary remark", Class::Fine, 100 + number);
        }
        let decided = school.model.calibration().decisions();
        assert!((REMEMBERED..=2 * REMEMBERED).contains(&decided), "{decided}");
        school.undo(&first);
        assert_eq!(school.model.cells()[TOTALS + Class::Spam as usize], 0);
        assert_eq!(school.model.calibration().decisions(), decided);
    }

    #[test]
    fn one_author_teaches_no_more_than_a_few_comments() {
        let (mut wave, mut crowd) = (School::taught_both(20), School::taught_both(20));
        for number in 0..500 {
            let text = format!("harmless opinion number {number} on gardens");
            wave.teach(&text, Class::Spam, 77);
            crowd.teach(&text, Class::Spam, 10_000 + number);
        }
        let counted = |school: &School| school.model.cells()[TOTALS + Class::Spam as usize] / 16 - 20;
        assert!(counted(&wave) <= 11, "{}", counted(&wave));
        assert_eq!(counted(&crowd), 500);
    }

    #[test]
    fn rejecting_only_does_not_make_everything_look_bad() {
        let mut school = School::new();
        for number in 0..2_000 {
            school.teach(&format!("buy the pills number {number} here"), Class::Spam, number);
        }
        assert!(school.reject("The council met on Tuesday about the bridge") < 0.0);
    }

    #[test]
    fn replicas_may_add_their_changes_in_any_order() {
        let mut school = School::taught_both(3);
        let features = school.features("some words of a comment");
        let lesson = |class| Lesson::new(&school.model, &school.prior, &features, class, &[]);
        let one = lesson(Class::Spam).changes(&school.model, &features, &[]);
        let other = lesson(Class::Fine).changes(&school.model, &features, &[]);
        let (mut first, mut second) = (school.model.clone(), school.model.clone());
        first.apply(&one);
        first.apply(&other);
        second.apply(&other);
        second.apply(&one);
        assert_eq!(first, second);
        assert_eq!(Model::from_cells(first.cells().to_vec()).as_ref(), Ok(&first));
    }

    #[test]
    fn cells_of_another_size_are_no_model() {
        assert_eq!(Model::from_cells(vec![0; 3]), Err(ModelError { found: 3 }));
    }
}
