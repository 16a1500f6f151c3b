//! One worker: a thread with a single-threaded runtime that serves its share of the connections.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Server;

use super::StartError;
use super::connection::{Accepted, Connection};
use super::reload::CurrentTls;
use super::store::Store;
use crate::config::{Bounds, Config};
use crate::domain::Clock;
use crate::feed::{Feed, FollowOptions};
use crate::learn::Models;
use crate::limit::Shield;
use crate::pipeline::{Addresses, Pipeline};
use crate::policy::Policies;
use crate::queue::Queue;
use crate::review::Review;
use crate::rpc::auth::Registry;
use crate::rpc::calls::Watch;
use crate::rpc::door::{Porter, Shares};
use crate::rpc::health::HealthService;
use crate::rpc::turnstile::Turnstile;
use crate::rpc::{self, RpcParts};
use crate::telemetry::Metrics;

/// What all workers of a process share.
pub(super) struct Shared {
    pub(super) registry: Arc<Registry>,
    pub(super) shares: Arc<Shares>,
    pub(super) policies: Arc<Policies>,
    pub(super) models: Arc<Models>,
    pub(super) shield: Arc<Shield>,
    pub(super) addresses: Addresses,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) health_service: HealthService,
    pub(super) tls: CurrentTls,
    pub(super) metrics: Metrics,
    pub(super) watch: Watch,
    pub(super) stopping: watch::Receiver<bool>,
}

/// A running worker.
pub(super) struct Worker {
    connections: mpsc::Sender<Accepted>,
    thread: JoinHandle<()>,
}

/// Threads of a worker for what would keep its calls waiting: long reads, and policies that are compiled. Each holds on to
/// some megabytes that it has freed, so that more of them cost memory and, on the worker's share of the cores, gain nothing.
const MOST_ASIDE: usize = 4;
/// Bytes of a call that may be on their way or unread.
const STREAM_WINDOW: u32 = 64 << 10;
/// The same for all calls of a connection. Half of it is what h2 lets the frames of unread messages take beyond their
/// bytes, some 240 for each short one, before it ends the connection: room for several bulk streams of the shortest comments.
const CONNECTION_WINDOW: u32 = 4 << 20;

/// Connections that wait for a busy worker.
const BACKLOG: usize = 1024;
const POLL: Duration = Duration::from_millis(50);

impl Worker {
    pub(super) fn start(
        index: usize,
        config: &Config,
        store: &Store,
        shared: &Arc<Shared>,
    ) -> Result<Self, StartError> {
        let (connections, incoming) = mpsc::channel(BACKLOG);
        let mut runtime = Builder::new_current_thread();
        let runtime = runtime.max_blocking_threads(MOST_ASIDE).enable_all().build();
        let runtime = runtime.map_err(StartError::Worker)?;
        let (config, store, shared) = (config.clone(), store.clone(), Arc::clone(shared));
        let thread = std::thread::Builder::new()
            .name(format!("worker-{index}"))
            .spawn(move || runtime.block_on(serve(config, store, shared, incoming)))
            .map_err(StartError::Worker)?;
        Ok(Self { connections, thread })
    }

    /// Hands a connection over. It leaves this runtime and enters the worker's.
    pub(super) async fn take(&self, stream: TcpStream, place: OwnedSemaphorePermit) {
        let moved = stream.set_nodelay(true).and_then(|()| stream.into_std());
        match moved {
            Ok(stream) => {
                let _ = self.connections.send(Accepted { stream, place }).await;
            }
            Err(error) => tracing::debug!(%error, "a connection went away at once"),
        }
    }

    pub(super) fn join(self) {
        drop(self.connections);
        if self.thread.join().is_err() {
            tracing::error!("a worker panicked");
        }
    }
}

async fn serve(config: Config, store: Store, shared: Arc<Shared>, incoming: mpsc::Receiver<Accepted>) {
    let queue = match store.handle().await {
        Ok(queue) => shared.metrics.store.measure(queue),
        Err(error) => {
            tracing::error!(%error, "this worker has no way to the queue store; its calls will fail");
            return;
        }
    };
    let parts = parts(&config, queue, &shared);
    let turnstile = Turnstile::new(Arc::clone(&parts.porter), shared.watch.clone());
    let routes = rpc::routes(parts);
    let bounds = config.bounds;
    let mut server = Server::builder()
        .layer(turnstile)
        .layer(shared.watch.clone())
        .max_concurrent_streams(bounds.max_streams_per_connection)
        .http2_max_header_list_size(bounds.max_header_bytes)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keepalive_interval(Some(bounds.keep_alive_interval))
        .http2_keepalive_timeout(Some(bounds.keep_alive_timeout));
    let mut stopping = shared.stopping.clone();
    let stopped = async move {
        let _ = stopping.wait_for(|stopping| *stopping).await;
    };
    let connections = opened(incoming, bounds, Arc::clone(&shared.tls));
    if let Err(error) = server.add_routes(routes).serve_with_incoming_shutdown(connections, stopped).await {
        tracing::error!(%error, "a worker stopped serving");
    }
}

/// The connections whose handshakes succeed; none waits for another's.
fn opened(
    incoming: mpsc::Receiver<Accepted>,
    bounds: Bounds,
    tls: CurrentTls,
) -> impl Stream<Item = io::Result<Connection>> {
    let most = bounds.max_connections;
    let opening = ReceiverStream::new(incoming).map(move |accepted| {
        let (bounds, tls) = (bounds.clone(), tls.load_full());
        async move { Connection::open(accepted, &bounds, tls).await }
    });
    opening.buffer_unordered(most).filter_map(async |opened| match opened {
        Ok(connection) => Some(Ok(connection)),
        Err(error) => {
            tracing::debug!(%error, "a connection came to nothing");
            None
        }
    })
}

fn parts(config: &Config, queue: Arc<dyn Queue>, shared: &Shared) -> RpcParts {
    let clock = Arc::clone(&shared.clock);
    let (policies, shield) = (Arc::clone(&shared.policies), Arc::clone(&shared.shield));
    RpcParts {
        pipeline: Pipeline::new(
            Arc::clone(&queue),
            Arc::clone(&policies),
            Arc::clone(&shared.models),
            shield,
            Arc::clone(&clock),
            shared.metrics.road.clone(),
            shared.addresses.clone(),
        ),
        review: Review::new(Arc::clone(&queue), Arc::clone(&clock)),
        feed: Feed::new(Arc::clone(&queue)),
        queue,
        policies,
        clock,
        registry: Arc::clone(&shared.registry),
        bounds: config.bounds.clone(),
        follow: FollowOptions {
            poll_interval: POLL,
            heartbeat_interval: config.feed.heartbeat_interval,
            buffer: config.feed.buffer,
            patience: config.feed.patience,
            stopping: shared.stopping.clone(),
            meters: shared.metrics.feeds.clone(),
        },
        porter: Porter::new(&config.bounds, Arc::clone(&shared.shares)),
        health: config.health.then(|| shared.health_service.clone()),
        reflection: config.reflection,
    }
}
