//! The standard health service: whether the queue store answers.

use tonic::server::NamedService;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::HealthReporter;

use super::policy::PolicyCalls;
use super::review::Reviews;
use super::submission::Submissions;
use crate::proto::v1::policy_service_server::PolicyServiceServer;
use crate::proto::v1::review_service_server::ReviewServiceServer;
use crate::proto::v1::submission_service_server::SubmissionServiceServer;

/// The service that answers; clones share what they answer.
pub type HealthService = HealthServer<tonic_health::server::HealthService>;

/// Says what the health service answers, for the server as a whole (the empty name) and each service.
#[derive(Clone)]
pub struct Readiness(HealthReporter);

const NAMES: [&str; 4] = [
    "",
    <SubmissionServiceServer<Submissions> as NamedService>::NAME,
    <ReviewServiceServer<Reviews> as NamedService>::NAME,
    <PolicyServiceServer<PolicyCalls> as NamedService>::NAME,
];

/// A health service that answers NOT_SERVING until told otherwise.
pub async fn new() -> (Readiness, HealthService) {
    let reporter = HealthReporter::new();
    let readiness = Readiness(reporter.clone());
    readiness.set(false).await;
    (readiness, HealthServer::new(tonic_health::server::HealthService::from_health_reporter(reporter)))
}

impl Readiness {
    /// Whether calls can be answered now.
    pub async fn set(&self, ready: bool) {
        self.tell(if ready { ServingStatus::Serving } else { ServingStatus::NotServing }).await;
    }

    /// The server stops: no new calls, please.
    pub async fn stopping(&self) {
        self.tell(ServingStatus::NotServing).await;
    }

    async fn tell(&self, status: ServingStatus) {
        for name in NAMES {
            self.0.set_service_status(name, status).await;
        }
    }
}
