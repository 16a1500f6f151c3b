//! The queue in figures, once and as it changes.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::time::{Instant, sleep};
use tonic::Status;

use super::Reviews;
use crate::domain::{Comment, Timestamp};
use crate::feed::FollowOptions;
use crate::proto::v1;
use crate::review::{Breakdown, News, Review, Stats, Watched};
use crate::rpc::auth::Caller;
use crate::rpc::convert;
use crate::rpc::status;
use crate::rpc::stream::Replies;

/// Pause between two looks at a queue under watch.
const LOOK: Duration = Duration::from_secs(1);

impl Reviews {
    pub(super) async fn stats(
        &self,
        caller: &Caller,
        request: v1::GetQueueStatsRequest,
    ) -> Result<v1::GetQueueStatsResponse, Status> {
        let site = caller.site(&request.site)?;
        let counted = self.0.review.stats(&site).await.map_err(status::listing)?;
        Ok(v1::GetQueueStatsResponse { stats: Some(stats(counted)) })
    }

    pub(super) async fn watch(
        &self,
        caller: &Caller,
        request: v1::WatchQueueRequest,
    ) -> Result<Replies<v1::WatchQueueResponse>, Status> {
        let site = caller.site(&request.site)?;
        let watched = self.0.review.watch(&self.0.feed, &site).await.map_err(status::feed)?;
        let first = heartbeat(&self.0.review, &watched).await?;
        let watcher = Watcher {
            review: self.0.review.clone(),
            watched,
            options: self.0.follow.clone(),
            last_sent: Instant::now(),
        };
        let news = stream::unfold(Some(watcher), |watcher| async {
            let mut watcher = watcher?;
            let next = watcher.next().await;
            let rest = next.is_ok().then_some(watcher);
            Some((next, rest))
        });
        Ok(tokio_stream::once(Ok(first)).chain(news).boxed())
    }
}

struct Watcher {
    review: Review,
    watched: Watched,
    options: FollowOptions,
    last_sent: Instant,
}

impl Watcher {
    /// The next change, or the counts once nothing has changed for the heartbeat's interval.
    async fn next(&mut self) -> Result<v1::WatchQueueResponse, Status> {
        let mut stopping = self.options.stopping.clone();
        tokio::select! {
            next = self.look_on() => next,
            _ = stopping.wait_for(|stopping| *stopping) => Err(status::shutting_down()),
        }
    }

    async fn look_on(&mut self) -> Result<v1::WatchQueueResponse, Status> {
        loop {
            sleep(LOOK.min(self.options.heartbeat_interval)).await;
            let message = match self.watched.look().await.map_err(status::feed)? {
                Some(news) => message(news),
                None if self.last_sent.elapsed() < self.options.heartbeat_interval => continue,
                None => heartbeat(&self.review, &self.watched).await?,
            };
            self.last_sent = Instant::now();
            return Ok(message);
        }
    }
}

async fn heartbeat(review: &Review, watched: &Watched) -> Result<v1::WatchQueueResponse, Status> {
    let counted = review.stats(watched.site()).await.map_err(status::listing)?;
    Ok(v1::WatchQueueResponse { stats: Some(stats(counted)), ..Default::default() })
}

fn message(news: News) -> v1::WatchQueueResponse {
    let now = news.stats.time;
    let changes = news.changed.into_iter().map(|comment| change(comment, now));
    v1::WatchQueueResponse {
        changes: changes.collect(),
        stats: Some(stats(news.stats)),
        incomplete: news.incomplete,
    }
}

fn change(comment: Comment, now: Timestamp) -> v1::QueueChange {
    let claim = comment.claim.filter(|claim| claim.expire_time > now);
    v1::QueueChange {
        comment_id: comment.id.as_str().to_owned(),
        state: convert::state(comment.state).into(),
        etag: comment.version.to_string(),
        claim: claim.map(convert::claim),
    }
}

fn stats(stats: Stats) -> v1::QueueStats {
    let Stats { counts, time, breakdown } = stats;
    let Breakdown { by_section, by_rule, sampled } = breakdown.unwrap_or_default();
    let named = |counted: Vec<(String, u64)>| {
        counted.into_iter().map(|(name, count)| v1::NamedCount { name, count }).collect()
    };
    v1::QueueStats {
        pending_count: counts.pending,
        escalated_count: counts.escalated,
        claimed_count: counts.claimed,
        approved_count: counts.approved,
        rejected_count: counts.rejected,
        withdrawn_count: counts.withdrawn,
        oldest_pending_time: counts.oldest_pending.map(convert::timestamp),
        oldest_age: counts.oldest_pending.map(|oldest| convert::duration(time.since(oldest))),
        by_section: named(by_section),
        by_rule: named(by_rule),
        sampled_count: sampled,
        count_time: Some(convert::timestamp(time)),
    }
}
