//! `modctl revise`

use crate::cli::failure::{Done, Failure};
use crate::cli::output::{Outcome, comment_heading, judged};
use crate::cli::picks::picks;
use crate::cli::prompt::text_or_input;
use crate::cli::session::Session;
use crate::proto::v1::{Comment, GetCommentRequest, ReviseCommentRequest};

/// What `revise` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// ID, or ID@ETAG to revise only the version that was looked at
    pub id: String,
    /// The whole new text; `-` or nothing reads standard input
    pub text: Option<String>,
}

/// Puts a new text in the place of a comment's, as its author does, and shows the new verdict. All else stays.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    session.output.check::<Outcome>()?;
    let Some(pick) = picks(std::slice::from_ref(&args.id), std::io::empty())?.pop() else {
        return Err(Failure::Usage("`-` names no comment here; write ID or ID@ETAG".to_owned()));
    };
    let text = text_or_input(args.text, "text")?;
    let mut portal = session.submission().await?;
    let request = GetCommentRequest { site: session.site(), comment_id: pick.id.clone() };
    let before = portal.get_comment(session.request(request)).await?.into_inner().comment.unwrap_or_default();
    let mut draft = before.draft.unwrap_or_default();
    draft.text = text;
    let request = ReviseCommentRequest {
        site: session.site(),
        comment_id: pick.id.clone(),
        comment: Some(draft),
        etag: if pick.etag.is_empty() { before.etag } else { pick.etag },
    };
    let answer = portal.revise_comment(session.request(request)).await?.into_inner();
    let comment = answer.comment.unwrap_or_default();
    let outcome = Outcome { comment_id: pick.id, result: Ok(Box::new(comment.clone())) };
    session.output.one(&outcome, |screen| {
        let Comment { draft, verdict, .. } = &comment;
        let text = draft.as_ref().map_or("", |draft| &draft.text);
        comment_heading(&comment, screen) + "\n" + &judged(text, &verdict.clone().unwrap_or_default(), screen)
    })?;
    Ok(Done::Fully)
}
