//! The road of a comment: shield → what is known of it → filters → verdict → admit.

mod addresses;
mod admit;
mod exchange;
mod expectation;
mod import;
mod revise;

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use crate::domain::{
    Action, Clock, Comment, CommentId, Draft, Evidence, SiteName, State, Timestamp, Verdict, new_id,
};
use crate::filter::Prepared;
use crate::learn::Models;
use crate::limit::{Charge, QuotaLeft, Refused, Shield};
use crate::policy::{Policies, Policy, Taught};
use crate::queue::{Outcome, Probe, Queue, QueueError, Recalled, Report, Reported, Withdrawal, tier};
use crate::telemetry::traces::station;
use crate::telemetry::{Hit, Road};

use admit::{Entrant, Footing};
use expectation::Expectations;

pub use addresses::{Addresses, Secret};
pub use exchange::{ReviseError, Submission, SubmitError, Submitted};
pub use import::{BroughtIn, PastComment};

/// Takes comments in and judges them. Each worker has its own, over its own store handle.
#[derive(Clone)]
pub struct Pipeline {
    queue: Arc<dyn Queue>,
    policies: Arc<Policies>,
    models: Arc<Models>,
    shield: Arc<Shield>,
    clock: Arc<dyn Clock>,
    meters: Road,
    addresses: Addresses,
    expectations: Arc<Expectations>,
}

/// The result of one policy on one draft.
struct Judged {
    verdict: Verdict,
    fingerprints: Vec<u64>,
    seen_below: Vec<u32>,
}

impl Pipeline {
    /// A road over a store handle.
    pub fn new(
        queue: Arc<dyn Queue>,
        policies: Arc<Policies>,
        models: Arc<Models>,
        shield: Arc<Shield>,
        clock: Arc<dyn Clock>,
        meters: Road,
        addresses: Addresses,
    ) -> Self {
        let expectations = Arc::default();
        Self { queue, policies, models, shield, clock, meters, addresses, expectations }
    }

    /// Judges a comment and takes it in. The same id or request id again gives the same comment.
    ///
    /// # Errors
    /// Those of [`SubmitError`].
    pub async fn submit(&self, site: &SiteName, submission: Submission) -> Result<Submitted, SubmitError> {
        let policy = self.policy(site).await?.ok_or_else(|| SubmitError::UnknownSite(site.clone()))?;
        let Submission { id, request_id, draft, validate_only } = submission;
        let chosen = id.or_else(|| (!request_id.is_empty()).then(|| CommentId::for_request(&request_id)));
        let repeatable = chosen.is_some();
        let id = chosen.unwrap_or_else(CommentId::generate);

        let charges = if validate_only { vec![] } else { self.addresses.kept_in(policy.charges(&draft)) };
        let shielded = self.shield.check(site, policy.revision(), &charges);
        if let Err(refused) = shielded
            && !(repeatable && self.shield.may_look_up())
        {
            return Err(self.shielded(site, &charges, refused));
        }
        let prepared = Prepared::new(&draft);
        let entrant = Entrant { site, policy: &policy, id: &id, prepared: &prepared, charges };
        if let Some(expected) = self.expected(&entrant).filter(|_| !validate_only && shielded.is_ok()) {
            return self.admit(entrant, Footing::Expected(expected)).await;
        }
        let recalled = self.recall(site, &id, &prepared).await?;
        if validate_only {
            let evidence = evidence(recalled, vec![]);
            let verdict = self.judge(site, &policy, Some(&id), &prepared, &evidence).verdict;
            let comment = would_be(id, draft, verdict, evidence.now);
            return Ok(Submitted { comment, replayed: false });
        }
        if recalled.known {
            return self.replay(site, &id, &draft).await;
        }
        if let Err(refused) = shielded {
            return Err(self.shielded(site, &entrant.charges, refused));
        }
        self.admit(entrant, Footing::Told(evidence(recalled, vec![]))).await
    }

    async fn recall(
        &self,
        site: &SiteName,
        id: &CommentId,
        prepared: &Prepared<'_>,
    ) -> Result<Recalled, QueueError> {
        let fingerprints = prepared.fingerprints().to_vec();
        let probe = Probe { id: id.clone(), author_id: prepared.draft.author.id.clone(), fingerprints };
        let recalled = self.queue.recall(site, probe).instrument(station("recall")).await?;
        self.expectations.learn(site, &prepared.draft.author.id, prepared.fingerprints(), &recalled);
        self.keep_up(site, recalled.policy_revision);
        Ok(recalled)
    }

    /// Brings another policy in without making this comment wait for its compilation.
    fn keep_up(&self, site: &SiteName, stored: u64) {
        if !self.policies.is_news(site, stored) {
            return;
        }
        let (site, queue, policies) = (site.clone(), Arc::clone(&self.queue), Arc::clone(&self.policies));
        tokio::spawn(async move {
            if let Err(error) = policies.refresh(&site, &*queue).await {
                tracing::warn!(%site, %error, "the stored policy could not be read; the next comment tries again");
            }
        });
    }

    async fn replay(&self, site: &SiteName, id: &CommentId, draft: &Draft) -> Result<Submitted, SubmitError> {
        let found = self.queue.get(site, std::slice::from_ref(id)).await?.pop().flatten();
        match found {
            Some(comment) if comment.draft.content_hash() == draft.content_hash() => {
                Ok(Submitted { comment, replayed: true })
            }
            _ => Err(SubmitError::Taken(id.clone())),
        }
    }

    /// Takes a comment back for good.
    ///
    /// # Errors
    /// The store's.
    pub async fn withdraw(
        &self,
        site: &SiteName,
        id: CommentId,
        expected: Option<u32>,
        actor: String,
    ) -> Result<Outcome, QueueError> {
        self.queue.withdraw(site, Withdrawal { id, expected, actor, event_id: new_id() }).await
    }

    /// Counts a reader's report.
    ///
    /// # Errors
    /// The store's.
    pub async fn report(
        &self,
        site: &SiteName,
        id: CommentId,
        reporter_id: String,
        reason: String,
    ) -> Result<Reported, QueueError> {
        let hide = self.policy(site).await?.is_some_and(|policy| policy.hides_reported());
        self.queue.report(site, Report { id, reporter_id, reason, hide, event_id: new_id() }).await
    }

    /// What is left of each limit that a comment like `draft` would be charged to.
    ///
    /// # Errors
    /// The store's.
    pub async fn quota(
        &self,
        site: &SiteName,
        draft: &Draft,
    ) -> Result<Vec<(Charge, QuotaLeft)>, QueueError> {
        let Some(policy) = self.policy(site).await? else { return Ok(vec![]) };
        let mut charges = policy.charges(draft);
        if policy.limits_some_authors(draft) {
            let (id, author_id) = (CommentId::generate(), draft.author.id.clone());
            let recalled = self.queue.recall(site, Probe { id, author_id, fingerprints: vec![] }).await?;
            charges.extend(policy.charges_by_standing(draft, &recalled.author));
        }
        let charges = self.addresses.kept_in(charges);
        let left = self.queue.quota(site, &charges).await?;
        Ok(charges.into_iter().zip(left).collect())
    }

    /// The verdict of some other policy on a draft. Keeps nothing.
    ///
    /// # Errors
    /// The store's.
    pub async fn test(&self, site: &SiteName, policy: &Policy, draft: Draft) -> Result<Comment, QueueError> {
        let id = CommentId::generate();
        let prepared = Prepared::new(&draft);
        let recalled = self.recall(site, &id, &prepared).await?;
        let judged = self.judge(site, policy, None, &prepared, &evidence(recalled, vec![]));
        Ok(would_be(id, draft, judged.verdict, self.clock.now()))
    }

    fn shielded(&self, site: &SiteName, charges: &[Charge], refused: Refused) -> SubmitError {
        self.meters.limit_hit(site, &charges[refused.index].limit, Hit::Shielded);
        limited(charges, refused.index, refused.retry_after)
    }

    async fn policy(&self, site: &SiteName) -> Result<Option<Arc<Policy>>, QueueError> {
        self.policies.begin(site, &*self.queue).await?;
        Ok(self.policies.current(site))
    }

    /// Judges by the newest of what the site's moderators taught. The id draws the sample for review;
    /// `None` leaves the comment out of it.
    fn judge(
        &self,
        site: &SiteName,
        policy: &Policy,
        id: Option<&CommentId>,
        prepared: &Prepared<'_>,
        evidence: &Evidence,
    ) -> Judged {
        let _judging = station("judge").entered();
        let model = self.models.current(site);
        let lot = id.map(|id| xxhash_rust::xxh3::xxh3_64(id.as_str().as_bytes()));
        Judged {
            verdict: policy.judge_with(prepared, evidence, Taught { model: model.as_deref(), lot }),
            fingerprints: prepared.fingerprints().to_vec(),
            seen_below: policy.seen_below(prepared, evidence),
        }
    }
}

fn limited(charges: &[Charge], index: usize, retry_after: Duration) -> SubmitError {
    SubmitError::Limited { charge: Box::new(charges[index].clone()), retry_after }
}

fn evidence(recalled: Recalled, limits_exceeded: Vec<String>) -> Evidence {
    let Recalled { now, author, seen, .. } = recalled;
    Evidence { now, author, seen, limits_exceeded }
}

fn state_after(action: Action) -> State {
    match action {
        Action::Publish => State::Approved,
        Action::Hold => State::Pending,
        Action::Reject => State::Rejected,
    }
}

fn would_be(id: CommentId, draft: Draft, verdict: Verdict, now: Timestamp) -> Comment {
    let state = state_after(verdict.action);
    Comment {
        id,
        state,
        published: state == State::Approved,
        draft,
        tier: tier(verdict.score, 0),
        verdict,
        decision: None,
        claim: None,
        version: 0,
        report_count: 0,
        create_time: now,
        update_time: now,
    }
}
