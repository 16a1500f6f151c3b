//! `modctl withdraw`

use super::each::tell;
use crate::cli::failure::{Done, Failure};
use crate::cli::output::Outcome;
use crate::cli::session::Session;
use crate::proto::v1::WithdrawCommentRequest;

/// What `withdraw` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The comment's id
    pub id: String,
    /// Withdraw only this version
    #[arg(long, value_name = "ETAG", default_value = "", hide_default_value = true)]
    pub etag: String,
}

/// Withdraws a comment for good.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    session.output.check::<Outcome>()?;
    let request = session.request(WithdrawCommentRequest {
        site: session.site(),
        comment_id: args.id.clone(),
        etag: args.etag,
    });
    let answer = session.submission().await?.withdraw_comment(request).await?.into_inner();
    let comment = Box::new(answer.comment.unwrap_or_default());
    tell(vec![Outcome { comment_id: args.id, result: Ok(comment) }], session)
}
