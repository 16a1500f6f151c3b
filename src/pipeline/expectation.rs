//! What the store will most likely say of a comment, so that it need not be asked first.
//!
//! Most comments are by authors whose record stands where it stood, and say what nobody has said lately. A verdict on
//! that expectation saves a trip: the admit step looks anyway, and tells what is so when it is not as expected. Texts
//! that are known to repeat are asked for, because their findings tell how often.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::{AuthorRecord, Evidence, SiteName, Timestamp};
use crate::queue::Recalled;

/// Authors and fingerprints remembered at once, twice over: about 2 MiB.
const ROOM: usize = 1 << 14;

/// What the store said of late. Names are kept hashed, by a hash that nobody outside can foresee.
#[derive(Default)]
pub struct Expectations {
    hasher: RandomState,
    known: Mutex<Known>,
}

/// What is young, and what was before that makes way.
#[derive(Default)]
struct Known {
    young: Generation,
    old: Generation,
}

#[derive(Default)]
struct Generation {
    authors: HashMap<u64, AuthorRecord>,
    repeating: HashSet<u64>,
}

impl Expectations {
    /// What to judge by; `None` when the store has to be asked.
    pub fn of(
        &self,
        site: &SiteName,
        author_id: &str,
        fingerprints: &[u64],
        now: Timestamp,
    ) -> Option<Evidence> {
        let known = self.lock();
        let repeats =
            fingerprints.iter().any(|print| known.is_repeating(self.hasher.hash_one((site, print))));
        (!repeats).then(|| Evidence {
            now,
            author: known.author(self.hasher.hash_one((site, author_id))),
            seen: Vec::new(),
            limits_exceeded: Vec::new(),
        })
    }

    /// Takes in what the store said.
    pub fn learn(&self, site: &SiteName, author_id: &str, fingerprints: &[u64], told: &Recalled) {
        let mut known = self.lock();
        if !author_id.is_empty() {
            let author = self.hasher.hash_one((site, author_id));
            known.young.authors.insert(author, told.author.clone());
        }
        let repeating = fingerprints.iter().zip(&told.seen).filter(|(_, seen)| **seen > 0);
        known.young.repeating.extend(repeating.map(|(print, _)| self.hasher.hash_one((site, print))));
        if known.young.authors.len().max(known.young.repeating.len()) >= ROOM {
            known.old = std::mem::take(&mut known.young);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn author(&self, hash: u64) -> AuthorRecord {
        let record = self.young.authors.get(&hash).or_else(|| self.old.authors.get(&hash));
        record.cloned().unwrap_or_default()
    }

    fn is_repeating(&self, hash: u64) -> bool {
        self.young.repeating.contains(&hash) || self.old.repeating.contains(&hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn site(name: &str) -> SiteName {
        SiteName::new(name).unwrap()
    }

    fn told(approved: u32, seen: &[u32]) -> Recalled {
        let author = AuthorRecord { approved, version: approved, ..AuthorRecord::default() };
        Recalled { now: NOW, known: false, author, seen: seen.to_vec(), policy_revision: 3 }
    }

    #[test]
    fn of_whom_nothing_is_known_is_expected_to_be_new() {
        let expected = Expectations::default().of(&site("news"), "ann", &[1, 2], NOW).unwrap();
        assert_eq!(expected, Evidence { now: NOW, ..Evidence::default() });
    }

    #[test]
    fn an_author_is_expected_to_stand_where_the_store_said_on_that_site() {
        let expectations = Expectations::default();
        expectations.learn(&site("news"), "ann", &[1], &told(5, &[0]));
        let approved =
            |at: &str, author: &str| expectations.of(&site(at), author, &[], NOW).unwrap().author.approved;
        assert_eq!([approved("news", "ann"), approved("sport", "ann"), approved("news", "bo")], [5, 0, 0]);
        expectations.learn(&site("news"), "ann", &[], &told(6, &[]));
        assert_eq!(approved("news", "ann"), 6);
    }

    #[test]
    fn guests_have_no_record_in_common() {
        let expectations = Expectations::default();
        expectations.learn(&site("news"), "", &[], &told(5, &[]));
        assert_eq!(expectations.of(&site("news"), "", &[], NOW).unwrap().author, AuthorRecord::default());
    }

    #[test]
    fn a_text_that_repeats_is_asked_for() {
        let expectations = Expectations::default();
        expectations.learn(&site("news"), "ann", &[1, 2, 3], &told(0, &[0, 2, 0]));
        assert!(expectations.of(&site("news"), "bo", &[1, 3], NOW).is_some());
        assert!(expectations.of(&site("news"), "bo", &[7, 2], NOW).is_none());
        assert!(expectations.of(&site("sport"), "bo", &[7, 2], NOW).is_some());
    }

    #[test]
    fn memory_is_bounded_and_what_is_old_makes_way() {
        let expectations = Expectations::default();
        let approved =
            |author: &str| expectations.of(&site("news"), author, &[], NOW).unwrap().author.approved;
        expectations.learn(&site("news"), "ann", &[], &told(5, &[]));
        for number in 0..2 * ROOM {
            if number == ROOM {
                assert_eq!(approved("ann"), 5, "she is old by now");
            }
            expectations.learn(&site("news"), &format!("author {number}"), &[], &told(1, &[]));
        }
        assert_eq!(approved("ann"), 0);
        let known = expectations.lock();
        assert!(known.young.authors.len() + known.old.authors.len() <= 2 * ROOM);
    }
}
