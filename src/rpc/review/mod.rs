//! The moderators' calls.

mod claims;
mod decisions;
mod looking;
mod matching;
mod queue;

use std::sync::Arc;

use tonic::{Request, Response, Status, async_trait};

use super::auth::Caller;
use super::convert::{self, Check, View};
use super::stream::Replies;
use super::{RpcParts, status};
use crate::domain::{Comment, CommentId, SiteName};
use crate::proto::v1;
use crate::proto::v1::review_service_server::ReviewService;
use crate::review::Filter;

/// The review service of one worker.
pub struct Reviews(pub(super) Arc<RpcParts>);

type Answer<T> = Result<Response<T>, Status>;

/// Bytes of a filter.
const MAX_FILTER: usize = 4096;

/// One call of the trait: take the caller out, do it, wrap the answer.
macro_rules! answer {
    ($self:ident.$call:ident($request:ident)) => {{
        let (caller, request) = Caller::of($request)?;
        $self.$call(&caller, request).await.map(Response::new)
    }};
}

#[async_trait]
impl ReviewService for Reviews {
    async fn list_comments(
        &self,
        request: Request<v1::ListCommentsRequest>,
    ) -> Answer<v1::ListCommentsResponse> {
        answer!(self.list(request))
    }

    async fn inspect_comment(
        &self,
        request: Request<v1::InspectCommentRequest>,
    ) -> Answer<v1::InspectCommentResponse> {
        answer!(self.inspect(request))
    }

    async fn claim_comments(
        &self,
        request: Request<v1::ClaimCommentsRequest>,
    ) -> Answer<v1::ClaimCommentsResponse> {
        answer!(self.claim(request))
    }

    async fn renew_claims(
        &self,
        request: Request<v1::RenewClaimsRequest>,
    ) -> Answer<v1::RenewClaimsResponse> {
        answer!(self.renew(request))
    }

    async fn release_claims(
        &self,
        request: Request<v1::ReleaseClaimsRequest>,
    ) -> Answer<v1::ReleaseClaimsResponse> {
        answer!(self.release(request))
    }

    async fn approve_comment(
        &self,
        request: Request<v1::ApproveCommentRequest>,
    ) -> Answer<v1::ApproveCommentResponse> {
        answer!(self.approve(request))
    }

    async fn reject_comment(
        &self,
        request: Request<v1::RejectCommentRequest>,
    ) -> Answer<v1::RejectCommentResponse> {
        answer!(self.reject(request))
    }

    async fn escalate_comment(
        &self,
        request: Request<v1::EscalateCommentRequest>,
    ) -> Answer<v1::EscalateCommentResponse> {
        answer!(self.escalate(request))
    }

    async fn decide_comments(
        &self,
        request: Request<v1::DecideCommentsRequest>,
    ) -> Answer<v1::DecideCommentsResponse> {
        answer!(self.decide_many(request))
    }

    type DecideMatchingStream = Replies<v1::DecideMatchingResponse>;

    async fn decide_matching(
        &self,
        request: Request<v1::DecideMatchingRequest>,
    ) -> Answer<Self::DecideMatchingStream> {
        answer!(self.decide_all_matching(request))
    }

    async fn defer_comment(
        &self,
        request: Request<v1::DeferCommentRequest>,
    ) -> Answer<v1::DeferCommentResponse> {
        answer!(self.defer(request))
    }

    async fn undo_decision(
        &self,
        request: Request<v1::UndoDecisionRequest>,
    ) -> Answer<v1::UndoDecisionResponse> {
        answer!(self.undo(request))
    }

    async fn add_note(&self, request: Request<v1::AddNoteRequest>) -> Answer<v1::AddNoteResponse> {
        answer!(self.note(request))
    }

    async fn list_similar_comments(
        &self,
        request: Request<v1::ListSimilarCommentsRequest>,
    ) -> Answer<v1::ListSimilarCommentsResponse> {
        answer!(self.similar(request))
    }

    async fn get_queue_stats(
        &self,
        request: Request<v1::GetQueueStatsRequest>,
    ) -> Answer<v1::GetQueueStatsResponse> {
        answer!(self.stats(request))
    }

    type WatchQueueStream = Replies<v1::WatchQueueResponse>;

    async fn watch_queue(&self, request: Request<v1::WatchQueueRequest>) -> Answer<Self::WatchQueueStream> {
        answer!(self.watch(request))
    }
}

impl Reviews {
    fn view(&self) -> View {
        View::Reviewer(self.0.clock.now())
    }

    fn shown(&self, site: &SiteName, comment: Comment) -> v1::Comment {
        convert::comment(site, comment, self.view())
    }

    async fn find(&self, site: &SiteName, id: &CommentId) -> Result<Comment, Status> {
        let found = self.0.queue.get(site, std::slice::from_ref(id)).await.map_err(status::queue)?;
        found.into_iter().flatten().next().ok_or_else(|| status::comment_not_found(id))
    }
}

fn filter(check: &mut Check, field: &str, source: String) -> Option<Filter> {
    let source = check.text(field, source, MAX_FILTER);
    if source.len() > MAX_FILTER {
        return None;
    }
    Filter::parse(&source).map_err(|error| check.note(field, error.to_string())).ok()
}
