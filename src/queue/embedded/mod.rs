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
mod handle;
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

use std::time::Duration;

use async_trait::async_trait;

use super::{
    Admission, Admitted, AuthorQuery, ClaimRequest, Claimed, Counts, Erasure, FeedPage, Health, Import,
    Imported, MAX_BATCH, Note, Outcome, Page, PageQuery, PolicyDraft, PolicyRecord, Probe, Proposal,
    ProposalDraft, Queue, QueueError, Recalled, Renewed, Report, Reported, Revision, Ruling, Settled,
    StoredModel, Swept, Teaching, Undo, Withdrawal,
};
use crate::domain::{AuthorRecord, Comment, CommentId, HistoryEntry, SiteName, Standing, Timestamp};
use crate::limit::{Charge, QuotaLeft};
use admit::Incoming;
use engine::Snapshot;

pub use handle::EmbeddedQueue;

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
        let engine = self.engine();
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
        Ok(self.engine().limits().left(site, charges, self.now()))
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
