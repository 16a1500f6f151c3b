//! What a site knows and says of its authors.

use std::collections::VecDeque;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::stream::{self, StreamExt};
use prost::Message;
use tonic::Status;

use super::PolicyCalls;
use crate::domain::{Comment, CommentId, SiteName, Timestamp};
use crate::proto::v1;
use crate::proto::v1::export_author_response::Item;
use crate::queue::{AuthorQuery, Mark, Order};
use crate::rpc::auth::Caller;
use crate::rpc::convert::{self, Check, View};
use crate::rpc::stream::Replies;
use crate::rpc::{RpcParts, status};

const DEFAULT_PAGE: usize = 50;
const MAX_PAGE: usize = 500;
/// Comments that an export reads at once.
const EXPORT_STEP: usize = 50;

impl PolicyCalls {
    pub(super) async fn author(
        &self,
        caller: &Caller,
        request: v1::GetAuthorRequest,
    ) -> Result<v1::GetAuthorResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let author_id = check.author_id(request.author_id);
        check.finish()?;
        let record = self.0.queue.author(&site, &author_id).await.map_err(status::queue)?;
        Ok(v1::GetAuthorResponse { author: Some(convert::author_record(author_id, &record)) })
    }

    pub(super) async fn set_standing(
        &self,
        caller: &Caller,
        request: v1::SetAuthorStandingRequest,
    ) -> Result<v1::SetAuthorStandingResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let author_id = check.author_id(request.author_id);
        let standing = convert::standing(&mut check, request.standing);
        let standing = check.take(standing)?;
        let record = self.0.queue.set_standing(&site, &author_id, standing).await.map_err(status::queue)?;
        tracing::info!(%site, ?standing, by = caller.name(), "an author's standing was set");
        Ok(v1::SetAuthorStandingResponse { author: Some(convert::author_record(author_id, &record)) })
    }

    pub(super) async fn author_comments(
        &self,
        caller: &Caller,
        request: v1::ListAuthorCommentsRequest,
    ) -> Result<v1::ListAuthorCommentsResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let author_id = check.author_id(request.author_id);
        let limit = check.page_size("page_size", request.page_size, DEFAULT_PAGE, MAX_PAGE);
        let after = match request.page_token.as_str() {
            "" => None,
            token => read_token(token).or_else(|| {
                check.note("page_token", "is not one of this list; leave it out to start again");
                None
            }),
        };
        check.finish()?;
        let query = AuthorQuery { author_id, order: Order::NewestFirst, after, limit };
        let page = self.0.queue.author_comments(&site, &query).await.map_err(status::queue)?;
        let marks: Vec<_> = page.comments.iter().map(created).collect();
        let mut comments: Vec<_> =
            page.comments.into_iter().map(|comment| shown(&self.0, &site, comment)).collect();
        let fits = convert::fitting(&comments, self.0.page_bytes());
        let next = if fits < comments.len() { marks.into_iter().nth(fits - 1) } else { page.next };
        comments.truncate(fits);
        let next_page_token = next.as_ref().map(token).unwrap_or_default();
        Ok(v1::ListAuthorCommentsResponse { comments, next_page_token })
    }

    pub(super) async fn export(
        &self,
        caller: &Caller,
        request: v1::ExportAuthorRequest,
    ) -> Result<Replies<v1::ExportAuthorResponse>, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let author_id = check.author_id(request.author_id);
        check.finish()?;
        let record = self.0.queue.author(&site, &author_id).await.map_err(status::queue)?;
        tracing::info!(%site, by = caller.name(), "an author's data are exported");
        let record = item(Item::Author(convert::author_record(author_id.clone(), &record)));
        let query = AuthorQuery { author_id, order: Order::OldestFirst, after: None, limit: EXPORT_STEP };
        let (parts, read) = (self.0.clone(), VecDeque::new());
        let export = Export { parts, site, query, read, is_read: false, unfinished: None };
        let comments = stream::try_unfold(export, |mut export| async {
            Ok(export.next().await?.map(|comment| (item(Item::Comment(comment)), export)))
        });
        Ok(tokio_stream::once(Ok(record)).chain(comments).boxed())
    }

    pub(super) async fn erase(
        &self,
        caller: &Caller,
        request: v1::EraseAuthorRequest,
    ) -> Result<v1::EraseAuthorResponse, Status> {
        let site = caller.site(&request.site)?;
        let mut check = Check::default();
        let author_id = check.author_id(request.author_id);
        check.finish()?;
        let erasure = self.0.queue.erase_author(&site, &author_id).await.map_err(status::queue)?;
        tracing::info!(
            %site,
            by = caller.name(),
            comments = erasure.comments,
            complete = erasure.complete_time.is_some(),
            "an author was erased"
        );
        Ok(v1::EraseAuthorResponse {
            erased_comment_count: erasure.comments,
            start_time: Some(convert::timestamp(erasure.start_time)),
            complete_time: erasure.complete_time.map(convert::timestamp),
        })
    }
}

/// An author's comments on their way out, a few at a time.
struct Export {
    parts: std::sync::Arc<RpcParts>,
    site: SiteName,
    query: AuthorQuery,
    read: VecDeque<Comment>,
    is_read: bool,
    /// What of the last comment's history did not fit in its message.
    unfinished: Option<v1::ExportedComment>,
}

impl Export {
    /// The next comment with its history, or how that goes on; a comment that was swept meanwhile is left out.
    async fn next(&mut self) -> Result<Option<v1::ExportedComment>, Status> {
        if let Some(rest) = self.unfinished.take() {
            return Ok(Some(self.first_part(rest)));
        }
        loop {
            let Some(comment) = self.read.pop_front() else {
                if self.is_read {
                    return Ok(None);
                }
                let page = self.parts.queue.author_comments(&self.site, &self.query).await;
                let page = page.map_err(status::queue)?;
                self.is_read = page.next.is_none();
                self.query.after = page.next;
                self.read = page.comments.into();
                continue;
            };
            let history = self.parts.queue.history(&self.site, &comment.id).await.map_err(status::queue)?;
            if !history.is_empty() {
                let comment = Some(shown(&self.parts, &self.site, comment));
                let history = history.into_iter().map(convert::history).collect();
                return Ok(Some(self.first_part(v1::ExportedComment { comment, history })));
            }
        }
    }

    /// What of it fits in a message; the rest is kept for the next one.
    fn first_part(&mut self, mut whole: v1::ExportedComment) -> v1::ExportedComment {
        let room =
            self.parts.page_bytes().saturating_sub(whole.comment.as_ref().map_or(0, Message::encoded_len));
        let history = whole.history.split_off(convert::fitting(&whole.history, room));
        if !history.is_empty() {
            let comment = whole.comment.clone();
            let comment = comment.map(|comment| v1::Comment { draft: None, verdict: None, ..comment });
            self.unfinished = Some(v1::ExportedComment { comment, history });
        }
        whole
    }
}

fn item(item: Item) -> v1::ExportAuthorResponse {
    v1::ExportAuthorResponse { item: Some(item) }
}

fn shown(parts: &RpcParts, site: &SiteName, comment: Comment) -> v1::Comment {
    convert::comment(site, comment, View::Reviewer(parts.clock.now()))
}

fn created(comment: &Comment) -> Mark {
    Mark { tier: 0, time: comment.create_time, id: comment.id.clone() }
}

/// The opaque text of a place in an author's list.
fn token(mark: &Mark) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}/{}", mark.time.0, mark.id))
}

fn read_token(token: &str) -> Option<Mark> {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (time, id) = plain.split_once('/')?;
    Some(Mark { tier: 0, time: Timestamp(time.parse().ok()?), id: CommentId::new(id).ok()? })
}
