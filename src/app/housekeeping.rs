//! What goes on beside the calls: readiness, newer policies, and removing what was kept long enough.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::store::Store;
use super::worker::Shared;
use crate::config::Retention;
use crate::queue::{Queue, QueueError};
use crate::rpc::health::Readiness;

const LOOK: Duration = Duration::from_secs(1);
const SWEEP: Duration = Duration::from_secs(30);

/// Keeps house until it is aborted.
pub(super) struct Housekeeper {
    pub(super) store: Store,
    pub(super) queue: Arc<dyn Queue>,
    pub(super) shared: Arc<Shared>,
    pub(super) readiness: Readiness,
    pub(super) retention: Retention,
}

impl Housekeeper {
    pub(super) async fn run(self) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut was_ready, mut next_sweep) = (None, Instant::now());
        loop {
            ticks.tick().await;
            let looked = self.look().await;
            let is_ready = looked.is_ok();
            if was_ready != Some(is_ready) {
                self.tell(looked).await;
                was_ready = Some(is_ready);
            }
            if is_ready && Instant::now() >= next_sweep {
                self.sweep().await;
                next_sweep = Instant::now() + SWEEP;
            }
        }
    }

    async fn look(&self) -> Result<(), QueueError> {
        for site in self.shared.policies.sites() {
            self.shared.policies.refresh(site, &*self.queue).await?;
            let counts = self.queue.counts(site).await?;
            self.shared.metrics.waiting.tell(site, &counts, self.shared.clock.now());
        }
        Ok(())
    }

    /// Says when the store comes or goes, once and not at every look.
    async fn tell(&self, looked: Result<(), QueueError>) {
        let store = self.store.description();
        self.readiness.set(looked.is_ok()).await;
        self.shared.metrics.store.is_up(looked.is_ok());
        if let Err(error) = looked {
            tracing::error!(store, %error, "the queue store does not answer; trying again every second");
            return;
        }
        tracing::info!(store, "the queue store answers; serving");
        match self.queue.check().await {
            Ok(health) => {
                self.shared.metrics.store.may_lose(health.warnings.len());
                for warning in health.warnings {
                    tracing::warn!(store, "acknowledged comments may be lost: {warning}");
                }
            }
            Err(error) => tracing::warn!(store, %error, "the store's durability could not be checked"),
        }
    }

    async fn sweep(&self) {
        let now = self.shared.clock.now();
        let decided_before = now.minus(self.retention.decided);
        let events_before = now.minus(self.retention.events);
        for site in self.shared.policies.sites() {
            loop {
                match self.queue.sweep(site, decided_before, events_before).await {
                    Ok(swept) if swept.more => tokio::task::yield_now().await,
                    Ok(_) => break,
                    Err(error) => {
                        tracing::warn!(%site, %error, "what was kept long enough could not be removed; trying again later");
                        break;
                    }
                }
            }
        }
    }
}
