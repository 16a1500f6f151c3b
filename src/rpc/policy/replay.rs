//! Trying a policy on the past.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::StreamExt;
use tokio::sync::mpsc::{self, Sender};
use tokio::sync::watch;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::PolicyCalls;
use super::revisions::{MAX_SOURCE, compiled};
use crate::hindsight::{Replay, Report, RuleChange, Sample};
use crate::proto::v1;
use crate::proto::v1::replay_policy_response::Message;
use crate::rpc::auth::Caller;
use crate::rpc::convert::{self, Check};
use crate::rpc::status;
use crate::rpc::stream::Replies;

/// Messages that wait for a reader who is behind; the replay then waits, too.
const BUFFER: usize = 4;
/// Longer than anything is kept.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);
/// Rules of a report.
const MAX_RULES: usize = 1_000;

type Sent = Result<v1::ReplayPolicyResponse, Status>;

impl PolicyCalls {
    pub(super) async fn replay(
        &self,
        caller: &Caller,
        request: v1::ReplayPolicyRequest,
    ) -> Result<Replies<v1::ReplayPolicyResponse>, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let source = request.source.map(|source| check.text("source", source, MAX_SOURCE));
        let shortest = Duration::from_millis(1);
        let since =
            request.since.map(|_| check.duration("since", request.since, LONGEST, shortest..=LONGEST));
        check.finish()?;
        let policy = match source {
            Some(source) => Arc::new(compiled(&source).await?),
            None => self.0.policies.current(&site).ok_or_else(|| status::site_unknown(site.as_str()))?,
        };
        let most = (request.max_comments > 0).then_some(request.max_comments);
        let queue = Arc::clone(&self.0.queue);
        let replay = Replay::begin(queue, &*self.0.clock, site, policy, since, most).await;
        let replay = replay.map_err(status::queue)?;
        let (sender, messages) = mpsc::channel(BUFFER);
        let (stopping, most_bytes) = (self.0.follow.stopping.clone(), self.0.page_bytes());
        tokio::spawn(async move {
            if let Err(error) = run(replay, &sender, stopping, most_bytes).await {
                let _ = sender.send(Err(error)).await;
            }
        });
        Ok(ReceiverStream::new(messages).boxed())
    }
}

/// Replays as long as somebody reads the progress and the server does not stop.
async fn run(
    mut replay: Replay,
    sender: &Sender<Sent>,
    stopping: watch::Receiver<bool>,
    most_bytes: usize,
) -> Result<(), Status> {
    while sender.send(Ok(progress(&replay))).await.is_ok() {
        if *stopping.borrow() {
            return Err(status::shutting_down());
        }
        if !replay.step().await.map_err(status::queue)? {
            let _ = sender.send(Ok(progress(&replay))).await;
            let report = Message::Report(report(replay.report(), most_bytes));
            let _ = sender.send(Ok(v1::ReplayPolicyResponse { message: Some(report) })).await;
            return Ok(());
        }
    }
    Ok(())
}

fn progress(replay: &Replay) -> v1::ReplayPolicyResponse {
    let progress = replay.progress();
    let progress = v1::ReplayProgress { done_count: progress.done, total_count: progress.total };
    v1::ReplayPolicyResponse { message: Some(Message::Progress(progress)) }
}

fn report(report: Report, most_bytes: usize) -> v1::ReplayReport {
    let rules = report.rules(MAX_RULES).into_iter().map(rule);
    let mut sent = v1::ReplayReport {
        comment_count: report.comments,
        published_before_count: report.before.published,
        published_after_count: report.after.published,
        held_before_count: report.before.held,
        held_after_count: report.after.held,
        rejected_before_count: report.before.rejected,
        rejected_after_count: report.after.rejected,
        newly_held_count: report.newly.held,
        newly_freed_count: report.newly.published,
        newly_rejected_count: report.newly.rejected,
        queue_freed_count: report.queue_freed,
        decided_count: report.decided,
        agreement_before: report.agreement_before(),
        agreement_after: report.agreement_after(),
        rules: rules.collect(),
        samples: report.into_samples().into_iter().map(sample).collect(),
    };
    // Rule names are short; the samples' findings alone could outgrow a message.
    let fitting = convert::fitting(&sent.samples, most_bytes / 2);
    sent.samples.truncate(fitting);
    sent
}

fn rule(change: RuleChange) -> v1::ReplayRule {
    v1::ReplayRule {
        filter: change.filter,
        rule: change.rule,
        hits_before_count: change.hits_before,
        hits_after_count: change.hits_after,
        approved_hits_after_count: change.approved_hits_after,
    }
}

fn sample(sample: Sample) -> v1::ReplaySample {
    v1::ReplaySample {
        comment_id: sample.id.as_str().to_owned(),
        before: Some(convert::verdict(sample.before, &sample.text)),
        after: Some(convert::verdict(sample.after, &sample.text)),
        state: convert::state(sample.state).into(),
    }
}
