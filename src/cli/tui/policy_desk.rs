//! The policy, as far as a review touches it: read, tried on what was, put in force or proposed.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tonic::{Code, Request, Response, Status};

use super::action::{Authority, Command, Event, Settled};
use crate::cli::failure::Refusal;
use crate::client::Authorised;
use crate::proto::v1::policy_service_client::PolicyServiceClient;
use crate::proto::v1::*;

/// Comments that a change is tried on.
const REPLAYED: u64 = 1_000;

/// The policy's service, as a moderator and, where there is a token for it, as an admin.
#[derive(Clone)]
pub struct PolicyDesk {
    /// With the moderator's token.
    pub moderator: PolicyServiceClient<Authorised>,
    /// With an admin's token; the server may say that it is none.
    pub admin: Option<PolicyServiceClient<Authorised>>,
    /// The site; empty: the token's.
    pub site: String,
    /// The moderator; empty: the token's name.
    pub reviewer: String,
    /// How long a call may take.
    pub patience: Duration,
    /// Where answers go.
    pub events: UnboundedSender<Event>,
}

impl PolicyDesk {
    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(self.patience);
        request
    }

    /// The receiver is gone only when the review is over.
    fn send(&self, event: Event) {
        let _ = self.events.send(event);
    }

    /// The policy in force.
    pub async fn read(&mut self) -> Event {
        let request = self.request(GetPolicyRequest { site: self.site.clone(), revision: 0 });
        let policy = self.moderator.get_policy(request).await.map(Response::into_inner);
        let policy = policy.map(|answer| Box::new(answer.policy.unwrap_or_default()));
        Event::PolicyRead(policy.map_err(|status| Refusal::from(&status)))
    }

    /// What may be done with a changed policy, then what it would have done.
    pub async fn try_out(mut self, serial: u64, source: String, etag: String) {
        let authority = self.authority(source.clone(), etag).await;
        let authority = authority.map_err(|status| Refusal::from(&status));
        let usable = authority.is_ok();
        self.send(Event::MayChange { serial, authority });
        if usable && let Err(status) = self.replay(serial, source).await {
            self.send(Event::Replayed { serial, replayed: Err(Refusal::from(&status)) });
        }
    }

    /// Asks the server to check the update without making it: only that tells what a token is good for.
    async fn authority(&mut self, source: String, etag: String) -> Result<Authority, Status> {
        let update = UpdatePolicyRequest {
            site: self.site.clone(),
            source,
            etag,
            validate_only: true,
            ..UpdatePolicyRequest::default()
        };
        let request = self.request(update);
        let Some(admin) = &mut self.admin else { return Ok(Authority::Propose) };
        match admin.update_policy(request).await {
            Ok(_) => Ok(Authority::Apply),
            Err(status) if status.code() == Code::PermissionDenied => Ok(Authority::Propose),
            Err(status) => Err(status),
        }
    }

    /// A replay takes as long as it takes; its progress is seen.
    async fn replay(&mut self, serial: u64, source: String) -> Result<(), Status> {
        let request = ReplayPolicyRequest {
            site: self.site.clone(),
            source: Some(source),
            since: None,
            max_comments: REPLAYED,
        };
        let mut stream = self.moderator.replay_policy(request).await?.into_inner();
        while let Some(message) = stream.message().await? {
            self.send(Event::Replayed { serial, replayed: Ok(message) });
        }
        Ok(())
    }

    /// Puts a changed policy in force, or proposes it.
    pub async fn settle(&mut self, command: Command) -> Event {
        let Command::SettlePolicy { authority, source, etag, revision, why, comment_id } = command else {
            return Event::Resized;
        };
        let settled = match authority {
            Authority::Apply => self.apply(source, etag, why).await,
            Authority::Propose => self.propose(source, revision, why, comment_id).await,
        };
        Event::Settled(settled.map_err(|status| Refusal::from(&status)))
    }

    async fn apply(&mut self, source: String, etag: String, comment: String) -> Result<Settled, Status> {
        let update = UpdatePolicyRequest {
            site: self.site.clone(),
            source,
            etag,
            comment,
            ..UpdatePolicyRequest::default()
        };
        let request = self.request(update);
        let Some(admin) = &mut self.admin else {
            return Err(Status::permission_denied("there is no admin's token"));
        };
        let policy = admin.update_policy(request).await?.into_inner().policy.unwrap_or_default();
        Ok(Settled::Applied(policy.revision))
    }

    async fn propose(
        &mut self,
        source: String,
        base_revision: u64,
        comment: String,
        comment_id: String,
    ) -> Result<Settled, Status> {
        let proposal = ProposePolicyRequest {
            site: self.site.clone(),
            source,
            base_revision,
            comment,
            comment_id,
            reviewer: self.reviewer.clone(),
        };
        let request = self.request(proposal);
        let proposal =
            self.moderator.propose_policy(request).await?.into_inner().proposal.unwrap_or_default();
        Ok(Settled::Proposed(proposal.proposal_id))
    }
}
