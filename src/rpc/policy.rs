//! The admins' calls. Reading a policy and trying one are open to moderators, too.

mod authors;
mod figures;
mod import;
mod proposals;
mod replay;
mod revisions;

use std::sync::Arc;

use tonic::{Request, Response, Status, Streaming, async_trait};

use super::RpcParts;
use super::auth::Caller;
use super::stream::Replies;
use crate::config::Role;
use crate::proto::v1;
use crate::proto::v1::policy_service_server::PolicyService;

/// The policy service of one worker.
pub struct PolicyCalls(pub(super) Arc<RpcParts>);

type Answer<T> = Result<Response<T>, Status>;

const ADMIN: &[Role] = &[Role::Admin];
const ADMIN_OR_MODERATOR: &[Role] = &[Role::Admin, Role::Moderator];

/// One call of the trait: take the caller out, check the role, do it, wrap the answer.
macro_rules! answer {
    ($roles:ident, $self:ident.$call:ident($request:ident)) => {{
        let (caller, request) = Caller::of($request)?;
        caller.require($roles)?;
        $self.$call(&caller, request).await.map(Response::new)
    }};
}

#[async_trait]
impl PolicyService for PolicyCalls {
    async fn get_policy(&self, request: Request<v1::GetPolicyRequest>) -> Answer<v1::GetPolicyResponse> {
        answer!(ADMIN_OR_MODERATOR, self.get(request))
    }

    async fn update_policy(
        &self,
        request: Request<v1::UpdatePolicyRequest>,
    ) -> Answer<v1::UpdatePolicyResponse> {
        answer!(ADMIN, self.update(request))
    }

    async fn list_policy_revisions(
        &self,
        request: Request<v1::ListPolicyRevisionsRequest>,
    ) -> Answer<v1::ListPolicyRevisionsResponse> {
        answer!(ADMIN, self.list(request))
    }

    async fn test_policy(&self, request: Request<v1::TestPolicyRequest>) -> Answer<v1::TestPolicyResponse> {
        answer!(ADMIN_OR_MODERATOR, self.test(request))
    }

    type ReplayPolicyStream = Replies<v1::ReplayPolicyResponse>;

    async fn replay_policy(
        &self,
        request: Request<v1::ReplayPolicyRequest>,
    ) -> Answer<Self::ReplayPolicyStream> {
        answer!(ADMIN_OR_MODERATOR, self.replay(request))
    }

    async fn propose_policy(
        &self,
        request: Request<v1::ProposePolicyRequest>,
    ) -> Answer<v1::ProposePolicyResponse> {
        answer!(ADMIN_OR_MODERATOR, self.propose(request))
    }

    async fn list_policy_proposals(
        &self,
        request: Request<v1::ListPolicyProposalsRequest>,
    ) -> Answer<v1::ListPolicyProposalsResponse> {
        answer!(ADMIN, self.proposals(request))
    }

    async fn import_comments(
        &self,
        request: Request<Streaming<v1::ImportCommentsRequest>>,
    ) -> Answer<v1::ImportCommentsResponse> {
        answer!(ADMIN, self.import(request))
    }

    async fn get_rule_stats(
        &self,
        request: Request<v1::GetRuleStatsRequest>,
    ) -> Answer<v1::GetRuleStatsResponse> {
        answer!(ADMIN, self.rule_stats(request))
    }

    async fn get_activity(
        &self,
        request: Request<v1::GetActivityRequest>,
    ) -> Answer<v1::GetActivityResponse> {
        answer!(ADMIN, self.activity(request))
    }

    async fn get_author(&self, request: Request<v1::GetAuthorRequest>) -> Answer<v1::GetAuthorResponse> {
        answer!(ADMIN, self.author(request))
    }

    async fn set_author_standing(
        &self,
        request: Request<v1::SetAuthorStandingRequest>,
    ) -> Answer<v1::SetAuthorStandingResponse> {
        answer!(ADMIN, self.set_standing(request))
    }

    async fn list_author_comments(
        &self,
        request: Request<v1::ListAuthorCommentsRequest>,
    ) -> Answer<v1::ListAuthorCommentsResponse> {
        answer!(ADMIN, self.author_comments(request))
    }

    type ExportAuthorStream = Replies<v1::ExportAuthorResponse>;

    async fn export_author(
        &self,
        request: Request<v1::ExportAuthorRequest>,
    ) -> Answer<Self::ExportAuthorStream> {
        answer!(ADMIN, self.export(request))
    }

    async fn erase_author(
        &self,
        request: Request<v1::EraseAuthorRequest>,
    ) -> Answer<v1::EraseAuthorResponse> {
        answer!(ADMIN, self.erase(request))
    }
}
