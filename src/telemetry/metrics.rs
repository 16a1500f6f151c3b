//! What is counted, and the page that shows it. Label sets are bounded: sites come from the operator, methods from
//! the contract, rules and limits from the policies with a cap, and nothing from a caller.

use std::sync::Arc;

use prometheus_client::encoding::text;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use super::calls::Calls;
use super::feeds::Feeds;
use super::learning::Learning;
use super::page::{Format, plain};
use super::process::Process;
use super::road::Road;
use super::store::StoreMetrics;
use super::waiting::Waiting;
use crate::domain::SiteName;

/// The metrics of one process, a part for each thing that is watched. Clones share their numbers.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    /// Calls.
    pub calls: Calls,
    /// Verdicts, findings and limits.
    pub road: Road,
    /// The queue.
    pub waiting: Waiting,
    /// The store.
    pub store: StoreMetrics,
    /// The decision feeds.
    pub feeds: Feeds,
    /// The learned models.
    pub learning: Learning,
}

impl Metrics {
    /// All at zero, for a process that serves `sites`.
    pub fn new(sites: &[SiteName]) -> Self {
        let mut registry = Registry::default();
        registry.sub_registry_with_prefix("process").register_collector(Box::new(Process));
        let own = registry.sub_registry_with_prefix("modqueue");
        let version = own.sub_registry_with_label(("version".into(), env!("CARGO_PKG_VERSION").into()));
        version.register(
            "build_info",
            "1, with the version of the program that answers",
            ConstGauge::new(1_i64),
        );
        let feeds = Feeds::new(sites);
        own.register_collector(Box::new(feeds.clone()));
        let (calls, road) = (Calls::register(own), Road::register(own, sites));
        let (waiting, store) = (Waiting::register(own), StoreMetrics::register(own));
        let learning = Learning::register(own);
        Self { registry: Arc::new(registry), calls, road, waiting, store, feeds, learning }
    }

    /// The numbers as text.
    pub fn render(&self, format: Format) -> String {
        let mut page = String::new();
        text::encode(&mut page, &self.registry).expect("writing to a string cannot fail");
        match format {
            Format::OpenMetrics => page,
            Format::Plain => plain(&page),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::learner::Progress;
    use crate::queue::Counts;
    use crate::telemetry::Hit;

    #[test]
    fn what_was_counted_is_on_the_page() {
        let site = SiteName::new("default").unwrap();
        let metrics = Metrics::new(std::slice::from_ref(&site));
        metrics.road.limit_hit(&site, "author", Hit::Refused);
        let counts = Counts { pending: 3, oldest_pending: Some(Timestamp(1000)), ..Counts::default() };
        metrics.waiting.tell(&site, &counts, Timestamp(3500));
        let progress = Progress { revision: 7, lessons: Some(5), behind: 2 };
        metrics.learning.progress(&site, &progress);
        metrics.learning.memory(1024);
        let page = metrics.render(Format::OpenMetrics);
        for line in [
            "modqueue_limit_hits_total{site=\"default\",limit=\"author\",outcome=\"refused\"} 1",
            "modqueue_queue_comments{site=\"default\",state=\"pending\"} 3",
            "modqueue_queue_oldest_age_seconds{site=\"default\",state=\"pending\"} 2.5",
            "modqueue_model_revision{site=\"default\"} 7",
            "modqueue_model_lessons{site=\"default\"} 5",
            "modqueue_model_lag_events{site=\"default\"} 2",
            "modqueue_models_memory_bytes 1024",
        ] {
            assert!(page.contains(line), "{line}\n{page}");
        }
    }
}
