//! History of another system comes in, a batch at a time.

use tokio_stream::StreamExt;
use tonic::{Status, Streaming};

use super::PolicyCalls;
use crate::domain::SiteName;
use crate::pipeline::PastComment;
use crate::proto::v1;
use crate::queue::MAX_BATCH;
use crate::rpc::auth::Caller;
use crate::rpc::convert::{self, Check};
use crate::rpc::status;
use crate::rpc::stream::until_stopped;

/// Refusals that an answer tells.
const MAX_FAILURES: usize = 100;

/// Comments that wait to be brought in together, each with its place in the stream.
#[derive(Default)]
struct Batch {
    site: Option<SiteName>,
    rows: Vec<(u64, PastComment)>,
}

impl PolicyCalls {
    pub(super) async fn import(
        &self,
        caller: &Caller,
        requests: Streaming<v1::ImportCommentsRequest>,
    ) -> Result<v1::ImportCommentsResponse, Status> {
        let requests = until_stopped(requests, self.0.follow.stopping.clone());
        tokio::pin!(requests);
        let (mut batch, mut answer, mut index) = (Batch::default(), v1::ImportCommentsResponse::default(), 0);
        while let Some(request) = requests.next().await {
            let request = request?;
            let (id, site) =
                (request.comment.as_ref().map_or("", |comment| &comment.id).to_owned(), &request.site);
            if batch.site.is_none() || !site.is_empty() {
                let site = caller.site(site)?;
                if batch.site.as_ref() != Some(&site) {
                    self.bring_in(caller, &mut batch, &mut answer).await?;
                    batch.site = Some(site);
                }
            }
            match self.past_comment(request) {
                Ok(comment) => batch.rows.push((index, comment)),
                Err(error) => refuse(&mut answer, index, id, &error),
            }
            if batch.rows.len() == MAX_BATCH {
                self.bring_in(caller, &mut batch, &mut answer).await?;
            }
            index += 1;
        }
        self.bring_in(caller, &mut batch, &mut answer).await?;
        answer.failures.sort_by_key(|failure| failure.index);
        Ok(answer)
    }

    fn past_comment(&self, request: v1::ImportCommentsRequest) -> Result<PastComment, Status> {
        let mut check = Check::default();
        let most = self.0.bounds.max_text_bytes;
        let comment = convert::past_comment(&mut check, request, most, self.0.clock.now());
        check.take(comment)
    }

    /// Brings in what has come together. Comments with an id of the same batch meet in the store's one step.
    async fn bring_in(
        &self,
        caller: &Caller,
        batch: &mut Batch,
        answer: &mut v1::ImportCommentsResponse,
    ) -> Result<(), Status> {
        let Some(site) = batch.site.as_ref().filter(|_| !batch.rows.is_empty()) else { return Ok(()) };
        let (places, comments): (Vec<u64>, Vec<PastComment>) = batch.rows.drain(..).unzip();
        let ids: Vec<String> = comments.iter().map(|comment| comment.id.as_str().to_owned()).collect();
        let outcomes = self.0.pipeline.import(site, comments, caller.name()).await;
        let outcomes = outcomes.map_err(|error| status::submit(site, error))?;
        for ((index, id), outcome) in places.into_iter().zip(ids).zip(outcomes) {
            match outcome {
                Ok(true) => answer.imported_count += 1,
                Ok(false) => answer.skipped_count += 1,
                Err(error) => refuse(answer, index, id, &status::submit(site, error)),
            }
        }
        Ok(())
    }
}

fn refuse(answer: &mut v1::ImportCommentsResponse, index: u64, comment_id: String, error: &Status) {
    answer.failed_count += 1;
    if answer.failures.len() < MAX_FAILURES {
        let error = Some(status::to_message(error));
        answer.failures.push(v1::ImportFailure { index, comment_id, error });
    }
}
