//! `modctl policy`

mod get;
mod history;
mod mistakes;
mod proposals;
mod propose;
mod replay;
mod set;
pub(super) mod source;
mod test;

use clap::Subcommand;

use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;

/// What can be done with a policy.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the policy in force as TOML
    Get(get::Args),
    /// Put a policy in force
    Set(set::Args),
    /// Judge one comment by a policy; nothing is kept
    Test(Box<test::Args>),
    /// Tell what a policy would have done to past comments; nothing is changed
    Replay(replay::Args),
    /// Suggest a policy for an admin to set
    Propose(propose::Args),
    /// List what was suggested, newest first
    Proposals(proposals::Args),
    /// List the revisions, newest first
    History(history::Args),
}

/// Reads, tries or sets the policy.
pub async fn run(command: Command, session: &mut Session) -> Result<Done, Failure> {
    match command {
        Command::Get(args) => get::run(args, session).await,
        Command::Set(args) => set::run(args, session).await,
        Command::Test(args) => test::run(*args, session).await,
        Command::Replay(args) => replay::run(args, session).await,
        Command::Propose(args) => propose::run(args, session).await,
        Command::Proposals(args) => proposals::run(args, session).await,
        Command::History(args) => history::run(args, session).await,
    }
}
