//! `modctl policy proposals`

use crate::cli::failure::{Done, Failure};
use crate::cli::session::Session;
use crate::proto::v1::{ListPolicyProposalsRequest, PolicyProposalState};

/// What `policy proposals` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Those that were settled, too
    #[arg(long)]
    pub all: bool,
    /// At most this many, 1 to 100
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub limit: u32,
}

/// Lists suggested policies, newest first; `--json` has their text.
pub async fn run(args: Args, session: &mut Session) -> Result<Done, Failure> {
    let state = if args.all { PolicyProposalState::Unspecified } else { PolicyProposalState::Open };
    let (mut listed, mut page_token) = (Vec::new(), String::new());
    loop {
        let left = args.limit - u32::try_from(listed.len()).unwrap_or(args.limit);
        let request = session.request(ListPolicyProposalsRequest {
            site: session.site(),
            state: state.into(),
            page_size: left,
            page_token,
        });
        let page = session.policy().await?.list_policy_proposals(request).await?.into_inner();
        listed.extend(page.proposals);
        page_token = page.next_page_token;
        if page_token.is_empty() || listed.len() >= args.limit as usize {
            break;
        }
    }
    session.output.rows(&listed, "nothing was suggested")?;
    if !page_token.is_empty() {
        say!("there are more; see --limit");
    }
    Ok(Done::Fully)
}
