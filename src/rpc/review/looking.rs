//! Looking at comments.

use prost::Message;
use tonic::Status;

use super::{Reviews, filter};
use crate::domain::{Comment, CommentId, SiteName};
use crate::proto::v1;
use crate::review::{ListingError, OrderBy, PageToken, WaveMark};
use crate::rpc::auth::Caller;
use crate::rpc::convert::{self, Check};
use crate::rpc::status;

const DEFAULT_PAGE: usize = 50;
const MAX_PAGE: usize = 500;

impl Reviews {
    pub(super) async fn list(
        &self,
        caller: &Caller,
        request: v1::ListCommentsRequest,
    ) -> Result<v1::ListCommentsResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let filter = filter(&mut check, "filter", request.filter);
        let order = OrderBy::parse(&request.order_by);
        if order.is_none() {
            check.note("order_by", "is risk, create_time or update_time, the last two also with desc");
        }
        let size = check.page_size("page_size", request.page_size, DEFAULT_PAGE, self.0.page(MAX_PAGE));
        let token = page_token(&mut check, &request.page_token, PageToken::decode);
        let (filter, order) = check.take(filter.zip(order))?;
        let mut size = size;
        loop {
            let listed = self.0.review.list(&site, &filter, order, size, token.clone()).await;
            let listed = listed.map_err(status::listing)?;
            let comments = listed.comments.into_iter().map(|comment| self.shown(&site, comment));
            let comments: Vec<_> = comments.collect();
            let fits = convert::fitting(&comments, self.0.page_bytes());
            if fits == comments.len() {
                let next_page_token = listed.next.map(|next| next.encode()).unwrap_or_default();
                return Ok(v1::ListCommentsResponse { comments, next_page_token });
            }
            size = fits;
        }
    }

    pub(super) async fn inspect(
        &self,
        caller: &Caller,
        request: v1::InspectCommentRequest,
    ) -> Result<v1::InspectCommentResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let id = check.comment_id("comment_id", &request.comment_id);
        let id = check.take(id)?;
        let comment = self.find(&site, &id).await?;
        let (history, author, parent, similar_count) = tokio::try_join!(
            async { self.0.queue.history(&site, &id).await.map_err(status::queue) },
            self.author_of(&site, &comment),
            self.parent_of(&site, &comment),
            async { self.0.review.wave_size(&site, &id).await.map_err(status::queue) },
        )?;
        let mut page = v1::InspectCommentResponse {
            comment: Some(self.shown(&site, comment)),
            author,
            parent: parent.map(|parent| self.shown(&site, parent)),
            similar_count,
            ..Default::default()
        };
        let mut newest_first: Vec<_> = history.into_iter().rev().map(convert::history).collect();
        let room = self.0.page_bytes().saturating_sub(page.encoded_len());
        let fits = convert::fitting(&newest_first, room);
        page.omitted_history_count = (newest_first.len() - fits) as u64;
        newest_first.truncate(fits);
        page.history = newest_first.into_iter().rev().collect();
        Ok(page)
    }

    async fn author_of(
        &self,
        site: &SiteName,
        comment: &Comment,
    ) -> Result<Option<v1::AuthorRecord>, Status> {
        let id = &comment.draft.author.id;
        if id.is_empty() {
            return Ok(None);
        }
        let record = self.0.queue.author(site, id).await.map_err(status::queue)?;
        Ok(Some(convert::author_record(id.clone(), &record)))
    }

    async fn parent_of(&self, site: &SiteName, comment: &Comment) -> Result<Option<Comment>, Status> {
        let Ok(parent) = CommentId::new(&comment.draft.parent_id) else { return Ok(None) };
        let found = self.0.queue.get(site, &[parent]).await.map_err(status::queue)?;
        Ok(found.into_iter().flatten().next())
    }

    pub(super) async fn similar(
        &self,
        caller: &Caller,
        request: v1::ListSimilarCommentsRequest,
    ) -> Result<v1::ListSimilarCommentsResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let id = check.comment_id("comment_id", &request.comment_id);
        let mut size = check.page_size("page_size", request.page_size, DEFAULT_PAGE, self.0.page(MAX_PAGE));
        let token = page_token(&mut check, &request.page_token, WaveMark::decode);
        let id = check.take(id)?;
        let middle = self.find(&site, &id).await?;
        loop {
            let wave =
                self.0.review.wave(&site, &middle, size, token.clone()).await.map_err(status::queue)?;
            let comments = wave.near.into_iter().map(|(comment, similarity)| v1::SimilarComment {
                comment: Some(self.shown(&site, comment)),
                similarity,
            });
            let comments: Vec<_> = comments.collect();
            let fits = convert::fitting(&comments, self.0.page_bytes());
            if fits == comments.len() {
                let next_page_token = wave.next.map(|next| next.encode()).unwrap_or_default();
                return Ok(v1::ListSimilarCommentsResponse {
                    comments,
                    total_count: wave.total,
                    next_page_token,
                });
            }
            size = fits;
        }
    }
}

fn page_token<T>(check: &mut Check, text: &str, decode: fn(&str) -> Result<T, ListingError>) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    decode(text)
        .map_err(|_| check.note("page_token", "is not one of this list; leave it out to start again"))
        .ok()
}
