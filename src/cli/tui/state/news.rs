//! What changed in the queue while it is looked at.

use super::State;
use crate::cli::failure::Refusal;
use crate::cli::tui::action::Command;
use crate::proto::v1::{Comment, ListCommentsResponse, QueueChange, WatchQueueResponse};

impl State {
    pub(super) fn watched(&mut self, watched: WatchQueueResponse) -> Vec<Command> {
        let again = self.unwatched.take().is_some();
        if again {
            self.tell("connected again");
        }
        if watched.stats.is_some() {
            self.stats = watched.stats;
        }
        for change in &watched.changes {
            self.changed(change);
        }
        match (again, watched.incomplete) {
            (true, _) => self.reload(),
            (false, true) => self.queue.look().into_iter().collect(),
            (false, false) => vec![],
        }
    }

    /// The rows stay where they are, whatever came in; only what is said of them is new.
    pub(super) fn looked(&mut self, generation: u64, page: Result<ListCommentsResponse, Refusal>) {
        let listed = self.queue.looked(generation);
        let Some(page) = page.ok().filter(|_| listed) else { return };
        let mut new = 0;
        for comment in page.comments {
            if self.queue.rows.get(&comment.id).is_none() {
                new += u64::from(!self.is_known(&comment.id));
            } else if !self.is_settling(&comment.id) {
                self.seen_again(comment);
            }
        }
        self.arrived = self.arrived.max(new);
    }

    /// Whether a comment that is not listed was decided or skipped here, or held by somebody.
    fn is_known(&self, id: &str) -> bool {
        let mut done = self.done.values().flatten();
        self.flights.contains_key(id)
            || self.once_held.contains(id)
            || self.queue.skips(id)
            || done.any(|done| done.comment.id == *id)
    }

    fn seen_again(&mut self, comment: Comment) {
        let id = comment.id.clone();
        match &comment.claim {
            Some(claim) if self.leases.is_lost_to(&claim.claim_id, &id) => {
                self.lose(std::slice::from_ref(&id))
            }
            Some(_) => {}
            None => self.leases.freed(&id),
        }
        if self.queue.rows.get(&id).is_some_and(|row| row.etag != comment.etag) {
            self.forget(&id);
        }
        self.replace(comment);
    }

    /// What this screen decided itself is known already.
    fn changed(&mut self, change: &QueueChange) {
        let id = &change.comment_id;
        if self.is_settling(id) {
            return;
        }
        if change.claim.is_some() {
            self.once_held.insert(id.clone());
        }
        if self.queue.rows.get(id).is_none() {
            self.arrived += u64::from(self.queue.holds(change.state()) && !self.is_known(id));
            return;
        }
        if !self.queue.holds(change.state()) {
            let looked_at = self.queue.current().is_some_and(|comment| comment.id == *id);
            self.queue.remove(id);
            self.leases.drop(id);
            let state = change.state().as_str_name().trim_start_matches("COMMENT_STATE_").to_lowercase();
            if looked_at {
                self.warn(format!("{id} is {state} now: someone else decided"));
            } else {
                self.tell(format!("{id} is {state} now: someone else decided"));
            }
            return;
        }
        self.claim_changed(change);
    }

    fn claim_changed(&mut self, change: &QueueChange) {
        let id = &change.comment_id;
        let Some(row) = self.queue.rows.get(id) else { return };
        let (claim, etag) = (change.claim.clone(), row.etag.clone());
        let comment = Comment { claim, ..row.clone() };
        self.seen_again(comment);
        if etag != change.etag {
            self.forget(id);
        }
    }
}
