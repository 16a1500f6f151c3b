//! The store as it is seen from here: how long each operation takes, and what fails.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::latency::Latency;
use crate::domain::{AuthorRecord, Comment, CommentId, HistoryEntry, SiteName, Standing, Timestamp};
use crate::limit::{Charge, QuotaLeft};
use crate::queue::*;

/// Seconds; an operation takes a fraction of a millisecond, and an fsync some of them.
const BOUNDS: [f64; 13] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5];

/// The store's part of the metrics.
#[derive(Clone)]
pub struct StoreMetrics {
    durations: Family<OperationLabels, Latency, fn() -> Latency>,
    errors: Family<ErrorLabels, Counter>,
    up: Gauge,
    warnings: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OperationLabels {
    operation: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ErrorLabels {
    operation: &'static str,
    kind: &'static str,
}

impl StoreMetrics {
    /// All at zero, on the page of `registry`.
    pub(super) fn register(registry: &mut Registry) -> Self {
        let durations = Family::new_with_constructor((|| Latency::new(&BOUNDS)) as fn() -> Latency);
        let (up, warnings) = (Gauge::default(), Gauge::default());
        let store = Self { durations, errors: Family::default(), up, warnings };
        let Self { durations, errors, up, warnings } = &store;
        let help = "Time that the store took for an operation, waiting for a batch included";
        registry.register_with_unit("store_operation_duration", help, Unit::Seconds, durations.clone());
        let help = "Operations that failed: unavailable (no answer in time), damaged (an unreadable record), failed (refused, such as a full disk)";
        registry.register("store_errors", help, errors.clone());
        registry.register("store_up", "1 while the store answers", up.clone());
        let help = "Settings under which the store may lose acknowledged comments; the log names them";
        registry.register("store_warnings", help, warnings.clone());
        store
    }

    /// The same store, measured.
    pub fn measure(&self, queue: Arc<dyn Queue>) -> Arc<dyn Queue> {
        Arc::new(Measured { queue, meters: Meters::default(), metrics: self.clone() })
    }

    /// Tells whether the store answers.
    pub fn is_up(&self, up: bool) {
        self.up.set(i64::from(up));
    }

    /// Tells under how many settings the store may lose acknowledged comments.
    pub fn may_lose(&self, warnings: usize) {
        self.warnings.set(i64::try_from(warnings).unwrap_or(i64::MAX));
    }

    /// The durations of an operation; its errors begin at zero, so that the first one is seen as a rise.
    fn first_use(&self, operation: &'static str) -> Latency {
        for kind in KINDS {
            self.errors.get_or_create_owned(&ErrorLabels { operation, kind });
        }
        self.durations.get_or_create_owned(&OperationLabels { operation })
    }

    fn failed(&self, operation: &'static str, kind: &'static str) {
        self.errors.get_or_create(&ErrorLabels { operation, kind }).inc();
    }
}

const KINDS: [&str; 3] = ["unavailable", "damaged", "failed"];

fn kind(error: &QueueError) -> &'static str {
    let [unavailable, damaged, failed] = KINDS;
    match error {
        QueueError::Unavailable { .. } => unavailable,
        QueueError::Damaged { .. } => damaged,
        QueueError::Failed { .. } => failed,
    }
}

/// A store whose operations are measured.
struct Measured {
    queue: Arc<dyn Queue>,
    meters: Meters,
    metrics: StoreMetrics,
}

impl Measured {
    fn ended<T>(
        &self,
        meter: &OnceLock<Latency>,
        operation: &'static str,
        took: Duration,
        result: &Result<T, QueueError>,
    ) {
        meter.get_or_init(|| self.metrics.first_use(operation)).observe(took);
        if let Err(error) = result {
            self.metrics.failed(operation, kind(error));
        }
    }
}

/// Measures each operation of the trait.
macro_rules! measured {
    ($(fn $operation:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)+) => {
        /// The histogram of each operation, found when it is first used.
        #[derive(Default)]
        struct Meters {
            $($operation: OnceLock<Latency>,)+
        }

        #[async_trait]
        impl Queue for Measured {
            $(async fn $operation(&self, $($argument: $kind),*) -> Result<$answer, QueueError> {
                let began = Instant::now();
                let result = self.queue.$operation($($argument),*).await;
                self.ended(&self.meters.$operation, stringify!($operation), began.elapsed(), &result);
                result
            })+
        }
    };
}

measured! {
    fn recall(site: &SiteName, probe: Probe) -> Recalled;
    fn admit(site: &SiteName, admission: Admission) -> Admitted;
    fn import(site: &SiteName, waiting_cap: u64, imports: Vec<Import>) -> Vec<Imported>;
    fn quota(site: &SiteName, charges: &[Charge]) -> Vec<QuotaLeft>;
    fn revise(site: &SiteName, revision: Revision) -> Outcome;
    fn withdraw(site: &SiteName, withdrawal: Withdrawal) -> Outcome;
    fn report(site: &SiteName, report: Report) -> Reported;
    fn get(site: &SiteName, ids: &[CommentId]) -> Vec<Option<Comment>>;
    fn page(site: &SiteName, query: &PageQuery) -> Page;
    fn author_comments(site: &SiteName, query: &AuthorQuery) -> Page;
    fn history(site: &SiteName, id: &CommentId) -> Vec<HistoryEntry>;
    fn similar(site: &SiteName, id: &CommentId, after: Option<&CommentId>, limit: usize) -> Vec<CommentId>;
    fn counts(site: &SiteName) -> Counts;
    fn claim(site: &SiteName, request: ClaimRequest) -> Claimed;
    fn renew(site: &SiteName, claim_id: &str, ids: &[CommentId], lease: Duration) -> Renewed;
    fn release(site: &SiteName, claim_id: &str, ids: &[CommentId]) -> Vec<CommentId>;
    fn defer(site: &SiteName, reviewer: &str, id: &CommentId, span: Duration) -> ();
    fn deferred(site: &SiteName, reviewer: &str) -> Vec<CommentId>;
    fn decide(site: &SiteName, rulings: Vec<Ruling>) -> Vec<Outcome>;
    fn undo(site: &SiteName, undo: Undo) -> Outcome;
    fn note(site: &SiteName, note: Note) -> Outcome;
    fn feed(site: &SiteName, after: u64, limit: usize) -> FeedPage;
    fn model(site: &SiteName, known: Option<u64>) -> StoredModel;
    fn lessons(site: &SiteName, ids: &[CommentId]) -> Vec<Option<Vec<u8>>>;
    fn teach(site: &SiteName, teaching: Teaching) -> bool;
    fn policy(site: &SiteName) -> Option<PolicyRecord>;
    fn save_policy(site: &SiteName, expected: u64, draft: PolicyDraft) -> Option<PolicyRecord>;
    fn policy_revisions(site: &SiteName, before: u64, limit: usize) -> Vec<PolicyRecord>;
    fn propose_policy(site: &SiteName, draft: ProposalDraft) -> Proposal;
    fn policy_proposals(site: &SiteName, before: u64, limit: usize) -> Vec<Proposal>;
    fn settle_proposal(site: &SiteName, number: u64, expected: u64, draft: PolicyDraft) -> Settled;
    fn author(site: &SiteName, author_id: &str) -> AuthorRecord;
    fn set_standing(site: &SiteName, author_id: &str, standing: Standing) -> AuthorRecord;
    fn erase_author(site: &SiteName, author_id: &str) -> Erasure;
    fn sweep(site: &SiteName, decided_before: Timestamp, events_before: Timestamp) -> Swept;
    fn check() -> Health;
}
