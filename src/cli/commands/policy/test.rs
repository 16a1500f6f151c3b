//! `modctl policy test`

use super::super::draft::DraftArgs;
use super::mistakes::located;
use super::source;
use crate::cli::failure::{Done, Failure};
use crate::cli::output::judged;
use crate::cli::session::Session;
use crate::proto::v1::TestPolicyRequest;

/// What `policy test` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The TOML file; `-` reads standard input [default: the policy in force]
    pub file: Option<String>,
    /// What the reader wrote
    #[arg(long, short, value_name = "TEXT")]
    pub text: String,
    /// The rest of the comment.
    #[command(flatten)]
    pub draft: DraftArgs,
}

/// Shows the verdict that a comment would get.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let source = args.file.as_deref().map(source::read).transpose()?;
    let request = session.request(TestPolicyRequest {
        site: session.site(),
        source: source.as_ref().map(|source| source.text.clone()),
        comment: Some(args.draft.into_draft(String::new(), args.text.clone())),
    });
    let answer = session.policy().await?.test_policy(request).await.map_err(Failure::from);
    let answer = answer.map_err(|failure| match &source {
        Some(source) => located(failure, source),
        None => failure,
    })?;
    let answer = answer.into_inner();
    let verdict = answer.verdict.clone().unwrap_or_default();
    session.output.one(&answer, |screen| judged(&args.text, &verdict, screen))?;
    Ok(Done::Fully)
}
