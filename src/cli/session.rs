//! What every command works with: the server's services, the output, and whose site and name it is.

use std::cell::Cell;
use std::env;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::OnceCell;
use tonic::Request;

use super::claims::Claims;
use super::failure::Failure;
use super::output::Output;
use super::settings::Settings;
use crate::client::{Authorised, Client, Role};
use crate::proto::v1::policy_service_client::PolicyServiceClient;
use crate::proto::v1::review_service_client::ReviewServiceClient;
use crate::proto::v1::submission_service_client::SubmissionServiceClient;

/// A command's surroundings. The connection is made with the first call.
pub struct Session {
    /// Where data is printed.
    pub output: Output,
    /// What this user has claimed and not yet decided.
    pub claims: Claims,
    settings: Settings,
    client: OnceCell<Client>,
    role: Cell<Role>,
}

impl Session {
    /// A session that has not spoken to the server yet.
    pub fn new(settings: Settings, output: Output) -> Self {
        let directory = |name: &str| env::var_os(name).map(PathBuf::from);
        let claims = Claims::of(settings.target.url(), &settings.site, directory);
        Self { output, claims, settings, client: OnceCell::new(), role: Cell::new(Role::Moderator) }
    }

    /// The site for a request; empty: the token's.
    pub fn site(&self) -> String {
        self.settings.site.clone()
    }

    /// The moderator's name for a request; empty: the token's.
    pub fn reviewer(&self) -> String {
        self.settings.reviewer.clone()
    }

    /// How long to wait for an answer.
    pub fn timeout(&self) -> Duration {
        self.settings.timeout
    }

    /// Where the token of the last call came from, for messages.
    pub fn token_origin(&self) -> String {
        self.settings.tokens.origin(self.role.get()).to_string()
    }

    /// A unary request that gives up after the time that was chosen.
    pub fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(self.settings.timeout);
        request
    }

    /// What portals call.
    pub async fn submission(&self) -> Result<SubmissionServiceClient<Authorised>, Failure> {
        Ok(self.client(Role::Portal).await?.submission()?)
    }

    /// What moderators call.
    pub async fn review(&self) -> Result<ReviewServiceClient<Authorised>, Failure> {
        Ok(self.client(Role::Moderator).await?.review()?)
    }

    /// What editors and admins call.
    pub async fn policy(&self) -> Result<PolicyServiceClient<Authorised>, Failure> {
        Ok(self.client(Role::Admin).await?.policy()?)
    }

    /// What moderators may do with policies.
    pub async fn policy_for_moderators(&self) -> Result<PolicyServiceClient<Authorised>, Failure> {
        Ok(self.client(Role::Moderator).await?.policy_as(Role::Moderator)?)
    }

    async fn client(&self, role: Role) -> Result<&Client, Failure> {
        self.role.set(role);
        self.client.get_or_try_init(|| connect(&self.settings, role)).await
    }
}

/// Without a token there is no use in connecting. One that would travel unencrypted to another machine is warned about.
async fn connect(settings: &Settings, role: Role) -> Result<Client, Failure> {
    settings.tokens.read(role)?;
    let target = &settings.target;
    if target.is_plain() && !target.is_loopback() {
        say!("warning: {} is not encrypted; the token and all texts can be read on the way", target.url());
    }
    Ok(Client::connect(target, settings.tokens.clone(), settings.timeout).await?)
}
