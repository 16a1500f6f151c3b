//! How often each fingerprint was seen, exactly, at little cost for texts that nobody repeats.
//!
//! Fingerprints are random numbers: one row each would touch a page of its own for every comment. So
//! counts gather in memory, each batch appends what it changed to a log, and now and then all of it is
//! written as one sorted run (a log-structured merge without the merging: two windows later the runs
//! are dropped whole). A [`Sieve`] answers for nearly all unseen fingerprints without looking at
//! the runs; of the runs, the newest that has a fingerprint tells its count.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use redb::ReadableTable;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::fault::Fault;
use super::keys;
use super::sieve::Sieve;
use super::tables::{Readable, Tables, Writing};
use crate::domain::{SiteName, Timestamp};
use crate::queue::REPEAT_WINDOW;

/// Counts in memory before they become a run; each takes about 40 bytes, twice.
const GATHERED: usize = 32 * 1024;
/// Counts in one row of a run: what fits in a page.
const A_ROW: usize = 200;
/// Rows of past windows that one batch removes at most.
const FORGOTTEN_A_BATCH: usize = 1_000;

/// What is known of a fingerprint in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How often it was seen.
    pub seen: u32,
    /// The ordinal of the first comment that had it.
    pub first: u64,
}

/// The counts of the current window and the one before.
#[derive(Default)]
pub struct Sightings {
    window: u32,
    /// Counts that no run has yet.
    gathered: HashMap<u64, Count>,
    /// Those of the last run. They stay for readers whose snapshot is older than it.
    written: HashMap<u64, Count>,
    /// Keys that the batch at hand changed.
    changed: Vec<u64>,
    logged: u64,
    current: Runs,
    previous: Runs,
}

/// The runs of one window.
#[derive(Default)]
struct Runs {
    count: u32,
    sieve: Sieve,
}

/// The name of a fingerprint of a site.
pub fn key_of(site: &SiteName, fingerprint: u64) -> u64 {
    xxh3_64_with_seed(site.as_str().as_bytes(), fingerprint)
}

/// The number of the window that a moment is in.
pub fn window(now: Timestamp) -> u32 {
    let length = REPEAT_WINDOW.as_millis() as i64;
    u32::try_from(now.0.max(0) / length).unwrap_or(u32::MAX)
}

impl Sightings {
    /// Reads the state back from the tables.
    pub fn load<B: Readable>(tables: &Tables<B>) -> Result<Self, Fault> {
        let mut sightings = Self::default();
        let Some((last, _)) = tables.repeats.last()? else { return Ok(sightings) };
        sightings.window = keys::window_of(last.value());
        sightings.current = Runs::load(&tables.repeats, sightings.window)?;
        if let Some(before) = sightings.window.checked_sub(1) {
            sightings.previous = Runs::load(&tables.repeats, before)?;
        }
        let log = keys::repeat_log(sightings.window, 0)..=keys::repeat_log(sightings.window, u64::MAX);
        for stored in tables.repeats.range::<&[u8]>(&log.start()[..]..=&log.end()[..])? {
            sightings.gathered.extend(entries(stored?.1.value()));
            sightings.logged += 1;
        }
        Ok(sightings)
    }

    /// What is known of a key in a window.
    pub fn count<B: Readable>(
        &self,
        tables: &Tables<B>,
        window: u32,
        key: u64,
    ) -> Result<Option<Count>, Fault> {
        let runs = match self.window.checked_sub(window) {
            Some(0) => match self.gathered.get(&key).or_else(|| self.written.get(&key)) {
                Some(count) => return Ok(Some(*count)),
                None => &self.current,
            },
            Some(1) => &self.previous,
            _ => return Ok(None),
        };
        if runs.sieve.may_contain(key) { runs.find(&tables.repeats, window, key) } else { Ok(None) }
    }

    /// Sets a key's count in the current window.
    pub fn put(&mut self, key: u64, count: Count) {
        self.gathered.insert(key, count);
        self.changed.push(key);
    }

    /// Goes on to the window of `now`, should it be another; true when that wrote something.
    pub fn roll(&mut self, tables: &mut Tables<Writing<'_>>, now: Timestamp) -> Result<bool, Fault> {
        let window = window(now);
        if window <= self.window {
            return Ok(false);
        }
        self.write_run(tables)?;
        let ended = std::mem::take(&mut self.current);
        self.previous = if window - self.window == 1 { ended } else { Runs::default() };
        self.written = HashMap::new();
        self.window = window;
        Ok(true)
    }

    /// Writes down what the batch changed, and forgets some of what counts no more.
    pub fn finish(&mut self, tables: &mut Tables<Writing<'_>>) -> Result<(), Fault> {
        if !self.changed.is_empty() {
            let mut log = Vec::with_capacity(self.changed.len() * ENTRY);
            self.changed.drain(..).for_each(|key| put_entry(&mut log, key, self.gathered[&key]));
            tables.repeats.insert(&keys::repeat_log(self.window, self.logged)[..], log.as_slice())?;
            self.logged += 1;
        }
        if self.gathered.len() >= GATHERED {
            self.write_run(tables)?;
        }
        forget(&mut tables.repeats, self.window)
    }

    fn write_run(&mut self, tables: &mut Tables<Writing<'_>>) -> Result<(), Fault> {
        self.changed.clear();
        let mut sorted: Vec<_> = self.gathered.iter().map(|(key, count)| (*key, *count)).collect();
        sorted.sort_unstable_by_key(|(key, _)| *key);
        for row in sorted.chunks(A_ROW) {
            let mut bytes = Vec::with_capacity(row.len() * ENTRY);
            for (key, count) in row {
                put_entry(&mut bytes, *key, *count);
                self.current.sieve.insert(*key);
            }
            let key = keys::repeat_run(self.window, self.current.count, row[0].0);
            tables.repeats.insert(&key[..], bytes.as_slice())?;
        }
        self.current.count += u32::from(!sorted.is_empty());
        let log = keys::repeat_log(self.window, 0)..=keys::repeat_log(self.window, u64::MAX);
        tables.repeats.retain_in::<&[u8], _>(&log.start()[..]..=&log.end()[..], |_, _| false)?;
        self.logged = 0;
        self.written = std::mem::take(&mut self.gathered);
        Ok(())
    }
}

impl Runs {
    fn load(repeats: &impl Readable, window: u32) -> Result<Self, Fault> {
        let mut runs = Self::default();
        let all: RangeInclusive<_> =
            keys::repeat_run(window, 0, 0)..=keys::repeat_run(window, u32::MAX, u64::MAX);
        for stored in repeats.range::<&[u8]>(&all.start()[..]..=&all.end()[..])? {
            let (key, row) = stored?;
            runs.count = keys::run_of(key.value()) + 1;
            entries(row.value()).for_each(|(key, _)| runs.sieve.insert(key));
        }
        Ok(runs)
    }

    fn find(&self, repeats: &impl Readable, window: u32, key: u64) -> Result<Option<Count>, Fault> {
        for run in (0..self.count).rev() {
            let upto = keys::repeat_run(window, run, 0)..=keys::repeat_run(window, run, key);
            let row = repeats.range::<&[u8]>(&upto.start()[..]..=&upto.end()[..])?.next_back().transpose()?;
            let found = row.and_then(|(_, row)| entries(row.value()).find(|(other, _)| *other == key));
            if let Some((_, count)) = found {
                return Ok(Some(count));
            }
        }
        Ok(None)
    }
}

/// Removes rows of windows that count no more, a bounded number.
fn forget(repeats: &mut Writing<'_>, window: u32) -> Result<(), Fault> {
    let end = window.saturating_sub(1).to_be_bytes();
    if repeats.first()?.is_none_or(|(key, _)| key.value() >= &end[..]) {
        return Ok(());
    }
    let mut outdated = repeats.extract_from_if::<&[u8], _>(..&end[..], |_, _| true)?;
    for row in outdated.by_ref().take(FORGOTTEN_A_BATCH) {
        row?;
    }
    Ok(())
}

const ENTRY: usize = 8 + 4 + 8;

fn put_entry(bytes: &mut Vec<u8>, key: u64, count: Count) {
    bytes.extend_from_slice(&key.to_be_bytes());
    bytes.extend_from_slice(&count.seen.to_be_bytes());
    bytes.extend_from_slice(&count.first.to_be_bytes());
}

fn entries(bytes: &[u8]) -> impl Iterator<Item = (u64, Count)> {
    bytes.chunks_exact(ENTRY).map(|entry| {
        let [key, first] =
            [0..8, 12..20].map(|at| u64::from_be_bytes(entry[at].try_into().expect("eight bytes")));
        let seen = u32::from_be_bytes(entry[8..12].try_into().expect("four bytes"));
        (key, Count { seen, first })
    })
}

#[cfg(test)]
mod tests {
    use redb::backends::InMemoryBackend;
    use redb::{Builder, Database};

    use super::*;

    fn database() -> Database {
        Builder::new().create_with_backend(InMemoryBackend::new()).unwrap()
    }

    /// One batch at the start of a window.
    fn batch(database: &Database, sightings: &mut Sightings, window: u32, keys: impl Iterator<Item = u64>) {
        let transaction = database.begin_write().unwrap();
        let mut tables = Tables::open(|table| transaction.open_table(table)).unwrap();
        let now = Timestamp(i64::from(window) * REPEAT_WINDOW.as_millis() as i64);
        sightings.roll(&mut tables, now).unwrap();
        for key in keys {
            let seen = sightings.count(&tables, window, key).unwrap().map_or(0, |count| count.seen);
            sightings.put(key, Count { seen: seen + 1, first: 1 });
        }
        sightings.finish(&mut tables).unwrap();
        drop(tables);
        transaction.commit().unwrap();
    }

    fn seen(database: &Database, sightings: &Sightings, window: u32, key: u64) -> u32 {
        let transaction = database.begin_write().unwrap();
        let tables = Tables::open(|table| transaction.open_table(table)).unwrap();
        sightings.count(&tables, window, key).unwrap().map_or(0, |count| count.seen)
    }

    fn reloaded(database: &Database) -> Sightings {
        let transaction = database.begin_write().unwrap();
        Sightings::load(&Tables::open(|table| transaction.open_table(table)).unwrap()).unwrap()
    }

    fn key(number: usize) -> u64 {
        xxh3_64_with_seed(b"key", number as u64)
    }

    #[test]
    fn counts_are_exact_across_many_runs_and_a_restart() {
        let (database, mut sightings) = (database(), Sightings::default());
        for number in 0..5 {
            let fresh = number * GATHERED..(number + 1) * GATHERED;
            batch(&database, &mut sightings, 9, fresh.map(key).chain([7, 7].map(key)));
        }
        batch(&database, &mut sightings, 9, [7, 70_000].map(key).into_iter());
        for sightings in [&sightings, &reloaded(&database)] {
            assert_eq!(sightings.current.count, 5);
            assert_eq!(seen(&database, sightings, 9, key(7)), 12);
            assert_eq!(seen(&database, sightings, 9, key(70_000)), 2);
            assert_eq!(seen(&database, sightings, 9, key(5 * GATHERED - 1)), 1);
            assert_eq!(seen(&database, sightings, 9, key(5 * GATHERED)), 0);
        }
    }

    #[test]
    fn a_window_counts_until_the_one_after_the_next_and_then_leaves_the_disk() {
        let (database, mut sightings) = (database(), Sightings::default());
        batch(&database, &mut sightings, 9, [1, 2].map(key).into_iter());
        // A reader's clock may be in the next window before anything was written there.
        assert_eq!(seen(&database, &sightings, 9, key(1)), 1);
        assert_eq!(seen(&database, &sightings, 10, key(1)), 0);
        batch(&database, &mut sightings, 10, [1].map(key).into_iter());
        for sightings in [&sightings, &reloaded(&database)] {
            assert_eq!([9, 10].map(|window| seen(&database, sightings, window, key(1))), [1, 1]);
        }
        batch(&database, &mut sightings, 11, [3].map(key).into_iter());
        assert_eq!([9, 10, 11].map(|window| seen(&database, &sightings, window, key(1))), [0, 1, 0]);
        let transaction = database.begin_write().unwrap();
        let tables = Tables::open(|table| transaction.open_table(table)).unwrap();
        assert_eq!(keys::window_of(tables.repeats.first().unwrap().unwrap().0.value()), 10);
    }
}
