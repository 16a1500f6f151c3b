//! `modctl show`

use crate::cli::failure::{Done, Failure};
use crate::cli::output::detail;
use crate::cli::session::Session;
use crate::proto::v1::InspectCommentRequest;

/// What `show` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The comment's id
    pub id: String,
}

/// Shows a comment with the found parts marked in its text.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let request = session.request(InspectCommentRequest { site: session.site(), comment_id: args.id });
    let page = session.review().await?.inspect_comment(request).await?.into_inner();
    session.output.one(&page, |screen| detail(&page, screen))?;
    Ok(Done::Fully)
}
