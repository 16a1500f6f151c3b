//! A disk in memory that can lose power, or run full, at any moment.
//!
//! What was written since the last sync is volatile: when the power goes, each change is kept, lost
//! or torn, by chance and apart from the others, as a disk with a cache may do. Sectors of 512 bytes
//! are written whole or not at all.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use redb::StorageBackend;

const SECTOR: usize = 512;
const BLOCK: u64 = 4096;

/// A disk. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// What a reader sees.
    current: Vec<u8>,
    /// What is there after a power cut, whatever becomes of the rest.
    synced: Vec<u8>,
    unsynced: Vec<Change>,
    /// Changes and syncs that are still carried out; `None`: all.
    until_cut: Option<u32>,
    /// Blocks that hold data.
    allocated: BTreeSet<u64>,
    /// Blocks that there is room for; `None`: any number.
    room: Option<usize>,
}

#[derive(Debug)]
enum Change {
    Write { offset: usize, data: Vec<u8> },
    SetLen(usize),
}

impl Disk {
    /// Lets the power go after so many more changes and syncs: the next one and all that follow fail.
    pub fn cut_after(&self, changes: u32) {
        self.state().until_cut = Some(changes);
    }

    /// A disk with what is left after a power cut now. `seed` decides what is lost.
    pub fn after_power_cut(&self, seed: u64) -> Self {
        let state = self.state();
        let mut chance = Chance(seed);
        let mut left = state.synced.clone();
        for change in &state.unsynced {
            match change {
                Change::SetLen(length) if chance.one_in(2) => left.resize(*length, 0),
                Change::SetLen(_) => {}
                Change::Write { offset, data } => match chance.below(4) {
                    0 => {}
                    1 => tear(&mut left, *offset, data, &mut chance),
                    _ => write(&mut left, *offset, data),
                },
            }
        }
        let fresh = State { current: left.clone(), synced: left, ..State::default() };
        Self(Arc::new(Mutex::new(fresh)))
    }

    /// Leaves room for so many more blocks; `None`: for any number.
    pub fn set_room(&self, blocks: Option<usize>) {
        let mut state = self.state();
        state.room = blocks.map(|blocks| state.allocated.len() + blocks);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics while it is held")
    }
}

impl State {
    fn spend_power(&mut self) -> io::Result<()> {
        match &mut self.until_cut {
            None => Ok(()),
            Some(0) => Err(io::Error::other("the power is gone")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }

    fn allocate(&mut self, offset: u64, length: u64) -> io::Result<()> {
        let blocks = offset / BLOCK..(offset + length).div_ceil(BLOCK);
        let needed = blocks.clone().filter(|block| !self.allocated.contains(block)).count();
        if self.room.is_some_and(|room| self.allocated.len() + needed > room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.allocated.extend(blocks);
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.state().current.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.state();
        let offset = offset as usize;
        let found = state.current.get(offset..offset + out.len());
        out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.state();
        state.spend_power()?;
        state.current.resize(len as usize, 0);
        state.unsynced.push(Change::SetLen(len as usize));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.state();
        state.spend_power()?;
        state.synced = state.current.clone();
        state.unsynced.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        state.spend_power()?;
        state.allocate(offset, data.len() as u64)?;
        write(&mut state.current, offset as usize, data);
        state.unsynced.push(Change::Write { offset: offset as usize, data: data.to_vec() });
        Ok(())
    }
}

fn write(file: &mut Vec<u8>, offset: usize, data: &[u8]) {
    if file.len() < offset + data.len() {
        file.resize(offset + data.len(), 0);
    }
    file[offset..offset + data.len()].copy_from_slice(data);
}

fn tear(file: &mut Vec<u8>, offset: usize, data: &[u8], chance: &mut Chance) {
    for (index, sector) in data.chunks(SECTOR).enumerate() {
        if chance.one_in(2) {
            write(file, offset + index * SECTOR, sector);
        }
    }
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
#[derive(Debug)]
pub struct Chance(pub u64);

impl Chance {
    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// True once in `count` times.
    pub fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}
