//! What comes in from the server, other than the answers to decisions.

use super::{MAX_PAGES, State};
use crate::cli::failure::Refusal;
use crate::cli::output::Outcome;
use crate::cli::tui::action::Command;
use crate::proto::v1::{Comment, InspectCommentResponse, ListCommentsResponse};

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
                if refusal.code != "INVALID_ARGUMENT" || self.queue.loading {
                    return vec![];
                }
                let refused = self.queue.take_back();
                let again = refused.is_some().then(|| self.queue.reload());
                self.refused_filter = refused;
                again.into_iter().collect()
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

    /// The row of a comment has what the server says of it now.
    pub(super) fn replace(&mut self, comment: Comment) {
        if let Some(row) = self.queue.rows.get_mut(&comment.id) {
            *row = comment;
        }
    }

    pub(super) fn noted(&mut self, outcome: Outcome) {
        self.forget(&outcome.comment_id);
        self.writing = self.writing.saturating_sub(1);
        match outcome.result {
            Ok(_) => self.tell("the note is written"),
            Err(refusal) => self.warn(format!("the note was not written: {}", refusal.in_one_line())),
        }
    }
}
