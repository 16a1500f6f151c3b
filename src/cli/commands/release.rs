//! `modctl release`

use super::renew::comments;
use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::proto::v1::ReleaseClaimsRequest;

/// What `release` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The claim [default: all that were claimed here and are live]
    #[arg(value_name = "CLAIM")]
    pub claim_id: Option<String>,
    /// Give back only this comment; may be given several times
    #[arg(long = "id", value_name = "ID", requires = "claim_id")]
    pub ids: Vec<String>,
}

/// Releases one claim, or all that are remembered.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    for claim_id in session.claims.chosen(args.claim_id)? {
        let request = session.request(ReleaseClaimsRequest {
            site: session.site(),
            claim_id: claim_id.clone(),
            comment_ids: args.ids.clone(),
        });
        let released = session.review().await?.release_claims(request).await?.into_inner();
        if args.ids.is_empty() {
            session.claims.forget(&claim_id);
        }
        let count = comments(released.comment_ids.len());
        session.output.one(&released, |_| format!("{count} of claim {claim_id} given back\n"))?;
    }
    Ok(Done::Fully)
}
