//! From log-odds to honest probabilities, from those to points, and to thresholds that the moderators'
//! own recent decisions bear out.

use super::layout::{BINS, bin_middle};

/// Probability far below which a comment gets next to no points.
const NEUTRAL: f64 = 0.02;
/// Points beyond which certainty adds nothing.
pub const MOST_POINTS: f64 = 12.0;
/// Share of wrong decisions that is borne in the bin at a threshold.
const WORST_BIN: f64 = 0.1;
/// How strongly the uncalibrated score is believed, in decisions.
const BELIEF: f64 = 20.0;

/// The probability with these log-odds.
pub fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Points towards a verdict's score: the log-odds above those of a probability of 2 %, levelling off towards 0 below them, so
/// that the score still tells the unlikely from the very unlikely. 0.2 % gives 0.1 points, 2 % 0.7, 50 % 3.9, 75 % 5.0,
/// 90 % 6.1, 99 % 8.5, and nothing more than [`MOST_POINTS`].
pub fn points(log_odds: f32) -> f64 {
    let neutral = (NEUTRAL / (1.0 - NEUTRAL)).ln();
    (f64::from(log_odds) - neutral).exp().ln_1p().min(MOST_POINTS)
}

/// How well scores foretold what moderators decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    slope: f32,
    offset: f32,
    outcomes: Vec<[u32; 2]>,
}

/// Scores at which the filter may decide alone. Log-odds before calibration.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Thresholds {
    /// Below this, publish; `None` while recent decisions do not bear any out.
    pub publish_below: Option<f32>,
    /// From this on, reject.
    pub reject_from: Option<f32>,
}

impl Default for Calibration {
    fn default() -> Self {
        Self::new(&[[0; 2]; BINS])
    }
}

impl Calibration {
    /// From counts of approved and rejected comments by the bin of their score.
    ///
    /// The two numbers of Platt's method, fitted by Newton steps and held near 1 and 0 by a Gaussian
    /// belief, so that few decisions change little.
    pub fn new(outcomes: &[[u32; 2]; BINS]) -> Self {
        let (mut slope, mut offset) = (1.0f64, 0.0f64);
        for _ in 0..12 {
            let mut gradient = [BELIEF * (1.0 - slope), BELIEF / 10.0 * -offset];
            let mut curvature = [BELIEF, 0.0, BELIEF / 10.0];
            for (bin, &[fine, rejected]) in outcomes.iter().enumerate() {
                let score = f64::from(bin_middle(bin));
                let count = f64::from(fine) + f64::from(rejected);
                let expected = 1.0 / (1.0 + (-(slope * score + offset)).exp());
                let error = f64::from(rejected) - count * expected;
                let spread = count * expected * (1.0 - expected);
                gradient = [gradient[0] + error * score, gradient[1] + error];
                curvature[0] += spread * score * score;
                curvature[1] += spread * score;
                curvature[2] += spread;
            }
            let determinant = curvature[0] * curvature[2] - curvature[1] * curvature[1];
            slope += (curvature[2] * gradient[0] - curvature[1] * gradient[1]) / determinant;
            offset += (curvature[0] * gradient[1] - curvature[1] * gradient[0]) / determinant;
            slope = slope.clamp(0.2, 5.0);
            offset = offset.clamp(-6.0, 6.0);
        }
        Self { slope: slope as f32, offset: offset as f32, outcomes: outcomes.to_vec() }
    }

    /// Calibrated log-odds.
    pub fn log_odds(&self, score: f32) -> f32 {
        self.slope * score + self.offset
    }

    /// Where the filter may decide alone when `accepted`, from 0 to 1, of what it publishes and of what
    /// it rejects may be wrong. Mistakes are counted at their worst within the luck of the draw, so that without
    /// enough decisions (200 for 0.5 %) there is no threshold. It never lies where nine in ten decisions are
    /// not known to have gone the right way, however many did further out.
    pub fn thresholds(&self, accepted: f64) -> Thresholds {
        let bins = || self.outcomes.iter().enumerate();
        let publish = furthest(bins().map(|(bin, &[fine, rejected])| (bin, fine, rejected)), accepted);
        let reject = furthest(bins().rev().map(|(bin, &[fine, rejected])| (bin, rejected, fine)), accepted);
        Thresholds {
            publish_below: publish.map(|bin| bin_middle(bin) + 0.25),
            reject_from: reject.map(|bin| bin_middle(bin) - 0.25),
        }
    }

    /// How many recent decisions it rests on.
    pub fn decisions(&self) -> u32 {
        self.outcomes.iter().flatten().sum()
    }

    /// Of recent comments scored from `from` on and below `below`, how many were approved and rejected.
    pub fn between(&self, from: f32, below: f32) -> [u32; 2] {
        let within = |bin: usize| (from..below).contains(&bin_middle(bin));
        let outcomes = self.outcomes.iter().enumerate().filter(|&(bin, _)| within(bin));
        outcomes.fold([0, 0], |sum, (_, &[fine, rejected])| [sum[0] + fine, sum[1] + rejected])
    }
}

/// The last of the bins, each with its right and wrong decisions, up to which the mistakes are bearable.
fn furthest(bins: impl Iterator<Item = (usize, u32, u32)>, accepted: f64) -> Option<usize> {
    let (mut furthest, mut wrong, mut all) = (None, 0, 0);
    for (bin, right, wrong_here) in bins {
        wrong += wrong_here;
        all += right + wrong_here;
        let is_bearable = |mistakes: f64, all: u32, share: f64| mistakes <= share * f64::from(all + 1);
        let is_known = is_bearable(f64::from(wrong_here + 1), right + wrong_here, WORST_BIN);
        if is_known && is_bearable(at_worst(wrong), all, accepted) {
            furthest = Some(bin);
        }
    }
    furthest
}

/// What `wrong` mistakes may have been but for luck: one more, and a standard deviation. The furthest threshold
/// that recent decisions bear out is one that was lucky.
fn at_worst(wrong: u32) -> f64 {
    let wrong = f64::from(wrong);
    wrong + 1.0 + wrong.sqrt()
}

/// Whether a comment that the filter could decide alone still goes to a moderator, so that the
/// estimate stays honest. `id_hash` draws the lot: the same comment always gets the same.
pub fn is_sampled(id_hash: u64, share: f64) -> bool {
    (id_hash >> 11) as f64 / (1u64 << 53) as f64 <= share && share > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(of: impl Fn(f32) -> [u32; 2]) -> [[u32; 2]; BINS] {
        std::array::from_fn(|bin| of(bin_middle(bin)))
    }

    #[test]
    fn points_grow_with_the_odds_and_stay_in_bounds() {
        let at = |probability: f32| points((probability / (1.0 - probability)).ln());
        for (probability, points) in
            [(0.0001, 0.0), (0.002, 0.1), (0.02, 0.7), (0.5, 3.9), (0.75, 5.0), (0.9, 6.1)]
        {
            assert!((at(probability) - points).abs() < 0.05, "{probability}: {}", at(probability));
        }
        assert_eq!(points(100.0), MOST_POINTS);
    }

    #[test]
    fn without_decisions_the_score_is_believed() {
        let calibration = Calibration::default();
        assert_eq!(calibration.log_odds(2.0), 2.0);
        assert_eq!(calibration.thresholds(0.005), Thresholds::default());
    }

    #[test]
    fn a_score_that_promised_too_much_is_moderated() {
        let calibration = Calibration::new(&outcomes(|score| match score {
            1.75 => [50, 50],
            -1.75 => [95, 5],
            _ => [0, 0],
        }));
        assert!(probability(calibration.log_odds(1.75)) < 0.6, "{calibration:?}");
        assert!(calibration.log_odds(2.0) > calibration.log_odds(1.0));
    }

    #[test]
    fn thresholds_lie_where_recent_mistakes_are_bearable() {
        let calibration = Calibration::new(&outcomes(|score| match score {
            _ if score < -4.0 => [30, 0],
            _ if score < 4.0 => [5, 5],
            _ => [0, 30],
        }));
        let thresholds = calibration.thresholds(0.005);
        assert_eq!(thresholds.publish_below, Some(-4.0));
        assert_eq!(thresholds.reject_from, Some(4.0));
    }

    #[test]
    fn mistakes_weigh_more_than_they_count_since_the_furthest_threshold_is_a_lucky_one() {
        let with_mistakes = |fine: u32, wrong: u32| {
            let few = outcomes(|score| if score == -5.25 { [fine, wrong] } else { [0, 0] });
            Calibration::new(&few).thresholds(0.005).publish_below
        };
        assert_eq!(with_mistakes(1_000, 4), None, "seven at worst, of which 0.5 % are 1 400");
        assert_eq!(with_mistakes(1_400, 4), Some(-5.0));
    }

    #[test]
    fn no_threshold_lies_where_nothing_was_decided_or_most_went_the_other_way() {
        let approved = Calibration::new(&outcomes(|score| if score == -5.25 { [300, 0] } else { [0, 0] }));
        let thresholds = approved.thresholds(0.005);
        assert_eq!((thresholds.publish_below, thresholds.reject_from), (Some(-5.0), None));
        assert_eq!(approved.between(f32::MIN, -5.0), [300, 0]);
        let sure = Calibration::new(&outcomes(|score| match score {
            -5.25 => [2_000, 0],
            2.75 => [0, 3],
            _ => [0, 0],
        }));
        assert_eq!(sure.thresholds(0.005).publish_below, Some(-5.0));
    }

    #[test]
    fn the_sample_has_the_share_that_was_asked_for() {
        let hashes = (0..20_000u64).map(|id| xxhash_rust::xxh3::xxh3_64(&id.to_le_bytes()));
        let sampled = hashes.filter(|&hash| is_sampled(hash, 0.05)).count();
        assert!((900..1_100).contains(&sampled), "{sampled}");
        assert!(!is_sampled(0, 0.0));
    }
}
