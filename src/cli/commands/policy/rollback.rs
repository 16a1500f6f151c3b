//! `modctl policy rollback`

use super::change::{Change, Trial};
use super::{fetch, named};
use crate::cli::failure::{Done, Failure};
use crate::cli::prompt::Answer;
use crate::cli::session::Session;

/// What `policy rollback` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The revision to go back to
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub revision: u64,
    /// Why, for the history [default: that it is a rollback]
    #[arg(long, short, value_name = "TEXT")]
    pub message: Option<String>,
    /// How it is tried and asked about.
    #[command(flatten)]
    pub trial: Trial,
}

/// Puts an earlier revision in force as a new one; the history keeps all.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let earlier = fetch(args.revision, session).await?;
    let current = fetch(0, session).await?;
    if earlier.source == current.source {
        say!("{} is what is in force already", named(&earlier));
        return Ok(Done::Fully);
    }
    let message = args.message.unwrap_or_else(|| format!("back to revision {}", args.revision));
    let change = Change { current, name: named(&earlier), source: earlier.source, message };
    match change.put_to_the_question(&args.trial, false, session).await? {
        Answer::Yes => change.apply(session).await,
        _ => Err(Failure::Usage("nothing was changed".to_owned())),
    }
}
