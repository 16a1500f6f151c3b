//! What is kept: the feed, policies, and how long.

use modqueue::domain::{State, Timestamp};
use modqueue::queue::{FeedPage, PolicyDraft, PolicyRecord, SWEPT_STATES, Swept};

use super::site::Site;

impl Site {
    pub fn feed(&self, after: u64, limit: usize) -> FeedPage {
        let kept = self.feed.iter().filter(|event| event.sequence >= self.oldest_kept());
        let written = !self.rows.is_empty() || !self.feed.is_empty();
        FeedPage {
            generation: u64::from(written),
            oldest: self.oldest_kept(),
            newest: self.feed.len() as u64,
            anchor_event_id: kept
                .clone()
                .find(|event| event.sequence == after)
                .map(|event| event.event_id.clone()),
            events: kept.filter(|event| event.sequence > after).take(limit).cloned().collect(),
        }
    }

    fn oldest_kept(&self) -> u64 {
        self.oldest_event.max(1)
    }

    pub fn save_policy(&mut self, expected: u64, draft: PolicyDraft) -> Option<PolicyRecord> {
        if self.policies.len() as u64 != expected {
            return None;
        }
        let record = PolicyRecord { revision: expected + 1, draft, create_time: self.now };
        self.policies.push(record.clone());
        Some(record)
    }

    pub fn sweep(&mut self, decided_before: Timestamp, events_before: Timestamp) -> Swept {
        let (rows, events) = (self.rows.len(), self.oldest_kept());
        let is_kept = |state: State, changed| !SWEPT_STATES.contains(&state) || changed >= decided_before;
        self.rows.retain(|_, row| is_kept(row.comment.state, row.comment.update_time));
        self.lessons.retain(|id, _| self.rows.contains_key(id));
        let old = self.feed.iter().take_while(|event| event.event_time < events_before).count() as u64;
        self.oldest_event = (old + 1).max(events);
        Swept { comments: (rows - self.rows.len()) as u64, events: self.oldest_event - events, more: false }
    }
}
