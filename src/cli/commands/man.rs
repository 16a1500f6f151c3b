//! `modctl man`

use std::fs;
use std::path::PathBuf;

use clap::CommandFactory;

use crate::cli::args::Cli;
use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;

/// What `man` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write a page for each command into this directory, such as ~/.local/share/man/man1 [default: print the first]
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
}

/// Makes the pages from what the commands say of themselves.
pub fn run(args: &Args, session: &mut Session) -> Result<Done, Failure> {
    let command = Cli::command();
    let Some(directory) = &args.directory else {
        let mut page = vec![];
        clap_mangen::Man::new(command).render(&mut page)?;
        session.output.text(&String::from_utf8_lossy(&page))?;
        return Ok(Done::Fully);
    };
    let refused = |error| Failure::Usage(format!("cannot write to {}: {error}", directory.display()));
    fs::create_dir_all(directory).map_err(refused)?;
    clap_mangen::generate_to(command, directory).map_err(refused)?;
    say!("the pages are in {}; read them with `man modctl`", directory.display());
    Ok(Done::Fully)
}
