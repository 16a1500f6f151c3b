//! `modctl note`

use super::each::tell;
use crate::cli::failure::{Done, Failure};
use crate::cli::output::Outcome;
use crate::cli::prompt::text_or_input;
use crate::cli::session::Session;
use crate::proto::v1::AddNoteRequest;

/// What `note` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The comment's id
    pub id: String,
    /// What other moderators are told; `-` or nothing reads standard input
    pub text: Option<String>,
}

/// Adds a note to a comment's history.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    session.output.check::<Outcome>()?;
    let request = session.request(AddNoteRequest {
        site: session.site(),
        comment_id: args.id.clone(),
        note: text_or_input(args.text, "note")?,
        reviewer: session.reviewer(),
    });
    let answer = session.review().await?.add_note(request).await?.into_inner();
    let comment = Box::new(answer.comment.unwrap_or_default());
    tell(vec![Outcome { comment_id: args.id, result: Ok(comment) }], session)
}
