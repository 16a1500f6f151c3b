//! What the state asks for, done in tasks of their own; what comes of it goes back as events.

use std::cmp::Reverse;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};
use tonic::{Request, Response, Status};

use super::action::{Command, Event, Relation, Ruling};
use super::policy_desk::PolicyDesk;
use crate::cli::commands::decide::outcome;
use crate::cli::counted::{self, Counted};
use crate::cli::failure::Refusal;
use crate::cli::output::Outcome;
use crate::cli::time::moment;
use crate::client::Authorised;
use crate::proto::v1::decide_matching_request::Target;
use crate::proto::v1::review_service_client::ReviewServiceClient;
use crate::proto::v1::*;

/// The states of comments that wait, and of those that are decided, as filters say it.
const WAITING: &str = "(state = pending OR state = escalated)";
const DECIDED: &str = "(state = approved OR state = rejected)";

/// Comments around one that are listed at most.
const AROUND: u32 = 100;

/// Decisions of one call.
const BATCH: usize = 200;

/// Calls under way at once to take a wave back.
const AT_ONCE: usize = 32;

/// The pause before the queue is watched again after that broke.
const PAUSE: Duration = Duration::from_secs(2);

/// How long leases may take to be given back at the end; they end by themselves anyway.
const FAREWELL: Duration = Duration::from_secs(2);

/// The server as this moderator calls it.
#[derive(Clone)]
pub struct Effects {
    /// The service.
    pub service: ReviewServiceClient<Authorised>,
    /// The policy.
    pub desk: PolicyDesk,
    /// The site; empty: the token's.
    pub site: String,
    /// The moderator; empty: the token's name.
    pub reviewer: String,
    /// How long a call may take.
    pub patience: Duration,
    /// Where answers go.
    pub events: UnboundedSender<Event>,
}

impl Effects {
    /// Does it in the background.
    pub fn perform(&self, command: Command) {
        let effects = self.clone();
        tokio::spawn(async move { effects.run(command).await });
    }

    /// Follows the queue until the screen is gone.
    pub fn watch(&self) {
        let mut effects = self.clone();
        tokio::spawn(async move {
            while !effects.events.is_closed() {
                if let Err(status) = effects.follow().await {
                    effects.send(Event::Unwatched(Refusal::from(&status)));
                }
                sleep(PAUSE).await;
            }
        });
    }

    /// Gives the leases back, as far as that is done in a moment.
    pub async fn farewell(mut self, commands: Vec<Command>) {
        let _ = timeout(FAREWELL, self.release(commands)).await;
    }

    /// A lease that cannot be given back ends by itself.
    async fn release(&mut self, claims: Vec<Command>) {
        for claim in claims {
            let Command::Release { claim_id, ids } = claim else { continue };
            let request = ReleaseClaimsRequest { site: self.site.clone(), claim_id, comment_ids: ids };
            let _ = self.service.release_claims(self.request(request)).await;
        }
    }

    /// The receiver is gone only when the review is over.
    fn send(&self, event: Event) {
        let _ = self.events.send(event);
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(self.patience);
        request
    }

    async fn run(mut self, command: Command) {
        let event = match command {
            Command::List { generation, filter, order_by, page_size, page_token } => {
                let page = self.list(filter, order_by, page_size, page_token).await;
                Event::Listed { generation, page }
            }
            Command::Look { generation, filter, order_by, page_size } => {
                let page = self.list(filter, order_by, page_size, String::new()).await;
                Event::Looked { generation, page }
            }
            Command::Inspect(id) => self.inspect(id).await,
            Command::Claim(ids) => self.claim(ids).await,
            Command::Renew { claim_id, ids } => self.renew(claim_id, ids).await,
            Command::Decide(inputs) => return self.decide(inputs).await,
            Command::Skip(id) => self.skip(id).await,
            Command::Undo { id, etag } => Event::Undone(self.undo(id, etag).await),
            Command::Note { id, text } => Event::Noted(self.note(id, text).await),
            Command::LookAround { id, relation, filter } => self.look_around(id, relation, filter).await,
            Command::ReadPolicy => self.desk.read().await,
            Command::TryPolicy { serial, source, etag } => {
                return self.desk.try_out(serial, source, etag).await;
            }
            command @ Command::SettlePolicy { .. } => self.desk.settle(command).await,
            Command::CountWave(id) => self.count_wave(id).await,
            Command::DecideWave { id, counted, ruling, claims } => {
                self.release(claims).await;
                return self.decide_wave(id, counted, ruling).await;
            }
            Command::UndoWave(decided) => self.undo_wave(decided).await,
            claim @ Command::Release { .. } => return self.release(vec![claim]).await,
            Command::Free(rows) => return drop(spawn_blocking(move || drop(rows))),
            // The terminal does this one.
            Command::Copy(_) => return,
        };
        self.send(event);
    }

    async fn list(
        &mut self,
        filter: String,
        order_by: &str,
        page_size: u32,
        page_token: String,
    ) -> Result<ListCommentsResponse, Refusal> {
        let request = self.request(ListCommentsRequest {
            site: self.site.clone(),
            filter,
            order_by: order_by.to_owned(),
            page_size,
            page_token,
        });
        self.service.list_comments(request).await.map(Response::into_inner).map_err(refusal)
    }

    async fn look_around(&mut self, id: String, relation: Relation, filter: String) -> Event {
        let comments = if relation == Relation::Wave {
            self.like(id.clone()).await.map_err(refusal)
        } else {
            self.newest(&filter).await
        };
        Event::Around { id, relation, comments }
    }

    /// Waiting comments are kept in the order in which they came, decided ones in that of the decisions.
    async fn newest(&mut self, filter: &str) -> Result<Vec<Comment>, Refusal> {
        let mut newest = vec![];
        for (states, order_by) in [(WAITING, "create_time desc"), (DECIDED, "update_time desc")] {
            let filter = format!("{filter} AND {states}");
            newest.extend(self.list(filter, order_by, AROUND, String::new()).await?.comments);
        }
        newest.sort_by_key(|comment| Reverse(moment(comment.create_time.as_ref())));
        Ok(newest)
    }

    async fn like(&mut self, comment_id: String) -> Result<Vec<Comment>, Status> {
        let request = ListSimilarCommentsRequest {
            site: self.site.clone(),
            comment_id,
            page_size: AROUND,
            page_token: String::new(),
        };
        let page = self.service.list_similar_comments(self.request(request)).await?.into_inner();
        Ok(page.comments.into_iter().filter_map(|similar| similar.comment).collect())
    }

    async fn inspect(&mut self, id: String) -> Event {
        let request = self.request(InspectCommentRequest { site: self.site.clone(), comment_id: id.clone() });
        let page = self
            .service
            .inspect_comment(request)
            .await
            .map(Response::into_inner)
            .map_err(refusal)
            .map(Box::new);
        Event::Inspected { id, page }
    }

    async fn claim(&mut self, ids: Vec<String>) -> Event {
        let request = self.request(ClaimCommentsRequest {
            site: self.site.clone(),
            reviewer: self.reviewer.clone(),
            comment_ids: ids.clone(),
            ..ClaimCommentsRequest::default()
        });
        let claimed = self.service.claim_comments(request).await.map(Response::into_inner).map_err(refusal);
        Event::Claimed { ids, claimed }
    }

    async fn renew(&mut self, claim_id: String, ids: Vec<String>) -> Event {
        let request = self.request(RenewClaimsRequest {
            site: self.site.clone(),
            claim_id: claim_id.clone(),
            comment_ids: ids.clone(),
            lease_duration: None,
        });
        let renewed = self.service.renew_claims(request).await.map(Response::into_inner).map_err(refusal);
        Event::Renewed { claim_id, ids, renewed }
    }

    async fn decide(&mut self, inputs: Vec<DecisionInput>) {
        for batch in inputs.chunks(BATCH) {
            let request = self.request(DecideCommentsRequest {
                site: self.site.clone(),
                reviewer: self.reviewer.clone(),
                decisions: batch.to_vec(),
            });
            let outcomes = match self
                .service
                .decide_comments(request)
                .await
                .map(Response::into_inner)
                .map_err(refusal)
            {
                Ok(answer) => answer.results.into_iter().map(outcome).collect(),
                Err(refusal) => refused(batch, &refusal),
            };
            self.send(Event::Decided(outcomes));
        }
    }

    async fn skip(&mut self, id: String) -> Event {
        let request = self.request(DeferCommentRequest {
            site: self.site.clone(),
            comment_id: id.clone(),
            reviewer: self.reviewer.clone(),
            duration: None,
        });
        let result =
            self.service.defer_comment(request).await.map(Response::into_inner).map_err(refusal).map(|_| ());
        Event::Skipped { id, result }
    }

    async fn undo(&mut self, id: String, etag: String) -> Outcome {
        let request = self.request(UndoDecisionRequest {
            site: self.site.clone(),
            comment_id: id.clone(),
            etag,
            reviewer: self.reviewer.clone(),
            note: String::new(),
        });
        let answer = self.service.undo_decision(request).await.map(Response::into_inner).map_err(refusal);
        Outcome { comment_id: id, result: answer.map(|answer| Box::new(answer.comment.unwrap_or_default())) }
    }

    async fn note(&mut self, id: String, note: String) -> Outcome {
        let request = self.request(AddNoteRequest {
            site: self.site.clone(),
            comment_id: id.clone(),
            note,
            reviewer: self.reviewer.clone(),
        });
        let answer = self.service.add_note(request).await.map(Response::into_inner).map_err(refusal);
        Outcome { comment_id: id, result: answer.map(|answer| Box::new(answer.comment.unwrap_or_default())) }
    }

    fn wave(&self, id: String) -> DecideMatchingRequest {
        DecideMatchingRequest {
            site: self.site.clone(),
            target: Some(Target::SimilarTo(id)),
            reviewer: self.reviewer.clone(),
            ..DecideMatchingRequest::default()
        }
    }

    async fn count_wave(&mut self, id: String) -> Event {
        let (wave, mut service) = (self.wave(id.clone()), self.service.clone());
        let counted = counted::count(&mut service, wave, |request| self.request(request)).await;
        Event::WaveCounted { id, counted: counted.map_err(refusal) }
    }

    async fn decide_wave(&mut self, id: String, counted: Counted, ruling: Ruling) {
        let request = counted.decide(DecideMatchingRequest {
            state: ruling.state.into(),
            reason: ruling.reason,
            ..self.wave(id)
        });
        let decided = async {
            let mut stream = self.service.decide_matching(request).await?.into_inner();
            while let Some(progress) = stream.message().await? {
                let done = progress.done;
                self.send(Event::WaveDecided(Ok(progress)));
                if done {
                    return Ok(());
                }
            }
            Err(Status::unavailable("the server ended before everything was decided"))
        };
        if let Err(status) = decided.await {
            self.send(Event::WaveDecided(Err(Refusal::from(&status))));
        }
    }

    /// Several at once, since each is a call.
    async fn undo_wave(&self, decided: Vec<DecidedComment>) -> Event {
        let one = |decided: DecidedComment| {
            let mut effects = self.clone();
            async move { effects.undo(decided.comment_id, decided.etag).await.result }
        };
        let undone: Vec<_> = stream::iter(decided).map(one).buffered(AT_ONCE).collect().await;
        let count = undone.iter().filter(|result| result.is_ok()).count();
        let refused = undone.into_iter().filter_map(Result::err).next_back();
        Event::WaveUndone { count, refused }
    }

    async fn follow(&mut self) -> Result<(), Status> {
        let request = WatchQueueRequest { site: self.site.clone() };
        let mut stream = self.service.watch_queue(request).await?.into_inner();
        while let Some(change) = stream.message().await? {
            self.send(Event::Watched(Box::new(change)));
        }
        Ok(())
    }
}

fn refusal(status: Status) -> Refusal {
    Refusal::from(&status)
}

/// A call that failed decided nothing that it names.
fn refused(batch: &[DecisionInput], refusal: &Refusal) -> Vec<Outcome> {
    let one = |input: &DecisionInput| Outcome {
        comment_id: input.comment_id.clone(),
        result: Err(refusal.clone()),
    };
    batch.iter().map(one).collect()
}
