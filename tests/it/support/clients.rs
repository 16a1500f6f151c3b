//! gRPC clients with the tokens that a server made.

use std::path::Path;

use modqueue::proto::v1::policy_service_client::PolicyServiceClient;
use modqueue::proto::v1::review_service_client::ReviewServiceClient;
use modqueue::proto::v1::submission_service_client::SubmissionServiceClient;
use modqueue::proto::v1::{Author, CommentDraft, SubmitCommentRequest, Thread, UpdatePolicyRequest};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

pub type Called = InterceptedService<Channel, Bearer>;

/// One client for each service, each with its role's token.
#[derive(Clone)]
pub struct Clients {
    pub submission: SubmissionServiceClient<Called>,
    pub review: ReviewServiceClient<Called>,
    pub policy: PolicyServiceClient<Called>,
}

impl Clients {
    /// Connects with the tokens under `tokens`, trying while the server comes up.
    pub async fn connect(address: &str, tokens: &Path) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
        let channel = endpoint.connect().await.expect("the server accepts");
        let called = |role: &str| {
            let token = std::fs::read_to_string(tokens.join(role)).expect("a made token");
            InterceptedService::new(channel.clone(), Bearer::new(token.trim()))
        };
        Self {
            submission: SubmissionServiceClient::new(called("portal")),
            review: ReviewServiceClient::new(called("moderator")),
            policy: PolicyServiceClient::new(called("admin")),
        }
    }

    /// Puts a policy in force, whatever is in force now.
    pub async fn set_policy(&mut self, source: &str) {
        let current = self.policy.get_policy(modqueue::proto::v1::GetPolicyRequest::default()).await;
        let etag = current.expect("a policy").into_inner().policy.expect("a policy").etag;
        let request =
            UpdatePolicyRequest { source: source.to_owned(), etag, ..UpdatePolicyRequest::default() };
        self.policy.update_policy(request).await.expect("the policy is good");
    }
}

/// Adds `authorization: Bearer TOKEN`.
#[derive(Clone)]
pub struct Bearer(MetadataValue<Ascii>);

impl Bearer {
    pub fn new(token: &str) -> Self {
        Self(format!("Bearer {token}").parse().expect("a token is plain ASCII"))
    }
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// A submission by an author of its own under one thread.
pub fn submission(id: &str, author: &str, text: &str) -> SubmitCommentRequest {
    SubmitCommentRequest {
        comment: Some(CommentDraft {
            id: id.to_owned(),
            thread: Some(Thread { id: "thread-1".into(), ..Thread::default() }),
            author: Some(Author { id: author.to_owned(), ..Author::default() }),
            text: text.to_owned(),
            ..CommentDraft::default()
        }),
        ..SubmitCommentRequest::default()
    }
}
