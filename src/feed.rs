//! The decision feed: reading it from a cursor without gaps, and following it.

mod follow;

use std::sync::Arc;

use crate::domain::{Cursor, DecisionEvent, SiteName};
use crate::queue::{FeedPage, Queue, QueueError};

pub use follow::{FollowOptions, Followed, Following, follow};

/// Where a reader begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// After the event that this cursor names.
    Cursor(Cursor),
    /// With the next event.
    Now,
    /// With the oldest event that is kept.
    Oldest,
}

/// Why the feed cannot be read on.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FeedError {
    /// Events after the cursor are no longer kept.
    #[error(
        "the cursor is older than the events that are kept; list the comments to catch up, then go on from the oldest cursor"
    )]
    Expired {
        /// Where reading can begin.
        oldest: Cursor,
    },
    /// The store does not know this cursor's past: it was emptied, or went back to an earlier state.
    #[error(
        "the store was emptied or rewound since the cursor was given; list the comments to catch up, then go on from the oldest cursor"
    )]
    Rewound {
        /// Where reading can begin.
        oldest: Cursor,
    },
    /// The cursor belongs to another site.
    #[error("the cursor belongs to another site; use one that this site's feed gave out")]
    OtherSite,
    /// The reader took events too slowly for the buffer kept for it.
    #[error("events came faster than they were read; go on from the last cursor received")]
    SlowReader,
    /// The store failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// A part of the feed with the place to go on from.
#[derive(Debug, Clone)]
pub struct FeedRead {
    /// Events, each with the cursor that follows it.
    pub events: Vec<(Cursor, DecisionEvent)>,
    /// The place after the last of them; the start itself when there are none.
    pub next: Cursor,
    /// The sequence number of the newest event that there is.
    pub newest: u64,
}

/// Reads the feeds of all sites of one queue.
#[derive(Clone)]
pub struct Feed {
    queue: Arc<dyn Queue>,
}

impl Feed {
    /// The feeds of `queue`.
    pub fn new(queue: Arc<dyn Queue>) -> Self {
        Self { queue }
    }

    /// Turns a start into a cursor, checked against the store.
    ///
    /// # Errors
    /// Those of [`FeedError`].
    pub async fn open(&self, site: &SiteName, start: Start) -> Result<Cursor, FeedError> {
        match start {
            Start::Cursor(cursor) => {
                let page = self.queue.feed(site, cursor.sequence, 1).await?;
                check(site, &cursor, &page)?;
                Ok(cursor)
            }
            Start::Oldest => Ok(oldest(site, &self.queue.feed(site, 0, 1).await?)),
            Start::Now => {
                let bounds = self.queue.feed(site, u64::MAX >> 12, 1).await?;
                let page = self.queue.feed(site, bounds.newest, 1).await?;
                let tag = page.anchor_event_id.as_deref().map_or(0, Cursor::tag_of);
                Ok(Cursor { site: site.clone(), generation: page.generation, sequence: bounds.newest, tag })
            }
        }
    }

    /// Events after `cursor`, at most `limit`.
    ///
    /// # Errors
    /// Those of [`FeedError`].
    pub async fn read(&self, cursor: &Cursor, limit: usize) -> Result<FeedRead, FeedError> {
        let site = &cursor.site;
        let page = self.queue.feed(site, cursor.sequence, limit).await?;
        check(site, cursor, &page)?;
        let FeedPage { generation, newest, .. } = page;
        let place = |event: &DecisionEvent| Cursor {
            site: site.clone(),
            generation,
            sequence: event.sequence,
            tag: Cursor::tag_of(&event.event_id),
        };
        let events: Vec<_> = page.events.into_iter().map(|event| (place(&event), event)).collect();
        let next = events.last().map_or_else(|| cursor.clone(), |(place, _)| place.clone());
        Ok(FeedRead { events, next, newest })
    }
}

fn check(site: &SiteName, cursor: &Cursor, page: &FeedPage) -> Result<(), FeedError> {
    if cursor.site != *site {
        return Err(FeedError::OtherSite);
    }
    let before_all = cursor.generation == 0 && cursor.sequence == 0;
    let anchor = page.anchor_event_id.as_deref().map(Cursor::tag_of);
    let rewound = (cursor.generation != page.generation && !before_all)
        || cursor.sequence > page.newest
        || (cursor.tag != 0 && anchor.is_some_and(|tag| tag != cursor.tag));
    if rewound {
        return Err(FeedError::Rewound { oldest: oldest(site, page) });
    }
    if cursor.sequence + 1 < page.oldest {
        return Err(FeedError::Expired { oldest: oldest(site, page) });
    }
    Ok(())
}

fn oldest(site: &SiteName, page: &FeedPage) -> Cursor {
    let sequence = page.oldest.saturating_sub(1);
    Cursor { site: site.clone(), generation: page.generation, sequence, tag: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> SiteName {
        SiteName::new("default").unwrap()
    }

    fn cursor(generation: u64, sequence: u64, event_id: Option<&str>) -> Cursor {
        Cursor { site: site(), generation, sequence, tag: event_id.map_or(0, Cursor::tag_of) }
    }

    fn page(oldest: u64, newest: u64, anchor: Option<&str>) -> FeedPage {
        let anchor_event_id = anchor.map(str::to_owned);
        FeedPage { generation: 7, oldest, newest, anchor_event_id, events: vec![] }
    }

    #[test]
    fn a_cursor_that_the_store_knows_goes_on() {
        assert!(check(&site(), &cursor(7, 5, Some("e5")), &page(1, 9, Some("e5"))).is_ok());
        assert!(check(&site(), &cursor(7, 4, Some("e4")), &page(5, 9, None)).is_ok(), "just trimmed");
        assert!(check(&site(), &cursor(0, 0, None), &page(1, 9, None)).is_ok(), "from before the first");
    }

    #[test]
    fn a_cursor_from_another_past_is_told_so() {
        for (cursor, page) in [
            (cursor(6, 5, Some("e5")), page(1, 9, Some("e5"))),
            (cursor(7, 10, Some("e10")), page(1, 9, None)),
            (cursor(7, 5, Some("e5")), page(1, 9, Some("other"))),
        ] {
            assert!(matches!(check(&site(), &cursor, &page), Err(FeedError::Rewound { .. })), "{cursor:?}");
        }
    }

    #[test]
    fn a_cursor_whose_next_event_is_gone_is_expired() {
        let expired = check(&site(), &cursor(7, 3, Some("e3")), &page(5, 9, None));
        let Err(FeedError::Expired { oldest }) = expired else { panic!("{expired:?}") };
        assert_eq!(oldest.sequence, 4);
        assert!(check(&site(), &oldest, &page(5, 9, None)).is_ok());
    }
}
