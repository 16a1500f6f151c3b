//! The newest snapshot of each site's model, swapped while comments are being judged.
//!
//! All of them live under one cap. When it is reached, the model whose site was idle longest makes way;
//! a comment on that site is judged by the prior alone, with a finding that says so, until the next look
//! at the store brings its model back.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use arc_swap::ArcSwapOption;

use super::snapshot::Snapshot;
use crate::domain::SiteName;

/// The models of all sites that this process serves.
pub struct Models {
    sites: HashMap<SiteName, Place>,
    cap: usize,
    /// Counts looks at the store: the clock by which sites are idle.
    looks: AtomicU64,
}

#[derive(Default)]
struct Place {
    current: ArcSwapOption<Snapshot>,
    used: AtomicU64,
}

impl Models {
    /// No model is loaded yet. Together they take `cap` bytes at most, or one model if that is more.
    pub fn new(sites: impl IntoIterator<Item = SiteName>, cap: usize) -> Self {
        let sites = sites.into_iter().map(|site| (site, Place::default())).collect();
        Self { sites, cap, looks: AtomicU64::new(1) }
    }

    /// The sites that this process serves.
    pub fn sites(&self) -> impl Iterator<Item = &SiteName> {
        self.sites.keys()
    }

    /// The model to judge a comment of `site` by; `None` when it is not loaded.
    pub fn current(&self, site: &SiteName) -> Option<Arc<Snapshot>> {
        let place = self.sites.get(site)?;
        let look = self.looks.load(Relaxed);
        if place.used.load(Relaxed) != look {
            place.used.store(look, Relaxed);
        }
        place.current.load_full()
    }

    /// What is loaded, without counting as a use.
    pub fn loaded(&self, site: &SiteName) -> Option<Arc<Snapshot>> {
        self.sites.get(site)?.current.load_full()
    }

    /// Whether `site`'s model is loaded, or may be: there is room, or a site that was idle longer.
    pub fn has_room(&self, site: &SiteName) -> bool {
        let Some(place) = self.sites.get(site) else { return false };
        let others = self.sites.values().filter(|other| other.memory() > 0);
        place.current.load().is_some()
            || self.memory() + super::Model::memory() <= self.cap
            || others
                .map(|other| other.used.load(Relaxed))
                .min()
                .is_none_or(|idle| idle < place.used.load(Relaxed))
    }

    /// Puts a snapshot in force. Others make way for it when there is no room.
    pub fn put(&self, site: &SiteName, snapshot: Arc<Snapshot>) {
        let Some(place) = self.sites.get(site) else { return };
        place.current.store(Some(snapshot));
        while self.memory() > self.cap {
            let others = self.sites.iter().filter(|(name, other)| *name != site && other.memory() > 0);
            let Some((_, idle)) = others.min_by_key(|(_, other)| other.used.load(Relaxed)) else { return };
            idle.current.store(None);
        }
    }

    /// Takes a model out: it cannot be used.
    pub fn remove(&self, site: &SiteName) {
        if let Some(place) = self.sites.get(site) {
            place.current.store(None);
        }
    }

    /// Says that all sites are about to be looked at.
    pub fn begin_look(&self) {
        self.looks.fetch_add(1, Relaxed);
    }

    /// Bytes that all models take.
    pub fn memory(&self) -> usize {
        self.sites.values().map(Place::memory).sum()
    }
}

impl Place {
    fn memory(&self) -> usize {
        self.current.load().as_ref().map_or(0, |snapshot| snapshot.memory())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::Model;

    fn site(name: &str) -> SiteName {
        SiteName::new(name).unwrap()
    }

    fn taught() -> Arc<Snapshot> {
        Arc::new(Snapshot::new(1, 1, Model::default()))
    }

    #[test]
    fn the_site_that_was_idle_longest_makes_way() {
        let names = ["a", "b", "c"].map(site);
        let models = Models::new(names.clone(), 2 * Model::memory());
        for name in &names[..2] {
            models.put(name, taught());
        }
        models.begin_look();
        models.current(&names[0]);
        assert!(!models.has_room(&names[2]), "nobody asked for it, and both others are loaded");
        models.current(&names[2]);
        assert!(models.has_room(&names[2]));
        models.put(&names[2], taught());
        let loaded = names.map(|name| models.loaded(&name).is_some());
        assert_eq!(loaded, [true, false, true]);
        assert_eq!(models.memory(), 2 * Model::memory());
    }

    #[test]
    fn sites_that_were_taught_nothing_take_no_room() {
        let names = ["a", "b", "c"].map(site);
        let models = Models::new(names.clone(), 0);
        for name in &names {
            models.put(name, Arc::clone(Snapshot::untaught()));
        }
        assert_eq!(models.memory(), 0);
        assert!(names.iter().all(|name| models.current(name).is_some()));
    }

    #[test]
    fn a_cap_smaller_than_one_model_keeps_one() {
        let models = Models::new(["a", "b"].map(site), 1);
        models.put(&site("a"), taught());
        models.put(&site("b"), taught());
        assert!(models.loaded(&site("a")).is_none() && models.loaded(&site("b")).is_some());
    }
}
