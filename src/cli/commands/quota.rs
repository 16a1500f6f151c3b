//! `modctl quota`

use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::proto::v1::CheckQuotaRequest;

/// What `quota` takes: the comment that would be counted.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The author's id
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    pub author: String,
    /// The address that it would be sent from
    #[arg(long, value_name = "ADDRESS", default_value = "", hide_default_value = true)]
    pub ip: String,
    /// The thread's id
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    pub thread: String,
    /// The thread's section
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub section: String,
}

/// Tells what is left of every limit that such a comment would meet; spends nothing.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let request = session.request(CheckQuotaRequest {
        site: session.site(),
        author_id: args.author,
        ip_address: args.ip,
        thread_id: args.thread,
        section: args.section,
    });
    let answer = session.submission().await?.check_quota(request).await?.into_inner();
    session.output.rows(&answer.limits, "no limit applies to such a comment")?;
    Ok(Done::Fully)
}
