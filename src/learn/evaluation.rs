//! How good a judgement is: figures from scores and the truth.

/// One judged comment: its score, and whether it should have been rejected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The higher, the surer of rejection.
    pub score: f64,
    /// The truth.
    pub positive: bool,
}

/// Counts of right and wrong at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confusion {
    /// Rightly rejected.
    pub true_positives: u64,
    /// Wrongly rejected.
    pub false_positives: u64,
    /// Rightly let through.
    pub true_negatives: u64,
    /// Wrongly let through.
    pub false_negatives: u64,
}

impl Confusion {
    /// Counts with everything from `threshold` on rejected.
    pub fn at(judged: &[Judged], threshold: f64) -> Self {
        let mut counts = Self::default();
        for one in judged {
            *match (one.score >= threshold, one.positive) {
                (true, true) => &mut counts.true_positives,
                (true, false) => &mut counts.false_positives,
                (false, false) => &mut counts.true_negatives,
                (false, true) => &mut counts.false_negatives,
            } += 1;
        }
        counts
    }

    /// Share of the rejected that deserved it; `None` when none was rejected.
    pub fn precision(&self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_positives)
    }

    /// Share of those that deserved it which were rejected; `None` when there were none.
    pub fn recall(&self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// Share of the innocent that were rejected; `None` when there were none.
    pub fn false_positive_rate(&self) -> Option<f64> {
        share(self.false_positives, self.false_positives + self.true_negatives)
    }

    /// Harmonic mean of precision and recall.
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)
    }

    /// Matthews' correlation, -1 to 1; `None` when one of the four margins is empty.
    pub fn matthews(&self) -> Option<f64> {
        let [tp, fp, tn, fneg] =
            [self.true_positives, self.false_positives, self.true_negatives, self.false_negatives]
                .map(|n| n as f64);
        let margins = (tp + fp) * (tp + fneg) * (tn + fp) * (tn + fneg);
        (margins > 0.0).then(|| (tp * tn - fp * fneg) / margins.sqrt())
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Area under the ROC curve: how often a rejected comment scores above an approved one, ties counting
/// half. `None` unless both kinds are there.
pub fn roc_auc(judged: &[Judged]) -> Option<f64> {
    let sorted = ascending(judged);
    let (mut positives, mut negatives, mut above) = (0.0, 0.0, 0.0);
    for ties in sorted.chunk_by(|one, other| one.score == other.score) {
        let tied_positives = ties.iter().filter(|one| one.positive).count() as f64;
        let tied_negatives = ties.len() as f64 - tied_positives;
        above += tied_positives * (negatives + tied_negatives / 2.0);
        positives += tied_positives;
        negatives += tied_negatives;
    }
    (positives > 0.0 && negatives > 0.0).then(|| above / (positives * negatives))
}

/// The largest recall at which at most `rate` of the innocent are rejected, and the threshold that
/// gives it. `None` unless both kinds are there.
pub fn recall_at(judged: &[Judged], rate: f64) -> Option<(f64, f64)> {
    let sorted = ascending(judged);
    let positives = sorted.iter().filter(|one| one.positive).count();
    let negatives = sorted.len() - positives;
    if positives == 0 || negatives == 0 {
        return None;
    }
    let bearable = (rate * negatives as f64).floor() as usize;
    let (mut caught, mut wrong, mut best) = (0, 0, (0.0, f64::INFINITY));
    for ties in sorted.chunk_by(|one, other| one.score == other.score).rev() {
        caught += ties.iter().filter(|one| one.positive).count();
        wrong += ties.iter().filter(|one| !one.positive).count();
        if wrong > bearable {
            break;
        }
        best = (caught as f64 / positives as f64, ties[0].score);
    }
    Some(best)
}

fn ascending(judged: &[Judged]) -> Vec<Judged> {
    let mut sorted = judged.to_vec();
    sorted.sort_by(|one, other| one.score.total_cmp(&other.score));
    sorted
}

/// The 95 % interval of a share by Wilson's method (JASA 22, 1927).
pub fn wilson(part: u64, whole: u64) -> Option<(f64, f64)> {
    let (share, whole) = (share(part, whole)?, whole as f64);
    let z = 1.959_964_f64;
    let middle = share + z * z / (2.0 * whole);
    let spread = z * (share * (1.0 - share) / whole + z * z / (4.0 * whole * whole)).sqrt();
    let scale = 1.0 + z * z / whole;
    Some(((middle - spread) / scale, (middle + spread) / scale))
}

/// The 95 % interval of any figure by drawing `rounds` samples with replacement, from a fixed seed.
/// `None` when the figure is defined for too few of them.
pub fn bootstrap(
    judged: &[Judged],
    rounds: usize,
    figure: impl Fn(&[Judged]) -> Option<f64>,
) -> Option<(f64, f64)> {
    let mut random = 0x2545_F491_4F6C_DD1Du64;
    let mut draw = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        judged[(random % judged.len() as u64) as usize]
    };
    if judged.is_empty() {
        return None;
    }
    let sample = |_| figure(&(0..judged.len()).map(|_| draw()).collect::<Vec<_>>());
    let mut figures: Vec<f64> = (0..rounds).filter_map(sample).collect();
    figures.sort_by(f64::total_cmp);
    if figures.len() < 40 {
        return None;
    }
    let edge = figures.len() / 40;
    Some((figures[edge], figures[figures.len() - 1 - edge]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(scores: &[(f64, bool)]) -> Vec<Judged> {
        scores.iter().map(|&(score, positive)| Judged { score, positive }).collect()
    }

    #[test]
    fn the_area_under_the_curve_counts_ties_half() {
        let some = judged(&[(0.1, false), (0.5, false), (0.5, true), (0.9, true)]);
        assert_eq!(roc_auc(&some), Some(0.875));
        assert_eq!(roc_auc(&judged(&[(0.1, true)])), None);
    }

    #[test]
    fn recall_at_a_rate_bears_just_so_many_mistakes() {
        let mut some = judged(&[(3.0, true), (2.0, false), (1.5, true), (1.0, false), (0.5, true)]);
        assert_eq!(recall_at(&some, 0.0), Some((1.0 / 3.0, 3.0)));
        assert_eq!(recall_at(&some, 0.5), Some((2.0 / 3.0, 1.5)));
        some.push(Judged { score: 3.0, positive: false });
        assert_eq!(recall_at(&some, 0.0), Some((0.0, f64::INFINITY)));
    }

    #[test]
    fn the_confusion_table_gives_the_known_figures() {
        let counts =
            Confusion { true_positives: 423, false_positives: 6, true_negatives: 3385, false_negatives: 86 };
        // Almeida et al. 2011, table 7, SVM: 83.10 % caught, 0.18 % blocked, MCC 0.893.
        assert!((counts.recall().unwrap() - 0.8310).abs() < 5e-5);
        assert!((counts.false_positive_rate().unwrap() - 0.0018).abs() < 5e-5);
        assert!((counts.matthews().unwrap() - 0.893).abs() < 5e-4);
        assert_eq!(Confusion::default().precision(), None);
    }

    #[test]
    fn wilsons_interval_is_the_textbooks() {
        let (low, high) = wilson(0, 10).unwrap();
        assert!(low.abs() < 1e-12 && (high - 0.2775).abs() < 1e-4);
        let (low, high) = wilson(50, 100).unwrap();
        assert!((low - 0.4038).abs() < 1e-4 && (high - 0.5962).abs() < 1e-4);
    }

    #[test]
    fn the_bootstrap_interval_holds_the_figure_and_repeats() {
        let some: Vec<_> =
            (0..400).map(|i| Judged { score: f64::from(i * 37 % 400), positive: i % 3 == 0 }).collect();
        let interval = bootstrap(&some, 200, roc_auc).unwrap();
        let figure = roc_auc(&some).unwrap();
        assert!(interval.0 < figure && figure < interval.1, "{interval:?} {figure}");
        assert_eq!(bootstrap(&some, 200, roc_auc), Some(interval));
    }
}
