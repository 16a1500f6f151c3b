//! `modctl skip`

use super::each::refused;
use crate::cli::failure::{Done, Failure, Refusal};
use crate::cli::output::Skipped;
use crate::cli::session::Session;
use crate::cli::time::parse_span;
use crate::proto::v1::DeferCommentRequest;

/// What `skip` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The comments' ids
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// For how long, 1 s to 7 days [default: 1h]
    #[arg(long = "for", value_name = "SPAN", value_parser = parse_span)]
    pub duration: Option<prost_types::Duration>,
}

/// Defers comments: this moderator is not offered them for a while, and the lease on them ends.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let alone = args.ids.len() == 1;
    let (mut skipped, mut done) = (vec![], Done::Fully);
    for comment_id in args.ids {
        let request = session.request(DeferCommentRequest {
            site: session.site(),
            comment_id: comment_id.clone(),
            reviewer: session.reviewer(),
            duration: args.duration,
        });
        match session.review().await?.defer_comment(request).await {
            Ok(answer) => skipped.push(Skipped::new(comment_id, answer.get_ref())),
            Err(status) if alone => return Err(status.into()),
            Err(status) => {
                refused(&comment_id, &Refusal::from(&status), session);
                done = Done::InPart;
            }
        }
    }
    session.output.rows(&skipped, "nothing was skipped")?;
    Ok(done)
}
