//! What is told of the queue: how many comments are where, and how long the oldest wait.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::domain::{SiteName, Timestamp};
use crate::queue::Counts;

/// The queue's part of the metrics.
#[derive(Clone)]
pub struct Waiting {
    comments: Family<StateLabels, Gauge>,
    oldest: Family<StateLabels, Gauge<f64, AtomicU64>>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StateLabels {
    site: String,
    state: &'static str,
}

impl Waiting {
    /// All at zero, on the page of `registry`.
    pub(super) fn register(registry: &mut Registry) -> Self {
        let waiting = Self { comments: Family::default(), oldest: Family::default() };
        let help = "Comments in each state, and of the waiting ones those under a live claim";
        registry.register("queue_comments", help, waiting.comments.clone());
        let help = "How long the oldest comment of a state has been waiting; 0 when none waits";
        registry.register_with_unit("queue_oldest_age", help, Unit::Seconds, waiting.oldest.clone());
        waiting
    }

    /// Tells how many comments are where.
    pub fn tell(&self, site: &SiteName, counts: &Counts, now: Timestamp) {
        let labels = |state| StateLabels { site: site.to_string(), state };
        let Counts { pending, escalated, approved, rejected, withdrawn, claimed, .. } = counts;
        for (state, count) in [
            ("pending", pending),
            ("escalated", escalated),
            ("approved", approved),
            ("rejected", rejected),
            ("withdrawn", withdrawn),
            ("claimed", claimed),
        ] {
            self.comments.get_or_create(&labels(state)).set(i64::try_from(*count).unwrap_or(i64::MAX));
        }
        for (state, oldest) in [("pending", counts.oldest_pending), ("escalated", counts.oldest_escalated)] {
            let age = oldest.map_or(0.0, |oldest| now.since(oldest).as_secs_f64());
            self.oldest.get_or_create(&labels(state)).set(age);
        }
    }
}
