//! `modctl claim`

use super::list::FILTER_HELP;
use crate::cli::failure::{Done, Failure};
use crate::cli::output::Format;
use crate::cli::output::json::Json;
use crate::cli::session::Session;
use crate::cli::time::{in_full, parse_span};
use crate::proto::v1::ClaimCommentsRequest;

/// What `claim` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = FILTER_HELP)]
pub struct Args {
    /// Claim these comments, those of them that are free
    #[arg(value_name = "ID", conflicts_with = "filter")]
    pub ids: Vec<String>,
    /// At most this many, 1 to 100 [default: 1, or all of the ids]
    #[arg(long, short = 'n', value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub max: Option<u32>,
    /// Which comments, such as `score >= 5 AND section = sports`
    #[arg(long, short, value_name = "FILTER", default_value = "")]
    pub filter: String,
    /// How long the lease lasts, 10 s to 30 min [default: 5m]
    #[arg(long, value_name = "SPAN", value_parser = parse_span)]
    pub lease: Option<prost_types::Duration>,
}

/// Claims comments and remembers the lease, so that the decision can be made under it.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let request = session.request(ClaimCommentsRequest {
        site: session.site(),
        filter: args.filter,
        max_comments: args.max.unwrap_or_default(),
        lease_duration: args.lease,
        reviewer: session.reviewer(),
        comment_ids: args.ids,
    });
    let claimed = session.review().await?.claim_comments(request).await?.into_inner();
    if let Err(error) = session.claims.keep(&claimed) {
        say!(
            "warning: the claim cannot be remembered ({error}); decide with --claim-id {}",
            claimed.claim_id
        );
    }
    if session.output.format == Format::Json {
        session.output.json(&Json(&claimed))?;
    } else {
        session.output.rows(&claimed.comments, "nothing is free to claim")?;
    }
    if !claimed.comments.is_empty() {
        let until = in_full(claimed.expire_time.as_ref(), session.output.screen.now);
        say!("claim {} ends {until}", claimed.claim_id);
    }
    Ok(Done::Fully)
}
