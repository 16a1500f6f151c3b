//! Pages: the ids by one script, the comments by another.

use crate::domain::{CommentId, SiteName, Timestamp};
use crate::queue::{MAX_TIER, Mark, Order, Page, PageQuery, QueueError};

use super::reply::{id, list, number, strange};
use super::scripts::{PAGE, SET_ASIDE};
use super::store::Store;
use super::stored::Stored;

/// The longest page.
const MAX_PAGE: usize = 500;
/// How far tiers lie apart in the score of a waiting comment; more than milliseconds will ever be.
const TIER_STEP: i64 = 1 << 42;

impl Store {
    pub(super) async fn page(&self, site: &SiteName, query: &PageQuery) -> Result<Page, QueueError> {
        let deadline = self.deadline();
        let limit = query.limit.min(MAX_PAGE);
        let mut places = self.places(site, query, limit + 1).await?;
        let more = places.len() > limit;
        places.truncate(limit);
        let next = places.last().filter(|_| more).map(|(id, score)| mark(query, id, *score));
        let ids: Vec<CommentId> = places.into_iter().map(|(id, _)| id).collect();
        let mut comments = Vec::with_capacity(ids.len());
        for (id, stored) in ids.iter().zip(self.look(site, &ids, deadline).await?) {
            let Some(stored) = stored else { continue };
            match stored.comment(id) {
                Ok(comment) if comment.state == query.state => comments.push(comment),
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%site, %error, "set aside a comment that cannot be read");
                    self.set_aside(site, id, stored).await?;
                }
            }
        }
        Ok(Page { comments, next })
    }

    /// Ids and scores from the place where the page begins.
    async fn places(
        &self,
        site: &SiteName,
        query: &PageQuery,
        limit: usize,
    ) -> Result<Vec<(CommentId, i64)>, QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&PAGE, &keys);
        call.keys.push(&[keys.state(query.state).as_bytes()]);
        call.args.number(limit as u64);
        call.args.number(if query.order == Order::NewestFirst { -1 } else { 1 });
        call.args.number(u8::from(query.state.is_waiting() && query.order != Order::Risk));
        call.args.number(u8::from(query.after.is_some()));
        if let Some(mark) = &query.after {
            call.args.number(score(query, mark));
            call.args.push(&[mark.id.as_str().as_bytes()]);
        }
        let mut replies = list(self.ask(call, self.deadline()).await?)?.into_iter();
        let mut places = Vec::with_capacity(limit);
        while let Some(member) = replies.next() {
            let score = replies.next().ok_or_else(|| strange("a page"))?;
            places.push((id(member)?, number(&score)?));
        }
        Ok(places)
    }

    /// Takes what cannot be read out of the way of the others; its record stays for whoever can mend it.
    async fn set_aside(&self, site: &SiteName, id: &CommentId, stored: Stored) -> Result<(), QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&SET_ASIDE, &keys);
        keys.comment(&mut call.keys, id);
        call.keys.push(&[keys.aside().as_bytes()]);
        call.args.push(&[id.as_str().as_bytes()]);
        call.args.push(&[&stored.bytes]);
        self.change(call, self.deadline()).await.map(drop)
    }
}

fn is_by_risk(query: &PageQuery) -> bool {
    query.state.is_waiting() && query.order == Order::Risk
}

fn score(query: &PageQuery, mark: &Mark) -> i64 {
    let tier = if is_by_risk(query) { i64::from(MAX_TIER.saturating_sub(mark.tier)) } else { 0 };
    tier * TIER_STEP + mark.time.0
}

fn mark(query: &PageQuery, id: &CommentId, score: i64) -> Mark {
    if is_by_risk(query) {
        let tier = MAX_TIER.saturating_sub((score / TIER_STEP) as u8);
        return Mark { tier, time: Timestamp(score % TIER_STEP), id: id.clone() };
    }
    Mark { tier: 0, time: Timestamp(score), id: id.clone() }
}
