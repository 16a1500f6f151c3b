//! `modctl rules`

use std::time::Duration;

use crate::cli::failure::{Done, Failure};
use crate::cli::output::by_overturn_rate;
use crate::cli::period::Period;
use crate::cli::session::Session;
use crate::cli::time::parse_back;
use crate::proto::v1::{GetRuleStatsRequest, RuleStats};

/// What `rules` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only comments that came in within this span before the period's end, as in 30d [default: all that are kept]
    #[arg(long, value_name = "SPAN", value_parser = parse_back)]
    pub since: Option<Duration>,
    /// When the period ends.
    #[command(flatten)]
    pub period: Period,
    /// The rules that found nothing, too
    #[arg(long)]
    pub all: bool,
}

/// Tells how the rules do, those that were overturned most first.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    session.output.check::<RuleStats>()?;
    let ends = args.period.ends(args.since.unwrap_or_default(), Duration::from_secs(1));
    let request = session.request(GetRuleStatsRequest {
        site: session.site(),
        from: args.since.map(|_| ends.from),
        to: Some(ends.to),
    });
    let mut rules = session.policy().await?.get_rule_stats(request).await?.into_inner().rules;
    rules.retain(|rule| args.all || rule.hit_count > 0);
    by_overturn_rate(&mut rules);
    session.output.rows(&rules, "no rule found anything in this period")?;
    Ok(Done::Fully)
}
