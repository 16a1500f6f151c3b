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
                let first = self.queue.is_relisting() && self.queue.begins_at_top();
                let old = self.queue.listed(generation, page.comments, page.next_page_token, &hidden);
                let mut commands = vec![];
                if first && !self.queue.is_relisting() {
                    let (rows, marked) = (&self.queue.rows, &self.queue.marked);
                    commands = self.leases.give_up(|id| rows.place(id).is_some() || marked.contains(id));
                    self.pass_over_claimed();
                }
                if old.len() > FREED_AT_ONCE {
                    commands.push(Command::Free(old));
                }
                commands
            }
            Err(refusal) => {
                self.queue.unlisted(generation);
                self.warn(format!("the queue cannot be listed: {}", refusal.in_one_line()));
                vec![]
            }
        }
    }

    pub(super) fn inspected(&mut self, id: &str, page: Result<Box<InspectCommentResponse>, Refusal>) {
        if self.is_settling(id) {
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

    /// Leases on comments that are not listed any more are given back.
    pub(super) fn claimed(
        &mut self,
        ids: &[String],
        claimed: Result<ClaimCommentsResponse, Refusal>,
    ) -> Vec<Command> {
        match claimed {
            Ok(claimed) => {
                self.leases.claimed(ids, &claimed);
                let gone =
                    claimed.comments.iter().filter(|comment| self.queue.rows.get(&comment.id).is_none());
                let gone: Vec<_> = gone.map(|comment| comment.id.clone()).collect();
                gone.iter().for_each(|id| _ = self.leases.drop(id));
                claimed.comments.into_iter().for_each(|comment| self.replace(comment));
                if !gone.is_empty() {
                    return vec![Command::Release { claim_id: claimed.claim_id, ids: gone }];
                }
            }
            Err(refusal) => {
                self.leases.forget_asked(ids);
                if self.message.is_none() {
                    self.warn(format!("nothing could be claimed: {}", refusal.in_one_line()));
                }
            }
        }
        vec![]
    }

    pub(super) fn renewed(
        &mut self,
        claim_id: &str,
        ids: &[String],
        renewed: Result<RenewClaimsResponse, Refusal>,
    ) {
        match renewed {
            Ok(renewed) => {
                self.leases.renewed(claim_id, ids, moment(renewed.expire_time.as_ref()));
                self.lose(&renewed.lost_comment_ids);
            }
            Err(refusal) => {
                self.leases.renewed(claim_id, ids, None);
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
        self.writing = self.writing.saturating_sub(1);
        match outcome.result {
            Ok(_) => self.tell("the note is written"),
            Err(refusal) => self.warn(format!("the note was not written: {}", refusal.in_one_line())),
        }
    }

    pub(super) fn wave_counted(&mut self, id: String, count: Result<u64, Refusal>) {
        match count {
            Ok(..2) => self.tell("no other comment that waits is like this one"),
            Ok(count) if self.prompt == Prompt::None => {
                self.message = None;
                self.prompt = Prompt::Wave { id, count };
            }
            Ok(count) => self.tell(format!("the wave has {count} comments; ask for it again")),
            Err(refusal) => self.warn(format!("the wave cannot be counted: {}", refusal.in_one_line())),
        }
    }

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

    /// Whether a comment that is not listed was decided or skipped here.
    fn is_known(&self, id: &str) -> bool {
        let mut done = self.done.values().flatten();
        self.flights.contains_key(id) || self.queue.skips(id) || done.any(|done| done.comment.id == *id)
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
