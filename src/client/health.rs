//! Asking a server whether it serves, by the standard health service. It needs no token.

use std::time::Duration;

use tokio::time::timeout;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::target::{Target, TargetError};

/// Why a server does not count as healthy.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    /// Nobody answers.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// It answers, and says that it cannot serve.
    #[error("{0} is up and does not serve: it has no way to its queue store, or it is stopping")]
    NotServing(String),
    /// Its health service is switched off.
    #[error("{0} has no health service; set health = true in its configuration")]
    SwitchedOff(String),
    /// It answers something else.
    #[error("{url} cannot be asked: {message}")]
    Refused {
        /// The server.
        url: String,
        /// What it said.
        message: String,
    },
    /// It took too long.
    #[error("{0} has not answered in time")]
    Late(String),
}

/// Succeeds when the server says that it serves, within `patience`.
///
/// # Errors
/// Why not.
pub async fn ask_health(target: &Target, patience: Duration) -> Result<(), HealthError> {
    let url = || target.url().to_owned();
    timeout(patience, ask(target, patience)).await.map_err(|_| HealthError::Late(url()))?
}

async fn ask(target: &Target, patience: Duration) -> Result<(), HealthError> {
    let url = target.url().to_owned();
    let mut client = HealthClient::new(target.connect(patience).await?);
    match client.check(HealthCheckRequest::default()).await {
        Ok(answer) if answer.get_ref().status() == ServingStatus::Serving => Ok(()),
        Ok(_) => Err(HealthError::NotServing(url)),
        Err(refused) if refused.code() == Code::Unimplemented => Err(HealthError::SwitchedOff(url)),
        Err(refused) => Err(HealthError::Refused { url, message: refused.message().to_owned() }),
    }
}
