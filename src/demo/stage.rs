//! The demonstration's server, clients and throw-away directory.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::app::Application;
use crate::config::{self, MetricsListen, Overrides, Role};
use crate::proto::v1::UpdatePolicyRequest;
use crate::proto::v1::policy_service_client::PolicyServiceClient;
use crate::proto::v1::review_service_client::ReviewServiceClient;
use crate::proto::v1::submission_service_client::SubmissionServiceClient;

/// Doubtful comments wait, the rest is shown; one author may write four comments in a go.
const POLICY: &str = r#"
mode = "post"

[[limits]]
name = "author"
key = ["author"]
quota = 4
per = "1m"
"#;

type Called = InterceptedService<Channel, Bearer>;

pub(super) struct Stage {
    pub(super) address: SocketAddr,
    pub(super) submission: SubmissionServiceClient<Called>,
    pub(super) review: ReviewServiceClient<Called>,
    directory: PathBuf,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Stage {
    /// Starts a server with its own directory and puts the demonstration's policy in force.
    pub(super) async fn set() -> anyhow::Result<Self> {
        let directory = std::env::temp_dir().join(format!("modqueue-demo-{}", crate::domain::new_id()));
        let overrides = Overrides {
            listen: Some("127.0.0.1:0".parse()?),
            metrics_listen: Some(MetricsListen::At("127.0.0.1:0".parse()?)),
            data_dir: Some(directory.clone()),
            ..Overrides::default()
        };
        let config = config::load("", &overrides).map_err(|mistakes| anyhow::anyhow!("{mistakes:?}"))?;
        let application = Application::build(config).await?;
        let address = application.addr();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(application.run_until(async {
            let _ = stopped.await;
        }));
        let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
        let called =
            |role| anyhow::Ok(InterceptedService::new(channel.clone(), Bearer::read(&directory, role)?));
        let mut policy = PolicyServiceClient::new(called(Role::Admin)?);
        let update = UpdatePolicyRequest { source: POLICY.to_owned(), ..UpdatePolicyRequest::default() };
        policy.update_policy(update).await.context("putting the policy in force")?;
        Ok(Self {
            address,
            submission: SubmissionServiceClient::new(called(Role::Portal)?),
            review: ReviewServiceClient::new(called(Role::Moderator)?),
            directory,
            stop,
            server,
        })
    }

    pub(super) fn directory(&self) -> String {
        self.directory.display().to_string()
    }

    /// Stops the server and removes its directory.
    pub(super) async fn strike(self) {
        let Self { directory, stop, server, submission, review, .. } = self;
        drop((submission, review));
        let _ = stop.send(());
        let _ = server.await;
        if let Err(error) = std::fs::remove_dir_all(&directory) {
            eprintln!("cannot remove {}: {error}", directory.display());
        }
    }
}

#[derive(Clone)]
pub(super) struct Bearer(MetadataValue<Ascii>);

impl Bearer {
    fn read(directory: &Path, role: Role) -> anyhow::Result<Self> {
        let token = std::fs::read_to_string(directory.join("tokens").join(role.name()))?;
        Ok(Self(format!("Bearer {}", token.trim()).parse()?))
    }
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}
