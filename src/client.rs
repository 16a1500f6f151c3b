//! A connection to a modqueue server: the channel, the tokens, and the three services ready to call.
//!
//! `modctl` is built on it. It knows nothing of arguments, tables or exit codes.

mod health;
mod target;
mod tokens;

use std::time::Duration;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

pub use self::health::{HealthError, ask_health};
pub use self::target::{CertificateFiles, Target, TargetError};
pub use self::tokens::{Role, TokenError, TokenOrigin, Tokens};
use crate::proto::v1::policy_service_client::PolicyServiceClient;
use crate::proto::v1::review_service_client::ReviewServiceClient;
use crate::proto::v1::submission_service_client::SubmissionServiceClient;

/// A page of 500 comments of the greatest size fits.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// A channel that sends a token with every call.
pub type Authorised = InterceptedService<Channel, Bearer>;

/// The services of one server, each called with the token of the role that it needs.
#[derive(Debug, Clone)]
pub struct Client {
    channel: Channel,
    tokens: Tokens,
}

impl Client {
    /// Connects to the server. Fails when nobody answers there for `patience`, or when the certificates do not fit.
    pub async fn connect(target: &Target, tokens: Tokens, patience: Duration) -> Result<Self, TargetError> {
        Ok(Self { channel: target.connect(patience).await?, tokens })
    }

    /// What portals call. Fails when no token for the role can be found.
    pub fn submission(&self) -> Result<SubmissionServiceClient<Authorised>, TokenError> {
        let service = self.authorised(Role::Portal)?;
        Ok(SubmissionServiceClient::new(service).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    /// What moderators call. Fails when no token for the role can be found.
    pub fn review(&self) -> Result<ReviewServiceClient<Authorised>, TokenError> {
        let service = self.authorised(Role::Moderator)?;
        Ok(ReviewServiceClient::new(service).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    /// What editors and admins call. Fails when no token for the role can be found.
    pub fn policy(&self) -> Result<PolicyServiceClient<Authorised>, TokenError> {
        self.policy_as(Role::Admin)
    }

    /// The same with the token of another role, for the calls that are open to it.
    pub fn policy_as(&self, role: Role) -> Result<PolicyServiceClient<Authorised>, TokenError> {
        let service = self.authorised(role)?;
        Ok(PolicyServiceClient::new(service).max_decoding_message_size(MAX_ANSWER_BYTES))
    }

    fn authorised(&self, role: Role) -> Result<Authorised, TokenError> {
        let bearer = Bearer::new(self.tokens.read(role)?.as_deref())?;
        Ok(InterceptedService::new(self.channel.clone(), bearer))
    }
}

/// Puts `authorization: Bearer …` on every call, if there is a token.
#[derive(Debug, Clone)]
pub struct Bearer {
    header: Option<MetadataValue<Ascii>>,
}

impl Bearer {
    fn new(token: Option<&str>) -> Result<Self, TokenError> {
        let header = token.map(|token| format!("Bearer {token}").parse::<MetadataValue<Ascii>>());
        let mut header = header.transpose().map_err(|_| TokenError::NotAToken)?;
        if let Some(header) = &mut header {
            header.set_sensitive(true);
        }
        Ok(Self { header })
    }
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(header) = &self.header {
            request.metadata_mut().insert("authorization", header.clone());
        }
        Ok(request)
    }
}
