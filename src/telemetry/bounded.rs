//! Counters whose label comes from a policy: as many as there is room for.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use arc_swap::ArcSwap;
use prometheus_client::metrics::counter::Counter;

/// Names counted apart; what comes after them is counted together, under [`OTHER`].
pub const MOST: usize = 256;
/// The name of all that came too late.
pub const OTHER: &str = "other names";

/// Counters by a group and a name. Groups come from this program and are few; names come from policies, which may be
/// changed as often as somebody likes. A name that is known is counted without a lock and without allocation.
pub struct Bounded<Group> {
    known: ArcSwap<HashMap<Group, HashMap<Box<str>, Counter>>>,
    changing: Mutex<()>,
    make: Make<Group>,
}

type Make<Group> = Box<dyn Fn(Group, &str) -> Counter + Send + Sync>;

impl<Group: Copy + Eq + Hash> Bounded<Group> {
    /// No names yet; `make` finds or makes the counter of one.
    pub fn new(make: impl Fn(Group, &str) -> Counter + Send + Sync + 'static) -> Self {
        Self { known: ArcSwap::default(), changing: Mutex::new(()), make: Box::new(make) }
    }

    /// Counts one more of `name`.
    pub fn count(&self, group: Group, name: &str) {
        let known = self.known.load();
        if let Some(counter) = known.get(&group).and_then(|names| names.get(name)) {
            counter.inc();
        } else {
            self.learn(group, name).inc();
        }
    }

    fn learn(&self, group: Group, name: &str) -> Counter {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.known.load_full();
        if known.values().map(HashMap::len).sum::<usize>() >= MOST {
            return (self.make)(group, OTHER);
        }
        let counter = (self.make)(group, name);
        let mut more = HashMap::clone(&known);
        more.entry(group).or_default().insert(name.into(), counter.clone());
        self.known.store(more.into());
        counter
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn names_beyond_the_most_are_counted_together() {
        let made: Arc<Mutex<HashMap<String, Counter>>> = Arc::default();
        let making = Arc::clone(&made);
        let counters =
            Bounded::new(move |(), name| making.lock().unwrap().entry(name.to_owned()).or_default().clone());
        for round in 1..=2 {
            (0..MOST + 50).for_each(|index| counters.count((), &format!("rule {index}")));
            let made = made.lock().unwrap();
            assert_eq!(made.len(), MOST + 1);
            assert_eq!((made["rule 0"].get(), made[OTHER].get()), (round, round * 50));
        }
    }
}
