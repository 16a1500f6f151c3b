//! The running service: built from a configuration, used by `main` and by the tests alike.
//!
//! One thread accepts connections and deals them out to the workers in turn. Each worker is a
//! single-threaded runtime with its own store handle, so that a call never changes threads. Dealing
//! out, rather than a listener a worker, keeps all workers busy when there are few connections: the
//! kernel spreads connections over listeners by hash, and ten of them often leave a core idle.

mod connection;
mod cork;
mod housekeeping;
mod learning;
mod reload;
mod signals;
mod store;
mod tls;
mod worker;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::config::{Config, MadeTokens, Principal, make_tokens, secret};
use crate::domain::ManualClock;
use crate::learn::Models;
use crate::limit::Shield;
use crate::pipeline::{Addresses, Secret};
use crate::policy::Policies;
use crate::queue::{Queue, QueueError};
use crate::rpc::auth::Registry;
use crate::rpc::calls::{Lines, Watch};
use crate::rpc::contract;
use crate::rpc::door::Shares;
use crate::rpc::health::{self, Readiness};
use crate::telemetry::Metrics;
use housekeeping::Housekeeper;
use learning::Learning;
use store::Store;
use worker::{Shared, Worker};

pub use reload::{Reloaded, Reloader};
pub use signals::Signals;

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}; choose another address with --listen or --metrics-listen")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The tokens cannot be made or read.
    #[error("cannot make or read the token {0}; mend this, or choose another directory with --data-dir")]
    Tokens(io::Error),
    /// The secret that addresses are hashed with cannot be made or read.
    #[error("the key of addresses, {path}: {error}; choose another file as retention.address_key")]
    AddressKey {
        /// Which file.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] QueueError),
    /// The store may lose acknowledged data, and the configuration forbids that.
    #[error("the store may lose acknowledged data: {0}; mend this, or start without --require-durable")]
    NotDurable(String),
    /// A certificate or key cannot be used.
    #[error(
        "cannot use the TLS file {path}: {detail}; name PEM files that belong together under [tls] or [store_tls]"
    )]
    Tls {
        /// Which file.
        path: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The system refused a thread or a runtime.
    #[error("cannot start a worker: {0}")]
    Worker(io::Error),
}

impl StartError {
    /// Whether the configuration has to be mended, so that starting again does not help.
    pub fn is_configuration(&self) -> bool {
        matches!(self, Self::Tls { .. })
    }
}

/// Looks into the files that a configuration names, beyond what it says itself.
///
/// # Errors
/// TLS files that cannot be used.
pub fn check(config: &Config) -> Result<(), StartError> {
    tls::for_store(&config.store_tls)?;
    config.tls.as_ref().map(tls::read).transpose().map(drop)
}

/// A service that is bound and ready to run.
pub struct Application {
    config: Config,
    listener: TcpListener,
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    workers: Vec<Worker>,
    places: Arc<Semaphore>,
    made_tokens: Option<MadeTokens>,
    housekeeper: Housekeeper,
    learning: Learning,
    readiness: Readiness,
    stop: watch::Sender<bool>,
}

/// Calls in flight get this long to finish once the service stops.
const DRAIN: Duration = Duration::from_secs(20);

impl Application {
    /// Binds, opens the store and starts the workers. A Redis that is away is no error: the service
    /// says NOT_SERVING until it comes.
    ///
    /// # Errors
    /// Those of [`StartError`].
    pub async fn build(config: Config) -> Result<Self, StartError> {
        Self::build_with_clock(config, ManualClock::default()).await
    }

    /// As [`Application::build`], on a clock that can be set forward.
    ///
    /// # Errors
    /// Those of [`StartError`].
    pub async fn build_with_clock(config: Config, clock: ManualClock) -> Result<Self, StartError> {
        let tls = config.tls.as_ref().map(tls::read).transpose()?;
        let (principals, made_tokens) = principals(&config)?;
        let store = Store::open(&config, clock.clone())?;
        let queue = store.handle().await?;
        if config.require_durable {
            demand_durability(&*queue).await?;
        }
        let listen = |error| StartError::Listen { address: config.listen, error };
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let metrics = Metrics::new(&config.sites);
        let metrics_address = match config.metrics_listen {
            Some(address) => {
                Some(metrics.serve(address).await.map_err(|error| StartError::Listen { address, error })?)
            }
            None => None,
        };
        let (stop, stopping) = watch::channel(false);
        let (readiness, health_service) = health::new().await;
        let shared = Arc::new(Shared {
            shares: Arc::new(Shares::new(&config.bounds)),
            registry: Arc::new(Registry::new(principals, config.sites.clone())),
            policies: Arc::new(Policies::new(config.sites.iter().cloned())),
            models: Arc::new(Models::new(config.sites.iter().cloned(), config.models_memory_bytes)),
            shield: Arc::new(shield(&config, &clock)),
            addresses: addresses(&config)?,
            clock: Arc::new(clock),
            health_service,
            tls: Arc::new(ArcSwapOption::new(tls)),
            watch: Watch::new(
                metrics.calls.methods(contract::methods()),
                Lines::new(config.telemetry.slow_call),
            ),
            metrics,
            stopping,
        });
        let workers = (0..config.workers.get())
            .map(|index| Worker::start(index, &config, &store, &shared))
            .collect::<Result<_, _>>()?;
        let places = Arc::new(Semaphore::new(config.bounds.max_connections));
        let retention = config.retention.clone();
        let learning = Learning::new(Arc::clone(&queue), Arc::clone(&shared));
        let housekeeper = Housekeeper { store, queue, shared, readiness: readiness.clone(), retention };
        Ok(Self {
            config,
            listener,
            address,
            metrics_address,
            workers,
            places,
            made_tokens,
            housekeeper,
            learning,
            readiness,
            stop,
        })
    }

    /// Where gRPC is served.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Where metrics are served, if anywhere.
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// The tokens that were made, when none are configured.
    pub fn made_tokens(&self) -> Option<&MadeTokens> {
        self.made_tokens.as_ref()
    }

    /// A hand on what can be changed while it runs.
    pub fn reloader(&self) -> Reloader {
        let shared = &self.housekeeper.shared;
        let (registry, tls) = (Arc::clone(&shared.registry), Arc::clone(&shared.tls));
        Reloader { running: self.config.clone(), registry, tls }
    }

    /// What keeps the comments, in a few words, passwords masked.
    pub fn store_description(&self) -> String {
        self.housekeeper.store.description()
    }

    /// Serves until `stop` is ready, then lets the calls in flight finish.
    pub async fn run_until(mut self, stop: impl Future<Output = ()>) {
        self.learning.load().await;
        let keeper = tokio::spawn(self.housekeeper.run());
        let learning = tokio::spawn(self.learning.run());
        tokio::select! {
            () = stop => {}
            () = accept(&self.listener, &self.workers, &self.places) => {}
        }
        keeper.abort();
        learning.abort();
        self.readiness.stopping().await;
        drop(self.listener);
        let _ = self.stop.send(true);
        let workers = self.workers;
        let joined = tokio::task::spawn_blocking(move || workers.into_iter().for_each(Worker::join));
        if tokio::time::timeout(DRAIN, joined).await.is_err() {
            tracing::warn!("calls were still in flight after {DRAIN:?}; they are cut off");
        }
    }
}

/// Deals connections out in turn. A worker whose backlog is full is passed over; when all are, the connection
/// waits in the kernel's backlog. One beyond the most is closed at once, which its client hears; left in the backlog
/// it would only wait for nothing.
async fn accept(listener: &TcpListener, workers: &[Worker], places: &Arc<Semaphore>) {
    let mut turn = 0;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => match Arc::clone(places).try_acquire_owned() {
                Ok(place) => {
                    workers[turn % workers.len()].take(stream, place).await;
                    turn += 1;
                }
                Err(_) => tracing::debug!(%peer, "a connection beyond bounds.max_connections was closed"),
            },
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// Whoever the configuration knows, or else a token a role.
fn principals(config: &Config) -> Result<(Vec<Principal>, Option<MadeTokens>), StartError> {
    if !config.principals.is_empty() {
        return Ok((config.principals.clone(), None));
    }
    let made = make_tokens(&config.data_dir).map_err(StartError::Tokens)?;
    Ok((made.tokens.clone(), Some(made)))
}

fn addresses(config: &Config) -> Result<Addresses, StartError> {
    let Some(path) = &config.retention.address_key else { return Ok(Addresses::Kept) };
    let secret =
        secret(path).map_err(|error| StartError::AddressKey { path: path.display().to_string(), error })?;
    Ok(Addresses::Hashed(Secret::new(secret)))
}

/// Waits for a store that is away: it cannot be known before what it may lose.
async fn demand_durability(queue: &dyn Queue) -> Result<(), StartError> {
    loop {
        match queue.check().await {
            Ok(health) if health.warnings.is_empty() => return Ok(()),
            Ok(health) => return Err(StartError::NotDurable(health.warnings.join("; "))),
            Err(error @ QueueError::Unavailable { .. }) => {
                tracing::error!(%error, "whether the store is durable cannot be told yet; trying again every second");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn shield(config: &Config, clock: &ManualClock) -> Shield {
    let rate = |per_second: u32| NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
    let settings = &config.shield;
    let clock = Arc::new(clock.clone());
    Shield::new(rate(settings.ceiling_per_second), rate(settings.lookups_per_second), clock)
}
