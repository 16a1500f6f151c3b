//! The policies in force, one a site, swapped while comments are being judged.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;

use super::{Mistake, Policy};
use crate::domain::SiteName;
use crate::queue::{Queue, QueueError};

/// The policies of all sites that this process serves.
pub struct Policies {
    sites: HashMap<SiteName, Site>,
}

struct Site {
    current: ArcSwap<Policy>,
    refreshing: AtomicBool,
}

impl Policies {
    /// Every site begins with the default policy; [`Policies::refresh`] brings what the store holds.
    pub fn new(sites: impl IntoIterator<Item = SiteName>) -> Self {
        let default = Arc::new(Policy::default());
        let site = |name| {
            let current = ArcSwap::new(Arc::clone(&default));
            (name, Site { current, refreshing: AtomicBool::new(false) })
        };
        Self { sites: sites.into_iter().map(site).collect() }
    }

    /// The sites that this process serves.
    pub fn sites(&self) -> impl Iterator<Item = &SiteName> {
        self.sites.keys()
    }

    /// The policy in force on `site`; `None` for a site that is not served here.
    pub fn current(&self, site: &SiteName) -> Option<Arc<Policy>> {
        self.sites.get(site).map(|site| site.current.load_full())
    }

    /// Puts a compiled policy in force, unless a newer one is already.
    pub fn adopt(&self, site: &SiteName, policy: Policy) {
        let Some(site) = self.sites.get(site) else { return };
        let policy = Arc::new(policy);
        site.current.rcu(|current| {
            if current.revision() < policy.revision() { Arc::clone(&policy) } else { Arc::clone(current) }
        });
    }

    /// Brings the store's newest policy into force. One that does not compile here, written by a
    /// newer version of this program, is logged and the last good one stays.
    ///
    /// # Errors
    /// The store's.
    pub async fn refresh(&self, name: &SiteName, queue: &dyn Queue) -> Result<(), QueueError> {
        let Some(site) = self.sites.get(name) else { return Ok(()) };
        if site.refreshing.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let stored = queue.policy(name).await;
        let result = match stored {
            Ok(Some(record)) if record.revision > site.current.load().revision() => {
                match compile(record.draft.source, record.revision).await {
                    Ok(policy) => self.adopt(name, policy),
                    Err(mistakes) => {
                        tracing::error!(site = %name, revision = record.revision, mistake = %mistakes[0],
                            "the stored policy does not compile here; the last good one stays in force");
                    }
                }
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        site.refreshing.store(false, Ordering::Release);
        result
    }
}

/// Compiles a policy away from the runtime's thread, so that no call waits for it.
///
/// # Errors
/// All of the source's mistakes.
pub async fn compile(source: String, revision: u64) -> Result<Policy, Vec<Mistake>> {
    let compiled = tokio::task::spawn_blocking(move || Policy::compile(&source, revision)).await;
    compiled.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
}
