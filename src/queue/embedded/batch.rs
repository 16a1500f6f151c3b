//! One write transaction while steps are applied to it.
//!
//! Every step reads and decodes all it needs before its first write, so a record that cannot be
//! read never leaves half a step behind; an engine's error ends the whole batch.

use std::collections::HashMap;

use super::engine::{Engine, STORE};
use super::fault::Fault;
use super::keys::{self, Place};
use super::row::{Row, SiteRow, StoreRow};
use super::tables::{Readable, Tables, Writing};
use crate::domain::{CommentId, SiteName, Timestamp};
use crate::queue::hot::Hot;

/// What the writer remembers from batch to batch; all of it can be read again from the tables.
#[derive(Default)]
pub struct Memory {
    next_ordinal: Option<u64>,
    sites: HashMap<SiteName, Site>,
}

#[derive(Default)]
struct Site {
    row: SiteRow,
    touched: bool,
}

/// Sites that are remembered at most.
const MAX_REMEMBERED: usize = 10_000;

/// An open write transaction with its tables.
pub struct Batch<'t> {
    /// Every table.
    pub tables: Tables<Writing<'t>>,
    /// The time of the step at hand.
    pub now: Timestamp,
    /// What readers share too.
    pub engine: &'t Engine,
    memory: &'t mut Memory,
    changed: bool,
}

impl<'t> Batch<'t> {
    /// A batch in which nothing was done yet.
    pub fn new(tables: Tables<Writing<'t>>, engine: &'t Engine, memory: &'t mut Memory) -> Self {
        Self { tables, now: engine.now(), engine, memory, changed: false }
    }

    /// Begins the next step.
    pub fn tick(&mut self) {
        self.now = self.engine.now();
    }

    /// What a site counts.
    pub fn site(&mut self, site: &SiteName) -> Result<SiteRow, Fault> {
        Ok(self.remembered(site)?.row)
    }

    /// What a site counts, to be changed. Every step that writes anything calls this: it makes the
    /// site's generation, and without it the batch is not committed.
    pub fn touch(&mut self, site: &SiteName) -> Result<&mut SiteRow, Fault> {
        self.changed = true;
        let remembered = self.remembered(site)?;
        remembered.touched = true;
        if remembered.row.generation == 0 {
            remembered.row.generation = generation()?;
        }
        Ok(&mut remembered.row)
    }

    /// Has the batch committed for something that belongs to no site.
    pub fn wrote(&mut self) {
        self.changed = true;
    }

    /// The number for a comment that comes in now.
    pub fn next_ordinal(&mut self) -> Result<u64, Fault> {
        let ordinal = match self.memory.next_ordinal {
            Some(ordinal) => ordinal,
            None => self.stored()?.next_ordinal,
        };
        self.memory.next_ordinal = Some(ordinal + 1);
        Ok(ordinal)
    }

    /// Writes a comment's head and moves its place and its site's counts along.
    pub fn put_head(
        &mut self,
        site: &SiteName,
        id: &CommentId,
        was: Option<&Hot>,
        row: &Row,
    ) -> Result<(), Fault> {
        let counts = self.touch(site)?;
        if let Some(was) = was {
            *counts.count_mut(was.state) -= 1;
        }
        *counts.count_mut(row.hot.state) += 1;
        let [from, to] = [was.map(place), Some(place(&row.hot))];
        if from != to {
            if let Some(from) = from {
                self.tables.places.remove(from.key(site, id).as_slice())?;
            }
            self.tables.places.insert(place(&row.hot).key(site, id).as_slice(), &[][..])?;
        }
        self.tables.heads.insert(keys::comment(site, id).as_slice(), &row.encode()[..])?;
        Ok(())
    }

    /// Removes a comment's head and place.
    pub fn remove_head(&mut self, site: &SiteName, id: &CommentId, hot: &Hot) -> Result<(), Fault> {
        *self.touch(site)?.count_mut(hot.state) -= 1;
        self.tables.places.remove(place(hot).key(site, id).as_slice())?;
        self.tables.heads.remove(keys::comment(site, id).as_slice())?;
        Ok(())
    }

    /// Writes what was counted; false when no step changed anything.
    pub fn finish(mut self) -> Result<bool, Fault> {
        if !self.changed {
            return Ok(false);
        }
        self.engine.sightings_mut().finish(&mut self.tables)?;
        let next_ordinal = match self.memory.next_ordinal {
            Some(ordinal) => ordinal,
            None => self.stored()?.next_ordinal,
        };
        let row = StoreRow { next_ordinal, seen: self.now, ..StoreRow::NEW };
        self.tables.sites.insert(STORE, &row.encode()[..])?;
        for (site, remembered) in &mut self.memory.sites {
            if std::mem::take(&mut remembered.touched) {
                self.tables.sites.insert(site.as_str().as_bytes(), remembered.row.encode().as_slice())?;
            }
        }
        if self.memory.sites.len() > MAX_REMEMBERED {
            self.memory.sites.clear();
        }
        Ok(true)
    }

    fn remembered(&mut self, site: &SiteName) -> Result<&mut Site, Fault> {
        if !self.memory.sites.contains_key(site) {
            let row = self.tables.site(site)?;
            self.memory.sites.insert(site.clone(), Site { row, touched: false });
        }
        Ok(self.memory.sites.get_mut(site).expect("it was just remembered"))
    }

    fn stored(&self) -> Result<StoreRow, Fault> {
        let row = self.tables.sites.read(STORE, StoreRow::decode)?.unwrap_or(Ok(StoreRow::NEW));
        row.map_err(|detail| Fault::damaged("the store", detail))
    }
}

/// The number after the last part that hangs on a comment.
pub fn next_part(table: &impl Readable, ordinal: u64) -> Result<u32, Fault> {
    let range = keys::starting_with(&keys::of_comment(ordinal));
    let last = table.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())?.next_back().transpose()?;
    let number = |key: &[u8]| key[8..].try_into().map_or(0, u32::from_be_bytes);
    Ok(last.map_or(0, |(key, _)| number(key.value()) + 1))
}

/// Where a comment stands in the order of its state: by risk and age while it waits, by its last
/// change afterwards.
pub fn place(hot: &Hot) -> Place {
    match hot.state.is_waiting() {
        true => Place { state: hot.state, tier: hot.tier, time: hot.create_time },
        false => Place { state: hot.state, tier: 0, time: hot.update_time },
    }
}

fn generation() -> Result<u64, Fault> {
    let random = getrandom::u64().map_err(|error| Fault::Refused(format!("no random numbers: {error}")))?;
    Ok((random >> 1).max(1))
}
