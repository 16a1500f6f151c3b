//! `modctl export`

mod disqus;
mod markup;
mod shape;
mod sheet;
mod spool;
mod target;
#[cfg(test)]
mod tests;
mod wordpress;

use std::fs::OpenOptions;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget};
use tokio::time::sleep;
use tonic::Response;

use self::target::Target;
use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::proto::v1::{Comment, ListCommentsRequest};

const HELP: &str = "\
All formats hold everything that `modctl import` takes in again: the comment, its state, the decision on it, and when it \
was written. JSON Lines also have the verdict with its findings. Decided comments are kept as long as the server's \
configuration says ([retention]); older ones are not there to be exported.

--to wordpress writes what Tools > Import in WordPress takes, and Disqus' importer, too: a post a thread, which WordPress \
makes where it has none of that title and date, with its comments. --to disqus writes the XML that Disqus exports, for \
what reads that. Texts become HTML; rejected comments are spam or trash there, or deleted. What such a file has no place \
for stands in <modqueue:rest>, which `modctl import` reads and others pass over. Where ids are no numbers, WordPress' are the \
order in which the comments were written. Until all comments are there, they are kept in a temporary file.";

/// The two orders that comments are kept in, each with the states that it is for.
const PARTS: [(&str, &str); 2] = [
    ("(state = pending OR state = escalated)", "create_time"),
    ("(state = approved OR state = rejected OR state = withdrawn)", "update_time"),
];

/// Comments of a page.
const PAGE: u32 = 200;

/// Times that a page is asked for again after the connection broke.
const MAX_BREAKS: u32 = 6;

/// What `export` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The file to write, which must not be there yet; `-` is standard output
    #[arg(default_value = "-")]
    pub file: String,
    /// What to write [default: told by the file's name, else jsonl]
    #[arg(long, value_name = "FORMAT")]
    pub to: Option<Target>,
    /// Which comments, such as `state = rejected AND age < 7d`; of all states, when it names none
    #[arg(long, short, value_name = "FILTER", default_value = "", hide_default_value = true)]
    pub filter: String,
}

/// Writes all comments: those that wait in the order in which they came, then the others in that of their last change.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let target = Target::of(args.to, &args.file)?;
    if target.is_raw() && args.file == "-" && io::stdout().is_terminal() {
        let why = "this format has the texts as they are, which could be harmful to a terminal; name a file, or a pipe";
        return Err(Failure::Usage(why.to_owned()));
    }
    let mut sink = target.into_sink(open(&args.file)?)?;
    let progress = progress(&args.file);
    let mut count = 0;
    for (states, order_by) in PARTS {
        let filter =
            if args.filter.is_empty() { states.into() } else { format!("({}) AND {states}", args.filter) };
        let mut request = Some(ListCommentsRequest {
            site: session.site(),
            filter,
            order_by: order_by.to_owned(),
            page_size: PAGE,
            page_token: String::new(),
        });
        while let Some(comments) = next_page(&mut request, session).await? {
            comments.iter().try_for_each(|comment| sink.take(comment))?;
            count += comments.len();
            progress.set_message(format!("{count} comments"));
            progress.tick();
        }
    }
    sink.end()?;
    progress.finish_and_clear();
    say!("{count} comments exported");
    Ok(Done::Fully)
}

fn open(file: &str) -> Result<Box<dyn Write>, Failure> {
    if file == "-" {
        return Ok(Box::new(BufWriter::new(io::stdout())));
    }
    match OpenOptions::new().write(true).create_new(true).open(file) {
        Ok(file) => Ok(Box::new(BufWriter::new(file))),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Failure::Usage(format!("{file} is there already; name another file, or move it away")))
        }
        Err(error) => Err(Failure::Usage(format!("cannot write {file}: {error}"))),
    }
}

/// A count on standard error, where that is a terminal and the comments are not written to one.
fn progress(file: &str) -> ProgressBar {
    if !io::stderr().is_terminal() || (file == "-" && io::stdout().is_terminal()) {
        return ProgressBar::hidden();
    }
    ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
}

/// The comments of the page that is asked for, and the request made one for the page behind it; `None` behind the last
/// one. A broken connection is taken up again.
async fn next_page(
    request: &mut Option<ListCommentsRequest>,
    session: &Session,
) -> Result<Option<Vec<Comment>>, Failure> {
    let Some(asked) = request.clone() else { return Ok(None) };
    let mut breaks = 0;
    loop {
        let page = session.review().await?.list_comments(session.request(asked.clone())).await;
        match page.map(Response::into_inner).map_err(Failure::from) {
            Ok(page) => {
                let more = !page.next_page_token.is_empty();
                *request = more.then_some(ListCommentsRequest { page_token: page.next_page_token, ..asked });
                return Ok(Some(page.comments));
            }
            Err(failure) if failure.is_passing() && breaks < MAX_BREAKS => {
                sleep(Duration::from_millis(250 << breaks)).await;
                breaks += 1;
            }
            Err(failure) => return Err(failure),
        }
    }
}
