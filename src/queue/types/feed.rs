//! The decision feed.

use crate::domain::DecisionEvent;

/// A part of the feed.
#[derive(Debug, Clone, Default)]
pub struct FeedPage {
    /// The store's generation for this site; 0 while nothing was ever written.
    pub generation: u64,
    /// The oldest event that is kept; one past `newest` when there is none.
    pub oldest: u64,
    /// The newest event that was written; 0 when none was.
    pub newest: u64,
    /// The event at `after` itself, when it is still kept: its tag tells a rewound feed.
    pub anchor_event_id: Option<String>,
    /// The events.
    pub events: Vec<DecisionEvent>,
}
