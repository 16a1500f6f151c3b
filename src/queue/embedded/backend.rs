//! The store's file, and a way to open the same backend again.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

use super::fault::sentence;
use crate::queue::QueueError;

/// A backend that outlives the engine: after an I/O error the engine refuses everything until it is
/// closed and opened again, on the same file and under the same locks.
#[derive(Debug, Clone)]
pub struct Shared(pub Arc<dyn StorageBackend>);

impl StorageBackend for Shared {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.query_lock_range(start, end)
    }
}

/// A new database is smaller than this.
const LONGEST_BEGINNING: u64 = 1 << 20;

impl Shared {
    /// Empties a file in which a database was begun and not finished before the power went: the
    /// engine writes its mark at the start last, and refuses a file that has none.
    ///
    /// # Errors
    /// Those of the file.
    pub fn discard_unfinished(&self) -> Result<(), redb::Error> {
        let whole = (Bound::Unbounded, Bound::Unbounded);
        match self.try_lock_range(whole.0, whole.1) {
            // Somebody has it open: the engine will say so.
            Ok(false) => return Ok(()),
            Ok(true) => {
                let discarded = self.empty_if_unmarked();
                self.unlock_range(whole.0, whole.1)?;
                discarded?;
            }
            Err(BackendError::Unsupported) => self.empty_if_unmarked()?,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn empty_if_unmarked(&self) -> io::Result<()> {
        let mut mark = [0; 9];
        let length = self.len()?;
        if length == 0 || length > LONGEST_BEGINNING {
            return Ok(());
        }
        let begun = mark.len().min(length as usize);
        self.read(0, &mut mark[..begun])?;
        if mark == [0; 9] { self.set_len(0) } else { Ok(()) }
    }
}

/// Opens the file at `path`, making it and its directories when they are missing. Others than the
/// owner may not read it.
pub fn file(path: &Path) -> Result<FileBackend, QueueError> {
    let failed = |error: redb::Error| QueueError::Failed {
        detail: format!("cannot open {}: {}", path.display(), sentence(&error)),
    };
    if path.is_dir() {
        let detail = format!("{0} is a directory; name a file in it, such as {0}/queue.redb", path.display());
        return Err(QueueError::Failed { detail });
    }
    let file = create(path).map_err(|error| failed(redb::Error::Io(error)))?;
    FileBackend::new(file).map_err(|error| failed(error.into()))
}

fn create(path: &Path) -> io::Result<File> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut directory = DirBuilder::new();
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        directory.mode(0o700);
        options.mode(0o600);
    }
    directory.recursive(true).create(parent)?;
    let existed = path.exists();
    let file = options.open(path)?;
    if !existed {
        // A new file is only there after a power cut once its directory was written.
        File::open(parent)?.sync_all()?;
    }
    Ok(file)
}
