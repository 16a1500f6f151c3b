//! Pages of the comments that match a filter, merged over several states in one order.

use std::cmp::Reverse;
use std::collections::VecDeque;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::Filter;
use crate::domain::{Comment, CommentId, SiteName, State, Timestamp};
use crate::queue::{Mark, Order, PageQuery, Queue, QueueError};

/// The largest page.
pub const MAX_PAGE: usize = 500;
/// Comments looked at for one page; a filter that matches little answers short pages with a next.
const MAX_SCAN: usize = 5_000;

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum OrderBy {
    /// Riskiest first, then oldest.
    #[default]
    Risk,
    /// Creation, oldest first; waiting comments only.
    Created,
    /// Creation, newest first; waiting comments only.
    CreatedDescending,
    /// Last change, oldest first; decided comments only.
    Updated,
    /// Last change, newest first; decided comments only.
    UpdatedDescending,
}

/// A page of matching comments.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// The comments.
    pub comments: Vec<Comment>,
    /// Where to go on; `None` at the end.
    pub next: Option<PageToken>,
}

/// Why a list was refused.
#[derive(Debug, thiserror::Error)]
pub enum ListingError {
    /// The token is not one of ours.
    #[error("page_token is not one that this service gave out; leave it out to start again")]
    Token,
    /// The token belongs to a list with another filter or order.
    #[error("page_token belongs to a list with another filter or order_by; leave it out to start again")]
    OtherList,
    /// The order needs states that the filter does not name.
    #[error("{0}")]
    Order(&'static str),
    /// The store failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// A [`Mark`] as a token writes it: tier, time and id.
type Place = (u8, i64, String);

/// Where a list goes on, for each state that it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageToken {
    order: OrderBy,
    filter_hash: u64,
    lanes: Vec<(u8, Option<Place>)>,
}

impl PageToken {
    /// The opaque text.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).expect("a token is plain data"))
    }

    /// Reads the opaque text.
    ///
    /// # Errors
    /// [`ListingError::Token`] when it is not one of ours.
    pub fn decode(text: &str) -> Result<Self, ListingError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ListingError::Token)?;
        serde_json::from_slice(&bytes).map_err(|_| ListingError::Token)
    }
}

impl OrderBy {
    /// Reads `order_by` as the API spells it; empty: by risk.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        Some(match words.as_slice() {
            [] | ["risk"] => Self::Risk,
            ["create_time"] | ["create_time", "asc"] => Self::Created,
            ["create_time", "desc"] => Self::CreatedDescending,
            ["update_time"] | ["update_time", "asc"] => Self::Updated,
            ["update_time", "desc"] => Self::UpdatedDescending,
            _ => return None,
        })
    }

    fn in_store(self) -> Order {
        match self {
            Self::Risk => Order::Risk,
            Self::Created | Self::Updated => Order::OldestFirst,
            Self::CreatedDescending | Self::UpdatedDescending => Order::NewestFirst,
        }
    }

    fn check(self, states: &[State]) -> Result<(), ListingError> {
        match self {
            Self::Created | Self::CreatedDescending if !states.iter().all(|state| state.is_waiting()) => {
                Err(ListingError::Order(
                    "decided comments are kept in the order of their last change; use order_by update_time",
                ))
            }
            Self::Updated | Self::UpdatedDescending if states.iter().any(|state| state.is_waiting()) => {
                Err(ListingError::Order(
                    "waiting comments are kept in the order of their creation; use order_by create_time",
                ))
            }
            _ => Ok(()),
        }
    }

    fn mark(self, comment: &Comment) -> Mark {
        let waits = comment.state.is_waiting();
        Mark {
            tier: if waits && self == Self::Risk { comment.tier } else { 0 },
            time: if waits { comment.create_time } else { comment.update_time },
            id: comment.id.clone(),
        }
    }

    fn precedes(self, left: &Mark, right: &Mark) -> bool {
        let key = |mark: &Mark| (Reverse(mark.tier), mark.time, mark.id.clone());
        match self.in_store() {
            Order::NewestFirst => key(left) > key(right),
            Order::Risk | Order::OldestFirst => key(left) < key(right),
        }
    }
}

struct Lane {
    state: State,
    after: Option<Mark>,
    fetched: VecDeque<Comment>,
    fetched_to: Option<Mark>,
    at_end: bool,
}

pub(super) async fn list(
    queue: &dyn Queue,
    now: Timestamp,
    site: &SiteName,
    filter: &Filter,
    order: OrderBy,
    page_size: usize,
    token: Option<PageToken>,
) -> Result<Listed, ListingError> {
    let states = filter.states();
    order.check(&states)?;
    let filter_hash = xxhash_rust::xxh3::xxh3_64(format!("{site} {filter:?}").as_bytes());
    let mut lanes = match token {
        None => states.into_iter().map(|state| Lane::new(state, None)).collect(),
        Some(token) if token.order == order && token.filter_hash == filter_hash => lanes_of(token)?,
        Some(_) => return Err(ListingError::OtherList),
    };
    let mut listed = Listed::default();
    for _ in 0..MAX_SCAN {
        for lane in &mut lanes {
            lane.fill(queue, site, order, page_size.clamp(50, MAX_PAGE)).await?;
        }
        let Some(comment) = take_first(&mut lanes, order) else { return Ok(listed) };
        if filter.matches(&comment, now) {
            listed.comments.push(comment);
            if listed.comments.len() == page_size {
                break;
            }
        }
    }
    let lanes = lanes.iter().map(Lane::token).collect();
    listed.next = Some(PageToken { order, filter_hash, lanes });
    Ok(listed)
}

fn lanes_of(token: PageToken) -> Result<Vec<Lane>, ListingError> {
    let lane = |(code, mark): (u8, Option<Place>)| {
        let state = State::from_code(code).ok_or(ListingError::Token)?;
        let after = mark.map(|(tier, time, id)| {
            let id = CommentId::new(&id).map_err(|_| ListingError::Token)?;
            Ok::<_, ListingError>(Mark { tier, time: Timestamp(time), id })
        });
        Ok(Lane::new(state, after.transpose()?))
    };
    token.lanes.into_iter().map(lane).collect()
}

fn take_first(lanes: &mut [Lane], order: OrderBy) -> Option<Comment> {
    let mut best: Option<(usize, Mark)> = None;
    for (index, lane) in lanes.iter().enumerate() {
        let Some(head) = lane.fetched.front() else { continue };
        let mark = order.mark(head);
        if best.as_ref().is_none_or(|(_, first)| order.precedes(&mark, first)) {
            best = Some((index, mark));
        }
    }
    let (index, mark) = best?;
    lanes[index].after = Some(mark);
    lanes[index].fetched.pop_front()
}

impl Lane {
    fn new(state: State, after: Option<Mark>) -> Self {
        Self { state, fetched_to: after.clone(), after, fetched: VecDeque::new(), at_end: false }
    }

    async fn fill(
        &mut self,
        queue: &dyn Queue,
        site: &SiteName,
        order: OrderBy,
        limit: usize,
    ) -> Result<(), QueueError> {
        while self.fetched.is_empty() && !self.at_end {
            let after = self.fetched_to.take();
            let query = PageQuery { state: self.state, order: order.in_store(), after, limit };
            let page = queue.page(site, &query).await?;
            self.at_end = page.next.is_none();
            self.fetched_to = page.next;
            self.fetched = page.comments.into();
        }
        Ok(())
    }

    fn token(&self) -> (u8, Option<Place>) {
        let after = self.after.as_ref();
        (self.state.code(), after.map(|mark| (mark.tier, mark.time.0, mark.id.as_str().to_owned())))
    }
}
