//! `modctl decide-matching`

use clap::ValueEnum;

use super::decide::Words;
use super::list::{FILTER_HELP, fetch};
use crate::cli::counted;
use crate::cli::failure::{Done, Failure, Refusal};
use crate::cli::harmless::one_line;
use crate::cli::output::drawn;
use crate::cli::prompt::confirm;
use crate::cli::session::Session;
use crate::proto::v1::decide_matching_request::Target;
use crate::proto::v1::{CommentState, DecideMatchingRequest, DecideMatchingResponse};

/// Comments shown before the question.
const SAMPLES: usize = 5;

/// What `decide-matching` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = FILTER_HELP)]
pub struct Args {
    /// What is decided
    pub decision: Ruling,
    /// The comments that match this
    #[arg(
        long,
        short,
        value_name = "FILTER",
        required_unless_present = "similar_to",
        conflicts_with = "similar_to"
    )]
    pub filter: Option<String>,
    /// This comment and the waiting ones that are like it
    #[arg(long, value_name = "ID")]
    pub similar_to: Option<String>,
    /// What is said with the decision.
    #[command(flatten)]
    pub words: Words,
    /// Only count them
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

/// A decision on many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ruling {
    /// They may be shown
    Approve,
    /// They may not be shown
    Reject,
    /// A senior moderator shall look
    Escalate,
}

impl Ruling {
    fn state(self) -> CommentState {
        match self {
            Self::Approve => CommentState::Approved,
            Self::Reject => CommentState::Rejected,
            Self::Escalate => CommentState::Escalated,
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Approve => "Approve",
            Self::Reject => "Reject",
            Self::Escalate => "Escalate",
        }
    }
}

/// Counts, shows some, asks, decides: exactly as many as were counted, or none.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let request = request(&args, session);
    let counted = counted::count(&mut session.review().await?, request.clone(), |request| request).await?;
    say!("{counted} match");
    if counted.count == 0 || args.dry_run {
        let undecided =
            DecideMatchingResponse { matched_count: counted.count, done: true, ..Default::default() };
        session.output.listed(&undecided)?;
        return Ok(Done::Fully);
    }
    if !args.yes {
        show_some(&args, session).await?;
        let question = format!("{} {counted}?", args.decision.verb());
        if !confirm(&question)? {
            return Err(Failure::Usage("nothing was decided".to_owned()));
        }
    }
    let done = last(session, counted.decide(request)).await?;
    session.output.listed(&done)?;
    if !done.done {
        return Err(Refusal::from(&tonic::Status::unavailable(
            "the server ended before everything was decided",
        ))
        .into());
    }
    Ok(if done.failed_count == 0 { Done::Fully } else { Done::InPart })
}

fn request(args: &Args, session: &Session) -> DecideMatchingRequest {
    let target = match (&args.filter, &args.similar_to) {
        (Some(filter), _) => Some(Target::Filter(filter.clone())),
        (None, similar_to) => similar_to.clone().map(Target::SimilarTo),
    };
    DecideMatchingRequest {
        site: session.site(),
        target,
        state: args.decision.state().into(),
        reason: args.words.reason.clone(),
        author_message: args.words.author_message.clone(),
        note: args.words.note.clone(),
        reviewer: session.reviewer(),
        ..DecideMatchingRequest::default()
    }
}

/// Follows the progress to its last message; refusals are told as they come.
async fn last(session: &Session, request: DecideMatchingRequest) -> Result<DecideMatchingResponse, Failure> {
    let mut stream = session.review().await?.decide_matching(request).await?.into_inner();
    let mut last = DecideMatchingResponse::default();
    while let Some(progress) = stream.message().await? {
        for failure in &progress.failures {
            let refusal = failure.error.as_ref().map(Refusal::from);
            let why = refusal.map(|refusal| refusal.in_one_line()).unwrap_or_default();
            say!("{}: {}", one_line(&failure.comment_id), one_line(&why));
        }
        last = progress;
    }
    Ok(last)
}

async fn show_some(args: &Args, session: &Session) -> Result<(), Failure> {
    let Some(filter) = &args.filter else { return Ok(()) };
    let (some, more) = fetch(session, filter, "risk", SAMPLES).await?;
    say_on!("{}", drawn(&some, &session.output.screen));
    if more {
        say!("…");
    }
    Ok(())
}
