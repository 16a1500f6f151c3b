//! `modctl undo`

use std::io;

use super::each::tell;
use super::rehearsal::{Deed, rehearse};
use crate::cli::failure::{Done, Failure, Refusal};
use crate::cli::output::Outcome;
use crate::cli::picks::{Pick, picks};
use crate::cli::session::Session;
use crate::proto::v1::UndoDecisionRequest;

/// What `undo` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// ID, or ID@ETAG to undo only on the version that was looked at; `-` reads lines of them
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// What other moderators are told
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub note: String,
    /// Only look at them: tell which would be taken back and which not, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Takes the last decision on each comment back.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    session.output.check::<Outcome>()?;
    let picks = picks(&args.ids, io::stdin().lock())?;
    if args.dry_run {
        return rehearse(&picks, Deed::Undo, session).await;
    }
    let mut outcomes = vec![];
    for pick in picks {
        let comment_id = pick.id.clone();
        let result = undo(pick, &args.note, session).await?;
        outcomes.push(Outcome { comment_id, result });
    }
    tell(outcomes, session)
}

async fn undo(
    pick: Pick,
    note: &str,
    session: &Session,
) -> Result<Result<Box<crate::proto::v1::Comment>, Refusal>, Failure> {
    let request = session.request(UndoDecisionRequest {
        site: session.site(),
        comment_id: pick.id,
        etag: pick.etag,
        reviewer: session.reviewer(),
        note: note.to_owned(),
    });
    match session.review().await?.undo_decision(request).await {
        Ok(answer) => Ok(Ok(Box::new(answer.into_inner().comment.unwrap_or_default()))),
        Err(status) => Ok(Err(Refusal::from(&status))),
    }
}
