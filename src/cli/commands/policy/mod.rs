//! `modctl policy`

mod change;
mod diff;
mod edit;
mod get;
mod history;
mod import_words;
mod mistakes;
mod proposals;
mod propose;
mod replay;
mod rollback;
mod set;
pub(super) mod source;
mod test;

use clap::Subcommand;

use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::proto::v1::{GetPolicyRequest, Policy};

/// What can be done with a policy.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the policy in force as TOML
    Get(get::Args),
    /// Put a policy in force
    Set(set::Args),
    /// Edit the policy in force, see what the edit would have done, and put it in force
    Edit(edit::Args),
    /// Show what changes between two revisions or files
    Diff(diff::Args),
    /// Add lists of words to the policy in force, to a file, or print them as one
    ImportWords(Box<import_words::Args>),
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
    /// Put an earlier revision in force again
    Rollback(rollback::Args),
}

/// A revision of the policy; 0: the one in force.
async fn fetch(revision: u64, session: &Session) -> Result<Policy, Failure> {
    let request = session.request(GetPolicyRequest { site: session.site(), revision });
    Ok(session.policy().await?.get_policy(request).await?.into_inner().policy.unwrap_or_default())
}

/// A revision's name in diffs and messages.
fn named(policy: &Policy) -> String {
    match policy.revision {
        0 => "the built-in policy".to_owned(),
        revision => format!("revision {revision}"),
    }
}

/// Reads, tries or sets the policy.
pub async fn run(command: Command, session: &mut Session) -> Result<Done, Failure> {
    match command {
        Command::Get(args) => get::run(args, session).await,
        Command::Set(args) => set::run(args, session).await,
        Command::Test(args) => test::run(*args, session).await,
        Command::ImportWords(args) => import_words::run(*args, session).await,
        Command::Edit(args) => edit::run(args, session).await,
        Command::Diff(args) => diff::run(args, session).await,
        Command::Replay(args) => replay::run(args, session).await,
        Command::Propose(args) => propose::run(args, session).await,
        Command::Proposals(args) => proposals::run(args, session).await,
        Command::Rollback(args) => rollback::run(args, session).await,
        Command::History(args) => history::run(args, session).await,
    }
}
