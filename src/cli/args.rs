//! The command line. What a single command takes is in that command's own file.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use super::commands::*;
use super::output::Format;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  some of it was refused, or it was told to stop; standard error tells
  2  what was typed, or a file or policy that was named, is wrong
  3  the server cannot be reached, or does not answer in time
  4  not allowed: no token, a wrong one, or one without the role or the site
  5  not found, or it has changed, or its state or another's claim does not allow it
  6  refused for now by a rate limit or a full queue
  7  a fault of the server

Tokens: on the machine of a server that made its own, they are found in ./modqueue-data/tokens (or under \
MODQUEUE_DATA_DIR). Elsewhere, name a file with --token-file, MODCTL_TOKEN_FILE or a profile; MODCTL_TOKEN holds a token \
itself, and --ask-token asks for it. A token is never an argument.

Profiles are in modctl/config.toml in the XDG configuration directory (~/.config):
  [profiles.daily]
  server = \"https://queue.example:50051\"
  token_file = \"daily.token\"
  site = \"daily\"
`server`, `token_file`, `site`, `reviewer`, `ca_file`, `client_certificate` and `client_key` can be set; flags and the \
environment go before them. Without \
--profile, the one called `default` is used, if there is one. Keys of `modctl review` are bound otherwise in the same file:
  [keys]
  approve = \"x\"

Data goes to standard output, everything else to standard error. Texts of strangers are shown harmless: what could \
move the cursor, turn the reading order or hide stands as a mark such as ␛ or \\u{202e}.";

/// Moderates comments: submit, review, decide, follow.
#[derive(Debug, Parser)]
#[command(name = "modctl", version, after_long_help = EXIT_CODES, max_term_width = 100)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Globals {
    /// The server: http://HOST:PORT, https://HOST:PORT or HOST:PORT [default: http://127.0.0.1:50051]
    #[arg(long, global = true, env = "MODCTL_SERVER", hide_env_values = true, value_name = "URL")]
    pub server: Option<String>,
    /// A file with the token, or a directory with the files portal, moderator and admin
    #[arg(long, global = true, env = "MODCTL_TOKEN_FILE", hide_env_values = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Ask for the token on the terminal, where it is not shown
    #[arg(long, global = true, conflicts_with = "token_file")]
    pub ask_token: bool,
    /// The site [default: the one that the token is bound to]
    #[arg(long, global = true, env = "MODCTL_SITE", hide_env_values = true, value_name = "NAME")]
    pub site: Option<String>,
    /// The moderator's name, for tokens that may act for others [default: the token's name]
    #[arg(long, global = true, env = "MODCTL_REVIEWER", hide_env_values = true, value_name = "NAME")]
    pub reviewer: Option<String>,
    /// The profile to take what is not given here from
    #[arg(long, global = true, env = "MODCTL_PROFILE", hide_env_values = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Certificates (PEM) to trust instead of the well-known authorities
    #[arg(long, global = true, env = "MODCTL_CA_FILE", hide_env_values = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// The client certificate (PEM) to show; with it a token is sent only where one is named
    #[arg(
        long,
        global = true,
        env = "MODCTL_CLIENT_CERTIFICATE",
        hide_env_values = true,
        value_name = "FILE",
        requires = "client_key"
    )]
    pub client_certificate: Option<PathBuf>,
    /// The key (PEM) of the client certificate
    #[arg(
        long,
        global = true,
        env = "MODCTL_CLIENT_KEY",
        hide_env_values = true,
        value_name = "FILE",
        requires = "client_certificate"
    )]
    pub client_key: Option<PathBuf>,
    /// How data is printed [default: table]
    #[arg(long, global = true, value_enum, conflicts_with = "json")]
    pub format: Option<Format>,
    /// The same as --format json, as in --json=id,draft.text with these fields alone
    #[arg(
        long,
        global = true,
        value_name = "FIELDS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ""
    )]
    pub json: Option<String>,
    /// Print these fields alone, of JSON and CSV; those inside others are joined by dots, as in id,draft.text
    #[arg(long, global = true, value_name = "FIELDS", conflicts_with = "json")]
    pub fields: Option<String>,
    /// No colours, as with NO_COLOR
    #[arg(long, global = true)]
    pub no_color: bool,
    /// How long to wait for a connection, and for each answer
    #[arg(long, global = true, default_value = "10s", value_parser = humantime::parse_duration, value_name = "SPAN")]
    pub timeout: Duration,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Hand a comment in and see the verdict
    Submit(Box<submit::Args>),
    /// Hand in the comments of a file: JSON Lines, CSV, an export of WordPress or Disqus; or bring them in as history
    Import(import::Args),
    /// Write comments to a file that can be imported again
    Export(export::Args),
    /// List comments, the waiting ones when nothing else is asked for
    List(list::Args),
    /// Review the queue on the full screen, a key a decision
    Review(review::Args),
    /// Show a comment with its verdict, its author's record and its history
    Show(show::Args),
    /// Take comments to look at; nobody else is offered them meanwhile
    Claim(claim::Args),
    /// Keep what was claimed for longer
    Renew(renew::Args),
    /// Give back what was claimed
    Release(release::Args),
    /// Decide that comments may be shown
    Approve(decide::Args),
    /// Decide that comments may not be shown
    Reject(decide::Args),
    /// Pass comments on to a senior moderator
    Escalate(decide::Args),
    /// Be offered other comments for a while
    Skip(skip::Args),
    /// Take the last decision on comments back
    Undo(undo::Args),
    /// Write a note for other moderators
    Note(note::Args),
    /// List the comments that are like one: the spam wave around it
    Similar(similar::Args),
    /// Decide all comments that match a filter or are like one
    DecideMatching(decide_matching::Args),
    /// Take a comment back for good, as its author or the portal does
    Withdraw(withdraw::Args),
    /// Put a new text in the place of a comment's, as its author does
    Revise(revise::Args),
    /// Report a comment, as a reader does
    Flag(flag::Args),
    /// Tell how the queue is doing: how many wait and for how long, what comes in, what is decided, by whom
    #[command(visible_alias = "stats")]
    Queue(queue::Args),
    /// Tell what went on, step by step: what came in, what was decided, how long it waited
    Activity(activity::Args),
    /// Tell how the rules do: how often each found something, and how often moderators overturned it
    Rules(rules::Args),
    /// Make a page for a browser: what went on, how long it took, which rules moderators overturned
    Report(report::Args),
    /// Follow the decisions as portals see them
    Watch(watch::Args),
    /// Read, try and set the site's policy
    #[command(subcommand)]
    Policy(policy::Command),
    /// Measure a policy on labelled comments, without a server
    Evaluate(evaluate::Args),
    /// Tell what is left of the rate limits
    Quota(quota::Args),
    /// Read and set what is known of an author
    #[command(subcommand)]
    Author(author::Command),
    /// Print or write the manual pages
    Man(man::Args),
    /// Print a script that completes commands in a shell
    Completions(completions::Args),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_option_takes_a_token() {
        let command = Cli::command();
        let names = command.get_arguments().filter_map(|argument| argument.get_long());
        assert!(names.into_iter().all(|name| name != "token"));
    }

    #[test]
    fn options_of_every_command_may_follow_the_command() {
        let cli = Cli::try_parse_from(["modctl", "list", "--json", "--site", "news"]).unwrap();
        assert!(cli.globals.json.as_deref() == Some("") && cli.globals.site.as_deref() == Some("news"));
    }
}
