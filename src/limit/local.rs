//! The shield: what this process can refuse by itself, before any trip to the store.
//!
//! It charges no policy limit; those are exact and live in the admit step. It remembers which keys
//! admit refused and until when, and it holds ceilings far above any policy for keys that flood.
//! Both live in tables of fixed size, so that an attacker who invents keys costs no memory: a
//! colliding newcomer overwrites a remembered refusal (then admit refuses again, and is remembered),
//! and keys that share a ceiling's cell share its allowance.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota as Ceiling, RateLimiter};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::Charge;
use crate::domain::{Clock, SiteName, Timestamp};

/// Remembered refusals, one word each: 1 MiB.
const REFUSALS: usize = 1 << 17;
/// Cells that keys are spread over for the ceilings.
const CELLS: u64 = 1 << 14;
/// The low bits of a remembered refusal: when it ends, in milliseconds since the shield was made.
const UNTIL_BITS: u32 = 40;

/// The shield of one process, shared by its workers.
pub struct Shield {
    refusals: Box<[AtomicU64]>,
    ceilings: DefaultKeyedRateLimiter<u16>,
    per_second: u32,
    lookups: DefaultDirectRateLimiter,
    seed: u64,
    epoch: Timestamp,
    clock: Arc<dyn Clock>,
}

/// A charge that the shield refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Index into the charges.
    pub index: usize,
    /// When to come back.
    pub retry_after: Duration,
}

impl Shield {
    /// A shield that lets one key pass `per_second` times a second at most, and spends at most
    /// `lookups_per_second` trips on finding out whether a refused call only repeats a known id.
    pub fn new(per_second: NonZeroU32, lookups_per_second: NonZeroU32, clock: Arc<dyn Clock>) -> Self {
        Self {
            refusals: (0..REFUSALS).map(|_| AtomicU64::new(0)).collect(),
            ceilings: RateLimiter::keyed(Ceiling::per_second(per_second)),
            per_second: per_second.get(),
            lookups: RateLimiter::direct(Ceiling::per_second(lookups_per_second)),
            seed: getrandom::u64().unwrap_or(0x6d6f_6471),
            epoch: clock.now(),
            clock,
        }
    }

    /// Whether a call with these charges may go on to the store.
    ///
    /// # Errors
    /// The charge that is known to be refused, and when to come back.
    pub fn check(&self, site: &SiteName, revision: u64, charges: &[Charge]) -> Result<(), Refused> {
        let now = self.now();
        for (index, charge) in charges.iter().enumerate().filter(|(_, charge)| charge.is_enforced()) {
            let hash = self.hash(site, revision, charge);
            let refused = self.remembered(hash, now).or_else(|| self.above_ceiling(hash, charge));
            if let Some(retry_after) = refused {
                return Err(Refused { index, retry_after });
            }
        }
        Ok(())
    }

    /// Remembers that admit refused a charge.
    pub fn remember(&self, site: &SiteName, revision: u64, charge: &Charge, retry_after: Duration) {
        let until = self.now().saturating_add(retry_after.as_millis() as u64).min((1 << UNTIL_BITS) - 1);
        let hash = self.hash(site, revision, charge);
        self.slot(hash).store(tag(hash) | until, Ordering::Relaxed);
    }

    /// Whether a refused call may spend a trip on finding out that its id is known, in which case it
    /// deserves its first answer. Rationed, so that a flood of invented ids cannot use it.
    pub fn may_look_up(&self) -> bool {
        self.lookups.check().is_ok()
    }

    fn remembered(&self, hash: u64, now: u64) -> Option<Duration> {
        let entry = self.slot(hash).load(Ordering::Relaxed);
        let until = entry & ((1 << UNTIL_BITS) - 1);
        (entry == tag(hash) | until && until > now).then(|| Duration::from_millis(until - now))
    }

    fn above_ceiling(&self, hash: u64, charge: &Charge) -> Option<Duration> {
        let allowed_a_second = f64::from(charge.quota.count()) / charge.quota.period().as_secs_f64();
        if allowed_a_second.max(f64::from(charge.quota.burst())) > f64::from(self.per_second) {
            return None;
        }
        let cell = (hash % CELLS) as u16;
        let refused = self.ceilings.check_key(&cell).err()?;
        Some(refused.wait_time_from(DefaultClock::default().now()))
    }

    fn hash(&self, site: &SiteName, revision: u64, charge: &Charge) -> u64 {
        let place = xxh3_64_with_seed(site.as_str().as_bytes(), self.seed ^ revision);
        let limit = xxh3_64_with_seed(charge.limit.as_bytes(), place);
        xxh3_64_with_seed(charge.key.as_bytes(), limit)
    }

    fn slot(&self, hash: u64) -> &AtomicU64 {
        &self.refusals[hash as usize % REFUSALS]
    }

    fn now(&self) -> u64 {
        self.clock.now().since(self.epoch).as_millis() as u64
    }
}

fn tag(hash: u64) -> u64 {
    hash >> UNTIL_BITS << UNTIL_BITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ManualClock;
    use crate::limit::{LimitMode, Quota};

    fn shield(clock: &ManualClock) -> Shield {
        let many = NonZeroU32::new(1000).unwrap();
        Shield::new(many, NonZeroU32::new(2).unwrap(), Arc::new(clock.clone()))
    }

    fn site() -> SiteName {
        SiteName::new("default").unwrap()
    }

    fn charge(key: &str) -> Charge {
        Charge {
            limit: "author".into(),
            key: format!("author={key}"),
            quota: Quota::new(10, Duration::from_secs(60), 5).unwrap(),
            mode: LimitMode::Enforce,
        }
    }

    #[test]
    fn a_refusal_is_remembered_until_it_ends_and_for_its_key_alone() {
        let clock = ManualClock::default();
        let shield = shield(&clock);
        shield.remember(&site(), 1, &charge("ann"), Duration::from_secs(5));
        let refused = shield.check(&site(), 1, &[charge("bob"), charge("ann")]).unwrap_err();
        assert_eq!(refused.index, 1);
        assert!(refused.retry_after <= Duration::from_secs(5));
        assert_eq!(shield.check(&site(), 1, &[charge("bob")]), Ok(()));
        assert_eq!(shield.check(&site(), 2, &[charge("ann")]), Ok(()), "a new policy starts afresh");
        clock.advance(Duration::from_secs(5));
        assert_eq!(shield.check(&site(), 1, &[charge("ann")]), Ok(()));
    }

    #[test]
    fn one_key_cannot_flood_past_the_ceiling() {
        let shield = shield(&ManualClock::default());
        let passed = (0..5000).filter(|_| shield.check(&site(), 1, &[charge("ann")]).is_ok()).count();
        assert!((1000..3000).contains(&passed), "{passed}");
    }

    #[test]
    fn a_policy_looser_than_the_ceiling_is_not_held_back_by_it() {
        let shield = shield(&ManualClock::default());
        let loose =
            Charge { quota: Quota::new(5000, Duration::from_secs(1), 5000).unwrap(), ..charge("ann") };
        assert!((0..5000).all(|_| shield.check(&site(), 1, std::slice::from_ref(&loose)).is_ok()));
    }

    #[test]
    fn shadow_limits_never_refuse_here() {
        let clock = ManualClock::default();
        let shield = shield(&clock);
        let shadow = Charge { mode: LimitMode::Shadow, ..charge("ann") };
        shield.remember(&site(), 1, &shadow, Duration::from_secs(5));
        assert_eq!(shield.check(&site(), 1, &[shadow]), Ok(()));
    }

    #[test]
    fn lookups_are_rationed() {
        let shield = shield(&ManualClock::default());
        let granted = (0..100).filter(|_| shield.may_look_up()).count();
        assert!((2..50).contains(&granted), "{granted}");
    }
}
