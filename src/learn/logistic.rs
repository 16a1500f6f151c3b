//! Regularised logistic regression on sparse features.
//!
//! Dual coordinate descent after Yu, Huang and Lin, "Dual coordinate descent methods for logistic
//! regression and maximum entropy models", Machine Learning 85 (2011), algorithm 5. The order in
//! which examples are visited is drawn from a fixed seed, so that the same files give the same weights.

/// A labelled example.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Slots and values.
    pub features: Vec<(u32, f32)>,
    /// Whether it belongs to the class.
    pub positive: bool,
    /// What it costs to get it wrong, relative to others.
    pub weight: f64,
}

/// Weights by slot, and the intercept.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// One a slot.
    pub weights: Vec<f32>,
    /// Added to every score.
    pub intercept: f32,
}

impl Linear {
    /// The log-odds of the class.
    pub fn score(&self, features: &[(u32, f32)]) -> f32 {
        let sum: f32 = features.iter().map(|&(slot, value)| self.weights[slot as usize] * value).sum();
        sum + self.intercept
    }
}

/// The sign and size of each feature's evidence by itself: the smoothed log-ratio of how often the
/// two classes have it. 0 for features that no example has.
pub fn log_ratios(examples: &[Example], slots: usize, smoothing: f32) -> Vec<f32> {
    let mut seen = vec![[0.0f32; 2]; slots];
    let mut totals = [0.0f32; 2];
    for example in examples {
        let class = usize::from(example.positive);
        totals[class] += example.weight as f32;
        for &(slot, _) in &example.features {
            seen[slot as usize][class] += example.weight as f32;
        }
    }
    let rate = |count: f32, class: usize| (count + smoothing) / (totals[class] + 2.0 * smoothing);
    seen.iter()
        .map(|&[rest, class]| if rest + class > 0.0 { (rate(class, 1) / rate(rest, 0)).ln() } else { 0.0 })
        .collect()
}

const NEWTON_STEPS: usize = 30;
/// An example that moves less than this has settled for now.
const SETTLED: f64 = 1e-4;
/// The most rounds that a settled example is left out of.
const LONGEST_REST: u32 = 4;

/// Fits the weights. `cost` is the inverse of the regularisation; 20 to 60 `rounds` settle it.
pub fn fit(examples: &[Example], slots: usize, cost: f64, rounds: usize) -> Linear {
    let mut linear = Linear { weights: vec![0.0; slots], intercept: 0.0 };
    let mut duals: Vec<Dual> = examples.iter().map(|example| Dual::new(example, cost)).collect();
    for (example, dual) in examples.iter().zip(&duals) {
        dual.shift(&mut linear, example, dual.alpha);
    }
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut random = 0x9E37_79B9_7F4A_7C15u64;
    for _ in 0..rounds {
        shuffle(&mut order, &mut random);
        for &index in &order {
            if duals[index].rests() {
                continue;
            }
            let change = duals[index].improve(&linear, &examples[index]);
            duals[index].shift(&mut linear, &examples[index], change);
            duals[index].pace(change);
        }
    }
    linear
}

struct Dual {
    alpha: f64,
    rest: f64,
    bound: f64,
    norm: f64,
    sign: f64,
    /// Rounds in a row in which it did not move, and how many more it is left out of.
    still: u32,
    rest_rounds: u32,
}

impl Dual {
    fn new(example: &Example, cost: f64) -> Self {
        let bound = cost * example.weight;
        let alpha = (0.001 * bound).min(1e-8);
        let norm = 1.0 + example.features.iter().map(|&(_, value)| f64::from(value).powi(2)).sum::<f64>();
        let sign = if example.positive { 1.0 } else { -1.0 };
        Self { alpha, rest: bound - alpha, bound, norm, sign, still: 0, rest_rounds: 0 }
    }

    /// Whether it is left out of this round: most examples settle soon, and time goes to the others.
    fn rests(&mut self) -> bool {
        let rests = self.rest_rounds > 0;
        self.rest_rounds = self.rest_rounds.saturating_sub(1);
        rests
    }

    fn pace(&mut self, change: f64) {
        self.still = if change.abs() > SETTLED { 0 } else { (self.still + 1).min(LONGEST_REST) };
        self.rest_rounds = self.still;
    }

    fn shift(&self, linear: &mut Linear, example: &Example, change: f64) {
        let step = (change * self.sign) as f32;
        for &(slot, value) in &example.features {
            linear.weights[slot as usize] += step * value;
        }
        linear.intercept += step;
    }

    /// Solves the sub-problem of one example; returns by how much its dual variable moved.
    fn improve(&mut self, linear: &Linear, example: &Example) -> f64 {
        let margin = self.sign * f64::from(linear.score(&example.features));
        let before = self.alpha;
        let (forward, start) = self.start(margin);
        let slope = if forward { margin } else { -margin };
        let old = if forward { self.alpha } else { self.rest };
        let mut z = start;
        for _ in 0..NEWTON_STEPS {
            let gradient = self.norm * (z - old) + slope + (z / (self.bound - z)).ln();
            if gradient.abs() < 1e-6 {
                break;
            }
            let curvature = self.norm + self.bound / (z * (self.bound - z));
            let next = z - gradient / curvature;
            z = if next <= 0.0 { z * 0.1 } else { next.min(self.bound * (1.0 - 1e-12)) };
        }
        (self.alpha, self.rest) = if forward { (z, self.bound - z) } else { (self.bound - z, z) };
        self.alpha - before
    }

    /// From which side to approach, and where to begin, so that Newton's method converges.
    fn start(&self, margin: f64) -> (bool, f64) {
        let forward = margin > 0.5 * self.norm * (self.rest - self.alpha);
        let old = if forward { self.alpha } else { self.rest };
        let begin = if old > self.bound * 0.5 { 0.1 * old } else { old };
        (forward, begin.max(f64::MIN_POSITIVE))
    }
}

fn shuffle(order: &mut [usize], state: &mut u64) {
    for index in (1..order.len()).rev() {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        order.swap(index, (*state % (index as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(features: &[(u32, f32)], positive: bool) -> Example {
        Example { features: features.to_vec(), positive, weight: 1.0 }
    }

    #[test]
    fn the_fit_is_where_the_regularised_loss_is_least() {
        let examples = [
            example(&[(0, 1.0), (1, 0.5)], true),
            example(&[(0, 1.0)], true),
            example(&[(1, 1.0)], false),
            example(&[(0, 0.2), (2, 1.0)], false),
        ];
        let cost = 2.0;
        let loss = |linear: &Linear| {
            let norm: f64 =
                linear.weights.iter().chain([&linear.intercept]).map(|&w| f64::from(w).powi(2)).sum();
            let miss = |example: &Example| {
                let sign = if example.positive { 1.0 } else { -1.0 };
                (-sign * f64::from(linear.score(&example.features))).exp().ln_1p()
            };
            norm / 2.0 + cost * examples.iter().map(miss).sum::<f64>()
        };
        let best = fit(&examples, 3, cost, 200);
        for slot in 0..3 {
            for change in [-0.01, 0.01] {
                let mut other = best.clone();
                other.weights[slot] += change;
                assert!(loss(&other) > loss(&best), "{slot} {change}");
            }
        }
    }

    #[test]
    fn log_ratios_have_the_sign_of_the_class_and_none_for_the_unseen() {
        let examples = [example(&[(0, 1.0)], true), example(&[(1, 1.0)], false)];
        let ratios = log_ratios(&examples, 3, 0.5);
        assert!(ratios[0] > 0.0 && ratios[0] == -ratios[1] && ratios[2] == 0.0);
    }
}
