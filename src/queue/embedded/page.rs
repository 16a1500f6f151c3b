//! Pages of one state, and how many comments are where.
//!
//! One index serves every order: the places of a state lie by tier, then by time. Reading by time
//! alone merges the tiers, of which there are at most [`MAX_TIER`] and one.

use std::cmp::Ordering;

use super::fault::Fault;
use super::keys::{self, Place};
use super::tables::{Readable, Tables};
use crate::domain::{CommentId, SiteName, State, Timestamp};
use crate::queue::{Counts, MAX_TIER, Mark, Order, Page, PageQuery};

/// Comments on a page at most.
const LONGEST_PAGE: usize = 500;

/// A comment in an order: where it stands, and who it is.
type Spot = (Place, CommentId);

impl<B: Readable> Tables<B> {
    /// One page of one state.
    pub fn page(&self, site: &SiteName, query: &PageQuery, now: Timestamp) -> Result<Page, Fault> {
        let limit = query.limit.min(LONGEST_PAGE);
        let by_risk = query.order == Order::Risk && query.state.is_waiting();
        let mut spots = match by_risk {
            true => self.by_risk(site, query, limit + 1)?,
            false => self.by_time(site, query, limit + 1)?,
        };
        let more = spots.len() > limit;
        spots.truncate(limit);
        let mark = |(place, id): &Spot| Mark {
            tier: if by_risk { place.tier } else { 0 },
            time: place.time,
            id: id.clone(),
        };
        let next = spots.last().filter(|_| more).map(mark);
        let mut comments = Vec::with_capacity(spots.len());
        for (_, id) in &spots {
            match self.load(site, id, now) {
                Ok(loaded) => comments.extend(loaded.map(|loaded| *loaded.into_comment())),
                // One record that cannot be read must not hide the others.
                Err(Fault::Damaged { what, detail }) => {
                    tracing::error!(%site, %what, %detail, "a record cannot be read; the page leaves it out");
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(Page { comments, next })
    }

    /// How many comments are where.
    pub fn counts(&self, site: &SiteName, now: Timestamp) -> Result<Counts, Fault> {
        let row = self.site(site)?;
        let oldest = |state| {
            let query = PageQuery { state, order: Order::OldestFirst, after: None, limit: 1 };
            self.by_time(site, &query, 1).map(|spots| spots.first().map(|(place, _)| place.time))
        };
        Ok(Counts {
            pending: row.count(State::Pending),
            escalated: row.count(State::Escalated),
            approved: row.count(State::Approved),
            rejected: row.count(State::Rejected),
            withdrawn: row.count(State::Withdrawn),
            claimed: self.claimed(site, now)?,
            oldest_pending: oldest(State::Pending)?,
            oldest_escalated: oldest(State::Escalated)?,
        })
    }

    /// Up to `count` comments in the order of their keys.
    fn by_risk(&self, site: &SiteName, query: &PageQuery, count: usize) -> Result<Vec<Spot>, Fault> {
        let whole = keys::starting_with(&Place::of_state(site, query.state));
        let start = match &query.after {
            Some(mark) => after(site, query.state, mark.tier, mark),
            None => whole.start,
        };
        let range =
            self.places.range::<&[u8]>(start.as_slice()..whole.end.as_slice().max(start.as_slice()))?;
        range.take(count).map(|stored| spot(site, stored?.0.value())).collect()
    }

    /// Up to `count` comments by time: the first ones of each tier, merged.
    fn by_time(&self, site: &SiteName, query: &PageQuery, count: usize) -> Result<Vec<Spot>, Fault> {
        let newest_first = query.order == Order::NewestFirst;
        let mut spots: Vec<Spot> = Vec::new();
        let tiers = if query.state.is_waiting() { 0..=MAX_TIER } else { 0..=0 };
        for tier in tiers {
            spots.extend(self.of_tier(site, query, tier, count)?);
            spots.sort_by(|one, other| match newest_first {
                true => in_time(other, one),
                false => in_time(one, other),
            });
            spots.truncate(count);
        }
        Ok(spots)
    }

    /// Up to `count` comments of one tier, by time, after the query's mark.
    fn of_tier(
        &self,
        site: &SiteName,
        query: &PageQuery,
        tier: u8,
        count: usize,
    ) -> Result<Vec<Spot>, Fault> {
        let whole = keys::starting_with(&Place::of_tier(site, query.state, tier));
        let read = |key: &[u8]| spot(site, key);
        if query.order == Order::NewestFirst {
            let end = match &query.after {
                Some(mark) => Place { state: query.state, tier, time: mark.time }.key(site, &mark.id),
                None => whole.end,
            };
            let range = self.places.range::<&[u8]>(whole.start.as_slice()..end.as_slice())?;
            return range.rev().take(count).map(|stored| read(stored?.0.value())).collect();
        }
        let start = match &query.after {
            Some(mark) => after(site, query.state, tier, mark),
            None => whole.start,
        };
        let range = self.places.range::<&[u8]>(start.as_slice()..whole.end.as_slice())?;
        range.take(count).map(|stored| read(stored?.0.value())).collect()
    }
}

/// The first key after a mark, in the given tier.
fn after(site: &SiteName, state: State, tier: u8, mark: &Mark) -> Vec<u8> {
    let mut key = Place { state, tier, time: mark.time }.key(site, &mark.id);
    key.push(0);
    key
}

fn in_time(one: &Spot, other: &Spot) -> Ordering {
    (one.0.time, &one.1).cmp(&(other.0.time, &other.1))
}

fn spot(site: &SiteName, key: &[u8]) -> Result<Spot, Fault> {
    Place::read(site, key).ok_or_else(|| Fault::damaged("a place", "its key is no place".into()))
}
