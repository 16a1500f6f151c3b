//! What is counted of the learned models.

use std::sync::atomic::AtomicI64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::domain::SiteName;
use crate::learner::Progress;

type BySite = Family<SiteLabels, Gauge<i64, AtomicI64>>;

/// The learner's part of the metrics.
#[derive(Clone)]
pub struct Learning {
    revisions: BySite,
    lessons: BySite,
    lag: BySite,
    memory: Gauge<i64, AtomicI64>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SiteLabels {
    site: String,
}

impl Learning {
    /// All at zero, on the page of `registry`.
    pub(super) fn register(registry: &mut Registry) -> Self {
        let learning = Self {
            revisions: BySite::default(),
            lessons: BySite::default(),
            lag: BySite::default(),
            memory: Gauge::default(),
        };
        let Self { revisions, lessons, lag, memory } = &learning;
        registry.register("model_revision", "Revision of the learned model in force", revisions.clone());
        let help = "Moderators' decisions that the learned model rests on, those undone left out";
        registry.register("model_lessons", help, lessons.clone());
        registry.register("model_lag_events", "Events that were not learned from yet", lag.clone());
        let help = "Memory that the learned models of all sites take";
        registry.register_with_unit("models_memory", help, Unit::Bytes, memory.clone());
        learning
    }

    /// Tells how far a site's model is.
    pub fn progress(&self, site: &SiteName, progress: &Progress) {
        let set = |family: &BySite, value: u64| {
            let labels = SiteLabels { site: site.to_string() };
            family.get_or_create(&labels).set(i64::try_from(value).unwrap_or(i64::MAX));
        };
        set(&self.revisions, progress.revision);
        set(&self.lag, progress.behind);
        if let Some(lessons) = progress.lessons {
            set(&self.lessons, lessons.into());
        }
    }

    /// Tells what all models take.
    pub fn memory(&self, bytes: usize) {
        self.memory.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }
}
