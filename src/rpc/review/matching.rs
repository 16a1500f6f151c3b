//! One decision about all comments that match.

use std::sync::Arc;

use futures_util::stream::StreamExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::{Reviews, filter};
use crate::domain::{CommentId, Decision, SiteName};
use crate::proto::v1;
use crate::proto::v1::decide_matching_request::Target as Wanted;
use crate::queue::{MAX_BATCH, Outcome};
use crate::review::{Target, Targets};
use crate::rpc::auth::Caller;
use crate::rpc::convert::{self, Check};
use crate::rpc::stream::Replies;
use crate::rpc::{RpcParts, status};

type Progress = v1::DecideMatchingResponse;

/// Messages that wait for a reader who is behind; the decisions then wait, too.
const BUFFER: usize = 4;

impl Reviews {
    pub(super) async fn decide_all_matching(
        &self,
        caller: &Caller,
        request: v1::DecideMatchingRequest,
    ) -> Result<Replies<Progress>, Status> {
        let site = caller.site(&request.site)?;
        let reviewer = caller.reviewer(request.reviewer)?;
        let mut check = Check::default();
        let target = target(&mut check, request.target);
        let created_before = check.timestamp("created_before", request.created_before);
        let undecided = request.validate_only && request.state == v1::CommentState::Unspecified as i32;
        let state = if undecided { None } else { convert::decision_state(&mut check, request.state) };
        let v1::DecideMatchingRequest { reason, author_message, note, .. } = request;
        let decision = convert::decision(&mut check, state, &reviewer, reason, author_message, note);
        let target = check.take(target)?;
        if let Target::SimilarTo(id) = &target {
            self.find(&site, id).await?;
        }
        let targets = self.0.review.targets(&site, &target, created_before).await.map_err(status::listing)?;
        let matched = targets.comments.len() as u64;
        let Some(decision) = decision.filter(|_| !request.validate_only) else {
            let counted = Progress { done: true, ..nothing_decided(&targets) };
            return Ok(tokio_stream::once(Ok(counted)).boxed());
        };
        if matched != request.expected_count {
            return Err(status::count_changed(request.expected_count, matched));
        }
        Ok(decide_all(Arc::clone(&self.0), site, targets, decision))
    }
}

fn target(check: &mut Check, wanted: Option<Wanted>) -> Option<Target> {
    match wanted {
        Some(Wanted::Filter(source)) if source.trim().is_empty() => {
            check.note(
                "filter",
                "may not be empty here; to mean all that wait, say state = pending OR state = escalated",
            );
            None
        }
        Some(Wanted::Filter(source)) => filter(check, "filter", source).map(Target::Matching),
        Some(Wanted::SimilarTo(id)) => check.comment_id("similar_to", &id).map(Target::SimilarTo),
        None => {
            check.note("target", "is required: filter or similar_to");
            None
        }
    }
}

/// Decides in the background as long as somebody reads the progress.
fn decide_all(
    parts: Arc<RpcParts>,
    site: SiteName,
    targets: Targets,
    decision: Decision,
) -> Replies<Progress> {
    let (sender, progress) = mpsc::channel(BUFFER);
    tokio::spawn(async move {
        let mut so_far = nothing_decided(&targets);
        let mut steps = targets.comments.chunks(MAX_BATCH);
        while sender.send(Ok(so_far.clone())).await.is_ok() {
            let Some(step) = steps.next() else {
                let last = Progress { done: true, failures: vec![], decided: vec![], ..so_far };
                let _ = sender.send(Ok(last)).await;
                return;
            };
            match parts.review.decide_targets(&site, step, &decision).await {
                Ok(outcomes) => count(&mut so_far, outcomes),
                Err(error) => {
                    let _ = sender.send(Err(status::queue(error))).await;
                    return;
                }
            }
        }
    });
    ReceiverStream::new(progress).boxed()
}

fn nothing_decided(targets: &Targets) -> Progress {
    Progress {
        matched_count: targets.comments.len() as u64,
        newest_create_time: targets.newest.map(convert::timestamp),
        ..Progress::default()
    }
}

fn count(so_far: &mut Progress, outcomes: Vec<(CommentId, Outcome)>) {
    so_far.failures.clear();
    so_far.decided.clear();
    for (id, outcome) in outcomes {
        match outcome {
            Ok(comment) => {
                let etag = comment.version.to_string();
                so_far.decided_count += 1;
                so_far.decided.push(v1::DecidedComment { comment_id: id.as_str().to_owned(), etag });
            }
            Err(refusal) => {
                let error = Some(status::to_message(&status::refused(&id, refusal)));
                so_far.failed_count += 1;
                so_far.failures.push(v1::DecisionFailure { comment_id: id.as_str().to_owned(), error });
            }
        }
    }
}
