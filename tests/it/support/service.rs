//! The service in this process, on a fresh store, reached through a real socket.

use std::time::Duration;

use modqueue::app::Application;
use modqueue::config::{Overrides, load};
use modqueue::domain::ManualClock;
use modqueue::proto::v1::policy_service_client::PolicyServiceClient;
use modqueue::proto::v1::review_service_client::ReviewServiceClient;
use modqueue::proto::v1::submission_service_client::SubmissionServiceClient;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::Status;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic_types::{ErrorInfo, StatusExt};

use super::clients::{Bearer, Called, Clients};
use super::redis_server::RedisServer;

/// Where the service keeps its comments.
#[derive(Debug, Clone, Copy)]
pub enum Kept {
    Embedded,
    Redis,
}

/// A running service of the sites `news` and `blog`, with the tokens of [`TOKENS`].
pub struct Service {
    pub clock: ManualClock,
    pub channel: Channel,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
    _directory: TempDir,
}

/// Name, roles, sites and whether it may act for others. The secret is the name with `-secret`.
const TOKENS: [(&str, &str, &str, bool); 6] = [
    ("portal", "'portal'", "'news'", false),
    ("blogger", "'portal'", "'blog'", false),
    ("publisher", "'portal'", "", false),
    ("desk", "'moderator'", "'news'", true),
    ("eve", "'moderator'", "'news'", false),
    ("admin", "'admin'", "'news'", false),
];

/// A policy under which most comments are published at once and nothing is limited.
pub const OPEN: &str = "mode = 'post'\nlimits = []\n";

impl Service {
    pub async fn start(kept: Kept) -> Self {
        Self::start_with(kept, "").await
    }

    /// With more lines of configuration at its top.
    pub async fn start_with(kept: Kept, settings: &str) -> Self {
        let directory = TempDir::with_prefix("modqueue-service-").expect("a directory");
        // A store of its own: the sites' names are the same in every test.
        let (store, redis) = match kept {
            Kept::Embedded => (format!("embedded:{}/queue.redb", directory.path().display()), None),
            Kept::Redis => {
                let redis = RedisServer::start();
                (redis.url(), Some(redis))
            }
        };
        let source = configuration(&store, settings);
        let overrides = Overrides { data_dir: Some(directory.path().into()), ..Overrides::default() };
        let config = load(&source, &overrides).expect("a good configuration");
        let clock = ManualClock::default();
        let application = Application::build_with_clock(config, clock.clone()).await.expect("it starts");
        let address = format!("http://{}", application.addr());
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            let _redis = redis;
            application
                .run_until(async {
                    let _ = stopped.await;
                })
                .await;
        });
        let channel = Channel::from_shared(address).expect("an address").connect().await.expect("it accepts");
        Self { clock, channel, stop, running, _directory: directory }
    }

    pub fn portal(&self) -> SubmissionServiceClient<Called> {
        SubmissionServiceClient::new(self.called("portal"))
    }

    pub fn desk(&self) -> ReviewServiceClient<Called> {
        ReviewServiceClient::new(self.called("desk"))
    }

    pub fn admin(&self) -> PolicyServiceClient<Called> {
        PolicyServiceClient::new(self.called("admin"))
    }

    /// A client for each service, on the site `news`.
    pub fn clients(&self) -> Clients {
        Clients { submission: self.portal(), review: self.desk(), policy: self.admin() }
    }

    /// Puts another policy in force on `news`.
    pub async fn change_policy(&self, source: &str) {
        self.clients().set_policy(source).await;
    }

    /// A channel that sends the token of this name.
    pub fn called(&self, token: &str) -> Called {
        InterceptedService::new(self.channel.clone(), Bearer::new(&format!("{token}-secret")))
    }

    /// Puts a policy in force on `news`.
    pub async fn policy(&self, source: &str) {
        let request =
            modqueue::proto::v1::UpdatePolicyRequest { source: source.to_owned(), ..Default::default() };
        self.admin().update_policy(request).await.expect("the policy is good");
    }

    /// Asks the service to stop; the second half waits until it has.
    pub fn stop(self) -> JoinHandle<()> {
        let _ = self.stop.send(());
        self.running
    }
}

fn configuration(store: &str, settings: &str) -> String {
    let tokens = TOKENS.map(|(name, roles, sites, may_act_for)| {
        let hex = super::hex_sha256(format!("{name}-secret").as_bytes());
        let head = format!("[[tokens]]\nname = '{name}'\nsha256 = '{hex}'\nroles = [{roles}]\n");
        format!("{head}sites = [{sites}]\nmay_act_for = {may_act_for}\n")
    });
    let head = "listen = '127.0.0.1:0'\nmetrics_listen = 'off'\nsites = ['news', 'blog']\nworkers = 1\n";
    format!("{head}store = '{store}'\n{settings}\n{}", tokens.concat())
}

/// The machine's part of a refusal.
pub fn info(status: &Status) -> ErrorInfo {
    let info = status.get_details_error_info().unwrap_or_else(|| panic!("no ErrorInfo: {status:?}"));
    assert_eq!(info.domain, "modqueue");
    info
}

/// Why a call was refused.
pub fn reason(status: &Status) -> String {
    info(status).reason
}

/// The paths of the fields that were refused.
pub fn fields(status: &Status) -> Vec<String> {
    let told = status.get_details_bad_request().unwrap_or_else(|| panic!("no BadRequest: {status:?}"));
    told.field_violations.into_iter().map(|violation| violation.field).collect()
}

/// The next message of a stream, or a failure when none comes.
pub async fn next<T>(stream: &mut tonic::Streaming<T>) -> T {
    let message = tokio::time::timeout(Duration::from_secs(10), stream.message()).await;
    message.expect("a message comes").expect("the stream goes on").expect("the stream has not ended")
}

/// Runs one case on a fresh service.
pub fn run<F: Future<Output = ()>>(kept: Kept, case: impl FnOnce(Service) -> F) {
    super::backend::runtime().block_on(async { case(Service::start(kept).await).await });
}

/// Makes a test of each named case on each store.
macro_rules! on_each_store {
    ($($case:ident),+ $(,)?) => {
        mod redis {
            $(#[test] fn $case() {
                $crate::support::service::run($crate::support::service::Kept::Redis, super::$case);
            })+
        }
        mod embedded {
            $(#[test] fn $case() {
                $crate::support::service::run($crate::support::service::Kept::Embedded, super::$case);
            })+
        }
    };
}
pub(crate) use on_each_store;
