//! The decision feed.

use ::redis::Value;

use crate::domain::{DecisionEvent, SiteName};
use crate::queue::{FeedPage, QueueError};

use super::reply::{bytes, list, number, strange};
use super::scripts::FEED;
use super::store::Store;
use super::stored::event;

/// Above this a sequence cannot be told from its neighbours in a script; no site comes near it.
const MAX_SEQUENCE: u64 = (1 << 53) - 2;

impl Store {
    pub(super) async fn feed(
        &self,
        site: &SiteName,
        after: u64,
        limit: usize,
    ) -> Result<FeedPage, QueueError> {
        let mut call = self.call(&FEED, &self.keys(site));
        call.args.number(after.min(MAX_SEQUENCE));
        call.args.number(limit.max(1) as u64);
        let replies = list(self.ask(call, self.deadline()).await?)?;
        let [generation, newest, oldest, anchor, events] =
            <[Value; 5]>::try_from(replies).map_err(|_| strange("the feed"))?;
        let newest = number(&newest)? as u64;
        let mut events = entries(events)?;
        events.truncate(limit);
        Ok(FeedPage {
            generation: number(&generation)? as u64,
            oldest: entries(oldest)?.first().map_or(newest + 1, |event| event.sequence),
            newest,
            anchor_event_id: entries(anchor)?.pop().map(|event| event.event_id),
            events,
        })
    }
}

fn entries(reply: Value) -> Result<Vec<DecisionEvent>, QueueError> {
    list(reply)?.into_iter().map(entry).collect()
}

/// A stream entry: its id `<sequence>-0`, and one field with the packed event.
fn entry(reply: Value) -> Result<DecisionEvent, QueueError> {
    let [id, fields] = <[Value; 2]>::try_from(list(reply)?).map_err(|_| strange("an event"))?;
    let [_, packed] = <[Value; 2]>::try_from(list(fields)?).map_err(|_| strange("an event"))?;
    let id = bytes(id)?;
    let sequence = std::str::from_utf8(&id)
        .ok()
        .and_then(|id| id.strip_suffix("-0"))
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| strange("an event's id"))?;
    event(sequence, &bytes(packed)?)
}
