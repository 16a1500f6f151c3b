//! `modctl renew`

use jiff::Timestamp;

use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::cli::time::{in_full, moment, parse_span};
use crate::proto::v1::RenewClaimsRequest;

/// What `renew` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The claim [default: all that were claimed here and are live]
    #[arg(value_name = "CLAIM")]
    pub claim_id: Option<String>,
    /// How long the lease lasts from now, 10 s to 30 min [default: 5m]
    #[arg(long, value_name = "SPAN", value_parser = parse_span)]
    pub lease: Option<prost_types::Duration>,
}

/// Renews one claim, or all that are remembered.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    for claim_id in session.claims.chosen(args.claim_id)? {
        let request = session.request(RenewClaimsRequest {
            site: session.site(),
            claim_id: claim_id.clone(),
            comment_ids: vec![],
            lease_duration: args.lease,
        });
        let renewed = session.review().await?.renew_claims(request).await?.into_inner();
        let expires = moment(renewed.expire_time.as_ref());
        session.claims.extend(&claim_id, expires, Timestamp::now())?;
        session.output.one(&renewed, |screen| {
            let until = in_full(renewed.expire_time.as_ref(), screen.now);
            format!("claim {claim_id} of {} ends {until}\n", comments(renewed.comment_ids.len()))
        })?;
    }
    Ok(Done::Fully)
}

/// A number of comments in words.
pub(super) fn comments(count: usize) -> String {
    if count == 1 { "1 comment".to_owned() } else { format!("{count} comments") }
}
