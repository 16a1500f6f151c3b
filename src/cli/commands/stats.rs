//! `modctl stats`

use crate::cli::failure::{Done, Failure};
use crate::cli::output;
use crate::cli::session::Session;
use crate::proto::v1::GetQueueStatsRequest;

/// Counts the queue as it is now.
pub async fn run(session: &mut Session) -> Result<Done, Failure> {
    let request = session.request(GetQueueStatsRequest { site: session.site() });
    let answer = session.review().await?.get_queue_stats(request).await?.into_inner();
    let stats = answer.stats.unwrap_or_default();
    session.output.one(&stats, |screen| output::stats(&stats, screen))?;
    Ok(Done::Fully)
}
