//! `modctl report`

use std::fs;
use std::io::{self, IsTerminal};
use std::time::Duration;

use jiff::Timestamp;

use super::activity::asked;
use crate::cli::failure::{Done, Failure};
use crate::cli::output::by_overturn_rate;
use crate::cli::page::{Figures, page};
use crate::cli::period::{Ends, Period, usual_step};
use crate::cli::session::Session;
use crate::cli::time::{moment, parse_back};
use crate::proto::v1::{GetActivityResponse, GetRuleStatsRequest};

/// Bars that are told apart across a page.
const MOST_BARS: u64 = 170;
/// Steps that the server answers at most.
const MOST_STEPS: u64 = 1_000;
const HOUR: Duration = Duration::from_secs(3_600);
/// The longest step that the server counts by.
const LONGEST_STEP: Duration = Duration::from_secs(366 * 86_400);

/// What `report` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How far back from the period's end to go, as in 24h or 30d, at most a year
    #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = parse_back)]
    pub since: Duration,
    /// When the period ends.
    #[command(flatten)]
    pub period: Period,
    /// The file to write the page to [default: standard output, unless that is a terminal]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<String>,
}

/// Makes a page of what went on, for a browser.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    if args.since > LONGEST_STEP {
        return Err(Failure::Usage(
            "a report goes back a year at most; write --since 366d or less".to_owned(),
        ));
    }
    if args.output.is_none() && io::stdout().is_terminal() {
        let why = "the page is for a browser; name a file with --output, or send it elsewhere";
        return Err(Failure::Usage(why.to_owned()));
    }
    let page = page(&figures(&args, session).await?);
    match &args.output {
        None => session.output.text(&page)?,
        Some(file) => {
            fs::write(file, page).map_err(|error| Failure::Usage(format!("cannot write {file}: {error}")))?;
            say!("{file} is written");
        }
    }
    Ok(Done::Fully)
}

async fn figures(args: &Args, session: &Session) -> Result<Figures, Failure> {
    let step = usual_step(args.since, MOST_BARS);
    let ends = args.period.ends(args.since, step);
    let GetActivityResponse { buckets: steps, calibration } = asked(ends, step, session).await?;
    let hours = match step {
        HOUR => steps.clone(),
        _ if args.since.as_secs().div_ceil(HOUR.as_secs()) > MOST_STEPS => Vec::new(),
        _ => asked(ends, HOUR, session).await?.buckets,
    };
    let whole = asked(ends, args.since, session).await?.buckets.into_iter().next().unwrap_or_default();
    let Ends { from, to } = ends;
    let request = GetRuleStatsRequest { site: session.site(), from: Some(from), to: Some(to) };
    let mut rules =
        session.policy().await?.get_rule_stats(session.request(request)).await?.into_inner().rules;
    rules.retain(|rule| rule.hit_count > 0);
    by_overturn_rate(&mut rules);
    let moment = |time| moment(Some(&time)).unwrap_or_default();
    Ok(Figures {
        site: session.site(),
        made: Timestamp::now(),
        from: moment(from),
        to: moment(to),
        step,
        steps,
        hours,
        whole,
        calibration,
        rules,
    })
}
