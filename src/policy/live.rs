//! The policies in force, one a site, swapped while comments are being judged.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::OnceCell;

use super::{Mistake, Policy};
use crate::domain::SiteName;
use crate::queue::{Queue, QueueError};

/// The policies of all sites that this process serves.
pub struct Policies {
    sites: HashMap<SiteName, Site>,
}

struct Site {
    current: ArcSwap<Policy>,
    /// Set once the store has been asked what is in force.
    begun: OnceCell<()>,
    refreshing: AtomicBool,
    /// The revision and source of the stored policy that does not compile here.
    refused: ArcSwapOption<(u64, String)>,
}

impl Policies {
    /// Every site has the default policy until [`Policies::begin`] or [`Policies::refresh`] brings what the store holds.
    pub fn new(sites: impl IntoIterator<Item = SiteName>) -> Self {
        let default = Arc::new(Policy::default());
        let site = |name| {
            let current = ArcSwap::new(Arc::clone(&default));
            let (begun, refreshing, refused) = Default::default();
            (name, Site { current, begun, refreshing, refused })
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

    /// Whether `revision` is another than the one in force and not known to be of no use here. Another policy under that
    /// number, in a store that was emptied meanwhile, is found by the next refresh.
    pub fn is_news(&self, site: &SiteName, revision: u64) -> bool {
        let is_refused =
            |site: &Site| site.refused.load().as_ref().is_some_and(|refused| refused.0 == revision);
        self.sites
            .get(site)
            .is_some_and(|site| site.current.load().revision() != revision && !is_refused(site))
    }

    /// Puts a compiled policy in force, unless a newer one is already.
    pub fn adopt(&self, site: &SiteName, policy: Policy) {
        let Some(site) = self.sites.get(site) else { return };
        let policy = Arc::new(policy);
        site.current.rcu(|current| {
            if current.revision() < policy.revision() { Arc::clone(&policy) } else { Arc::clone(current) }
        });
    }

    /// Waits until the store was asked once for the policy of `site`: no comment is judged by the default policy because
    /// a server has just started.
    ///
    /// # Errors
    /// The store's.
    pub async fn begin(&self, name: &SiteName, queue: &dyn Queue) -> Result<(), QueueError> {
        let Some(site) = self.sites.get(name) else { return Ok(()) };
        site.begun.get_or_try_init(|| self.load(name, site, queue)).await.copied()
    }

    /// Brings the store's policy into force, unless another call is about it.
    ///
    /// # Errors
    /// The store's.
    pub async fn refresh(&self, name: &SiteName, queue: &dyn Queue) -> Result<(), QueueError> {
        let Some(site) = self.sites.get(name) else { return Ok(()) };
        if site.refreshing.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let result = self.load(name, site, queue).await;
        site.refreshing.store(false, Ordering::Release);
        result
    }

    /// One that does not compile here, written by a newer version of this program, is compiled and logged once, and the last
    /// good one stays. An older one comes into force, too: a store that was emptied or restored has no other to fall back on,
    /// and what is saved from then on counts on from there.
    async fn load(&self, name: &SiteName, site: &Site, queue: &dyn Queue) -> Result<(), QueueError> {
        let current = site.current.load_full();
        let stored = queue.policy(name).await?;
        let (revision, source) =
            stored.map_or_else(Default::default, |record| (record.revision, record.draft.source));
        if (revision, source.as_str()) == (current.revision(), current.source()) {
            return Ok(());
        }
        let is_known = |refused: &Arc<(u64, String)>| refused.0 == revision && refused.1 == source;
        if site.refused.load().as_ref().is_some_and(is_known) {
            return Ok(());
        }
        match compile(source.clone(), revision).await {
            Ok(policy) => {
                site.refused.store(None);
                if revision < current.revision() {
                    tracing::warn!(site = %name, revision, before = current.revision(),
                        "the store was emptied or restored; the policy that it has comes into force");
                }
                // What was adopted since is newer than what was read here.
                site.current.compare_and_swap(&current, Arc::new(policy));
            }
            Err(mistakes) => {
                site.refused.store(Some(Arc::new((revision, source))));
                tracing::error!(site = %name, revision, mistake = %mistakes[0],
                    "the stored policy does not compile here; the last good one stays in force");
            }
        }
        Ok(())
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
