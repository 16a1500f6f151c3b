//! A handle on the store: opening it, having the writer do something, reading from a snapshot.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::backend;
use super::batch::Batch;
use super::engine::{Engine, Snapshot};
use super::fault::{self, Fault};
use super::writer::{self, Job, Step};
use crate::domain::{Clock, Timestamp};
use crate::queue::QueueError;

/// The embedded store. Clones share the engine; the last one to go closes it.
#[derive(Clone)]
pub struct EmbeddedQueue {
    shared: Arc<Handle>,
}

struct Handle {
    engine: Arc<Engine>,
    jobs: Option<mpsc::UnboundedSender<Box<dyn Job>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl EmbeddedQueue {
    /// Opens the database file at `path`, making it and its directories when they are missing, the
    /// file readable by its owner alone. A database that was not closed is repaired first.
    ///
    /// # Errors
    /// [`QueueError::Failed`], saying what to do, when the file cannot be read and written, is no
    /// modqueue store, or is open already, in this process or another.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, QueueError> {
        Self::open_on(backend::file(path)?, clock).map_err(|error| match error {
            QueueError::Failed { detail } => {
                QueueError::Failed { detail: format!("cannot open {}: {detail}", path.display()) }
            }
            other => other,
        })
    }

    /// Opens the database in `backend`, to replace the access to its file. The backend may be used
    /// again after its `close`: after an I/O error the database is opened anew on it.
    ///
    /// # Errors
    /// As [`EmbeddedQueue::open`].
    pub fn open_on(backend: impl redb::StorageBackend, clock: Arc<dyn Clock>) -> Result<Self, QueueError> {
        let engine = fault::caught(|| Engine::open(backend, clock)).map_err(fault::unchanged)?;
        let engine = Arc::new(engine);
        let (jobs, waiting) = mpsc::unbounded_channel();
        let serving = engine.clone();
        let writer = std::thread::Builder::new()
            .name("queue-writer".into())
            .spawn(move || writer::serve(serving, waiting))
            .map_err(|error| QueueError::Failed {
                detail: format!("cannot start the writer thread: {error}"),
            })?;
        let shared = Handle { engine, jobs: Some(jobs), writer: Mutex::new(Some(writer)) };
        Ok(Self { shared: Arc::new(shared) })
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    pub(super) fn now(&self) -> Timestamp {
        self.engine().now()
    }

    /// Has the writer do `work` and waits until it is on disk.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, QueueError> {
        let stopped =
            |_| QueueError::Unavailable { detail: "the writer thread stopped; restart modqueue".into() };
        let (reply, answer) = oneshot::channel();
        let job: Box<dyn Job> = Box::new(Step::new(work, reply));
        let jobs = self.shared.jobs.as_ref().expect("open until the last handle is dropped");
        jobs.send(job).map_err(|_| ()).map_err(stopped)?;
        answer.await.map_err(|_| ()).map_err(stopped)?
    }

    /// Reads from the newest snapshot, on this thread: for what takes microseconds.
    pub(super) async fn read<T>(
        &self,
        work: impl Fn(&Snapshot) -> Result<T, Fault> + Send + Sync,
    ) -> Result<T, QueueError>
    where
        T: Send,
    {
        let look = || fault::caught(|| self.engine().snapshot().and_then(|snapshot| work(&snapshot)));
        match look() {
            Err(Fault::Engine(_)) => {}
            outcome => return outcome.map_err(fault::unchanged),
        }
        // The database is closed after a failure; the writer opens it again.
        self.write(|_| Ok(())).await?;
        look().map_err(fault::unchanged)
    }

    /// Reads on a thread of its own: for what may take long.
    pub(super) async fn read_aside<T: Send + 'static>(
        &self,
        work: impl Fn(&Snapshot) -> Result<T, Fault> + Send + Sync + 'static,
    ) -> Result<T, QueueError> {
        let (queue, runtime) = (self.clone(), tokio::runtime::Handle::current());
        let reading = tokio::task::spawn_blocking(move || runtime.block_on(queue.read(work)));
        let broken = |error| QueueError::Failed { detail: format!("a read was not finished: {error}") };
        reading.await.map_err(broken)?
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        drop(self.jobs.take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The file is free for the next to open it once this returns. A writer that panicked has
        // said so on standard error.
        let _ = writer.map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests {
    use redb::backends::InMemoryBackend;

    use super::*;
    use crate::domain::{SiteName, SystemClock};
    use crate::queue::Queue;

    #[tokio::test]
    async fn a_read_that_panics_fails_alone() {
        let queue = EmbeddedQueue::open_on(InMemoryBackend::new(), Arc::new(SystemClock)).unwrap();
        for error in [
            queue.read::<()>(|_| panic!("on purpose")).await.unwrap_err(),
            queue.read_aside::<()>(|_| panic!("on purpose")).await.unwrap_err(),
        ] {
            assert!(error.to_string().contains("from a backup"), "{error}");
        }
        assert_eq!(queue.counts(&SiteName::new("default").unwrap()).await.unwrap().pending, 0);
    }
}
