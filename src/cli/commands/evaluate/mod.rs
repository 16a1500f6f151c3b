//! `modctl evaluate`

mod curve;
mod labelled;
mod measure;
mod report;
mod tally;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use self::curve::Stage;
use self::labelled::Labelled;
use self::measure::{Case, Evaluation};
use super::policy::source::{self, Source};
use crate::cli::failure::{Done, Failure};
use crate::cli::output::{Format, json};
use crate::cli::session::Session;
use crate::domain::Evidence;
use crate::filter::Prepared;
use crate::learn::Prior;
use crate::policy::Policy;

const HELP: &str = "\
Neither a server nor a token is needed. One JSON object a line, as `import` takes it, with a `label`:
  {\"id\": \"c-1\", \"source\": \"blog\", \"author\": \"Ada\", \"text\": \"...\", \"label\": \"spam\"}
`spam` and `abuse` should be kept out, `ham` and `clean` let through. Each comment is judged by its own fields alone: \
as the first by its author, and with no other like it.

A comment is found at the hold threshold when its score or an effect makes it wait or be rejected, whatever the \
policy's `mode`; at the reject threshold when it is rejected. The area under the ROC curve and the recall at 0.5 % false \
positives come from the score alone. What the learned filter was trained on tells nothing about it: bring other comments.

--learn measures the learned filter alone, from the prior on. It needs the comments in the order they were written: a \
file sorted by label looks easier or harder than any site.";

/// What `evaluate` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// Files of labelled comments (JSON Lines), or directories of `*.jsonl` files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The policy to judge by; `-` reads standard input [default: the default policy]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<String>,
    /// Another prior for the learned filter [default: the one that comes with the program]
    #[arg(long, value_name = "FILE")]
    pub prior: Option<PathBuf>,
    /// Let the learned filter predict each comment, then learn its label, and print how good it gets
    #[arg(long)]
    pub learn: bool,
    /// How many of the worst mistakes to show, of each kind
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub mistakes: usize,
}

/// Judges the comments and prints how well; lines that are no labelled comments are told and left out.
pub fn run(args: &Args, session: &mut Session) -> Result<Done, Failure> {
    if matches!(session.output.format, Format::Csv | Format::Ids) {
        let message = "an evaluation is no list of comments; use --format table, json or jsonl";
        return Err(Failure::Usage(message.to_owned()));
    }
    let prior = Arc::new(prior(args)?);
    let policy = policy(args, &prior)?;
    let (comments, left_out) = labelled::read(&args.files)?;
    let curve = if args.learn { curve::of(&comments, &prior) } else { Vec::new() };
    let cases = comments.into_iter().map(|comment| judge(&policy, comment)).collect();
    let evaluation = Evaluation::of(cases, policy.thresholds(), args.mistakes, curve);
    match session.output.format {
        Format::Json => session.output.json(&evaluation)?,
        Format::Jsonl => {
            let line = json::line(&evaluation).map_err(std::io::Error::from)?;
            session.output.text(&format!("{line}\n"))?;
        }
        _ => {
            let drawn = report::report(&evaluation, &session.output.screen);
            session.output.text(&drawn)?;
        }
    }
    Ok(if left_out == 0 { Done::Fully } else { Done::InPart })
}

fn prior(args: &Args) -> Result<Prior, Failure> {
    let Some(file) = &args.prior else { return Ok(Prior::shipped()) };
    let refused = |why: String| Failure::Usage(format!("cannot read {}: {why}", file.display()));
    let bytes = fs::read(file).map_err(|error| refused(error.to_string()))?;
    Prior::from_bytes(&bytes).map_err(|error| refused(error.to_string()))
}

fn policy(args: &Args, prior: &Arc<Prior>) -> Result<Policy, Failure> {
    let source = match args.policy.as_deref() {
        Some(file) => source::read(file)?,
        None => Source { name: "the default policy".to_owned(), text: String::new() },
    };
    Policy::compile_with_prior(&source.text, 0, prior).map_err(|mistakes| {
        let told: String = mistakes.iter().map(|mistake| format!("\n{mistake}")).collect();
        Failure::Usage(format!("{} cannot be used:{told}", source.name))
    })
}

fn judge(policy: &Policy, comment: Labelled) -> Case {
    let evidence = Evidence::default();
    let start = Instant::now();
    let verdict = policy.judge(&Prepared::new(&comment.draft), &evidence);
    let cost = start.elapsed();
    let hold = policy.thresholds_for(&comment.draft).hold;
    Case { comment, verdict, hold, cost }
}
