//! `modctl import`

pub(super) mod disqus;
pub(super) mod entries;
pub(super) mod format;
mod history;
mod html;
mod reader;
mod report;
pub(super) mod rest;
pub(super) mod row;
mod sheet;
pub(super) mod source;
mod tally;
mod window;
pub(super) mod wordpress;
pub(super) mod xml;

use std::time::Duration;

use self::entries::Entries;
use self::reader::Reader;
use self::report::Report;
use self::tally::Tally;
use self::window::Window;
use crate::cli::failure::{Done, Failure};
use crate::cli::output::{Format, Outcome};
use crate::cli::session::Session;
use crate::cli::stop::Stop;

const HELP: &str = "\
JSON Lines, one object a line, in either shape:
  the API's CommentDraft, by its proto or JSON names:
    {\"id\": \"c-1\", \"author\": {\"id\": \"u-9\"}, \"thread\": {\"id\": \"a-1\"}, \"text\": \"...\"}
  a simple row:
    {\"id\": \"c-1\", \"source\": \"blog\", \"author\": \"Ada\", \"text\": \"...\", \"anything\": \"else\"}
    A text for `author` is the author's id and name; none, a guest. A text for `source` or `thread` is the thread's id, \
one for `section` the thread's section. Keys that a draft does not have become labels.
What `modctl export` and `modctl list --format jsonl` print can be imported again, too.

CSV: the header row names the same fields, those inside others joined by dots, as in id,text,author.id,thread.title. \
Fields stand between commas, semicolons or tabs.

WordPress (Tools > Export) and Disqus (Export Comments) write XML. Texts become plain; a link's address stands behind it.

The same file can be imported twice: what is in already is answered as a replay. A row without an id gets one made of \
its place and content. When a rate limit refuses a comment, the import waits as long as the server says and tries \
again. --format jsonl, csv or ids prints what became of each comment; the summary then goes to standard error.

Ctrl-C and SIGTERM stop it once what is under way is answered; it tells what came in and how to go on. The second \
time they stop it at once, which is safe, too.";

/// What `import` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The file; `-` reads standard input
    pub file: String,
    /// What it is written in [default: told by its beginning and its name]
    #[arg(long, value_name = "FORMAT")]
    pub from: Option<format::Format>,
    /// Which column of a CSV file is which field, as in body=text; may be given several times
    #[arg(long, value_name = "NAME=FIELD", value_parser = pair)]
    pub column: Vec<(String, String)>,
    /// What to put before the ids of comments, such as `wp-`
    #[arg(long, value_name = "PREFIX", default_value = "", hide_default_value = true)]
    pub id_prefix: String,
    /// Begin at this line, as an import that was stopped says
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub from_line: usize,
    /// Write everything that is left out to this file, as JSON Lines with line, comment_id, reason and why
    #[arg(long, value_name = "FILE")]
    pub left_out: Option<String>,
    /// Bring the comments in as history, with the state, the decision and the time that the file tells. No limit holds it up, and
    /// portals hear nothing of it. Needs an admin's token
    #[arg(long, conflicts_with_all = ["dry_run", "patience"])]
    pub history: bool,
    /// Judge the comments, keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How long a comment may wait for a rate limit before it is left out
    #[arg(long, value_name = "SPAN", default_value = "10m", value_parser = humantime::parse_duration)]
    pub patience: Duration,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, field) = text.split_once('=').ok_or("write it as NAME=FIELD, as in body=text")?;
    Ok((name.to_owned(), field.to_owned()))
}

/// Streams the comments in, then tells what became of them and what was left out, and why.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let entries = Entries::open(&args)?;
    let mut report = Report::open(&args, &entries)?;
    let stop = Stop::listen()?;
    let reader = Reader::start(entries);
    if args.history {
        return history::run(reader, report, &stop, session).await;
    }
    session.output.csv_header::<Outcome>()?;
    let mut window = Window::new(reader, &args);
    let result = tokio::select! {
        result = window.run(session, &mut report, &stop) => result,
        () = stop.insisted() => Ok(()),
    };
    report.close()?;
    summarise(&report.tally, session)?;
    if stop.is_asked() || result.is_err() {
        say!("stopped; to go on, run the same command again with --from-line {}", window.first_open());
    }
    result?;
    if stop.is_asked() {
        return Ok(Done::InPart);
    }
    if args.dry_run {
        say!("only judged; nothing was kept");
    }
    Ok(if report.tally.failed() == 0 { Done::Fully } else { Done::InPart })
}

/// Whether each comment is printed; otherwise the summary is.
fn listing(session: &Session) -> bool {
    matches!(session.output.format, Format::Jsonl | Format::Csv | Format::Ids)
}

fn summarise(tally: &Tally, session: &mut Session) -> Result<(), Failure> {
    if listing(session) {
        say_on!("{}", tally.drawn(&session.output.screen));
    } else if session.output.format == Format::Json {
        session.output.json(tally)?;
    } else {
        let drawn = tally.drawn(&session.output.screen);
        session.output.text(&drawn)?;
    }
    Ok(())
}
