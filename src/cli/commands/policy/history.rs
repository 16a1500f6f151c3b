//! `modctl policy history`

use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::proto::v1::ListPolicyRevisionsRequest;

/// What `policy history` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// At most this many, 1 to 100
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub limit: u32,
}

/// Lists the revisions of the policy.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let request = session.request(ListPolicyRevisionsRequest {
        site: session.site(),
        page_size: args.limit,
        page_token: String::new(),
    });
    let page = session.policy().await?.list_policy_revisions(request).await?.into_inner();
    session.output.rows(&page.revisions, "no policy was set yet; the built-in one is in force")?;
    if !page.next_page_token.is_empty() {
        say!("there are more; see --limit");
    }
    Ok(Done::Fully)
}
