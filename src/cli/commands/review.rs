//! `modctl review`

use std::env;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use super::list::FILTER_HELP;
use crate::cli::failure::{Done, Failure};
use crate::cli::profile;
use crate::cli::session::Session;
use crate::cli::tui::keymap::Keymap;
use crate::cli::tui::{self, Options};

/// What `review` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = FILTER_HELP)]
pub struct Args {
    /// Which comments, such as `score >= 5 AND section = sports`
    #[arg(long, short, value_name = "FILTER", default_value = "", hide_default_value = true)]
    pub filter: String,
    /// Look without claiming or deciding anything
    #[arg(long)]
    pub readonly: bool,
}

/// Opens the screen. Without a terminal there is none.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::Usage(
            "review needs a terminal; in a pipe, use `modctl list`, `modctl approve` and their like"
                .to_owned(),
        ));
    }
    let path = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let keys = profile::keys(profile::file(path).as_deref())?;
    let keymap = Keymap::with(&keys).map_err(Failure::Usage)?;
    tui::run(Options { keymap, filter: args.filter, readonly: args.readonly }, session).await?;
    Ok(Done::Fully)
}
