//! Policies: reading, trying, and putting in force.

use std::sync::Arc;

use tonic::Status;

use super::PolicyCalls;
use crate::domain::SiteName;
use crate::policy::{Policy, compile};
use crate::proto::v1;
use crate::queue::{PolicyDraft, PolicyRecord, Settled};
use crate::rpc::auth::Caller;
use crate::rpc::convert::{self, Check};
use crate::rpc::status;

/// Bytes of a policy's source.
pub(super) const MAX_SOURCE: usize = 2 << 20;
/// Bytes of what is said about a policy.
pub(super) const MAX_COMMENT: usize = 4096;
/// Attempts to save over whatever is current before somebody else's haste is told. Each that fails is somebody else's success.
const ATTEMPTS: usize = 64;

impl PolicyCalls {
    pub(super) async fn get(
        &self,
        caller: &Caller,
        request: v1::GetPolicyRequest,
    ) -> Result<v1::GetPolicyResponse, Status> {
        let site = caller.site(&request.site)?;
        let record = match request.revision {
            0 => self.0.queue.policy(&site).await.map_err(status::queue)?,
            revision => Some(self.revision(&site, revision).await?),
        };
        let policy = record.map_or_else(|| built_in(&site), |record| saved(&site, record));
        Ok(v1::GetPolicyResponse { policy: Some(policy) })
    }

    async fn revision(&self, site: &SiteName, revision: u64) -> Result<PolicyRecord, Status> {
        let found = self.0.queue.policy_revisions(site, revision.saturating_add(1), 1).await;
        let found = found.map_err(status::queue)?.into_iter().next();
        found.filter(|record| record.revision == revision).ok_or_else(|| status::revision_not_found(revision))
    }

    pub(super) async fn list(
        &self,
        caller: &Caller,
        request: v1::ListPolicyRevisionsRequest,
    ) -> Result<v1::ListPolicyRevisionsResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let size = check.page_size("page_size", request.page_size, 20, self.0.page(100));
        let before = match request.page_token.as_str() {
            "" => Some(u64::MAX),
            token => token.parse().ok(),
        };
        if before.is_none() {
            check.note("page_token", "is not one of this list; leave it out to start again");
        }
        let before = check.take(before)?;
        let found = self.0.queue.policy_revisions(&site, before, size + 1).await.map_err(status::queue)?;
        let next = (found.len() > size).then(|| found[size - 1].revision.to_string());
        let revisions = found.into_iter().take(size).map(|record| {
            let policy = saved(&site, record);
            v1::Policy { source: String::new(), ..policy }
        });
        let next_page_token = next.unwrap_or_default();
        Ok(v1::ListPolicyRevisionsResponse { revisions: revisions.collect(), next_page_token })
    }

    pub(super) async fn update(
        &self,
        caller: &Caller,
        request: v1::UpdatePolicyRequest,
    ) -> Result<v1::UpdatePolicyResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let source = check.text("source", request.source, MAX_SOURCE);
        let comment = check.text("comment", request.comment, MAX_COMMENT);
        let expected = check.policy_etag("etag", &request.etag);
        check.finish()?;
        let proposal = self.open_proposal(&site, &request.proposal_id).await?;
        let draft = PolicyDraft { source, author: caller.name().to_owned(), comment };
        let policy = if request.validate_only {
            self.validate(&site, expected, draft).await?
        } else {
            saved(&site, self.put_in_force(&site, expected, draft, proposal).await?)
        };
        Ok(v1::UpdatePolicyResponse { policy: Some(policy) })
    }

    /// The policy as it would be saved.
    async fn validate(
        &self,
        site: &SiteName,
        expected: Option<u64>,
        draft: PolicyDraft,
    ) -> Result<v1::Policy, Status> {
        let current = self.current_revision(site).await?;
        compiled(&draft.source).await?;
        if expected.is_some_and(|expected| expected != current) {
            return Err(status::policy_conflict(current));
        }
        let record = PolicyRecord { revision: current + 1, draft, create_time: self.0.clock.now() };
        Ok(saved(site, record))
    }

    /// Saves and adopts. The other replicas notice with their next comment, or within a second.
    async fn put_in_force(
        &self,
        site: &SiteName,
        expected: Option<u64>,
        draft: PolicyDraft,
        proposal: Option<u64>,
    ) -> Result<PolicyRecord, Status> {
        let policy = compiled(&draft.source).await?;
        for _ in 0..ATTEMPTS {
            let before = match expected {
                Some(revision) => revision,
                None => self.current_revision(site).await?,
            };
            if let Some(record) = self.save(site, before, draft.clone(), proposal).await? {
                self.0.policies.adopt(site, policy.saved_as(record.revision));
                tracing::info!(%site, revision = record.revision, by = record.draft.author, "a policy came into force");
                return Ok(record);
            }
            if expected.is_some() {
                break;
            }
        }
        Err(status::policy_conflict(self.current_revision(site).await?))
    }

    /// Saves after `before`, and settles the proposal if there is one; none when another was saved meanwhile.
    async fn save(
        &self,
        site: &SiteName,
        before: u64,
        draft: PolicyDraft,
        proposal: Option<u64>,
    ) -> Result<Option<PolicyRecord>, Status> {
        let Some(number) = proposal else {
            return self.0.queue.save_policy(site, before, draft).await.map_err(status::queue);
        };
        match self.0.queue.settle_proposal(site, number, before, draft).await.map_err(status::queue)? {
            Settled::Saved(record) => Ok(Some(record)),
            Settled::Conflict => Ok(None),
            Settled::NotOpen => Err(status::proposal_not_found(&number.to_string())),
        }
    }

    pub(super) async fn current_revision(&self, site: &SiteName) -> Result<u64, Status> {
        let current = self.0.queue.policy(site).await.map_err(status::queue)?;
        Ok(current.map_or(0, |record| record.revision))
    }

    pub(super) async fn test(
        &self,
        caller: &Caller,
        request: v1::TestPolicyRequest,
    ) -> Result<v1::TestPolicyResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let source = request.source.map(|source| check.text("source", source, MAX_SOURCE));
        let draft = convert::draft(&mut check, request.comment, self.0.bounds.max_text_bytes);
        let (_, draft) = check.take(draft)?;
        let policy = match source {
            Some(source) => Arc::new(compiled(&source).await?),
            None => self.0.policies.current(&site).ok_or_else(|| status::site_unknown(site.as_str()))?,
        };
        let judged = self.0.pipeline.test(&site, &policy, draft).await.map_err(status::queue)?;
        Ok(v1::TestPolicyResponse {
            verdict: Some(convert::verdict(judged.verdict, &judged.draft.text)),
            state: convert::state(judged.state).into(),
            published: judged.published,
        })
    }
}

/// The policy of a source, or all of its mistakes.
pub(super) async fn compiled(source: &str) -> Result<Policy, Status> {
    compile(source.to_owned(), 0).await.map_err(|mistakes| status::policy_invalid("source", mistakes))
}

fn built_in(site: &SiteName) -> v1::Policy {
    v1::Policy { site: site.as_str().to_owned(), etag: "0".to_owned(), ..v1::Policy::default() }
}

fn saved(site: &SiteName, record: PolicyRecord) -> v1::Policy {
    let PolicyRecord { revision, draft, create_time } = record;
    v1::Policy {
        site: site.as_str().to_owned(),
        source: draft.source,
        revision,
        etag: revision.to_string(),
        author: draft.author,
        create_time: Some(convert::timestamp(create_time)),
        comment: draft.comment,
    }
}
