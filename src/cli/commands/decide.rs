//! `modctl approve`, `modctl reject` and `modctl escalate`

use std::io;

use jiff::Timestamp;

use super::each::tell;
use super::rehearsal::{Deed, rehearse};
use crate::cli::claims::Kept;
use crate::cli::failure::{Done, Failure, Refusal};
use crate::cli::output::Outcome;
use crate::cli::picks::{Pick, picks};
use crate::cli::session::Session;
use crate::proto::v1::decision_result::Result as Decided;
use crate::proto::v1::{CommentState, DecideCommentsRequest, DecisionInput, DecisionResult};

/// Decisions of one call.
const BATCH: usize = 200;

/// What the three take.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// ID, or ID@ETAG to decide only on the version that was looked at; `-` reads lines of them, or of JSON as
    /// `--format jsonl` prints it
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// What is said with the decision.
    #[command(flatten)]
    pub words: Words,
    /// The lease that was looked under [default: the one under which it was claimed here]
    #[arg(long, value_name = "CLAIM")]
    pub claim_id: Option<String>,
    /// Only look at them: tell which would be decided and which not, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What is said with a decision.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Words {
    /// spam, abuse, hate, threat, sexual, off_topic, personal_data, illegal, other, or a code of the portal's own
    #[arg(long, short, value_name = "CODE", default_value = "", hide_default_value = true)]
    pub reason: String,
    /// What the portal may tell the author
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub author_message: String,
    /// What other moderators are told
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub note: String,
}

/// Decides each comment for itself. What was claimed here is decided under its lease and on the version shown then.
pub async fn run(args: Args, state: CommentState, session: &mut Session) -> Result<Done, Failure> {
    session.output.check::<Outcome>()?;
    let mut picks = picks(&args.ids, io::stdin().lock())?;
    let claims = session.claims.live(Timestamp::now());
    for pick in &mut picks {
        complete(pick, args.claim_id.as_deref(), &claims);
    }
    if args.dry_run {
        return rehearse(&picks, Deed::Decide(state), session).await;
    }
    let mut outcomes = vec![];
    for batch in picks.chunks(BATCH) {
        match decide(batch, state, &args.words, session).await {
            Ok(results) => {
                settle(&results, session);
                outcomes.extend(results);
            }
            Err(failure) => {
                if !outcomes.is_empty() {
                    tell(outcomes, session)?;
                }
                return Err(failure);
            }
        }
    }
    tell(outcomes, session)
}

fn complete(pick: &mut Pick, claim_id: Option<&str>, claims: &[Kept]) {
    if let Some(claim_id) = claim_id {
        pick.claim_id = claim_id.to_owned();
    }
    let kept = claims.iter().rev().find_map(|kept| kept.etag_of(&pick.id).map(|etag| (kept, etag)));
    if let Some((kept, etag)) = kept {
        if pick.claim_id.is_empty() {
            pick.claim_id.clone_from(&kept.claim_id);
        }
        if pick.etag.is_empty() && pick.claim_id == kept.claim_id {
            etag.clone_into(&mut pick.etag);
        }
    }
}

/// What is decided is no longer claimed.
fn settle(results: &[Outcome], session: &Session) {
    let decided = results.iter().filter(|outcome| outcome.result.is_ok());
    let decided: Vec<_> = decided.map(|outcome| outcome.comment_id.as_str()).collect();
    if let Err(error) = session.claims.settle(&decided, Timestamp::now()) {
        say!("warning: what was claimed here cannot be kept up to date: {error}");
    }
}

async fn decide(
    batch: &[Pick],
    state: CommentState,
    words: &Words,
    session: &Session,
) -> Result<Vec<Outcome>, Failure> {
    let input = |pick: &Pick| DecisionInput {
        comment_id: pick.id.clone(),
        etag: pick.etag.clone(),
        claim_id: pick.claim_id.clone(),
        state: state.into(),
        reason: words.reason.clone(),
        author_message: words.author_message.clone(),
        note: words.note.clone(),
    };
    let request = session.request(DecideCommentsRequest {
        site: session.site(),
        reviewer: session.reviewer(),
        decisions: batch.iter().map(input).collect(),
    });
    let answer = session.review().await?.decide_comments(request).await?.into_inner();
    Ok(answer.results.into_iter().map(outcome).collect())
}

/// What the server says of one decision.
pub(in crate::cli) fn outcome(result: DecisionResult) -> Outcome {
    let comment_id = result.comment_id;
    let result = match result.result {
        Some(Decided::Comment(comment)) => Ok(Box::new(comment)),
        Some(Decided::Error(status)) => Err(Refusal::from(&status)),
        None => Err(Refusal::from(&tonic::Status::unknown("the server did not say what became of it"))),
    };
    Outcome { comment_id, result }
}
