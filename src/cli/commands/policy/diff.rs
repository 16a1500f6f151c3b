//! `modctl policy diff`

use super::source::{self, Source};
use super::{fetch, named};
use crate::cli::failure::{Done, Failure};
use crate::cli::output;
use crate::cli::session::Session;

/// What `policy diff` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A revision's number or a file; with one alone, it is compared to the policy in force
    #[arg(value_name = "OLD")]
    pub first: String,
    /// A revision's number or a file
    #[arg(value_name = "NEW")]
    pub second: Option<String>,
}

/// Prints the changes from the first to the second. A lone revision is the older side, a lone file the newer.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let first = side(&args.first, session).await?;
    let (old, new) = match args.second {
        Some(second) => (first, side(&second, session).await?),
        None if is_revision(&args.first) => (first, in_force(session).await?),
        None => (in_force(session).await?, first),
    };
    let changes = output::diff((&old.name, &old.text), (&new.name, &new.text), &session.output.screen);
    if changes.is_empty() {
        say!("{} and {} are the same", old.name, new.name);
    }
    session.output.text(&changes)?;
    Ok(Done::Fully)
}

async fn side(name: &str, session: &Session) -> Result<Source, Failure> {
    match name.parse() {
        Ok(0) => Err(Failure::Usage("revisions are counted from 1".to_owned())),
        Ok(revision) => Ok(of(fetch(revision, session).await?)),
        Err(_) => source::read(name),
    }
}

fn is_revision(name: &str) -> bool {
    name.parse::<u64>().is_ok()
}

async fn in_force(session: &Session) -> Result<Source, Failure> {
    Ok(of(fetch(0, session).await?))
}

fn of(policy: crate::proto::v1::Policy) -> Source {
    Source { name: named(&policy), text: policy.source }
}
