//! `modctl activity`

use std::time::Duration;

use crate::cli::failure::{Done, Failure};
use crate::cli::output::{Format, activity};
use crate::cli::period::{Ends, Period, usual_step};
use crate::cli::session::Session;
use crate::cli::time::parse_back;
use crate::proto::v1::{ActivityBucket, GetActivityRequest, GetActivityResponse};

/// Steps that are easily read one below the other.
const READABLE: u64 = 48;

/// What `activity` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How far back from the period's end to go, as in 24h or 7d
    #[arg(long, value_name = "SPAN", default_value = "24h", value_parser = parse_back)]
    pub since: Duration,
    /// When the period ends.
    #[command(flatten)]
    pub period: Period,
    /// The length of a step, as in 15m or 1h [default: a usual one that leaves at most 48]
    #[arg(long, value_name = "SPAN", value_parser = parse_back)]
    pub step: Option<Duration>,
}

/// Tells what went on, a row a step.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    session.output.check::<ActivityBucket>()?;
    let step = args.step.unwrap_or_else(|| usual_step(args.since, READABLE));
    let answer = asked(args.period.ends(args.since, step), step, session).await?;
    match session.output.format {
        Format::Table => {
            let drawn = activity(&answer.buckets, &session.output.screen);
            session.output.text(&drawn)?;
        }
        _ => session.output.rows(&answer.buckets, "")?,
    }
    Ok(Done::Fully)
}

/// Asks the server.
pub async fn asked(ends: Ends, step: Duration, session: &Session) -> Result<GetActivityResponse, Failure> {
    let step = prost_types::Duration::try_from(step).ok();
    let request = GetActivityRequest { site: session.site(), from: Some(ends.from), to: Some(ends.to), step };
    Ok(session.policy().await?.get_activity(session.request(request)).await?.into_inner())
}
