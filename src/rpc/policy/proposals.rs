//! Suggested policies: written down by moderators, settled by an admin's update.

use tonic::Status;

use super::PolicyCalls;
use super::revisions::{MAX_COMMENT, MAX_SOURCE, compiled};
use crate::domain::SiteName;
use crate::proto::v1;
use crate::queue::{Proposal, ProposalDraft};
use crate::rpc::auth::Caller;
use crate::rpc::convert::{self, Check};
use crate::rpc::status;

/// Proposals read at once: each may have megabytes, and an answer ends when it is full.
const READ: usize = 4;

impl PolicyCalls {
    pub(super) async fn propose(
        &self,
        caller: &Caller,
        request: v1::ProposePolicyRequest,
    ) -> Result<v1::ProposePolicyResponse, Status> {
        let site = caller.site(&request.site)?;
        let proposer = caller.reviewer(request.reviewer)?;
        let current = self.current_revision(&site).await?;
        let mut check = Check::default();
        let source = check.text("source", request.source, MAX_SOURCE);
        let comment = check.required_text("comment", request.comment, MAX_COMMENT);
        let comment_id = check.optional_comment_id("comment_id", &request.comment_id);
        if request.base_revision > current {
            check.note("base_revision", format!("is {}; the newest is {current}", request.base_revision));
        }
        check.finish()?;
        compiled(&source).await?;
        let base_revision = if request.base_revision == 0 { current } else { request.base_revision };
        let draft = ProposalDraft { source, base_revision, comment, comment_id, proposer };
        let made = self.0.queue.propose_policy(&site, draft).await.map_err(status::queue)?;
        tracing::info!(%site, number = made.number, by = made.draft.proposer, "a policy was suggested");
        Ok(v1::ProposePolicyResponse { proposal: Some(proposal(&site, made)) })
    }

    pub(super) async fn proposals(
        &self,
        caller: &Caller,
        request: v1::ListPolicyProposalsRequest,
    ) -> Result<v1::ListPolicyProposalsResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let size = check.page_size("page_size", request.page_size, 20, 100);
        let wanted = v1::PolicyProposalState::try_from(request.state);
        if wanted.is_err() {
            check.note("state", "is not a state of proposals that this version knows");
        }
        let before = match request.page_token.as_str() {
            "" => Some(u64::MAX),
            token => token.parse().ok(),
        };
        if before.is_none() {
            check.note("page_token", "is not one of this list; leave it out to start again");
        }
        let (wanted, mut before) = check.take(wanted.ok().zip(before))?;
        let (mut proposals, mut room) = (Vec::new(), self.0.page_bytes());
        loop {
            let read = self.0.queue.policy_proposals(&site, before, READ).await.map_err(status::queue)?;
            if read.is_empty() {
                return Ok(v1::ListPolicyProposalsResponse { proposals, next_page_token: String::new() });
            }
            for read in read {
                let number = read.number;
                let sent = proposal(&site, read);
                let is_wanted = wanted == v1::PolicyProposalState::Unspecified || sent.state() == wanted;
                let bytes = prost::Message::encoded_len(&sent);
                if is_wanted && (proposals.len() == size || bytes > room && !proposals.is_empty()) {
                    let next_page_token = (number + 1).to_string();
                    return Ok(v1::ListPolicyProposalsResponse { proposals, next_page_token });
                }
                before = number;
                if is_wanted {
                    room = room.saturating_sub(bytes);
                    proposals.push(sent);
                }
            }
        }
    }

    /// The number of the open proposal with this id; none for the empty one.
    pub(super) async fn open_proposal(
        &self,
        site: &SiteName,
        proposal_id: &str,
    ) -> Result<Option<u64>, Status> {
        if proposal_id.is_empty() {
            return Ok(None);
        }
        let unknown = || status::proposal_not_found(proposal_id);
        let number = proposal_id.parse::<u64>().ok().filter(|number| number.to_string() == proposal_id);
        let number = number.ok_or_else(unknown)?;
        let found = self.0.queue.policy_proposals(site, number.saturating_add(1), 1).await;
        let found = found.map_err(status::queue)?.pop();
        let open = found.filter(|found| found.number == number && found.applied_revision.is_none());
        open.map(|open| Some(open.number)).ok_or_else(unknown)
    }
}

fn proposal(site: &SiteName, proposal: Proposal) -> v1::PolicyProposal {
    let Proposal { number, draft, applied_revision, create_time } = proposal;
    let state = match applied_revision {
        None => v1::PolicyProposalState::Open,
        Some(_) => v1::PolicyProposalState::Applied,
    };
    v1::PolicyProposal {
        proposal_id: number.to_string(),
        site: site.as_str().to_owned(),
        source: draft.source,
        base_revision: draft.base_revision,
        comment: draft.comment,
        comment_id: draft.comment_id.map(|id| id.as_str().to_owned()).unwrap_or_default(),
        proposer: draft.proposer,
        state: state.into(),
        applied_revision: applied_revision.unwrap_or(0),
        create_time: Some(convert::timestamp(create_time)),
    }
}
