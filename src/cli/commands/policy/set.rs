//! `modctl policy set`

use super::mistakes::located;
use super::source;
use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::proto::v1::UpdatePolicyRequest;

/// More likely than that somebody wants the default policy, whatever should have written another one has failed.
const NOTHING_CAME: &str =
    "nothing came on standard input; to set the default policy, send a comment such as `# the default`";

/// What `policy set` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The TOML file; `-` reads standard input
    pub file: String,
    /// Why, for the history
    #[arg(long, short, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub message: String,
    /// Set it only if this is still the version in force
    #[arg(long, value_name = "ETAG", default_value = "", hide_default_value = true)]
    pub etag: String,
    /// The proposal that this settles; `modctl policy proposals` lists them
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    pub proposal: String,
    /// Only check it
    #[arg(long)]
    pub validate_only: bool,
}

/// Sets a policy; a bad one is told with all its mistakes, and the last good one stays in force.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let source = source::read(&args.file)?;
    if args.file == "-" && source.text.trim().is_empty() {
        return Err(Failure::Usage(NOTHING_CAME.to_owned()));
    }
    let request = session.request(UpdatePolicyRequest {
        site: session.site(),
        source: source.text.clone(),
        etag: args.etag,
        validate_only: args.validate_only,
        comment: args.message,
        proposal_id: args.proposal,
    });
    let answer = session.policy().await?.update_policy(request).await;
    let policy =
        answer.map_err(|status| located(status.into(), &source))?.into_inner().policy.unwrap_or_default();
    let verdict = if args.validate_only { "is good; nothing was set" } else { "is in force" };
    session.output.one(&policy, |_| format!("{} {verdict} (revision {})\n", source.name, policy.revision))?;
    Ok(Done::Fully)
}
