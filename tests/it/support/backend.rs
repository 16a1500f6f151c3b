//! The implementations under contract, and how a case runs on each of them.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use modqueue::domain::{ManualClock, new_id};
use modqueue::queue::Queue;
use modqueue::queue::embedded::EmbeddedQueue;
use modqueue::queue::redis::{RedisOptions, RedisQueue};
use tempfile::TempDir;

use super::redis_server::RedisServer;
use super::reference::Reference;
use super::samples::site;
use super::store::Store;

/// One implementation of [`Queue`].
#[derive(Debug, Clone, Copy)]
pub enum Backend {
    Redis,
    Embedded,
    /// The model that generated sequences are checked against; held to the same cases, so that it
    /// can be believed.
    Reference,
}

/// Where a store's data lies, to open it again.
pub enum Place {
    Redis { url: String, key_prefix: String },
    Embedded(TempDir),
    Reference(Arc<Reference>),
}

impl Backend {
    /// Opens an empty store.
    pub async fn open(self) -> Store {
        self.open_at(&ManualClock::default()).await
    }

    /// Opens an empty store that goes by this clock.
    pub async fn open_at(self, clock: &ManualClock) -> Store {
        let place = match self {
            Self::Redis => {
                Place::Redis { url: RedisServer::shared().url(), key_prefix: format!("{}:", new_id()) }
            }
            Self::Embedded => Place::Embedded(TempDir::with_prefix("modqueue-store-").expect("a directory")),
            Self::Reference => Place::Reference(Arc::default()),
        };
        let queue = place.open(clock).await;
        Store { queue, clock: clock.clone(), site: site("default"), place }
    }
}

impl Place {
    /// Opens the store that lies here.
    pub async fn open(&self, clock: &ManualClock) -> Arc<dyn Queue> {
        match self {
            Self::Redis { url, key_prefix } => Arc::new(connect(url, key_prefix, clock).await),
            Self::Embedded(directory) => {
                let path = directory.path().join("queue.redb");
                Arc::new(EmbeddedQueue::open(&path, Arc::new(clock.clone())).expect("the store opens"))
            }
            Self::Reference(reference) => reference.with_clock(clock),
        }
    }
}

/// A handle on a Redis store.
pub async fn connect(url: &str, key_prefix: &str, clock: &ManualClock) -> RedisQueue {
    let options = RedisOptions {
        answer_timeout: Duration::from_secs(10),
        clock: clock.clone(),
        key_prefix: key_prefix.to_owned(),
        ..RedisOptions::new(url)
    };
    RedisQueue::connect(options).await.expect("redis-server answers")
}

/// Runs one case on a fresh store.
pub fn run<F: Future<Output = ()>>(backend: Backend, case: impl FnOnce(Store) -> F) {
    runtime().block_on(async { case(backend.open().await).await });
}

/// A runtime with two threads, so that what runs at once really does.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Makes a test of each named case on each backend. A case that is not named is dead code, which
/// the compiler reports.
macro_rules! contract {
    ($($case:ident),+ $(,)?) => {
        mod redis {
            $(#[test] fn $case() {
                $crate::support::backend::run($crate::support::backend::Backend::Redis, super::$case);
            })+
        }
        mod embedded {
            $(#[test] fn $case() {
                $crate::support::backend::run($crate::support::backend::Backend::Embedded, super::$case);
            })+
        }
        mod reference {
            $(#[test] fn $case() {
                $crate::support::backend::run($crate::support::backend::Backend::Reference, super::$case);
            })+
        }
    };
}
pub(crate) use contract;
