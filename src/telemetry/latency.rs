//! How long things took, counted without a lock.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};

/// A histogram of seconds. Clones share their numbers. The crate's own takes a lock at each observation.
#[derive(Clone, Debug)]
pub struct Latency(Arc<Buckets>);

#[derive(Debug)]
struct Buckets {
    /// The upper bounds in seconds, ascending; one bucket more than these has the rest.
    bounds: &'static [f64],
    counts: Box<[AtomicU64]>,
    nanoseconds: AtomicU64,
}

impl Latency {
    /// Nothing was seen; `bounds` are in seconds, ascending.
    pub(super) fn new(bounds: &'static [f64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self(Arc::new(Buckets { bounds, counts, nanoseconds: AtomicU64::new(0) }))
    }

    /// Counts something that took this long.
    pub fn observe(&self, took: Duration) {
        let Buckets { bounds, counts, nanoseconds } = &*self.0;
        let seconds = took.as_secs_f64();
        let bucket = bounds.partition_point(|bound| *bound < seconds);
        counts[bucket].fetch_add(1, Relaxed);
        nanoseconds.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Relaxed);
    }
}

impl TypedMetric for Latency {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for Latency {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        let Buckets { bounds, counts, nanoseconds } = &*self.0;
        let upper = bounds.iter().copied().chain([f64::INFINITY]);
        let buckets: Vec<_> = upper.zip(counts.iter().map(|count| count.load(Relaxed))).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = Duration::from_nanos(nanoseconds.load(Relaxed)).as_secs_f64();
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duration_falls_into_the_first_bucket_that_holds_it() {
        let latency = Latency::new(&[0.001, 0.01]);
        for millis in [1, 1, 10, 11] {
            latency.observe(Duration::from_millis(millis));
        }
        let counts: Vec<_> = latency.0.counts.iter().map(|count| count.load(Relaxed)).collect();
        assert_eq!(counts, [2, 1, 1]);
        assert_eq!(latency.0.nanoseconds.load(Relaxed), 23_000_000);
    }
}
