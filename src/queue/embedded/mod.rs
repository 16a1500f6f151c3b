//! The queue in one process, durable on disk, on the redb engine.
//!
//! One thread owns all writing: it takes every step that waits, applies them in one transaction,
//! commits with fsync and then answers. Readers look at snapshots of what was committed, so they see
//! everything that was acknowledged before they began. Rate limits live in memory (see `limits`).
//!
//! After an I/O error or on a full disk the steps at hand fail and the database is opened again with
//! the next one; what was acknowledged is never touched by that.

mod admit;
mod authors;
mod backend;
mod batch;
mod claim;
mod decide;
mod engine;
mod erase;
mod fault;
mod feed;
mod history;
mod import;
mod keys;
mod limits;
mod model;
mod page;
mod policy;
mod portal;
mod proposals;
mod repeats;
mod row;
mod sieve;
mod sightings;
mod sweep;
mod tables;
mod view;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

use super::{
    Admission, Admitted, AuthorQuery, ClaimRequest, Claimed, Counts, Erasure, FeedPage, Health, Import,
    Imported, MAX_BATCH, Note, Outcome, Page, PageQuery, PolicyDraft, PolicyRecord, Probe, Proposal,
    ProposalDraft, Queue, QueueError, Recalled, Renewed, Report, Reported, Revision, Ruling, Settled,
    StoredModel, Swept, Teaching, Undo, Withdrawal,
};
use crate::domain::{AuthorRecord, Clock, Comment, CommentId, HistoryEntry, SiteName, Standing, Timestamp};
use crate::limit::{Charge, QuotaLeft};
use admit::Incoming;
use batch::Batch;
use engine::{Engine, Snapshot};
use fault::Fault;
use writer::{Job, Step};

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

    fn now(&self) -> Timestamp {
        self.shared.engine.now()
    }

    /// Has the writer do `work` and waits until it is on disk.
    async fn write<T: Send + 'static>(
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
    async fn read<T>(
        &self,
        work: impl Fn(&Snapshot) -> Result<T, Fault> + Send + Sync,
    ) -> Result<T, QueueError>
    where
        T: Send,
    {
        let look = || fault::caught(|| self.shared.engine.snapshot().and_then(|snapshot| work(&snapshot)));
        match look() {
            Err(Fault::Engine(_)) => {}
            outcome => return outcome.map_err(fault::unchanged),
        }
        // The database is closed after a failure; the writer opens it again.
        self.write(|_| Ok(())).await?;
        look().map_err(fault::unchanged)
    }

    /// Reads on a thread of its own: for what may take long.
    async fn read_aside<T: Send + 'static>(
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

fn at_most_a_batch(what: &str, count: usize) -> Result<(), QueueError> {
    match count > MAX_BATCH {
        true => Err(QueueError::Failed {
            detail: format!("{count} {what} in one step; send at most {MAX_BATCH}"),
        }),
        false => Ok(()),
    }
}

#[async_trait]
impl Queue for EmbeddedQueue {
    async fn recall(&self, site: &SiteName, probe: Probe) -> Result<Recalled, QueueError> {
        let engine = &self.shared.engine;
        self.read(|snapshot| snapshot.tables.recall(&engine.sightings(), site, &probe, self.now())).await
    }

    async fn admit(&self, site: &SiteName, admission: Admission) -> Result<Admitted, QueueError> {
        let (site, incoming) = (site.clone(), Incoming::new(admission));
        self.write(move |batch| batch.admit(&site, incoming)).await
    }

    async fn import(
        &self,
        site: &SiteName,
        waiting_cap: u64,
        imports: Vec<Import>,
    ) -> Result<Vec<Imported>, QueueError> {
        at_most_a_batch("imports", imports.len())?;
        let site = site.clone();
        self.write(move |batch| batch.import(&site, waiting_cap, imports)).await
    }

    async fn quota(&self, site: &SiteName, charges: &[Charge]) -> Result<Vec<QuotaLeft>, QueueError> {
        Ok(self.shared.engine.limits().left(site, charges, self.now()))
    }

    async fn revise(&self, site: &SiteName, revision: Revision) -> Result<Outcome, QueueError> {
        let site = site.clone();
        self.write(move |batch| batch.revise(&site, revision)).await
    }

    async fn withdraw(&self, site: &SiteName, withdrawal: Withdrawal) -> Result<Outcome, QueueError> {
        let site = site.clone();
        self.write(move |batch| batch.withdraw(&site, withdrawal)).await
    }

    async fn report(&self, site: &SiteName, report: Report) -> Result<Reported, QueueError> {
        let site = site.clone();
        self.write(move |batch| batch.report(&site, report)).await
    }

    async fn get(&self, site: &SiteName, ids: &[CommentId]) -> Result<Vec<Option<Comment>>, QueueError> {
        let comment = |snapshot: &Snapshot, id| {
            let loaded = snapshot.tables.load(site, id, self.now())?;
            Ok(loaded.map(|loaded| *loaded.into_comment()))
        };
        self.read(|snapshot| ids.iter().map(|id| comment(snapshot, id)).collect()).await
    }

    async fn page(&self, site: &SiteName, query: &PageQuery) -> Result<Page, QueueError> {
        let (site, query, now) = (site.clone(), query.clone(), self.now());
        self.read_aside(move |snapshot| snapshot.tables.page(&site, &query, now)).await
    }

    async fn author_comments(&self, site: &SiteName, query: &AuthorQuery) -> Result<Page, QueueError> {
        let (site, query, now) = (site.clone(), query.clone(), self.now());
        self.read_aside(move |snapshot| snapshot.tables.author_comments(&site, &query, now)).await
    }

    async fn history(&self, site: &SiteName, id: &CommentId) -> Result<Vec<HistoryEntry>, QueueError> {
        self.read(|snapshot| snapshot.tables.history(site, id)).await
    }

    async fn similar(
        &self,
        site: &SiteName,
        id: &CommentId,
        after: Option<&CommentId>,
        limit: usize,
    ) -> Result<Vec<CommentId>, QueueError> {
        let (site, id, after) = (site.clone(), id.clone(), after.cloned());
        self.read_aside(move |snapshot| snapshot.tables.similar(&site, &id, after.as_ref(), limit)).await
    }

    async fn counts(&self, site: &SiteName) -> Result<Counts, QueueError> {
        self.read(|snapshot| snapshot.tables.counts(site, self.now())).await
    }

    async fn claim(&self, site: &SiteName, request: ClaimRequest) -> Result<Claimed, QueueError> {
        at_most_a_batch("candidates", request.candidates.len())?;
        let site = site.clone();
        self.write(move |batch| batch.claim(&site, request)).await
    }

    async fn renew(
        &self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
        lease: Duration,
    ) -> Result<Renewed, QueueError> {
        let (site, claim_id, ids) = (site.clone(), claim_id.to_owned(), ids.to_vec());
        self.write(move |batch| batch.renew(&site, &claim_id, &ids, lease)).await
    }

    async fn release(
        &self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
    ) -> Result<Vec<CommentId>, QueueError> {
        let (site, claim_id, ids) = (site.clone(), claim_id.to_owned(), ids.to_vec());
        self.write(move |batch| batch.release(&site, &claim_id, &ids)).await
    }

    async fn defer(
        &self,
        site: &SiteName,
        reviewer: &str,
        id: &CommentId,
        span: Duration,
    ) -> Result<(), QueueError> {
        let (site, reviewer, id) = (site.clone(), reviewer.to_owned(), id.clone());
        self.write(move |batch| batch.defer(&site, &reviewer, &id, span)).await
    }

    async fn deferred(&self, site: &SiteName, reviewer: &str) -> Result<Vec<CommentId>, QueueError> {
        self.read(|snapshot| snapshot.tables.deferred(site, reviewer, self.now())).await
    }

    async fn decide(&self, site: &SiteName, rulings: Vec<Ruling>) -> Result<Vec<Outcome>, QueueError> {
        at_most_a_batch("rulings", rulings.len())?;
        let site = site.clone();
        self.write(move |batch| batch.decide(&site, rulings)).await
    }

    async fn undo(&self, site: &SiteName, undo: Undo) -> Result<Outcome, QueueError> {
        let site = site.clone();
        self.write(move |batch| batch.undo(&site, undo)).await
    }

    async fn note(&self, site: &SiteName, note: Note) -> Result<Outcome, QueueError> {
        let site = site.clone();
        self.write(move |batch| batch.note(&site, note)).await
    }

    async fn feed(&self, site: &SiteName, after: u64, limit: usize) -> Result<FeedPage, QueueError> {
        let site = site.clone();
        self.read_aside(move |snapshot| snapshot.tables.feed(&site, after, limit)).await
    }

    async fn model(&self, site: &SiteName, known: Option<u64>) -> Result<StoredModel, QueueError> {
        self.read(|snapshot| snapshot.tables.model(site, known)).await
    }

    async fn lessons(&self, site: &SiteName, ids: &[CommentId]) -> Result<Vec<Option<Vec<u8>>>, QueueError> {
        self.read(|snapshot| ids.iter().map(|id| snapshot.tables.lesson(site, id)).collect()).await
    }

    async fn teach(&self, site: &SiteName, teaching: Teaching) -> Result<bool, QueueError> {
        at_most_a_batch("lessons", teaching.lessons.len())?;
        let site = site.clone();
        self.write(move |batch| batch.teach(&site, teaching)).await
    }

    async fn policy(&self, site: &SiteName) -> Result<Option<PolicyRecord>, QueueError> {
        self.read(|snapshot| snapshot.tables.policy(site)).await
    }

    async fn save_policy(
        &self,
        site: &SiteName,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Option<PolicyRecord>, QueueError> {
        let site = site.clone();
        self.write(move |batch| batch.save_policy(&site, expected, draft)).await
    }

    async fn policy_revisions(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<PolicyRecord>, QueueError> {
        self.read(|snapshot| snapshot.tables.policy_revisions(site, before, limit)).await
    }

    async fn propose_policy(&self, site: &SiteName, draft: ProposalDraft) -> Result<Proposal, QueueError> {
        let site = site.clone();
        self.write(move |batch| batch.propose_policy(&site, draft)).await
    }

    async fn policy_proposals(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Proposal>, QueueError> {
        self.read(|snapshot| snapshot.tables.policy_proposals(site, before, limit)).await
    }

    async fn settle_proposal(
        &self,
        site: &SiteName,
        number: u64,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Settled, QueueError> {
        let site = site.clone();
        self.write(move |batch| batch.settle_proposal(&site, number, expected, draft)).await
    }

    async fn author(&self, site: &SiteName, author_id: &str) -> Result<AuthorRecord, QueueError> {
        self.read(|snapshot| snapshot.tables.author(site, author_id)).await
    }

    async fn set_standing(
        &self,
        site: &SiteName,
        author_id: &str,
        standing: Standing,
    ) -> Result<AuthorRecord, QueueError> {
        let (site, author_id) = (site.clone(), author_id.to_owned());
        self.write(move |batch| batch.set_standing(&site, &author_id, standing)).await
    }

    async fn erase_author(&self, site: &SiteName, author_id: &str) -> Result<Erasure, QueueError> {
        self.erase(site, author_id).await
    }

    async fn sweep(
        &self,
        site: &SiteName,
        decided_before: Timestamp,
        events_before: Timestamp,
    ) -> Result<Swept, QueueError> {
        let site = site.clone();
        self.write(move |batch| batch.sweep(&site, decided_before, events_before)).await
    }

    async fn check(&self) -> Result<Health, QueueError> {
        self.write(|_| Ok(())).await?;
        Ok(Health { engine: "embedded".into(), warnings: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use redb::backends::InMemoryBackend;

    use super::*;
    use crate::domain::SystemClock;

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
