//! Opening the store that the configuration names, one handle a worker.

use std::sync::Arc;

use super::{StartError, tls};
use crate::config::{Config, StoreUrl};
use crate::domain::ManualClock;
use crate::queue::embedded::EmbeddedQueue;
use crate::queue::redis::{RedisOptions, RedisQueue};
use crate::queue::{Queue, QueueError};

/// Where handles come from.
#[derive(Clone)]
pub(super) enum Store {
    Embedded { queue: EmbeddedQueue, path: String },
    Redis(RedisOptions),
}

impl Store {
    /// Opens the embedded store, or prepares the way to Redis.
    pub(super) fn open(config: &Config, clock: ManualClock) -> Result<Self, StartError> {
        match &config.store {
            StoreUrl::Embedded(path) => {
                let queue = EmbeddedQueue::open(path, Arc::new(clock))?;
                Ok(Self::Embedded { queue, path: path.display().to_string() })
            }
            StoreUrl::Redis(url) => Ok(Self::Redis(RedisOptions {
                url: url.clone(),
                tls: tls::for_store(&config.store_tls)?,
                durability: config.durability,
                answer_timeout: config.bounds.store_timeout,
                clock,
                key_prefix: "mq".to_owned(),
            })),
        }
    }

    /// A handle for the runtime that this is called on.
    pub(super) async fn handle(&self) -> Result<Arc<dyn Queue>, QueueError> {
        match self {
            Self::Embedded { queue, .. } => Ok(Arc::new(queue.clone())),
            Self::Redis(options) => Ok(Arc::new(RedisQueue::connect(options.clone()).await?)),
        }
    }

    pub(super) fn description(&self) -> String {
        match self {
            Self::Embedded { path, .. } => format!("embedded:{path}"),
            Self::Redis(options) => options.masked_url(),
        }
    }
}
