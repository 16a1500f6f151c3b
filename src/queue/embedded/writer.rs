//! The one thread that writes.
//!
//! It takes every job that waits, applies them one by one in one transaction, commits with fsync
//! and then answers them all. There is no timer: the next batch gathers while this one commits.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

use super::batch::{Batch, Memory};
use super::engine::Engine;
use super::fault::{self, Fault};
use super::tables::Tables;
use crate::queue::QueueError;

/// Jobs that share one commit at most.
const MAX_JOBS: usize = 256;

/// A step that waits for the writer.
pub trait Job: Send {
    /// Applies the step. Only an engine's error, which ends the batch, comes back here.
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), Fault>;

    /// Tells the caller: the step's own answer, or why its batch failed.
    fn answer(self: Box<Self>, failed: Option<&QueueError>);
}

/// A step as a closure, with the way back to its caller.
pub struct Step<F, T> {
    work: Option<F>,
    outcome: Option<Result<T, QueueError>>,
    reply: oneshot::Sender<Result<T, QueueError>>,
}

impl<F, T> Step<F, T>
where
    F: FnOnce(&mut Batch<'_>) -> Result<T, Fault> + Send,
    T: Send,
{
    /// A step that answers through `reply`.
    pub fn new(work: F, reply: oneshot::Sender<Result<T, QueueError>>) -> Self {
        Self { work: Some(work), outcome: None, reply }
    }
}

impl<F, T> Job for Step<F, T>
where
    F: FnOnce(&mut Batch<'_>) -> Result<T, Fault> + Send,
    T: Send,
{
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), Fault> {
        let Some(work) = self.work.take() else { return Ok(()) };
        match work(batch) {
            Err(fault @ Fault::Engine(_)) => return Err(fault),
            outcome => self.outcome = Some(outcome.map_err(fault::unchanged)),
        }
        Ok(())
    }

    fn answer(self: Box<Self>, failed: Option<&QueueError>) {
        let outcome = match (failed, self.outcome) {
            (Some(error), _) => Err(error.clone()),
            (None, Some(outcome)) => outcome,
            (None, None) => return,
        };
        // A caller that went away does not want to know.
        let _ = self.reply.send(outcome);
    }
}

/// Serves `jobs` until no caller is left.
pub fn serve(engine: Arc<Engine>, mut jobs: UnboundedReceiver<Box<dyn Job>>) {
    let mut memory = Memory::default();
    let mut waiting = Vec::with_capacity(MAX_JOBS);
    while jobs.blocking_recv_many(&mut waiting, MAX_JOBS) > 0 {
        let failed = attempt(&engine, &mut memory, &mut waiting).err();
        match &failed {
            None => engine.limits().keep(engine.now()),
            Some(error) => {
                tracing::error!(%error, jobs = waiting.len(), "a batch was not written");
                engine.limits().take_back();
                memory = Memory::default();
                engine.close();
            }
        }
        if let Err(fault) = fault::caught(|| engine.shorten_if_asked()) {
            tracing::error!(?fault, "the file could not be made shorter");
            engine.close();
        }
        waiting.drain(..).for_each(|job| job.answer(failed.as_ref()));
    }
    engine.close();
}

/// A step that panics fails its batch and not the store.
fn attempt(engine: &Engine, memory: &mut Memory, jobs: &mut [Box<dyn Job>]) -> Result<(), QueueError> {
    fault::caught(|| Ok(apply(engine, memory, jobs))).map_err(fault::unchanged).flatten()
}

fn apply(engine: &Engine, memory: &mut Memory, jobs: &mut [Box<dyn Job>]) -> Result<(), QueueError> {
    let transaction = engine.begin().map_err(fault::unchanged)?;
    let tables = Tables::open(|table| transaction.open_table(table))
        .map_err(|error| fault::unchanged(error.into()))?;
    let mut batch = Batch::new(tables, engine, memory);
    for job in jobs {
        batch.tick();
        job.run(&mut batch).map_err(fault::unchanged)?;
    }
    if !batch.finish().map_err(fault::unchanged)? {
        return transaction.abort().map_err(|error| fault::unchanged(error.into()));
    }
    transaction.commit().map_err(|error| fault::uncertain(&error.into()))?;
    engine.committed();
    Ok(())
}

#[cfg(test)]
mod tests {
    use redb::backends::InMemoryBackend;
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::domain::{SiteName, Standing, SystemClock};

    fn step<T: Send + 'static>(
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> (Box<dyn Job>, oneshot::Receiver<Result<T, QueueError>>) {
        let (reply, answer) = oneshot::channel();
        (Box::new(Step::new(work, reply)), answer)
    }

    #[test]
    fn a_step_that_panics_takes_its_batch_back_and_the_next_batch_is_served() {
        let engine = Engine::open(InMemoryBackend::new(), Arc::new(SystemClock)).unwrap();
        let site = SiteName::new("default").unwrap();
        let set = |author_id: &'static str| {
            let site = site.clone();
            step(move |batch| batch.set_standing(&site, author_id, Standing::Trusted))
        };
        let (jobs, waiting) = unbounded_channel();
        let send = |job| jobs.send(job).unwrap_or_else(|_| panic!("the channel is open"));
        let ((before, lost), (panics, told)) = (set("ann"), step::<()>(|_| panic!("on purpose")));
        [before, panics].into_iter().for_each(send);
        let engine = Arc::new(engine);
        let serving = engine.clone();
        let writer = std::thread::spawn(move || serve(serving, waiting));
        for error in [lost.blocking_recv().unwrap().err(), told.blocking_recv().unwrap().err()] {
            assert!(matches!(error, Some(QueueError::Failed { detail }) if detail.contains("panicked")));
        }
        let (after, kept) = set("bob");
        send(after);
        assert_eq!(kept.blocking_recv().unwrap().unwrap().version, 1);
        let snapshot = engine.snapshot().unwrap();
        assert_eq!(snapshot.tables.author(&site, "ann").unwrap().version, 0);
        drop(jobs);
        writer.join().unwrap();
    }
}
