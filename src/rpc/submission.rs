//! The portals' calls.

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::try_join_all;
use futures_util::stream::StreamExt;
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::auth::Caller;
use super::convert::{self, Check, View};
use super::stream::{Replies, decisions, until_stopped};
use super::{RpcParts, status};
use crate::domain::{Comment, CommentId, SiteName};
use crate::feed::{FeedError, Start, follow};
use crate::proto::v1;
use crate::proto::v1::submission_service_server::SubmissionService;
use crate::proto::v1::submit_comments_response::Result as Submitted;
use crate::queue::Reported;

/// The submission service of one worker.
pub struct Submissions(pub(super) Arc<RpcParts>);

type Answer<T> = Result<Response<T>, Status>;

/// Comments of one bulk stream that are on the road at once.
const IN_FLIGHT: usize = 128;
/// Sites that one stream follows beside its first.
const MAX_MORE_SITES: usize = 99;

#[async_trait]
impl SubmissionService for Submissions {
    async fn submit_comment(
        &self,
        request: Request<v1::SubmitCommentRequest>,
    ) -> Answer<v1::SubmitCommentResponse> {
        let (caller, request) = Caller::of(request)?;
        let v1::SubmittedComment { comment, replayed } = submit(&self.0, &caller, request).await?;
        Ok(Response::new(v1::SubmitCommentResponse { comment, replayed }))
    }

    type SubmitCommentsStream = Replies<v1::SubmitCommentsResponse>;

    async fn submit_comments(
        &self,
        request: Request<Streaming<v1::SubmitCommentsRequest>>,
    ) -> Answer<Self::SubmitCommentsStream> {
        let (caller, requests) = Caller::of(request)?;
        Ok(Response::new(submit_all(Arc::clone(&self.0), caller, requests)))
    }

    async fn get_comment(&self, request: Request<v1::GetCommentRequest>) -> Answer<v1::GetCommentResponse> {
        let (caller, request) = Caller::of(request)?;
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let id = check.comment_id("comment_id", &request.comment_id);
        let id = check.take(id)?;
        let found = self.0.queue.get(&site, std::slice::from_ref(&id)).await.map_err(status::queue)?;
        let found = found.into_iter().flatten().next().ok_or_else(|| status::comment_not_found(&id))?;
        Ok(Response::new(v1::GetCommentResponse { comment: shown(&site, found) }))
    }

    async fn revise_comment(
        &self,
        request: Request<v1::ReviseCommentRequest>,
    ) -> Answer<v1::ReviseCommentResponse> {
        let (caller, request) = Caller::of(request)?;
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let target = check.target(&request.comment_id, &request.etag);
        let drafted = convert::draft(&mut check, request.comment, self.0.bounds.max_text_bytes);
        if let (Some((id, _)), Some((Some(other), _))) = (&target, &drafted)
            && id != other
        {
            check.note("comment.id", "differs from comment_id; leave it out, or submit a new comment");
        }
        let ((id, expected), (_, draft)) = check.take(target.zip(drafted))?;
        let actor = caller.name().to_owned();
        let revised = self.0.pipeline.revise(&site, id.clone(), expected, draft, actor).await;
        let revised = revised.map_err(|error| status::revise(&id, error))?;
        Ok(Response::new(v1::ReviseCommentResponse { comment: shown(&site, revised) }))
    }

    async fn withdraw_comment(
        &self,
        request: Request<v1::WithdrawCommentRequest>,
    ) -> Answer<v1::WithdrawCommentResponse> {
        let (caller, request) = Caller::of(request)?;
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let target = check.target(&request.comment_id, &request.etag);
        let (id, expected) = check.take(target)?;
        let withdrawn = self.0.pipeline.withdraw(&site, id.clone(), expected, caller.name().to_owned()).await;
        let withdrawn = withdrawn.map_err(status::queue)?.map_err(|refusal| status::refused(&id, refusal))?;
        Ok(Response::new(v1::WithdrawCommentResponse { comment: shown(&site, *withdrawn) }))
    }

    async fn report_comment(
        &self,
        request: Request<v1::ReportCommentRequest>,
    ) -> Answer<v1::ReportCommentResponse> {
        let (caller, request) = Caller::of(request)?;
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let id = check.comment_id("comment_id", &request.comment_id);
        let reporter_id = check.required_text("reporter_id", request.reporter_id, 256);
        let reason = check.reason("reason", request.reason);
        let id = check.take(id)?;
        let reported = self.0.pipeline.report(&site, id.clone(), reporter_id, reason).await;
        let (comment, replayed) = match reported.map_err(status::queue)? {
            Reported::Counted(comment) => (comment, false),
            Reported::Repeated(comment) => (comment, true),
            Reported::Refused(refusal) => return Err(status::refused(&id, refusal)),
        };
        Ok(Response::new(v1::ReportCommentResponse { comment: shown(&site, *comment), replayed }))
    }

    async fn check_quota(&self, request: Request<v1::CheckQuotaRequest>) -> Answer<v1::CheckQuotaResponse> {
        let (caller, request) = Caller::of(request)?;
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let draft = convert::quota_draft(&mut check, request);
        check.finish()?;
        let limits = self.0.pipeline.quota(&site, &draft).await.map_err(status::queue)?;
        let now = self.0.clock.now();
        let limits = limits.into_iter().map(|(charge, left)| convert::limit_status(charge, left, now));
        Ok(Response::new(v1::CheckQuotaResponse { limits: limits.collect() }))
    }

    async fn list_decisions(
        &self,
        request: Request<v1::ListDecisionsRequest>,
    ) -> Answer<v1::ListDecisionsResponse> {
        let (caller, request) = Caller::of(request)?;
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let limit = check.page_size("page_size", request.page_size, 100, self.0.page(1000));
        let start = convert::start(&mut check, request.start);
        let start = check.take(start)?;
        list(&self.0, &site, start, limit).await.map(Response::new)
    }

    type WatchDecisionsStream = Replies<v1::WatchDecisionsResponse>;

    async fn watch_decisions(
        &self,
        request: Request<v1::WatchDecisionsRequest>,
    ) -> Answer<Self::WatchDecisionsStream> {
        let (caller, request) = Caller::of(request)?;
        let starts = watched_starts(&caller, request)?;
        let cursors =
            starts.into_iter().map(|(site, start)| async move { self.0.feed.open(&site, start).await });
        let cursors = try_join_all(cursors).await.map_err(status::feed)?;
        Ok(Response::new(decisions(follow(&self.0.feed, cursors, &self.0.follow))))
    }
}

fn shown(site: &SiteName, comment: Comment) -> Option<v1::Comment> {
    Some(convert::comment(site, comment, View::Portal))
}

async fn submit(
    parts: &RpcParts,
    caller: &Caller,
    request: v1::SubmitCommentRequest,
) -> Result<v1::SubmittedComment, Status> {
    let site = caller.site(&request.site)?;
    let v1::SubmitCommentRequest { comment, request_id, validate_only, .. } = request;
    let mut check = Check::default();
    let submission =
        convert::submission(&mut check, comment, request_id, validate_only, parts.bounds.max_text_bytes);
    let submission = check.take(submission)?;
    let submitted = parts.pipeline.submit(&site, submission).await;
    let submitted = submitted.map_err(|error| status::submit(&site, error))?;
    Ok(v1::SubmittedComment { comment: shown(&site, submitted.comment), replayed: submitted.replayed })
}

/// As a call of its own would be let in, but waiting for its turn.
async fn submit_in_turn(
    parts: &RpcParts,
    caller: &Caller,
    request: v1::SubmitCommentRequest,
) -> Result<v1::SubmittedComment, Status> {
    let place = parts.porter.place().await?;
    let submitted = submit(parts, caller, request).await?;
    place.done(Instant::now());
    Ok(submitted)
}

/// Answers in order while up to [`IN_FLIGHT`] comments are on the road, so that the store sees them together.
fn submit_all(
    parts: Arc<RpcParts>,
    caller: Caller,
    requests: Streaming<v1::SubmitCommentsRequest>,
) -> Replies<v1::SubmitCommentsResponse> {
    let stopping = parts.follow.stopping.clone();
    let answers = until_stopped(requests, stopping).enumerate().map(move |(index, request)| {
        let (parts, caller) = (Arc::clone(&parts), caller.clone());
        async move { Ok(answer(&parts, &caller, index as u64, request?).await) }
    });
    answers.buffered(IN_FLIGHT).boxed()
}

async fn answer(
    parts: &RpcParts,
    caller: &Caller,
    index: u64,
    request: v1::SubmitCommentsRequest,
) -> v1::SubmitCommentsResponse {
    let chosen = request.comment.as_ref().and_then(|comment| CommentId::new(&comment.id).ok());
    let v1::SubmitCommentsRequest { site, comment, request_id, validate_only } = request;
    let request = v1::SubmitCommentRequest { site, comment, request_id, validate_only };
    match submit_in_turn(parts, caller, request).await {
        Ok(accepted) => {
            let comment_id = accepted.comment.as_ref().map(|comment| comment.id.clone()).unwrap_or_default();
            v1::SubmitCommentsResponse { index, comment_id, result: Some(Submitted::Accepted(accepted)) }
        }
        Err(refused) => {
            let comment_id = chosen.map(|id| id.as_str().to_owned()).unwrap_or_default();
            let error = status::to_message(&refused);
            v1::SubmitCommentsResponse { index, comment_id, result: Some(Submitted::Error(error)) }
        }
    }
}

async fn list(
    parts: &RpcParts,
    site: &SiteName,
    start: Start,
    limit: usize,
) -> Result<v1::ListDecisionsResponse, Status> {
    let only_place = start == Start::Now;
    let cursor = match start {
        Start::Cursor(cursor) if cursor.site != *site => return Err(status::feed(FeedError::OtherSite)),
        Start::Cursor(cursor) => cursor,
        start => parts.feed.open(site, start).await.map_err(status::feed)?,
    };
    if only_place {
        return Ok(v1::ListDecisionsResponse { events: vec![], next_cursor: cursor.encode() });
    }
    let read = parts.feed.read(&cursor, limit).await.map_err(status::feed)?;
    let events = read.events.into_iter().map(|(place, event)| convert::event(site, &place, event));
    let mut events: Vec<_> = events.collect();
    events.truncate(convert::fitting(&events, parts.page_bytes()));
    let next_cursor = events.last().map_or_else(|| read.next.encode(), |last| last.cursor.clone());
    Ok(v1::ListDecisionsResponse { events, next_cursor })
}

/// The sites of a watch with their starts, the first site first.
fn watched_starts(
    caller: &Caller,
    request: v1::WatchDecisionsRequest,
) -> Result<Vec<(SiteName, Start)>, Status> {
    let mut check = Check::default();
    let mut starts = vec![(caller.site(&request.site)?, convert::start(&mut check, request.start))];
    if request.more_sites.len() > MAX_MORE_SITES {
        check.note("more_sites", format!("has more than {MAX_MORE_SITES} sites; open another stream"));
        check.finish()?;
        return Ok(vec![]);
    }
    for (index, more) in request.more_sites.into_iter().enumerate() {
        let mut part = Check::within(format!("more_sites[{index}]."));
        if more.site.is_empty() {
            part.note("site", "is required");
        } else {
            let site = caller.site(&more.site)?;
            if starts.iter().any(|(other, _)| *other == site) {
                part.note("site", "is followed twice");
            }
            starts.push((site, convert::start(&mut part, more.start)));
        }
        check.extend(part);
    }
    check.take(starts.into_iter().map(|(site, start)| Some((site, start?))).collect())
}
