//! The decision feed: a site's events under its own counter.

use super::batch::Batch;
use super::fault::Fault;
use super::keys;
use super::row;
use super::tables::{Readable, Tables};
use crate::domain::{CommentId, Decision, DecisionEvent, Draft, SiteName, State};
use crate::queue::FeedPage;
use crate::queue::hot::Hot;
use crate::queue::record::{self, EventBody, EventHead};

impl<B: Readable> Tables<B> {
    /// Events after `after`, with the bounds of what is kept.
    pub fn feed(&self, site: &SiteName, after: u64, limit: usize) -> Result<FeedPage, Fault> {
        let counts = self.site(site)?;
        let from = keys::numbered(site, after.saturating_add(1));
        let end = keys::end_of(&keys::of_site(site));
        let mut events = Vec::new();
        if from < end && after < counts.newest_event {
            for stored in self.events.range::<&[u8]>(from.as_slice()..end.as_slice())?.take(limit) {
                let (key, value) = stored?;
                events.push(read(site, key.value(), value.value())?);
            }
        }
        let anchor = self.events.read(&keys::numbered(site, after), |bytes| event_of(site, after, bytes))?;
        Ok(FeedPage {
            generation: counts.generation,
            oldest: counts.removed_events + 1,
            newest: counts.newest_event,
            anchor_event_id: anchor.transpose()?.map(|event| event.event_id),
            events,
        })
    }
}

impl Batch<'_> {
    /// Appends an event for a comment that stands at `hot` now.
    pub fn announce(
        &mut self,
        site: &SiteName,
        hot: &Hot,
        was: Option<State>,
        body: &[u8],
    ) -> Result<(), Fault> {
        let time = self.now;
        let counts = self.touch(site)?;
        counts.newest_event += 1;
        let head = EventHead {
            sequence: counts.newest_event,
            state: hot.state,
            previous_state: was,
            published: hot.published,
            version: hot.version,
            time,
        };
        let key = keys::numbered(site, head.sequence);
        self.tables.events.insert(key.as_slice(), row::encode_event(&head, body).as_slice())?;
        Ok(())
    }
}

/// The bytes of the event that tells of `decision`.
pub fn event(event_id: String, id: &CommentId, draft: &Draft, decision: Decision) -> Vec<u8> {
    record::encode_event(&EventBody {
        event_id,
        comment_id: id.clone(),
        thread_id: draft.thread.id.clone(),
        author_id: draft.author.id.clone(),
        decision,
    })
}

/// The number in an event's key.
pub fn sequence_of(key: &[u8]) -> u64 {
    key.last_chunk().map_or(0, |number| u64::from_be_bytes(*number))
}

fn read(site: &SiteName, key: &[u8], bytes: &[u8]) -> Result<DecisionEvent, Fault> {
    event_of(site, sequence_of(key), bytes)
}

fn event_of(site: &SiteName, sequence: u64, bytes: &[u8]) -> Result<DecisionEvent, Fault> {
    row::decode_event(sequence, bytes)
        .and_then(|(head, body)| record::decode_event(head, body))
        .map_err(|detail| Fault::damaged(format_args!("event {sequence} of {site}"), detail))
}
