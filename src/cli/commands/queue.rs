//! `modctl queue`

use std::time::Duration;

use crate::cli::explain::explain;
use crate::cli::failure::{Done, Failure};
use crate::cli::output::{Picture, queue_line};
use crate::cli::session::Session;
use crate::cli::time::parse_period;
use crate::proto::v1::{
    GetActivityRequest, GetActivityResponse, GetQueueStatsRequest, QueueStats, WatchQueueRequest,
};

/// Steps that the period is cut into, a column of the chart each.
const STEPS: u32 = 48;

/// The shortest step that the server counts by.
const MIN_STEP: Duration = Duration::from_secs(60);

/// What `queue` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How far back to count what came in and what was decided, at least 48m
    #[arg(long, value_name = "SPAN", default_value = "24h", value_parser = parse_period)]
    pub since: Duration,
    /// Follow the queue, a line for each change of its counts
    #[arg(long)]
    pub watch: bool,
}

/// Counts the queue as it is now, and what went in and out before. The latter needs an admin's token.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    if args.watch {
        return watch(session).await;
    }
    session.output.check::<Picture>()?;
    let request = session.request(GetQueueStatsRequest { site: session.site() });
    let answer = session.review().await?.get_queue_stats(request).await?.into_inner();
    let activity = match activity(args.since, session).await {
        Ok(activity) => Some(activity),
        Err(failure) => {
            let why = explain(&failure, &session.token_origin()).join("; ");
            say!("what came in and what was decided is left out: {why}");
            None
        }
    };
    let picture = Picture { stats: answer.stats.unwrap_or_default(), activity, since: args.since };
    session.output.one(&picture, |screen| picture.drawn(screen))?;
    Ok(Done::Fully)
}

async fn activity(since: Duration, session: &Session) -> Result<GetActivityResponse, Failure> {
    // The second that has begun counts, too: who has just decided looks for it.
    let to = jiff::Timestamp::now().as_second() + 1;
    let step = (since / STEPS).max(MIN_STEP);
    let from = to - i64::try_from(step.as_secs()).unwrap_or(i64::MAX).saturating_mul(i64::from(STEPS));
    let request = GetActivityRequest {
        site: session.site(),
        from: Some(prost_types::Timestamp { seconds: from, nanos: 0 }),
        to: Some(prost_types::Timestamp { seconds: to, nanos: 0 }),
        step: prost_types::Duration::try_from(Duration::from_secs(step.as_secs())).ok(),
    };
    Ok(session.policy().await?.get_activity(session.request(request)).await?.into_inner())
}

async fn watch(session: &mut Session) -> Result<Done, Failure> {
    session.output.csv_header::<QueueStats>()?;
    let request = WatchQueueRequest { site: session.site() };
    let mut messages = session.review().await?.watch_queue(request).await?.into_inner();
    loop {
        let message = tokio::select! {
            message = messages.message() => message?,
            _ = tokio::signal::ctrl_c() => return Ok(Done::Fully),
        };
        let Some(message) = message else {
            return Err(tonic::Status::unavailable("the server ended the stream").into());
        };
        let stats = message.stats.unwrap_or_default();
        session.output.next(&stats, |screen| queue_line(&stats, screen))?;
    }
}
