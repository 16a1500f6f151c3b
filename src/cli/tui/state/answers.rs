//! What comes in from the server, other than the answers to decisions.

use super::{MAX_PAGES, Prompt, State};
use crate::cli::failure::Refusal;
use crate::cli::output::Outcome;
use crate::cli::time::moment;
use crate::cli::tui::action::Command;
use crate::proto::v1::{
    ClaimCommentsResponse, Comment, InspectCommentResponse, ListCommentsResponse, QueueChange,
    RenewClaimsResponse, WatchQueueResponse,
};

/// More rows than these are freed in the background: that takes longer than a frame.
const FREED_AT_ONCE: usize = 5_000;

impl State {
    pub(super) fn listed(
        &mut self,
        generation: u64,
        page: Result<ListCommentsResponse, Refusal>,
    ) -> Vec<Command> {
        match page {
            Ok(page) => {
                let flights = &self.flights;
                let hidden = |id: &str| flights.get(id).is_some_and(|flight| !flight.is_back());
                let old = self.queue.listed(generation, page.comments, page.next_page_token, &hidden);
                if old.len() > FREED_AT_ONCE { vec![Command::Free(old)] } else { vec![] }
            }
            Err(refusal) => {
                self.queue.unlisted(generation);
                self.warn(format!("the queue cannot be listed: {}", refusal.in_one_line()));
                vec![]
            }
        }
    }

    pub(super) fn inspected(&mut self, id: &str, page: Result<Box<InspectCommentResponse>, Refusal>) {
        if self.undoing.contains(id) || self.flights.contains_key(id) {
            self.asked.remove(id);
            return;
        }
        let page = match page {
            Ok(page) => *page,
            // Why a decision failed matters more than what cannot be read beside it.
            Err(refusal) => {
                if self.message.is_none() {
                    self.warn(format!("{id} cannot be read: {}", refusal.in_one_line()));
                }
                return;
            }
        };
        if let Some(comment) = page.comment.as_ref().filter(|_| self.queue.rows.get(id).is_some()) {
            if !self.queue.holds(comment.state()) {
                self.queue.remove(id);
                return;
            }
            self.replace(comment.clone());
        }
        if self.pages.len() >= MAX_PAGES {
            self.pages.clear();
            self.asked.clear();
        }
        self.pages.insert(id.to_owned(), page);
    }

    pub(super) fn claimed(&mut self, ids: &[String], claimed: Result<ClaimCommentsResponse, Refusal>) {
        match claimed {
            Ok(claimed) => {
                self.leases.claimed(&claimed);
                claimed.comments.into_iter().for_each(|comment| self.replace(comment));
            }
            Err(refusal) => {
                self.leases.forget_asked(ids);
                if self.message.is_none() {
                    self.warn(format!("nothing could be claimed: {}", refusal.in_one_line()));
                }
            }
        }
    }

    pub(super) fn renewed(
        &mut self,
        claim_id: &str,
        ids: &[String],
        renewed: Result<RenewClaimsResponse, Refusal>,
    ) {
        match renewed {
            Ok(renewed) => {
                self.leases.renewed(claim_id, moment(renewed.expire_time.as_ref()));
                self.lose(&renewed.lost_comment_ids);
            }
            Err(refusal) => {
                self.leases.renewed(claim_id, None);
                if refusal.reason == "CLAIM_LOST" {
                    self.lose(ids);
                }
            }
        }
    }

    /// The row of a comment has what the server says of it now.
    fn replace(&mut self, comment: Comment) {
        if let Some(row) = self.queue.rows.get_mut(&comment.id) {
            *row = comment;
        }
    }

    fn lose(&mut self, ids: &[String]) {
        let lost: Vec<_> = ids.iter().filter(|id| self.leases.drop(id).is_some()).cloned().collect();
        self.tell_lost(&lost);
    }

    pub(super) fn noted(&mut self, outcome: Outcome) {
        self.forget(&outcome.comment_id);
        match outcome.result {
            Ok(_) => self.tell("the note is written"),
            Err(refusal) => self.warn(format!("the note was not written: {}", refusal.in_one_line())),
        }
    }

    pub(super) fn wave_counted(&mut self, id: String, count: Result<u64, Refusal>) {
        match count {
            Ok(count) if self.prompt == Prompt::None => {
                self.message = None;
                self.prompt = Prompt::Wave { id, count };
            }
            Ok(count) => self.tell(format!("the wave has {count} comments; ask for it again")),
            Err(refusal) => self.warn(format!("the wave cannot be counted: {}", refusal.in_one_line())),
        }
    }

    pub(super) fn watched(&mut self, watched: WatchQueueResponse) -> Vec<Command> {
        if self.unwatched.take().is_some() {
            self.tell("connected again");
            self.asked.clear();
        }
        if watched.stats.is_some() {
            self.stats = watched.stats;
        }
        for change in &watched.changes {
            self.changed(change);
        }
        if watched.incomplete { vec![self.queue.reload()] } else { vec![] }
    }

    /// What this screen decided itself is known already.
    fn changed(&mut self, change: &QueueChange) {
        let id = &change.comment_id;
        if self.flights.contains_key(id) || self.undoing.contains(id) {
            return;
        }
        if self.queue.rows.get(id).is_none() {
            let known = self.done.iter().flatten().any(|done| done.comment.id == *id);
            self.arrived += u64::from(self.queue.holds(change.state()) && !known);
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
        let ours = self.leases.on(id).map(|lease| lease.claim_id.clone());
        let theirs = change.claim.as_ref().map(|claim| claim.claim_id.clone());
        if ours.is_some() && theirs.is_some() && ours != theirs {
            self.lose(std::slice::from_ref(id));
        }
        if theirs.is_none() && ours.is_none() {
            self.leases.forget_asked(std::slice::from_ref(id));
        }
        let Some(row) = self.queue.rows.get_mut(id) else { return };
        row.claim.clone_from(&change.claim);
        if row.etag != change.etag {
            self.forget(id);
        }
    }
}
