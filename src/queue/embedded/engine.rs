//! The engine while it is open, the snapshot that readers share, and opening it again after a failure.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use redb::{
    Builder, CompactionError, Database, ReadTransaction, ReadableDatabase, StorageBackend, WriteTransaction,
};

use super::authors::enter_old;
use super::backend::Shared;
use super::fault::{Fault, caught};
use super::limits::Limits;
use super::row::StoreRow;
use super::sightings::Sightings;
use super::tables::{Readable, Reading, Tables};
use crate::domain::{Clock, Timestamp};

/// Pages that the engine keeps in memory, in bytes. The operating system caches the rest: more was
/// not faster at a million comments.
const CACHE_BYTES: usize = 16 << 20;

/// Key of the store's own row among those of the sites; no site has an empty name.
pub const STORE: &[u8] = b"";

/// A consistent view of everything that was committed.
pub struct Snapshot {
    /// Every table at that moment.
    pub tables: Tables<Reading>,
    _transaction: ReadTransaction,
}

/// What readers and the writer share.
pub struct Engine {
    backend: Shared,
    clock: Arc<dyn Clock>,
    seen: AtomicI64,
    limits: Mutex<Limits>,
    sightings: RwLock<Sightings>,
    /// Whether the file is to be made shorter.
    is_too_long: AtomicBool,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    database: Option<Database>,
    snapshot: Option<Arc<Snapshot>>,
    /// Snapshots that somebody may still be reading.
    outdated: Vec<Weak<Snapshot>>,
}

impl Open {
    /// The next reader is to see what is so then. The snapshot that there was is given up by whoever drops it last.
    fn outdate(&mut self) -> Option<Arc<Snapshot>> {
        let outdated = self.snapshot.take();
        self.outdated.retain(|snapshot| snapshot.strong_count() > 0);
        self.outdated.extend(outdated.as_ref().map(Arc::downgrade));
        outdated
    }
}

impl Engine {
    /// Opens the database in `backend`, repairing it after a crash.
    pub fn open(backend: impl StorageBackend, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let engine = Self {
            backend: Shared(Arc::new(backend)),
            clock,
            seen: AtomicI64::new(0),
            limits: Mutex::new(Limits::new()),
            sightings: RwLock::default(),
            is_too_long: AtomicBool::new(false),
            open: Mutex::new(Open::default()),
        };
        engine.backend.discard_unfinished()?;
        engine.reopen()?;
        Ok(engine)
    }

    /// The time: the clock's, but never before what was seen already.
    pub fn now(&self) -> Timestamp {
        let now = self.clock.now().0;
        Timestamp(now.max(self.seen.fetch_max(now, Ordering::AcqRel)))
    }

    /// The limits, locked for a moment.
    pub fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often texts were seen, to be looked at for a moment.
    pub fn sightings(&self) -> RwLockReadGuard<'_, Sightings> {
        self.sightings.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same for the writer.
    pub fn sightings_mut(&self) -> RwLockWriteGuard<'_, Sightings> {
        self.sightings.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest snapshot, made anew after each commit by the first who reads.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, Fault> {
        let mut open = self.state();
        if let Some(snapshot) = &open.snapshot {
            return Ok(snapshot.clone());
        }
        let database = open.database.as_ref().ok_or(redb::Error::DatabaseClosed)?;
        let transaction = database.begin_read()?;
        let tables = Tables::open(|definition| transaction.open_table(definition))?;
        let snapshot = Arc::new(Snapshot { tables, _transaction: transaction });
        open.snapshot = Some(snapshot.clone());
        Ok(snapshot)
    }

    /// Lets the next reader see what was just committed. The old snapshot is given up at once: as
    /// long as it lives, the file keeps what it shows.
    pub fn committed(&self) {
        let mut open = self.state();
        let outdated = open.outdate();
        drop(open);
        drop(outdated);
    }

    /// True when nobody reads what was so before the last commit: only then are freed pages used again.
    pub fn is_past_read(&self) -> bool {
        self.state().outdated.iter().all(|snapshot| snapshot.strong_count() == 0)
    }

    /// The length of the file.
    pub fn file_len(&self) -> Result<u64, Fault> {
        Ok(self.backend.0.len()?)
    }

    /// Has the file made as short as its content allows, after the first batch from now on that nobody's reading outlasts.
    pub fn shorten_soon(&self) {
        self.is_too_long.store(true, Ordering::Release);
    }

    /// Does so now, if it was asked for and nobody reads. Readers to come wait, for it moves what stands at the file's end.
    pub fn shorten_if_asked(&self) -> Result<(), Fault> {
        if !self.is_too_long.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut open = self.state();
        drop(open.outdate());
        let Some(database) = &mut open.database else { return Ok(()) };
        match database.compact() {
            Err(CompactionError::TransactionInProgress) => {}
            outcome => {
                outcome?;
                self.is_too_long.store(false, Ordering::Release);
            }
        }
        Ok(())
    }

    /// Begins a write transaction, opening the database again when an error closed it.
    pub fn begin(&self) -> Result<WriteTransaction, Fault> {
        if let Ok(transaction) = self.try_begin() {
            return Ok(transaction);
        }
        self.close();
        self.reopen()?;
        self.try_begin()
    }

    /// Gives the database up after a failure.
    pub fn close(&self) {
        let open = std::mem::take(&mut *self.state());
        // There is nothing more to be done about a file that cannot even be closed.
        let _ = caught(|| {
            drop(open);
            Ok(())
        });
    }

    fn try_begin(&self) -> Result<WriteTransaction, Fault> {
        let open = self.state();
        let database = open.database.as_ref().ok_or(redb::Error::DatabaseClosed)?;
        Ok(database.begin_write()?)
    }

    fn reopen(&self) -> Result<(), Fault> {
        let database =
            Builder::new().set_cache_size(CACHE_BYTES).create_with_backend(self.backend.clone())?;
        let transaction = database.begin_write()?;
        let mut tables = Tables::open(|definition| transaction.open_table(definition))?;
        let row = match tables.sites.read(STORE, StoreRow::decode)? {
            Some(row) => row.map_err(|detail| Fault::damaged("the store", detail))?,
            None => {
                tables.sites.insert(STORE, &StoreRow::NEW.encode()[..])?;
                StoreRow::NEW
            }
        };
        if !row.has_authors {
            enter_old(&mut tables)?;
            tables.sites.insert(STORE, &StoreRow { has_authors: true, ..row }.encode()[..])?;
        }
        *self.sightings_mut() = Sightings::load(&tables)?;
        drop(tables);
        transaction.commit()?;
        self.seen.fetch_max(row.seen.0, Ordering::AcqRel);
        self.state().database = Some(database);
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
