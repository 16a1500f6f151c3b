//! The rate limits: one number a key, in memory.
//!
//! The embedded store serves one process, so that process's memory is the whole fleet's. A restart
//! forgets the limits: each key may spend its full burst again. Keys whose burst is full again are
//! dropped, one shard a batch, so that the memory follows the keys that count and not those that
//! were ever seen.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Duration;

use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::domain::{SiteName, Timestamp};
use crate::limit::{Charge, LimitMode, QuotaLeft};

const SHARDS: usize = 256;

/// Theoretical arrival times in microseconds, by a seeded hash of site, limit and key.
pub struct Limits {
    seed: u64,
    shards: Vec<HashMap<Key, i64, BuildHasherDefault<AlreadyHashed>>>,
    next_shard: usize,
    /// What the batch at hand replaced, to be put back should it fail.
    before: Vec<(Key, Option<i64>)>,
}

type Key = (u64, u64);

/// What the charges of one comment come to.
#[derive(Debug, PartialEq, Eq)]
pub enum Weighed {
    /// Enforced limits refuse it.
    Limited {
        /// The limit that is open again last.
        index: usize,
        /// When all of them are.
        retry_after: Duration,
    },
    /// It passes.
    Passes {
        /// Limits in mode `hold` that it exceeds.
        held_by: Vec<usize>,
        /// Limits in shadow mode that it exceeds.
        shadow_hits: Vec<usize>,
        /// What to write for the limits that it keeps.
        spent: Spent,
    },
}

/// New arrival times, not yet written.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct Spent(Vec<(Key, i64)>);

impl Limits {
    /// No key seen. The hash's seed is random, so that nobody can aim for a collision.
    pub fn new() -> Self {
        let seed = getrandom::u64().unwrap_or_else(|_| std::process::id().into());
        let shards = (0..SHARDS).map(|_| HashMap::default()).collect();
        Self { seed, shards, next_shard: 0, before: Vec::new() }
    }

    /// Looks at every charge and writes nothing.
    pub fn weigh(&self, site: &SiteName, charges: &[Charge], now: Timestamp) -> Weighed {
        let now = micros(now);
        let mut refused: Option<(i64, usize)> = None;
        let (mut held_by, mut shadow_hits, mut spent) = (Vec::new(), Vec::new(), Vec::new());
        for (index, charge) in charges.iter().enumerate() {
            let key = self.key(site, charge);
            match (charge.quota.admit(self.arrival(key), now), charge.mode) {
                (Ok(arrival), _) => spent.push((key, arrival)),
                (Err(wait), LimitMode::Enforce) => {
                    if refused.is_none_or(|(longest, _)| wait > longest) {
                        refused = Some((wait, index));
                    }
                }
                (Err(_), LimitMode::Hold) => held_by.push(index),
                (Err(_), LimitMode::Shadow) => shadow_hits.push(index),
            }
        }
        match refused {
            Some((wait, index)) => {
                Weighed::Limited { index, retry_after: Duration::from_micros(wait.unsigned_abs()) }
            }
            None => Weighed::Passes { held_by, shadow_hits, spent: Spent(spent) },
        }
    }

    /// The limits in mode `hold` that are exceeded, whatever the others say.
    pub fn held_by(&self, site: &SiteName, charges: &[Charge], now: Timestamp) -> Vec<usize> {
        let exceeded =
            |charge: &Charge| charge.quota.admit(self.arrival(self.key(site, charge)), micros(now)).is_err();
        let held = |charge: &Charge| charge.mode == LimitMode::Hold && exceeded(charge);
        (0..charges.len()).filter(|&index| held(&charges[index])).collect()
    }

    /// Writes what a stored comment spent.
    pub fn spend(&mut self, spent: Spent) {
        for (key, arrival) in spent.0 {
            let before = self.shard(key).insert(key, arrival);
            self.before.push((key, before));
        }
    }

    /// What is left of each limit.
    pub fn left(&self, site: &SiteName, charges: &[Charge], now: Timestamp) -> Vec<QuotaLeft> {
        let left = |charge: &Charge| charge.quota.left(self.arrival(self.key(site, charge)), micros(now));
        charges.iter().map(left).collect()
    }

    /// The batch is safe on disk: its charges stand. Drops the idle keys of one shard.
    pub fn keep(&mut self, now: Timestamp) {
        self.before.clear();
        let now = micros(now);
        let shard = &mut self.shards[self.next_shard];
        shard.retain(|_, arrival| *arrival > now);
        if shard.capacity() > 64 && shard.len() < shard.capacity() / 4 {
            shard.shrink_to(shard.len() * 2);
        }
        self.next_shard = (self.next_shard + 1) % SHARDS;
    }

    /// The batch failed: its charges are taken back.
    pub fn take_back(&mut self) {
        while let Some((key, before)) = self.before.pop() {
            match before {
                Some(arrival) => self.shard(key).insert(key, arrival),
                None => self.shard(key).remove(&key),
            };
        }
    }

    fn arrival(&self, key: Key) -> Option<i64> {
        self.shards[key.1 as usize % SHARDS].get(&key).copied()
    }

    fn shard(&mut self, key: Key) -> &mut HashMap<Key, i64, BuildHasherDefault<AlreadyHashed>> {
        &mut self.shards[key.1 as usize % SHARDS]
    }

    fn key(&self, site: &SiteName, charge: &Charge) -> Key {
        let mut bytes = Vec::with_capacity(128);
        for part in [site.as_str(), &charge.limit, &charge.key] {
            bytes.extend_from_slice(&(part.len() as u32).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        let hash = xxh3_128_with_seed(&bytes, self.seed);
        (hash as u64, (hash >> 64) as u64)
    }
}

fn micros(time: Timestamp) -> i64 {
    time.0.saturating_mul(1000)
}

/// The keys are hashes; the map need not hash them again.
#[derive(Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are pairs of u64")
    }

    fn write_u64(&mut self, half: u64) {
        self.0 = self.0.rotate_left(32) ^ half;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::Quota;

    fn charge(key: &str, mode: LimitMode, burst: u32) -> Charge {
        let quota = Quota::new(60, Duration::from_secs(60), burst).unwrap();
        Charge { limit: "author".into(), key: key.into(), quota, mode }
    }

    fn pass(limits: &mut Limits, charges: &[Charge], now: Timestamp) -> bool {
        match limits.weigh(&SiteName::new("s").unwrap(), charges, now) {
            Weighed::Passes { spent, .. } => {
                limits.spend(spent);
                true
            }
            Weighed::Limited { .. } => false,
        }
    }

    #[test]
    fn the_limit_that_opens_last_is_named() {
        let mut limits = Limits::new();
        let now = Timestamp(1_000_000);
        let [short, long] = [charge("a", LimitMode::Enforce, 1), charge("b", LimitMode::Enforce, 2)];
        for _ in 0..2 {
            assert!(pass(&mut limits, std::slice::from_ref(&long), now));
        }
        let slow = Charge {
            quota: Quota::new(1, Duration::from_secs(60), 1).unwrap(),
            ..charge("c", LimitMode::Enforce, 1)
        };
        assert!(pass(&mut limits, &[short.clone(), slow.clone()], now));
        let weighed = limits.weigh(&SiteName::new("s").unwrap(), &[short, slow, long], now);
        assert_eq!(weighed, Weighed::Limited { index: 1, retry_after: Duration::from_secs(60) });
    }

    #[test]
    fn a_failed_batch_gives_back_what_it_spent() {
        let mut limits = Limits::new();
        let now = Timestamp(1_000_000);
        let charges = [charge("a", LimitMode::Enforce, 2)];
        assert!(pass(&mut limits, &charges, now));
        limits.keep(now);
        assert!(pass(&mut limits, &charges, now));
        limits.take_back();
        assert!(pass(&mut limits, &charges, now));
        assert!(!pass(&mut limits, &charges, now));
    }

    #[test]
    fn keys_that_are_full_again_leave_the_memory() {
        let mut limits = Limits::new();
        for key in 0..10_000 {
            pass(&mut limits, &[charge(&key.to_string(), LimitMode::Enforce, 1)], Timestamp(0));
        }
        for _ in 0..SHARDS {
            limits.keep(Timestamp(1_000));
        }
        assert!(limits.shards.iter().all(HashMap::is_empty));
        assert!(limits.shards.iter().all(|shard| shard.capacity() < 64));
    }
}
