//! `modctl policy replay`

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::mistakes::located;
use super::source;
use crate::cli::failure::{Done, Failure, Refusal};
use crate::cli::output::replayed;
use crate::cli::session::Session;
use crate::cli::time::parse_span;
use crate::proto::v1::replay_policy_response::Message;
use crate::proto::v1::{ReplayPolicyRequest, ReplayReport};

/// What `policy replay` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The TOML file; `-` reads standard input [default: the policy in force]
    pub file: Option<String>,
    /// Only comments that came in within this span, as in 30d [default: all that are kept]
    #[arg(long, value_name = "SPAN", value_parser = parse_span)]
    pub since: Option<prost_types::Duration>,
    /// Only the newest N comments [default: all]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub max: u64,
}

/// Tells what a policy would have done to past comments. Nothing is changed.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    session.output.check::<ReplayReport>()?;
    let source = args.file.as_deref().map(source::read).transpose()?;
    let request = ReplayPolicyRequest {
        site: session.site(),
        source: source.as_ref().map(|source| source.text.clone()),
        since: args.since,
        max_comments: args.max,
    };
    let report = report(request, session).await.map_err(|failure| match &source {
        Some(source) => located(failure, source),
        None => failure,
    })?;
    session.output.one(&report, |screen| replayed(&report, screen))?;
    Ok(Done::Fully)
}

/// Asks for a replay and follows it to its report, with a bar if standard error is a terminal.
pub async fn report(request: ReplayPolicyRequest, session: &Session) -> Result<ReplayReport, Failure> {
    let mut stream = session.policy().await?.replay_policy(request).await?.into_inner();
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("replayed {human_pos} of {human_len}, {eta} left") {
        bar.set_style(style);
    }
    while let Some(answer) = stream.message().await? {
        match answer.message {
            Some(Message::Progress(progress)) => {
                bar.set_length(progress.total_count);
                bar.set_position(progress.done_count);
            }
            Some(Message::Report(report)) => {
                bar.finish_and_clear();
                return Ok(report);
            }
            None => {}
        }
    }
    Err(Refusal::from(&tonic::Status::unavailable("the server ended before the replay did")).into())
}
