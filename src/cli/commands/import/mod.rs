//! `modctl import`

pub(super) mod row;
pub(super) mod source;
mod tally;
mod window;

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use self::source::Lines;
use self::tally::Tally;
use self::window::Window;
use crate::cli::failure::{Done, Failure};
use crate::cli::harmless::one_line;
use crate::cli::output::{Format, Outcome};
use crate::cli::session::Session;

const HELP: &str = "\
One JSON object a line, in either shape:
  the API's CommentDraft, by its proto or JSON names:
    {\"id\": \"c-1\", \"author\": {\"id\": \"u-9\"}, \"thread\": {\"id\": \"a-1\"}, \"text\": \"...\"}
  a simple row:
    {\"id\": \"c-1\", \"source\": \"blog\", \"author\": \"Ada\", \"text\": \"...\", \"anything\": \"else\"}
    A text for `author` is the author's id and name; none, a guest. A text for `source` or `thread` is the thread's id, \
one for `section` the thread's section. Keys that a draft does not have become labels.
What `modctl list --format jsonl` prints can be imported again, too.

The same file can be imported twice: what is in already is answered as a replay. A line without an id gets one made of \
its place and content. When a rate limit refuses a comment, the import waits as long as the server says and tries \
again. --format jsonl, csv or ids prints what became of each comment; the summary then goes to standard error.";

/// What `import` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The JSON Lines file; `-` reads standard input
    pub file: String,
    /// Judge the comments, keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How long a comment may wait for a rate limit before it is left out
    #[arg(long, value_name = "SPAN", default_value = "10m", value_parser = humantime::parse_duration)]
    pub patience: Duration,
}

/// Streams the comments in, then tells what became of them and which lines were left out, and why.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let lines = Lines::open(&args.file)?;
    let progress = progress(lines.length());
    let mut tally = Tally::default();
    session.output.csv_header::<Outcome>()?;
    let result = tokio::select! {
        result = Window::new(lines, &args).run(session, &mut tally, &progress) => Some(result),
        _ = tokio::signal::ctrl_c() => None,
    };
    progress.finish_and_clear();
    summarise(&tally, session)?;
    let Some(result) = result else {
        eprintln!("stopped; run the same command again to go on");
        return Ok(Done::InPart);
    };
    result?;
    if args.dry_run {
        eprintln!("only judged; nothing was kept");
    }
    Ok(if tally.left_out.is_empty() { Done::Fully } else { Done::InPart })
}

/// Whether each comment is printed; otherwise the summary is.
fn listing(session: &Session) -> bool {
    matches!(session.output.format, Format::Jsonl | Format::Csv | Format::Ids)
}

fn summarise(tally: &Tally, session: &mut Session) -> Result<(), Failure> {
    for left_out in &tally.left_out {
        eprintln!("line {}: {}", left_out.line, one_line(&left_out.to_string()));
    }
    if listing(session) {
        eprint!("{}", tally.drawn(&session.output.screen));
    } else if session.output.format == Format::Json {
        session.output.json(tally)?;
    } else {
        let drawn = tally.drawn(&session.output.screen);
        session.output.text(&drawn)?;
    }
    Ok(())
}

/// A bar on standard error, on a terminal alone; without a length, a count of bytes.
fn progress(length: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = match length {
        Some(length) => {
            ProgressBar::new(length).with_style(style("{bar:30} {percent:>3}%  {msg}  {eta} left"))
        }
        None => ProgressBar::new_spinner().with_style(style("{spinner} {bytes}  {msg}")),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
