//! `modctl policy propose`

use super::mistakes::located;
use super::source;
use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::proto::v1::ProposePolicyRequest;

/// What `policy propose` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The whole suggested TOML file; `-` reads standard input
    pub file: String,
    /// Why, for the admin who decides
    #[arg(long, short, value_name = "TEXT")]
    pub message: String,
    /// The revision that it was made from [default: the one in force]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub base: u64,
    /// The comment that gave rise to it
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    pub comment: String,
}

/// Writes a suggestion down. It comes into force when an admin sets it.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let source = source::read(&args.file)?;
    let request = session.request(ProposePolicyRequest {
        site: session.site(),
        source: source.text.clone(),
        base_revision: args.base,
        comment: args.message,
        comment_id: args.comment,
        reviewer: session.reviewer(),
    });
    let answer = session.policy().await?.propose_policy(request).await;
    let answer = answer.map_err(|status| located(status.into(), &source))?.into_inner();
    let proposal = answer.proposal.unwrap_or_default();
    session.output.one(&proposal, |_| {
        format!("{} is proposal {}; an admin may set it\n", source.name, proposal.proposal_id)
    })?;
    Ok(Done::Fully)
}
