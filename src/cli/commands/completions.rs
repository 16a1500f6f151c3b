//! `modctl completions`

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::args::Cli;
use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;

/// What `completions` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    pub shell: Shell,
}

/// Prints the script.
pub fn run(args: &Args, session: &mut Session) -> Result<Done, Failure> {
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut Cli::command(), "modctl", &mut script);
    session.output.text(&String::from_utf8_lossy(&script))?;
    Ok(Done::Fully)
}
