//! `modctl policy get`

use std::io::{self, IsTerminal};

use crate::cli::failure::{Done, Failure};
use crate::cli::harmless::one_line;
use crate::cli::output::Format;
use crate::cli::session::Session;
use crate::cli::time::in_full;

/// What `policy get` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An earlier revision [default: the one in force]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub revision: u64,
}

/// Prints the TOML text, byte for byte into a pipe or file, harmless on a terminal.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let policy = super::fetch(args.revision, session).await?;
    if session.output.format != Format::Table {
        session.output.listed(&policy)?;
        return Ok(Done::Fully);
    }
    if io::stdout().is_terminal() {
        let lines: String = policy.source.lines().map(|line| one_line(line) + "\n").collect();
        session.output.text(&lines)?;
    } else {
        session.output.text(&policy.source)?;
    }
    let saved = in_full(policy.create_time.as_ref(), session.output.screen.now);
    match policy.revision {
        0 => say!("no policy was set yet; the built-in one is in force"),
        revision => say!("revision {revision}, saved {saved} by {}", one_line(&policy.author)),
    }
    Ok(Done::Fully)
}
