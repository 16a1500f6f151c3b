//! The reference: the queue's promises written down as plainly as possible, in memory.
//!
//! Generated sequences compare each store with it. It is slow where slow is clearer: pages are sorted
//! anew, counts are counted.

mod decisions;
mod imports;
mod intake;
mod leases;
mod looking;
mod portal;
mod shelf;
mod site;
mod teaching;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use modqueue::domain::{
    AuthorRecord, Clock, Comment, CommentId, HistoryEntry, ManualClock, SiteName, Standing, Timestamp,
};
use modqueue::limit::{Charge, QuotaLeft};
use modqueue::queue::*;

use site::Site;

/// The store, seen through one clock.
#[derive(Default)]
pub struct Reference {
    clock: ManualClock,
    sites: Arc<Mutex<BTreeMap<SiteName, Site>>>,
}

impl Reference {
    /// Another handle on the same data.
    pub fn with_clock(&self, clock: &ManualClock) -> Arc<dyn Queue> {
        Arc::new(Self { clock: clock.clone(), sites: self.sites.clone() })
    }

    /// One step: nobody else is at the site meanwhile.
    fn step<T>(&self, site: &SiteName, work: impl FnOnce(&mut Site) -> T) -> Result<T, QueueError> {
        let mut sites = self.sites.lock().expect("no case panics inside a step");
        let site = sites.entry(site.clone()).or_default();
        site.now = self.clock.now().max(site.now);
        Ok(work(site))
    }
}

#[async_trait]
impl Queue for Reference {
    async fn recall(&self, site: &SiteName, probe: Probe) -> Result<Recalled, QueueError> {
        self.step(site, |site| site.recall(&probe.id, &probe.author_id, &probe.fingerprints))
    }

    async fn admit(&self, site: &SiteName, admission: Admission) -> Result<Admitted, QueueError> {
        self.step(site, |site| site.admit(admission))
    }

    async fn import(
        &self,
        site: &SiteName,
        waiting_cap: u64,
        imports: Vec<Import>,
    ) -> Result<Vec<Imported>, QueueError> {
        self.step(site, |site| imports.into_iter().map(|import| site.import(waiting_cap, import)).collect())
    }

    async fn quota(&self, site: &SiteName, charges: &[Charge]) -> Result<Vec<QuotaLeft>, QueueError> {
        self.step(site, |site| site.quota(charges))
    }

    async fn revise(&self, site: &SiteName, revision: Revision) -> Result<Outcome, QueueError> {
        self.step(site, |site| site.revise(revision))
    }

    async fn withdraw(&self, site: &SiteName, withdrawal: Withdrawal) -> Result<Outcome, QueueError> {
        self.step(site, |site| site.withdraw(withdrawal))
    }

    async fn report(&self, site: &SiteName, report: Report) -> Result<Reported, QueueError> {
        self.step(site, |site| site.report(report))
    }

    async fn get(&self, site: &SiteName, ids: &[CommentId]) -> Result<Vec<Option<Comment>>, QueueError> {
        self.step(site, |site| ids.iter().map(|id| site.comment(id)).collect())
    }

    async fn page(&self, site: &SiteName, query: &PageQuery) -> Result<Page, QueueError> {
        self.step(site, |site| site.page(query))
    }

    async fn author_comments(&self, site: &SiteName, query: &AuthorQuery) -> Result<Page, QueueError> {
        self.step(site, |site| site.author_comments(query))
    }

    async fn history(&self, site: &SiteName, id: &CommentId) -> Result<Vec<HistoryEntry>, QueueError> {
        self.step(site, |site| site.rows.get(id).map(|row| row.history.clone()).unwrap_or_default())
    }

    async fn similar(
        &self,
        site: &SiteName,
        id: &CommentId,
        after: Option<&CommentId>,
        limit: usize,
    ) -> Result<Vec<CommentId>, QueueError> {
        self.step(site, |site| site.similar(id, after, limit))
    }

    async fn counts(&self, site: &SiteName) -> Result<Counts, QueueError> {
        self.step(site, |site| site.counts())
    }

    async fn claim(&self, site: &SiteName, request: ClaimRequest) -> Result<Claimed, QueueError> {
        self.step(site, |site| site.claim(request))
    }

    async fn renew(
        &self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
        lease: Duration,
    ) -> Result<Renewed, QueueError> {
        self.step(site, |site| site.renew(claim_id, ids, lease))
    }

    async fn release(
        &self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
    ) -> Result<Vec<CommentId>, QueueError> {
        self.step(site, |site| site.release(claim_id, ids))
    }

    async fn defer(
        &self,
        site: &SiteName,
        reviewer: &str,
        id: &CommentId,
        span: Duration,
    ) -> Result<(), QueueError> {
        self.step(site, |site| site.defer(reviewer, id, span))
    }

    async fn deferred(&self, site: &SiteName, reviewer: &str) -> Result<Vec<CommentId>, QueueError> {
        self.step(site, |site| site.deferred(reviewer))
    }

    async fn decide(&self, site: &SiteName, rulings: Vec<Ruling>) -> Result<Vec<Outcome>, QueueError> {
        self.step(site, |site| rulings.into_iter().map(|ruling| site.decide(ruling)).collect())
    }

    async fn undo(&self, site: &SiteName, undo: Undo) -> Result<Outcome, QueueError> {
        self.step(site, |site| site.undo(undo))
    }

    async fn note(&self, site: &SiteName, note: Note) -> Result<Outcome, QueueError> {
        self.step(site, |site| site.note(note))
    }

    async fn feed(&self, site: &SiteName, after: u64, limit: usize) -> Result<FeedPage, QueueError> {
        self.step(site, |site| site.feed(after, limit))
    }

    async fn model(&self, site: &SiteName, known: Option<u64>) -> Result<StoredModel, QueueError> {
        self.step(site, |site| site.model(known))
    }

    async fn lessons(&self, site: &SiteName, ids: &[CommentId]) -> Result<Vec<Option<Vec<u8>>>, QueueError> {
        self.step(site, |site| ids.iter().map(|id| site.lessons.get(id).cloned()).collect())
    }

    async fn teach(&self, site: &SiteName, teaching: Teaching) -> Result<bool, QueueError> {
        self.step(site, |site| site.teach(teaching))
    }

    async fn policy(&self, site: &SiteName) -> Result<Option<PolicyRecord>, QueueError> {
        self.step(site, |site| site.policies.last().cloned())
    }

    async fn save_policy(
        &self,
        site: &SiteName,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Option<PolicyRecord>, QueueError> {
        self.step(site, |site| site.save_policy(expected, draft))
    }

    async fn policy_revisions(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<PolicyRecord>, QueueError> {
        self.step(site, |site| {
            let below = site.policies.iter().rev().filter(|record| record.revision < before);
            below.take(limit).cloned().collect()
        })
    }

    async fn propose_policy(&self, site: &SiteName, draft: ProposalDraft) -> Result<Proposal, QueueError> {
        self.step(site, |site| site.propose_policy(draft))
    }

    async fn policy_proposals(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Proposal>, QueueError> {
        self.step(site, |site| site.policy_proposals(before, limit))
    }

    async fn settle_proposal(
        &self,
        site: &SiteName,
        number: u64,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Settled, QueueError> {
        self.step(site, |site| site.settle_proposal(number, expected, draft))
    }

    async fn author(&self, site: &SiteName, author_id: &str) -> Result<AuthorRecord, QueueError> {
        self.step(site, |site| site.author(author_id))
    }

    async fn set_standing(
        &self,
        site: &SiteName,
        author_id: &str,
        standing: Standing,
    ) -> Result<AuthorRecord, QueueError> {
        self.step(site, |site| site.set_standing(author_id, standing))
    }

    async fn erase_author(&self, site: &SiteName, author_id: &str) -> Result<Erasure, QueueError> {
        self.step(site, |site| site.erase_author(author_id))
    }

    async fn sweep(
        &self,
        site: &SiteName,
        decided_before: Timestamp,
        events_before: Timestamp,
    ) -> Result<Swept, QueueError> {
        self.step(site, |site| site.sweep(decided_before, events_before))
    }

    async fn check(&self) -> Result<Health, QueueError> {
        Ok(Health { engine: "reference".into(), warnings: Vec::new() })
    }
}
