//! What is counted. Label sets are bounded: sites and limits come from the operator, never from a caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::learning::Learning;
use crate::domain::{Action, SiteName, Timestamp};
use crate::queue::Counts;

/// The metrics of one process. Clones share their numbers.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    verdicts: Family<VerdictLabels, Counter<u64, AtomicU64>>,
    refusals: Family<LimitLabels, Counter<u64, AtomicU64>>,
    comments: Family<StateLabels, Gauge<i64, AtomicI64>>,
    oldest: Family<SiteLabels, Gauge<f64, AtomicU64>>,
    store_up: Gauge<i64, AtomicI64>,
    store_warnings: Gauge<i64, AtomicI64>,
    learning: Learning,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct VerdictLabels {
    site: String,
    action: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct LimitLabels {
    site: String,
    limit: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StateLabels {
    site: String,
    state: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SiteLabels {
    site: String,
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("modqueue");
        let (verdicts, refusals) = (Family::default(), Family::default());
        let (comments, oldest) = (Family::default(), Family::default());
        let (store_up, store_warnings) = (Gauge::default(), Gauge::default());
        registry.register("verdicts", "Comments taken in, by what the policy said", verdicts.clone());
        registry.register("rate_limited", "Submissions refused by a rate limit", refusals.clone());
        registry.register(
            "queue_comments",
            "Comments in each state, and those under a live claim",
            comments.clone(),
        );
        registry.register_with_unit(
            "queue_oldest_age",
            "Age of the oldest pending comment",
            Unit::Seconds,
            oldest.clone(),
        );
        registry.register("store_up", "1 while the queue store answers", store_up.clone());
        let warnings = "Settings under which the store may lose acknowledged comments; the log names them";
        registry.register("store_warnings", warnings, store_warnings.clone());
        let learning = Learning::register(&mut registry);
        let registry = Arc::new(registry);
        Self { registry, verdicts, refusals, comments, oldest, store_up, store_warnings, learning }
    }

    /// Counts a comment taken in.
    pub fn verdict(&self, site: &SiteName, action: Action) {
        let action = match action {
            Action::Publish => "publish",
            Action::Hold => "hold",
            Action::Reject => "reject",
        };
        let labels = VerdictLabels { site: site.to_string(), action: action.to_owned() };
        self.verdicts.get_or_create(&labels).inc();
    }

    /// Counts a submission that a limit refused.
    pub fn limited(&self, site: &SiteName, limit: &str) {
        self.refusals.get_or_create(&LimitLabels { site: site.to_string(), limit: limit.to_owned() }).inc();
    }

    /// Tells how many comments are where.
    pub fn queue(&self, site: &SiteName, counts: &Counts, now: Timestamp) {
        let Counts { pending, escalated, approved, rejected, withdrawn, claimed, oldest_pending } = counts;
        for (state, count) in [
            ("pending", pending),
            ("escalated", escalated),
            ("approved", approved),
            ("rejected", rejected),
            ("withdrawn", withdrawn),
            ("claimed", claimed),
        ] {
            let labels = StateLabels { site: site.to_string(), state: state.to_owned() };
            self.comments.get_or_create(&labels).set(i64::try_from(*count).unwrap_or(i64::MAX));
        }
        let age = oldest_pending.map_or(0.0, |oldest| now.since(oldest).as_secs_f64());
        self.oldest.get_or_create(&SiteLabels { site: site.to_string() }).set(age);
    }

    /// Tells whether the store answers.
    pub fn store_is_up(&self, up: bool) {
        self.store_up.set(i64::from(up));
    }

    /// Tells under how many settings the store may lose acknowledged comments.
    pub fn store_may_lose(&self, warnings: usize) {
        self.store_warnings.set(i64::try_from(warnings).unwrap_or(i64::MAX));
    }

    /// What is counted of the learned models.
    pub fn learning(&self) -> &Learning {
        &self.learning
    }

    /// The numbers as OpenMetrics text.
    pub fn render(&self) -> String {
        let mut page = String::new();
        text::encode(&mut page, &self.registry).expect("writing to a string cannot fail");
        page
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learner::Progress;

    #[test]
    fn what_was_counted_is_on_the_page() {
        let (metrics, site) = (Metrics::new(), SiteName::new("default").unwrap());
        metrics.verdict(&site, Action::Hold);
        metrics.limited(&site, "author");
        let counts = Counts { pending: 3, oldest_pending: Some(Timestamp(1000)), ..Counts::default() };
        metrics.queue(&site, &counts, Timestamp(3500));
        let progress = Progress { revision: 7, lessons: Some(5), behind: 2 };
        metrics.learning().progress(&site, &progress);
        metrics.learning().memory(1024);
        let page = metrics.render();
        for line in [
            "modqueue_verdicts_total{site=\"default\",action=\"hold\"} 1",
            "modqueue_rate_limited_total{site=\"default\",limit=\"author\"} 1",
            "modqueue_queue_comments{site=\"default\",state=\"pending\"} 3",
            "modqueue_queue_oldest_age_seconds{site=\"default\"} 2.5",
            "modqueue_model_revision{site=\"default\"} 7",
            "modqueue_model_lessons{site=\"default\"} 5",
            "modqueue_model_lag_events{site=\"default\"} 2",
            "modqueue_models_memory_bytes 1024",
        ] {
            assert!(page.contains(line), "{line}\n{page}");
        }
    }
}
