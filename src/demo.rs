//! `modqueue demo`: the whole road in one command, on a throw-away store, over a real socket.
//!
//! It checks what it shows: a step that does not turn out as promised ends it with an error.

mod comments;
mod show;
mod stage;

use anyhow::{Context, ensure};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::proto::v1::list_decisions_request::Start;
use crate::proto::v1::{
    Action, ApproveCommentRequest, ClaimCommentsRequest, Comment, CommentState, GetQueueStatsRequest,
    ListDecisionsRequest, ListSimilarCommentsRequest, RejectCommentRequest, SubmitCommentRequest,
    UndoDecisionRequest,
};
use comments::{ARTICLE, Expected, FLOOD, PAGE, Sample};
use stage::Stage;

/// Runs the demonstration and prints it.
///
/// # Errors
/// The first step that did not turn out as promised.
pub async fn run() -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    show::title(&format!("A server on {} with a throw-away store in {}", stage.address, stage.directory()));
    let played = play(&mut stage).await;
    stage.strike().await;
    played?;
    show::title("Everything turned out as promised.");
    Ok(())
}

async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    show::article(ARTICLE);
    let held = submit_page(stage).await?;
    flood(stage).await?;
    repeat(stage).await?;
    review(stage, held).await?;
    feed(stage).await
}

/// Submits the page; answers the comments that wait.
async fn submit_page(stage: &mut Stage) -> anyhow::Result<Vec<Comment>> {
    show::title("1. Readers write; each comment has its verdict at once, with every reason");
    let mut held = Vec::new();
    for sample in PAGE {
        let comment = submit(stage, sample).await.with_context(|| format!("submitting {:?}", sample.text))?;
        show::verdict(&comment);
        check(sample, &comment)?;
        if comment.state() == CommentState::Pending {
            held.push(comment);
        }
    }
    Ok(held)
}

async fn submit(stage: &mut Stage, sample: &Sample) -> Result<Comment, Status> {
    let request = SubmitCommentRequest { comment: Some(sample.draft()), ..SubmitCommentRequest::default() };
    let answer = stage.submission.submit_comment(Request::new(request)).await?.into_inner();
    answer.comment.ok_or_else(|| Status::internal("the answer has no comment"))
}

fn check(sample: &Sample, comment: &Comment) -> anyhow::Result<()> {
    let verdict = comment.verdict.as_ref().context("the comment has no verdict")?;
    let filters: Vec<_> = verdict.findings.iter().map(|finding| finding.filter.as_str()).collect();
    match sample.expected {
        Expected::Published => {
            ensure!(verdict.action() == Action::Publish, "should be published: {comment:?}")
        }
        Expected::HeldBy(filter) => {
            ensure!(verdict.action() == Action::Hold, "should be held: {comment:?}");
            ensure!(filters.contains(&filter), "should be found by {filter}: {comment:?}");
        }
    }
    for span in verdict.findings.iter().flat_map(|finding| &finding.spans) {
        let part = sample.text.get(span.start as usize..span.end as usize);
        ensure!(part == Some(span.text.as_str()), "a span does not fit its text: {span:?}");
    }
    Ok(())
}

async fn flood(stage: &mut Stage) -> anyhow::Result<()> {
    show::title("2. One author floods; the limit refuses, and says when to come back");
    let mut refused = 0;
    for sample in FLOOD {
        match submit(stage, sample).await {
            Ok(comment) => show::verdict(&comment),
            Err(status) => {
                ensure!(status.code() == Code::ResourceExhausted, "an unexpected refusal: {status:?}");
                let details = status.get_error_details();
                let delay = details.retry_info().and_then(|info| info.retry_delay);
                let limit = details.quota_failure().and_then(|failure| failure.violations.first());
                show::refused(
                    sample,
                    &limit.context("the limit is not named")?.subject,
                    delay.context("no delay")?,
                );
                refused += 1;
            }
        }
    }
    ensure!(refused >= 1 && refused < FLOOD.len(), "{refused} of {} refused", FLOOD.len());
    Ok(())
}

async fn repeat(stage: &mut Stage) -> anyhow::Result<()> {
    show::title("3. The portal did not hear the answer and sends the same again");
    let first = &PAGE[0];
    let request = SubmitCommentRequest { comment: Some(first.draft()), ..SubmitCommentRequest::default() };
    let again = stage.submission.submit_comment(Request::new(request)).await?.into_inner();
    ensure!(again.replayed, "the repeat was not recognised");
    show::line(&format!("{}: the same answer as before, and nothing queued twice", first.id));
    Ok(())
}

async fn review(stage: &mut Stage, held: Vec<Comment>) -> anyhow::Result<()> {
    show::title("4. A moderator claims what waits, riskiest first, and decides");
    let claim = ClaimCommentsRequest { max_comments: 50, ..ClaimCommentsRequest::default() };
    let claimed = stage.review.claim_comments(claim).await?.into_inner();
    ensure!(claimed.comments.len() >= held.len(), "claimed {} of {}", claimed.comments.len(), held.len());
    let second = ClaimCommentsRequest { max_comments: 50, ..ClaimCommentsRequest::default() };
    let other = stage.review.claim_comments(second).await?.into_inner();
    ensure!(other.comments.is_empty(), "two moderators hold the same comments");
    show::line(&format!(
        "{} comments claimed; a second moderator is offered none of them",
        claimed.comments.len()
    ));

    let is_wave = |comment: &Comment| comment.id.starts_with("wave");
    let wave = claimed.comments.iter().find(|comment| is_wave(comment)).context("the wave was not held")?;
    let request = ListSimilarCommentsRequest { comment_id: wave.id.clone(), ..Default::default() };
    let similar = stage.review.list_similar_comments(request).await?.into_inner();
    ensure!(similar.total_count >= 2, "the wave was not recognised");
    show::line(&format!("{} belongs to a wave of {} comments", wave.id, similar.total_count));

    let mut mistaken = None;
    for comment in &claimed.comments {
        let reason = if comment.id == "witness-1" { "off_topic" } else { reason_for(comment) };
        let decided = reject(stage, comment, &claimed.claim_id, reason).await?;
        show::decision(&decided);
        if comment.id == "witness-1" {
            mistaken = Some(decided);
        }
    }
    let mistaken = mistaken.context("the witness was not held")?;
    undo_and_approve(stage, &mistaken).await?;
    let stats = stage.review.get_queue_stats(GetQueueStatsRequest::default()).await?.into_inner();
    let pending = stats.stats.context("no stats")?.pending_count;
    ensure!(pending == 0, "{pending} comments still wait");
    Ok(())
}

fn reason_for(comment: &Comment) -> &'static str {
    let findings = comment.verdict.iter().flat_map(|verdict| &verdict.findings);
    if findings.into_iter().any(|finding| finding.filter == "keywords") { "abuse" } else { "spam" }
}

async fn reject(
    stage: &mut Stage,
    comment: &Comment,
    claim_id: &str,
    reason: &str,
) -> anyhow::Result<Comment> {
    let request = RejectCommentRequest {
        comment_id: comment.id.clone(),
        etag: comment.etag.clone(),
        claim_id: claim_id.to_owned(),
        reason: reason.to_owned(),
        ..RejectCommentRequest::default()
    };
    stage.review.reject_comment(request).await?.into_inner().comment.context("the answer has no comment")
}

async fn undo_and_approve(stage: &mut Stage, comment: &Comment) -> anyhow::Result<()> {
    let undo = UndoDecisionRequest {
        comment_id: comment.id.clone(),
        etag: comment.etag.clone(),
        note: "that one was fine".into(),
        ..UndoDecisionRequest::default()
    };
    let back =
        stage.review.undo_decision(undo).await?.into_inner().comment.context("the answer has no comment")?;
    ensure!(back.state() == CommentState::Pending, "the undo did not bring it back: {back:?}");
    show::line(&format!("{}: a mistake; undone, it waits again", back.id));
    let stale = ApproveCommentRequest {
        comment_id: back.id.clone(),
        etag: comment.etag.clone(),
        ..ApproveCommentRequest::default()
    };
    let refused =
        stage.review.approve_comment(stale.clone()).await.err().context("a stale decision passed")?;
    ensure!(refused.code() == Code::Aborted, "a stale decision should be aborted: {refused:?}");
    show::line(&format!("{}: a decision on the earlier version is refused: {}", back.id, refused.message()));
    let fresh = ApproveCommentRequest { etag: back.etag, ..stale };
    let approved = stage.review.approve_comment(fresh).await?.into_inner();
    show::decision(&approved.comment.context("the answer has no comment")?);
    Ok(())
}

async fn feed(stage: &mut Stage) -> anyhow::Result<()> {
    show::title("5. The portal reads the decision feed, from the oldest event on");
    let (mut start, mut last, mut count) = (Start::FromOldest(true), None, 0);
    loop {
        let request = ListDecisionsRequest { start: Some(start), page_size: 5, ..Default::default() };
        let page = stage.submission.list_decisions(request).await?.into_inner();
        if page.events.is_empty() {
            break;
        }
        for event in &page.events {
            show::event(event);
            count += 1;
            if event.comment_id == "witness-1" {
                last = Some(event.clone());
            }
        }
        start = Start::Cursor(page.next_cursor);
    }
    let last = last.context("the feed does not tell of the undone decision")?;
    ensure!(last.state() == CommentState::Approved && last.published, "the feed ends otherwise: {last:?}");
    show::line(&format!("{count} events, in order, without gaps; the portal keeps the last cursor"));
    Ok(())
}
