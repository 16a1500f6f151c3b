//! Learning beside the calls: every second, each site's model is brought up to date.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use super::worker::Shared;
use crate::domain::SiteName;
use crate::learner::{LearnError, Learner, Progress};
use crate::queue::Queue;

const LOOK: Duration = Duration::from_secs(1);
/// Rounds a site gets in a row when it is far behind, before the next site has its turn.
const ROUNDS: usize = 16;
/// Serving does not wait longer than this for the models.
const PATIENCE: Duration = Duration::from_millis(500);

/// Learns until it is aborted.
pub(super) struct Learning {
    learner: Learner,
    shared: Arc<Shared>,
    /// What was said of each site's last failure, so that it is said once.
    told: HashMap<SiteName, String>,
}

impl Learning {
    pub(super) fn new(queue: Arc<dyn Queue>, shared: Arc<Shared>) -> Self {
        let learner = Learner::new(queue, Arc::clone(&shared.models));
        Self { learner, shared, told: HashMap::new() }
    }

    /// Loads the models before the first comment comes, unless the store keeps everybody waiting.
    pub(super) async fn load(&mut self) {
        let shared = Arc::clone(&self.shared);
        let loading = async {
            for site in shared.models.sites() {
                let loaded = self.learner.load(site).await;
                self.tell(site, loaded);
            }
        };
        if timeout(PATIENCE, loading).await.is_err() {
            tracing::warn!("the learned models are not loaded yet; until then the prior alone judges");
        }
    }

    pub(super) async fn run(mut self) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let shared = Arc::clone(&self.shared);
        loop {
            ticks.tick().await;
            shared.models.begin_look();
            for site in shared.models.sites() {
                let learned = self.catch_up(site).await;
                self.tell(site, learned);
            }
            shared.metrics.learning.memory(shared.models.memory());
        }
    }

    async fn catch_up(&self, site: &SiteName) -> Result<Progress, LearnError> {
        let mut progress = self.learner.round(site).await?;
        for _ in 1..ROUNDS {
            if progress.behind == 0 {
                break;
            }
            progress = self.learner.round(site).await?;
        }
        Ok(progress)
    }

    fn tell(&mut self, site: &SiteName, progress: Result<Progress, LearnError>) {
        match progress {
            Ok(progress) => {
                self.shared.metrics.learning.progress(site, &progress);
                self.told.remove(site);
            }
            Err(error) => {
                let error = error.to_string();
                if self.told.get(site) != Some(&error) {
                    tracing::error!(%site, %error, "nothing is learned for now; trying again every second");
                    self.told.insert(site.clone(), error);
                }
            }
        }
    }
}
