//! `modctl submit`

use super::draft::DraftArgs;
use crate::cli::failure::{Done, Failure};
use crate::cli::output::{comment_heading, judged};
use crate::cli::prompt::text_or_input;
use crate::cli::session::Session;
use crate::proto::v1::SubmitCommentRequest;

/// What `submit` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the reader wrote; `-` or nothing reads standard input
    pub text: Option<String>,
    /// The comment's id; without one, the server makes it
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Makes a call without --id safe to repeat
    #[arg(long, value_name = "ID")]
    pub request_id: Option<String>,
    /// Show the verdict, keep nothing
    #[arg(long)]
    pub validate_only: bool,
    /// The rest of the comment.
    #[command(flatten)]
    pub draft: DraftArgs,
}

/// Submits one comment and shows the verdict with every finding.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let text = text_or_input(args.text, "text")?;
    let request = session.request(SubmitCommentRequest {
        site: session.site(),
        comment: Some(args.draft.into_draft(args.id.unwrap_or_default(), text)),
        request_id: args.request_id.unwrap_or_default(),
        validate_only: args.validate_only,
    });
    let answer = session.submission().await?.submit_comment(request).await?.into_inner();
    session.output.one(&answer, |screen| {
        let comment = answer.comment.clone().unwrap_or_default();
        let text = comment.draft.as_ref().map_or("", |draft| &draft.text);
        comment_heading(&comment, screen)
            + "\n"
            + &judged(text, &comment.verdict.clone().unwrap_or_default(), screen)
    })?;
    if answer.replayed {
        say!("this comment was here already; nothing has changed");
    }
    if args.validate_only {
        say!("only validated; nothing was kept");
    }
    Ok(Done::Fully)
}
