//! The queue store in Redis, for any number of servers.
//!
//! Each method that changes something is one Lua script, which Redis runs as one step; `scripts/` has one file for
//! each of them. All admissions, and all recalls, that wait in a process go together in one trip. What lies under which
//! key is told in `keys.rs`.
//!
//! Architecture invariant: nothing outside this directory knows the driver, a key or a script.

mod admit;
mod authors;
mod batch;
mod bodies;
mod change;
mod connection;
mod decide;
mod erase;
mod fault;
mod feed;
mod files;
mod health;
mod import;
mod keys;
mod lease;
mod limits;
mod look;
mod model;
mod page;
mod parcel;
mod policy;
mod portal;
mod proposals;
mod recall;
mod reply;
mod scripts;
mod store;
mod stored;
mod sweep;
mod version;
mod words;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{
    AuthorRecord, Comment, CommentId, HistoryEntry, ManualClock, SiteName, Standing, Timestamp,
};
use crate::limit::{Charge, QuotaLeft};

use super::{
    Admission, Admitted, AuthorQuery, ClaimRequest, Claimed, Counts, Erasure, FeedPage, Health, Import,
    Imported, Note, Outcome, Page, PageQuery, PolicyDraft, PolicyRecord, Probe, Proposal, ProposalDraft,
    Queue, QueueError, Recalled, Renewed, Report, Reported, Revision, Ruling, Settled, StoredModel, Swept,
    Teaching, Undo, Withdrawal,
};

pub use super::Durability;

use admit::{Admitting, Arrival};
use batch::Batcher;
use recall::Recalling;
use store::Store;

/// Where the store is, and how it is used.
#[derive(Clone)]
pub struct RedisOptions {
    /// `redis://[user:password@]host[:port][/db]`, `rediss://…` or `redis+unix:///path[?db=…&user=…&pass=…]`.
    pub url: String,
    /// Certificates for a server that is reached by TLS.
    pub tls: RedisTls,
    /// What has to be true of a change before it is acknowledged.
    pub durability: Durability,
    /// How long a call may take before it ends as [`QueueError::Unavailable`].
    pub answer_timeout: Duration,
    /// Its offset is added to Redis' own clock; zero outside tests.
    pub clock: ManualClock,
    /// What every key begins with.
    pub key_prefix: String,
}

/// Certificates for the way to the server, as PEM.
#[derive(Clone, Default)]
pub struct RedisTls {
    /// The authorities that may have signed the server's certificate; `None`: the public ones.
    pub authorities: Option<Vec<u8>>,
    /// A certificate to show, and its key; `None`: none.
    pub identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl RedisOptions {
    /// The usual options for the server at `url`.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.into(),
            tls: RedisTls::default(),
            durability: Durability::Fast,
            answer_timeout: Duration::from_secs(2),
            clock: ManualClock::default(),
            key_prefix: "mq".into(),
        }
    }
}

impl RedisOptions {
    /// The URL without user, password and parameters.
    pub fn masked_url(&self) -> String {
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("redis", ""));
        let rest = rest.split('?').next().unwrap_or_default();
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        format!("{scheme}://{place}")
    }
}

impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions")
            .field("url", &self.masked_url())
            .field("durability", &self.durability)
            .field("answer_timeout", &self.answer_timeout)
            .field("key_prefix", &self.key_prefix)
            .finish_non_exhaustive()
    }
}

/// A queue store in Redis. Clones share its connections; they belong to the runtime they were made on.
#[derive(Clone)]
pub struct RedisQueue {
    store: Store,
    admissions: Batcher<Admitting>,
    recalls: Batcher<Recalling>,
}

impl RedisQueue {
    /// Makes ready to connect, on the runtime that this is called on; the first call connects, so
    /// that a Redis which is away now is no reason not to start.
    ///
    /// # Errors
    /// [`QueueError::Failed`] when the URL is wrong. The error does not repeat the password.
    pub async fn connect(options: RedisOptions) -> Result<Self, QueueError> {
        let store = Store::new(options)?;
        let (admissions, recalls) =
            (Batcher::new(Admitting(store.clone())), Batcher::new(Recalling(store.clone())));
        Ok(Self { store, admissions, recalls })
    }
}

impl fmt::Debug for RedisQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisQueue").field("options", self.store.options()).finish_non_exhaustive()
    }
}

#[async_trait]
impl Queue for RedisQueue {
    async fn recall(&self, site: &SiteName, probe: Probe) -> Result<Recalled, QueueError> {
        self.recalls.run(site, probe, self.store.deadline()).await
    }

    async fn admit(&self, site: &SiteName, admission: Admission) -> Result<Admitted, QueueError> {
        let deadline = self.store.deadline();
        let keys = self.store.keys(site);
        loop {
            let arrival = Arrival::new(&keys, &admission)?;
            let reception = self.admissions.run(site, arrival, deadline).await?;
            if !reception.is_replay() {
                return reception.read(admission);
            }
            // A sweep between the two trips would make it new.
            let ids = std::slice::from_ref(&admission.id);
            if let Some(comment) = self.store.get(site, ids).await?.pop().flatten() {
                return Ok(Admitted::Replayed(Box::new(comment)));
            }
        }
    }

    async fn import(
        &self,
        site: &SiteName,
        waiting_cap: u64,
        imports: Vec<Import>,
    ) -> Result<Vec<Imported>, QueueError> {
        self.store.import(site, waiting_cap, &imports).await
    }

    async fn quota(&self, site: &SiteName, charges: &[Charge]) -> Result<Vec<QuotaLeft>, QueueError> {
        self.store.quota(site, charges).await
    }

    async fn revise(&self, site: &SiteName, revision: Revision) -> Result<Outcome, QueueError> {
        self.store.revise(site, revision).await
    }

    async fn withdraw(&self, site: &SiteName, withdrawal: Withdrawal) -> Result<Outcome, QueueError> {
        self.store.withdraw(site, withdrawal).await
    }

    async fn report(&self, site: &SiteName, report: Report) -> Result<Reported, QueueError> {
        self.store.report(site, report).await
    }

    async fn get(&self, site: &SiteName, ids: &[CommentId]) -> Result<Vec<Option<Comment>>, QueueError> {
        self.store.get(site, ids).await
    }

    async fn page(&self, site: &SiteName, query: &PageQuery) -> Result<Page, QueueError> {
        self.store.page(site, query).await
    }

    async fn author_comments(&self, site: &SiteName, query: &AuthorQuery) -> Result<Page, QueueError> {
        self.store.author_comments(site, query).await
    }

    async fn history(&self, site: &SiteName, id: &CommentId) -> Result<Vec<HistoryEntry>, QueueError> {
        self.store.history(site, id).await
    }

    async fn similar(
        &self,
        site: &SiteName,
        id: &CommentId,
        after: Option<&CommentId>,
        limit: usize,
    ) -> Result<Vec<CommentId>, QueueError> {
        self.store.similar(site, id, after, limit).await
    }

    async fn counts(&self, site: &SiteName) -> Result<Counts, QueueError> {
        self.store.counts(site).await
    }

    async fn claim(&self, site: &SiteName, request: ClaimRequest) -> Result<Claimed, QueueError> {
        self.store.claim(site, request).await
    }

    async fn renew(
        &self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
        lease: Duration,
    ) -> Result<Renewed, QueueError> {
        self.store.renew(site, claim_id, ids, lease).await
    }

    async fn release(
        &self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
    ) -> Result<Vec<CommentId>, QueueError> {
        self.store.release(site, claim_id, ids).await
    }

    async fn defer(
        &self,
        site: &SiteName,
        reviewer: &str,
        id: &CommentId,
        span: Duration,
    ) -> Result<(), QueueError> {
        self.store.defer(site, reviewer, id, span).await
    }

    async fn deferred(&self, site: &SiteName, reviewer: &str) -> Result<Vec<CommentId>, QueueError> {
        self.store.deferred(site, reviewer).await
    }

    async fn decide(&self, site: &SiteName, rulings: Vec<Ruling>) -> Result<Vec<Outcome>, QueueError> {
        self.store.decide(site, rulings).await
    }

    async fn undo(&self, site: &SiteName, undo: Undo) -> Result<Outcome, QueueError> {
        self.store.undo(site, undo).await
    }

    async fn note(&self, site: &SiteName, note: Note) -> Result<Outcome, QueueError> {
        self.store.note(site, note).await
    }

    async fn feed(&self, site: &SiteName, after: u64, limit: usize) -> Result<FeedPage, QueueError> {
        self.store.feed(site, after, limit).await
    }

    async fn model(&self, site: &SiteName, known: Option<u64>) -> Result<StoredModel, QueueError> {
        self.store.model(site, known).await
    }

    async fn lessons(&self, site: &SiteName, ids: &[CommentId]) -> Result<Vec<Option<Vec<u8>>>, QueueError> {
        self.store.lessons(site, ids).await
    }

    async fn teach(&self, site: &SiteName, teaching: Teaching) -> Result<bool, QueueError> {
        self.store.teach(site, teaching).await
    }

    async fn policy(&self, site: &SiteName) -> Result<Option<PolicyRecord>, QueueError> {
        self.store.policy(site).await
    }

    async fn save_policy(
        &self,
        site: &SiteName,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Option<PolicyRecord>, QueueError> {
        self.store.save_policy(site, expected, draft).await
    }

    async fn policy_revisions(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<PolicyRecord>, QueueError> {
        self.store.policy_revisions(site, before, limit).await
    }

    async fn propose_policy(&self, site: &SiteName, draft: ProposalDraft) -> Result<Proposal, QueueError> {
        self.store.propose_policy(site, draft).await
    }

    async fn policy_proposals(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Proposal>, QueueError> {
        self.store.policy_proposals(site, before, limit).await
    }

    async fn settle_proposal(
        &self,
        site: &SiteName,
        number: u64,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Settled, QueueError> {
        self.store.settle_proposal(site, number, expected, draft).await
    }

    async fn author(&self, site: &SiteName, author_id: &str) -> Result<AuthorRecord, QueueError> {
        self.store.author(site, author_id).await
    }

    async fn set_standing(
        &self,
        site: &SiteName,
        author_id: &str,
        standing: Standing,
    ) -> Result<AuthorRecord, QueueError> {
        self.store.set_standing(site, author_id, standing).await
    }

    async fn erase_author(&self, site: &SiteName, author_id: &str) -> Result<Erasure, QueueError> {
        self.store.erase_author(site, author_id).await
    }

    async fn sweep(
        &self,
        site: &SiteName,
        decided_before: Timestamp,
        events_before: Timestamp,
    ) -> Result<Swept, QueueError> {
        self.store.sweep(site, decided_before, events_before).await
    }

    async fn check(&self) -> Result<Health, QueueError> {
        self.store.check().await
    }
}
