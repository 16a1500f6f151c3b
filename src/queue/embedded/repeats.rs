//! Repeats: how often a text was seen, and which comments share it.
//!
//! Counting is exact and goes by windows of [`crate::queue::REPEAT_WINDOW`]: the current one and the one
//! before. The members of a wave are written down from the second on, the first one being found
//! through its ordinal, so that a text which nobody repeats costs no row.

use std::collections::BTreeSet;

use super::batch::Batch;
use super::fault::Fault;
use super::keys;
use super::sightings::{Count, Sightings, key_of, window};
use super::tables::{Readable, Tables};
use super::view::split_content;
use crate::domain::{CommentId, SiteName, Timestamp};
use crate::queue::record;

/// What is known of one fingerprint.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    key: u64,
    current: Option<Count>,
    previous: Option<Count>,
}

impl Mark {
    /// How often it was seen in both windows.
    pub fn seen(&self) -> u32 {
        let seen = |count: Option<Count>| count.map_or(0, |count| count.seen);
        seen(self.current).saturating_add(seen(self.previous))
    }
}

/// What is known of each fingerprint.
pub fn marks<B: Readable>(
    tables: &Tables<B>,
    sightings: &Sightings,
    site: &SiteName,
    fingerprints: &[u64],
    now: Timestamp,
) -> Result<Vec<Mark>, Fault> {
    let window = window(now);
    let mark = |fingerprint: &u64| {
        let key = key_of(site, *fingerprint);
        let current = sightings.count(tables, window, key)?;
        let previous = window.checked_sub(1).map(|before| sightings.count(tables, before, key));
        Ok(Mark { key, current, previous: previous.transpose()?.flatten() })
    };
    fingerprints.iter().map(mark).collect()
}

impl<B: Readable> Tables<B> {
    /// The first `limit` comments above `after` that share a fingerprint with this one, itself among them; empty when there
    /// is no such comment.
    pub fn similar(
        &self,
        site: &SiteName,
        id: &CommentId,
        after: Option<&CommentId>,
        limit: usize,
    ) -> Result<Vec<CommentId>, Fault> {
        let Some(row) = self.head(site, id)? else { return Ok(Vec::new()) };
        let mut alike = BTreeSet::from_iter(Some(id).filter(|id| Some(*id) > after).cloned());
        for fingerprint in self.content(id, &row)?.fingerprints {
            let wave = keys::wave(site, fingerprint);
            let (from, to) = (keys::wave_after(site, fingerprint, after), keys::end_of(&wave));
            let members = self.waves.range::<&[u8]>(from.as_slice()..to.as_slice())?;
            for member in members.take(limit) {
                let (key, _) = member?;
                let member = key.value().get(wave.len()..).and_then(|id| std::str::from_utf8(id).ok());
                alike.extend(member.and_then(|member| CommentId::new(member).ok()));
            }
        }
        Ok(alike.into_iter().take(limit).collect())
    }
}

impl Batch<'_> {
    /// What is known of each fingerprint.
    pub fn marks(&mut self, site: &SiteName, fingerprints: &[u64]) -> Result<Vec<Mark>, Fault> {
        if self.engine.sightings_mut().roll(&mut self.tables, self.now)? {
            self.wrote();
        }
        marks(&self.tables, &self.engine.sightings(), site, fingerprints, self.now)
    }

    /// Counts a comment that comes in, given what was known of its fingerprints.
    pub fn count_repeats(
        &mut self,
        site: &SiteName,
        (id, ordinal): (&CommentId, u64),
        fingerprints: &[u64],
        marks: &[Mark],
    ) -> Result<(), Fault> {
        for (index, (fingerprint, mark)) in fingerprints.iter().zip(marks).enumerate() {
            if fingerprints[..index].contains(fingerprint) {
                continue;
            }
            self.join_wave(site, id, *fingerprint, mark)?;
            let known = mark.current.unwrap_or(Count { seen: 0, first: ordinal });
            let count = Count { seen: known.seen.saturating_add(1), ..known };
            self.engine.sightings_mut().put(mark.key, count);
        }
        Ok(())
    }

    /// Lets a revised comment be found by its new text, without counting it.
    pub fn join_waves(
        &mut self,
        site: &SiteName,
        (id, ordinal): (&CommentId, u64),
        fingerprints: &[u64],
    ) -> Result<(), Fault> {
        let marks = self.marks(site, fingerprints)?;
        for (fingerprint, mark) in fingerprints.iter().zip(&marks) {
            self.join_wave(site, id, *fingerprint, mark)?;
            if mark.current.is_none() {
                self.engine.sightings_mut().put(mark.key, Count { seen: 0, first: ordinal });
            }
        }
        Ok(())
    }

    /// Takes a comment out of the waves of a text that it has no longer.
    pub fn leave_waves(
        &mut self,
        site: &SiteName,
        id: &CommentId,
        fingerprints: &[u64],
    ) -> Result<(), Fault> {
        for fingerprint in fingerprints {
            self.tables.waves.remove(keys::wave_member(site, *fingerprint, id).as_slice())?;
        }
        Ok(())
    }

    fn join_wave(
        &mut self,
        site: &SiteName,
        id: &CommentId,
        fingerprint: u64,
        mark: &Mark,
    ) -> Result<(), Fault> {
        let Some(known) = mark.current.or(mark.previous) else { return Ok(()) };
        if known.seen <= 1 {
            self.join_first(site, id, fingerprint, known.first)?;
        }
        self.tables.waves.insert(keys::wave_member(site, fingerprint, id).as_slice(), &[][..])?;
        Ok(())
    }

    /// Writes the first member of a wave down, if it still has this text.
    fn join_first(
        &mut self,
        site: &SiteName,
        id: &CommentId,
        fingerprint: u64,
        first: u64,
    ) -> Result<(), Fault> {
        let has_it = self.tables.contents.read(&keys::of_comment(first), |bytes| {
            let (first, content) = split_content(bytes).ok()?;
            let content = record::decode_content(content).ok()?;
            content.fingerprints.contains(&fingerprint).then_some(first)
        })?;
        if let Some(first) = has_it.flatten().filter(|first| first != id) {
            self.tables.waves.insert(keys::wave_member(site, fingerprint, &first).as_slice(), &[][..])?;
        }
        Ok(())
    }
}
