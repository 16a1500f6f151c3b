//! Leases.

use std::ops::RangeInclusive;
use std::time::Duration;

use tonic::Status;

use super::{Reviews, filter};
use crate::domain::{CommentId, SiteName};
use crate::proto::v1;
use crate::queue::MAX_BATCH;
use crate::review::{ClaimWish, Claimed};
use crate::rpc::auth::Caller;
use crate::rpc::convert::{self, Check};
use crate::rpc::status;

const LEASE: Duration = Duration::from_secs(5 * 60);
const LEASES: RangeInclusive<Duration> = Duration::from_secs(10)..=Duration::from_secs(30 * 60);
const DEFERRAL: Duration = Duration::from_secs(60 * 60);
const DEFERRALS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(7 * 24 * 60 * 60);

/// What is offered when nothing is said: escalated comments are for those who ask for them.
const PENDING: &str = "state = pending";

impl Reviews {
    pub(super) async fn claim(
        &self,
        caller: &Caller,
        request: v1::ClaimCommentsRequest,
    ) -> Result<v1::ClaimCommentsResponse, Status> {
        let site = caller.site(&request.site)?;
        let reviewer = caller.reviewer(request.reviewer)?;
        let mut check = Check::default();
        let ids = check.comment_ids("comment_ids", &request.comment_ids, MAX_BATCH);
        if !request.filter.is_empty() && !request.comment_ids.is_empty() {
            check.note("filter", "does not go together with comment_ids; leave one of them out");
        }
        let source = if request.filter.is_empty() { PENDING.to_owned() } else { request.filter };
        let filter = filter(&mut check, "filter", source);
        let max_comments = check.page_size("max_comments", request.max_comments, ids.len().max(1), MAX_BATCH);
        let lease = check.duration("lease_duration", request.lease_duration, LEASE, LEASES);
        let wish = filter.map(|filter| ClaimWish { reviewer, filter, ids, max_comments, lease });
        let wish = check.take(wish)?;
        let claimed = self.0.review.claim(&site, wish).await.map_err(status::listing)?;
        self.offered(&site, claimed).await
    }

    /// What was claimed and does not fit into the answer is given back: fewer than asked for is no error, and
    /// comments under a lease that nobody sees would be.
    async fn offered(&self, site: &SiteName, claimed: Claimed) -> Result<v1::ClaimCommentsResponse, Status> {
        let Claimed { claim_id, expire_time, comments } = claimed;
        if comments.is_empty() {
            return Ok(v1::ClaimCommentsResponse::default());
        }
        let ids: Vec<CommentId> = comments.iter().map(|comment| comment.id.clone()).collect();
        let comments = comments.into_iter().map(|comment| self.shown(site, comment));
        let mut comments: Vec<_> = comments.collect();
        let fits = convert::fitting(&comments, self.0.page_bytes());
        if fits < ids.len() {
            comments.truncate(fits);
            self.0.queue.release(site, &claim_id, &ids[fits..]).await.map_err(status::queue)?;
        }
        let expire_time = Some(convert::timestamp(expire_time));
        Ok(v1::ClaimCommentsResponse { claim_id, expire_time, comments })
    }

    pub(super) async fn renew(
        &self,
        caller: &Caller,
        request: v1::RenewClaimsRequest,
    ) -> Result<v1::RenewClaimsResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let claim_id = check.claim_id("claim_id", request.claim_id);
        let ids = check.comment_ids("comment_ids", &request.comment_ids, MAX_BATCH);
        let lease = check.duration("lease_duration", request.lease_duration, LEASE, LEASES);
        check.finish()?;
        let renewed = self.0.queue.renew(&site, &claim_id, &ids, lease).await.map_err(status::queue)?;
        if renewed.kept.is_empty() {
            return Err(status::claim_lost(&claim_id));
        }
        Ok(v1::RenewClaimsResponse {
            claim_id,
            expire_time: Some(convert::timestamp(renewed.expire_time)),
            comment_ids: texts(&renewed.kept),
            lost_comment_ids: texts(&renewed.lost),
        })
    }

    pub(super) async fn release(
        &self,
        caller: &Caller,
        request: v1::ReleaseClaimsRequest,
    ) -> Result<v1::ReleaseClaimsResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let claim_id = check.claim_id("claim_id", request.claim_id);
        let ids = check.comment_ids("comment_ids", &request.comment_ids, MAX_BATCH);
        check.finish()?;
        let released = self.0.queue.release(&site, &claim_id, &ids).await.map_err(status::queue)?;
        Ok(v1::ReleaseClaimsResponse { comment_ids: texts(&released) })
    }

    pub(super) async fn defer(
        &self,
        caller: &Caller,
        request: v1::DeferCommentRequest,
    ) -> Result<v1::DeferCommentResponse, Status> {
        let site = caller.site(&request.site)?;
        let reviewer = caller.reviewer(request.reviewer)?;
        let mut check = Check::default();
        let id = check.comment_id("comment_id", &request.comment_id);
        let span = check.duration("duration", request.duration, DEFERRAL, DEFERRALS);
        let id = check.take(id)?;
        self.find(&site, &id).await?;
        self.0.queue.defer(&site, &reviewer, &id, span).await.map_err(status::queue)?;
        let defer_until = Some(convert::timestamp(self.0.clock.now().plus(span)));
        Ok(v1::DeferCommentResponse { defer_until })
    }
}

fn texts(ids: &[CommentId]) -> Vec<String> {
    ids.iter().map(|id| id.as_str().to_owned()).collect()
}
