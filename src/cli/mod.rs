//! `modctl`: arguments → client → output → exit code.
//!
//! Architecture invariant: what is printed is made by pure functions of data and [`output::Screen`], so that it is tested
//! without a terminal; only commands talk to the server.

/// Says something on standard error. Unlike `eprintln!` it goes on when nobody reads there: what was begun is done.
macro_rules! say {
    ($($words:tt)*) => { say_on!("{}\n", format_args!($($words)*)) };
}

/// The same, without an end of the line.
macro_rules! say_on {
    ($($words:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!($($words)*));
    }};
}

pub mod amend;
pub mod args;
pub mod commands;
pub mod failure;
pub mod harmless;
pub mod output;
pub mod page;
pub mod tui;
pub mod wordlist;

mod claims;
mod counted;
mod explain;
mod period;
mod picks;
mod profile;
mod prompt;
mod session;
mod settings;
mod stop;
mod time;

use std::env;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use jiff::Timestamp;

pub use self::args::Cli;
use self::args::{Command, Globals};
use self::commands::*;
use self::failure::{Done, Failure, exit_code};
use self::output::fields::Fields;
use self::output::{Format, Output, Screen};
use self::session::Session;
use self::settings::Settings;
use crate::proto::v1::CommentState;

/// Columns of a screen that says nothing about its width.
const DEFAULT_WIDTH: usize = 80;

/// Runs the command, tells on standard error why it failed if it did, and answers the exit code.
pub async fn run(cli: Cli) -> ExitCode {
    let (result, token) = match Settings::resolve(&cli.globals, |name| env::var_os(name)) {
        Ok(settings) => {
            let mut session = Session::new(settings, output(&cli.globals));
            let result = dispatch(cli.command, &mut session).await;
            (result, session.token_origin())
        }
        Err(failure) => (Err(failure), String::new()),
    };
    let code = exit_code(&result);
    if let Err(failure) = result {
        tell(&failure, &token);
    }
    code
}

fn output(globals: &Globals) -> Output {
    let terminal = io::stdout().is_terminal();
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    let colour = terminal && !globals.no_color && !set("NO_COLOR") && !dumb;
    let width = comfy_table::Table::new().width().filter(|_| terminal).map(usize::from);
    let columns = || env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let fields = Fields::parse(globals.json.as_deref().or(globals.fields.as_deref()).unwrap_or_default());
    let assumed = if globals.json.is_some() || !fields.is_all() { Format::Json } else { Format::Table };
    let format = globals.format.unwrap_or(assumed);
    let screen = Screen::new(colour, width.or_else(columns).unwrap_or(DEFAULT_WIDTH), Timestamp::now());
    Output::new(format, screen, fields, Box::new(io::BufWriter::new(io::stdout())))
}

fn tell(failure: &Failure, token: &str) {
    if let Failure::Output(error) = failure
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        return;
    }
    let mut lines = explain::explain(failure, token).into_iter();
    say!("error: {}", lines.next().unwrap_or_default());
    lines.for_each(|line| say!("  {line}"));
}

async fn dispatch(command: Command, session: &mut Session) -> Result<Done, Failure> {
    match command {
        Command::Submit(args) => submit::run(*args, session).await,
        Command::Import(args) => import::run(args, session).await,
        Command::Export(args) => export::run(args, session).await,
        Command::List(args) => list::run(args, session).await,
        Command::Review(args) => review::run(args, session).await,
        Command::Show(args) => show::run(args, session).await,
        Command::Claim(args) => claim::run(args, session).await,
        Command::Renew(args) => renew::run(args, session).await,
        Command::Release(args) => release::run(args, session).await,
        Command::Approve(args) => decide::run(args, CommentState::Approved, session).await,
        Command::Reject(args) => decide::run(args, CommentState::Rejected, session).await,
        Command::Escalate(args) => decide::run(args, CommentState::Escalated, session).await,
        Command::Skip(args) => skip::run(args, session).await,
        Command::Undo(args) => undo::run(args, session).await,
        Command::Note(args) => note::run(args, session).await,
        Command::Similar(args) => similar::run(args, session).await,
        Command::DecideMatching(args) => decide_matching::run(args, session).await,
        Command::Withdraw(args) => withdraw::run(args, session).await,
        Command::Revise(args) => revise::run(args, session).await,
        Command::Flag(args) => flag::run(args, session).await,
        Command::Report(args) => report::run(args, session).await,
        Command::Queue(args) => queue::run(args, session).await,
        Command::Activity(args) => activity::run(args, session).await,
        Command::Rules(args) => rules::run(args, session).await,
        Command::Watch(args) => watch::run(args, session).await,
        Command::Policy(command) => policy::run(command, session).await,
        Command::Evaluate(args) => evaluate::run(&args, session),
        Command::Quota(args) => quota::run(args, session).await,
        Command::Author(command) => author::run(command, session).await,
        Command::Man(args) => man::run(&args, session),
        Command::Completions(args) => completions::run(&args, session),
    }
}
