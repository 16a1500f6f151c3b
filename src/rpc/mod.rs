//! The wire: convert → call → convert, and nothing else.
//!
//! Every call takes the same road. The [`turnstile`] turns away what would be refused anyway; the gate ([`auth`]) knows the token or refuses it; the [`door`] lets in as many as
//! can be served; the handler asks the
//! [`auth::Caller`] for the site, which is the only way to get one; [`convert`] turns the message into domain
//! words, or into all of its mistakes at once; the domain does the work; [`convert`] turns the answer back, and
//! [`status`] turns what went wrong into a status with details.
//!
//! Architecture invariant: nothing outside of this module names a gRPC type, and nothing inside it decides
//! what a comment deserves.

pub mod auth;
pub mod calls;
pub mod contract;
pub mod convert;
pub mod door;
pub mod health;
pub mod status;
pub mod turnstile;

mod policy;
mod review;
mod stream;
mod submission;

use std::sync::Arc;

use tonic::body::Body;
use tonic::service::Routes;
use tonic::service::interceptor::InterceptedService;

use crate::config::{Bounds, Role};
use crate::domain::Clock;
use crate::feed::{Feed, FollowOptions};
use crate::pipeline::Pipeline;
use crate::policy::Policies;
use crate::proto::FILE_DESCRIPTOR_SET;
use crate::proto::v1::policy_service_server::PolicyServiceServer;
use crate::proto::v1::review_service_server::ReviewServiceServer;
use crate::proto::v1::submission_service_server::SubmissionServiceServer;
use crate::queue::Queue;
use crate::review::Review;
use auth::{Gate, Registry};
use door::{MOST_FOR_ALL, Porter};

/// All that the calls of one worker are answered from.
pub struct RpcParts {
    /// Takes comments in.
    pub pipeline: Pipeline,
    /// The moderators' side.
    pub review: Review,
    /// The decision feed.
    pub feed: Feed,
    /// This worker's handle on the store.
    pub queue: Arc<dyn Queue>,
    /// The policies in force.
    pub policies: Arc<Policies>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who may call.
    pub registry: Arc<Registry>,
    /// Largest and longest.
    pub bounds: Bounds,
    /// How feeds are followed.
    pub follow: FollowOptions,
    /// Lets calls in.
    pub porter: Arc<Porter>,
    /// The standard health service, shared by all workers; `None`: it is switched off.
    pub health: Option<health::HealthService>,
    /// Whether server reflection is served.
    pub reflection: bool,
}

impl RpcParts {
    /// Things that one page of a call has at most: as many as its contract says, or fewer as configured.
    fn page(&self, most: usize) -> usize {
        most.min(self.bounds.max_page_size as usize)
    }

    /// Bytes that the comments or events of one answer may take, so that a client whose own limit is the
    /// same as ours can read it.
    fn page_bytes(&self) -> usize {
        self.bounds.max_message_bytes - self.bounds.max_message_bytes / 8
    }
}

/// The services of one worker. Health and reflection need no token, and can be switched off.
pub fn routes(parts: RpcParts) -> Routes {
    let gate = |roles| Gate::new(Arc::clone(&parts.registry), roles);
    let most = parts.bounds.max_message_bytes;
    let porter = Arc::clone(&parts.porter);
    let (portal, moderator) = (gate(&[Role::Portal]), gate(&[Role::Moderator]));
    let admin = gate(&[Role::Admin, Role::Moderator]);
    let (health, reflection) = (parts.health.clone(), parts.reflection);
    let parts = Arc::new(parts);
    let submission = SubmissionServiceServer::new(submission::Submissions(Arc::clone(&parts)));
    let submission = porter.for_portals(submission.max_decoding_message_size(most));
    let review = ReviewServiceServer::new(review::Reviews(Arc::clone(&parts)));
    let review = porter.for_staff(review.max_decoding_message_size(most));
    let policy = PolicyServiceServer::new(policy::PolicyCalls(parts));
    let policy = porter.for_staff(policy.max_decoding_message_size(most));
    let mut routes = Routes::new(InterceptedService::new(submission, portal))
        .add_service(InterceptedService::new(review, moderator))
        .add_service(InterceptedService::new(policy, admin));
    if let Some(health) = health {
        routes = routes.add_service(porter.for_all(health.max_decoding_message_size(MOST_FOR_ALL)));
    }
    if reflection {
        routes = with_reflection(routes, &porter);
    }
    let unknown = async || status::no_such_call().into_http::<Body>();
    Routes::from(routes.into_axum_router().fallback(unknown)).prepare()
}

/// Both versions, because clients in use ask for either; with the types of error details, so that they can
/// show them.
fn with_reflection(routes: Routes, porter: &Arc<Porter>) -> Routes {
    let builder = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let v1 = builder().build_v1().expect("the descriptors were compiled into this program");
    let v1alpha = builder().build_v1alpha().expect("the descriptors were compiled into this program");
    routes
        .add_service(porter.for_all(v1.max_decoding_message_size(MOST_FOR_ALL)))
        .add_service(porter.for_all(v1alpha.max_decoding_message_size(MOST_FOR_ALL)))
}
