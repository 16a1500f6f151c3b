//! `modctl flag`

use super::each::tell;
use crate::cli::failure::{Done, Failure};
use crate::cli::output::Outcome;
use crate::cli::session::Session;
use crate::proto::v1::ReportCommentRequest;

/// What `flag` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The comment's id
    pub id: String,
    /// The id of the reader who reports it; one report a reader counts
    #[arg(long, value_name = "ID")]
    pub reporter: String,
    /// A reason code, such as spam
    #[arg(long, short, value_name = "CODE", default_value = "", hide_default_value = true)]
    pub reason: String,
}

/// Reports a comment in the name of a reader.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    session.output.check::<Outcome>()?;
    let request = session.request(ReportCommentRequest {
        site: session.site(),
        comment_id: args.id.clone(),
        reporter_id: args.reporter,
        reason: args.reason,
    });
    let answer = session.submission().await?.report_comment(request).await?.into_inner();
    if answer.replayed {
        say!("this reader had reported it before; nothing has changed");
    }
    let comment = Box::new(answer.comment.unwrap_or_default());
    tell(vec![Outcome { comment_id: args.id, result: Ok(comment) }], session)
}
