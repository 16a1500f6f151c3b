//! Whether what the learned filter held probable came true.

/// The upper ends of the ranges of probability: narrow where decisions are made.
const ENDS: [f32; 12] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, f32::INFINITY];

/// A range of probabilities and what became of the comments in it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CalibrationBin {
    /// Their probabilities of being rejected, added up.
    sum: f64,
    /// How many of them moderators rejected.
    rejected: u64,
    /// How many they are.
    pub count: u64,
}

impl CalibrationBin {
    /// The mean probability that the filter gave them.
    pub fn predicted(&self) -> f64 {
        self.sum / self.count as f64
    }

    /// The share that moderators rejected.
    pub fn observed(&self) -> f64 {
        self.rejected as f64 / self.count as f64
    }
}

/// All ranges.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bins([CalibrationBin; ENDS.len()]);

impl Bins {
    /// Counts a comment that was decided.
    pub fn add(&mut self, probability: f32, rejected: bool) {
        let bin = &mut self.0[ENDS.iter().position(|end| probability < *end).unwrap_or(ENDS.len() - 1)];
        bin.sum += f64::from(probability);
        bin.rejected += u64::from(rejected);
        bin.count += 1;
    }

    /// Those that have comments, by ascending probability.
    pub fn filled(&self) -> Vec<CalibrationBin> {
        self.0.iter().filter(|bin| bin.count > 0).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_tells_what_was_predicted_and_what_was_observed() {
        let mut bins = Bins::default();
        for (probability, rejected) in [(0.60, true), (0.64, true), (0.62, false), (1.0, true)] {
            bins.add(probability, rejected);
        }
        let filled = bins.filled();
        assert_eq!(filled.len(), 2);
        assert!(
            (filled[0].predicted() - 0.62).abs() < 1e-6 && (filled[0].observed() - 2.0 / 3.0).abs() < 1e-9
        );
        assert_eq!((filled[1].count, filled[1].observed()), (1, 1.0));
    }
}
