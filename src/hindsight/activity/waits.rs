//! Quantiles of spans of time, in bounded memory.

use std::collections::BTreeMap;
use std::time::Duration;

/// The width of a class: spans that differ by less are told alike.
const RATIO: f64 = 1.02;

/// Spans counted by class, each two per cent longer than the one before: what is told of them is at most that
/// much too long.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Waits {
    classes: BTreeMap<u32, u64>,
    count: u64,
    longest: Duration,
}

impl Waits {
    /// Counts a span.
    pub fn add(&mut self, span: Duration) {
        let millis = span.as_millis().max(1) as f64;
        *self.classes.entry((millis.ln() / RATIO.ln()).floor() as u32).or_default() += 1;
        self.count += 1;
        self.longest = self.longest.max(span);
    }

    /// The span that this share of all had at most; `None` when there is none.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let rank = (self.count as f64 * share).ceil().max(1.0) as u64;
        let mut below = 0;
        let class = self.classes.iter().find(|(_, count)| {
            below += **count;
            below >= rank
        });
        let end = |class: u32| Duration::from_millis(RATIO.powi(class as i32 + 1).ceil() as u64);
        class.map(|(&class, _)| end(class).min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn of_nothing_there_is_no_quantile_and_of_one_it_is_that() {
        let mut waits = Waits::default();
        assert_eq!(waits.quantile(0.5), None);
        waits.add(Duration::from_secs(90));
        assert_eq!(
            (waits.quantile(0.5), waits.quantile(0.9)),
            (Some(Duration::from_secs(90)), Some(Duration::from_secs(90)))
        );
    }

    proptest! {
        #[test]
        fn a_quantile_is_at_most_two_per_cent_too_long(
            mut spans in proptest::collection::vec(1_u64..4_000_000_000, 1..200),
            share in 0.01_f64..1.0,
        ) {
            let mut waits = Waits::default();
            spans.iter().for_each(|&span| waits.add(Duration::from_millis(span)));
            spans.sort_unstable();
            let exact = spans[((spans.len() as f64 * share).ceil() as usize).max(1) - 1] as f64;
            let told = waits.quantile(share).unwrap().as_millis() as f64;
            prop_assert!(told >= exact && told <= exact * RATIO + 1.0, "{told} for {exact}");
        }
    }
}
