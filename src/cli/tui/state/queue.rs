//! The list beside the comment: rows, selection, marks, filter, order.

use std::collections::HashSet;

use super::super::action::Command;
use crate::proto::v1::{Comment, CommentState};

/// Rows below the selection when the next page is asked for.
const MARGIN: usize = 40;

/// The two queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What waits for a moderator.
    Pending,
    /// What waits for a senior one.
    Escalated,
}

impl Kind {
    /// The state of its comments.
    pub fn state(self) -> CommentState {
        match self {
            Self::Pending => CommentState::Pending,
            Self::Escalated => CommentState::Escalated,
        }
    }

    /// Its name, as in filters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Escalated => "escalated",
        }
    }
}

/// The orders: the API's name and the one shown.
const ORDERS: [(&str, &str); 3] =
    [("risk", "risk"), ("create_time", "oldest"), ("create_time desc", "newest")];

/// The queue as far as it is loaded.
#[derive(Debug)]
pub struct Queue {
    /// The comments, in the order asked for.
    pub rows: Vec<Comment>,
    /// The row that is looked at; meaningless while there is none.
    pub selected: usize,
    /// The ids that are marked.
    pub marked: HashSet<String>,
    /// What the moderator searched for; empty: everything.
    pub filter: String,
    /// Which queue it is.
    pub kind: Kind,
    /// Whether a page is on its way.
    pub loading: bool,
    order: usize,
    next_page: String,
    generation: u64,
    skipped: HashSet<String>,
    keep: Option<String>,
}

impl Queue {
    /// An empty one, not asked for yet.
    pub fn new(filter: String) -> Self {
        Self {
            rows: vec![],
            selected: 0,
            marked: HashSet::new(),
            filter,
            kind: Kind::Pending,
            loading: false,
            order: 0,
            next_page: String::new(),
            generation: 0,
            skipped: HashSet::new(),
            keep: None,
        }
    }

    /// The comment that is looked at.
    pub fn current(&self) -> Option<&Comment> {
        self.rows.get(self.selected)
    }

    /// Where a comment is.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.rows.iter().position(|comment| comment.id == id)
    }

    /// The order, in a word.
    pub fn order(&self) -> &'static str {
        ORDERS[self.order].1
    }

    /// Chooses the next order.
    pub fn next_order(&mut self) {
        self.order = (self.order + 1) % ORDERS.len();
    }

    /// Asks for the first page; the selection stays on its comment if that is still there.
    pub fn reload(&mut self) -> Command {
        self.keep = self.current().map(|comment| comment.id.clone());
        self.generation += 1;
        self.next_page.clear();
        self.list()
    }

    /// Asks for the first page and begins at its top.
    pub fn restart(&mut self) -> Command {
        let list = self.reload();
        (self.keep, self.selected) = (None, 0);
        list
    }

    /// Asks for the next page when the selection comes near the end of what is loaded.
    pub fn more(&mut self) -> Option<Command> {
        let near = self.selected + MARGIN >= self.rows.len();
        (near && !self.loading && !self.next_page.is_empty()).then(|| self.list())
    }

    fn list(&mut self) -> Command {
        self.loading = true;
        Command::List {
            generation: self.generation,
            filter: self.expression(),
            order_by: ORDERS[self.order].0,
            page_token: self.next_page.clone(),
        }
    }

    /// A filter that names a state itself is taken as it is.
    fn expression(&self) -> String {
        let state = format!("state = {}", self.kind.name());
        match self.filter.as_str() {
            "" => state,
            filter if self.names_state() => filter.to_owned(),
            filter => format!("({filter}) AND {state}"),
        }
    }

    fn names_state(&self) -> bool {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        self.filter.split(|c| !word(c)).any(|part| part == "state")
    }

    /// Whether a comment of this state is in this queue.
    pub fn holds(&self, state: CommentState) -> bool {
        self.names_state() || state == self.kind.state()
    }

    /// Takes a page in; one of an earlier listing is ignored.
    pub fn listed(
        &mut self,
        generation: u64,
        comments: Vec<Comment>,
        next_page: String,
        hidden: &dyn Fn(&str) -> bool,
    ) {
        if generation != self.generation {
            return;
        }
        if self.next_page.is_empty() {
            self.rows.clear();
        }
        let known: HashSet<String> = self.rows.iter().map(|comment| comment.id.clone()).collect();
        let fresh = comments.into_iter().filter(|comment| {
            !known.contains(&comment.id) && !self.skipped.contains(&comment.id) && !hidden(&comment.id)
        });
        self.rows.extend(fresh.collect::<Vec<_>>());
        self.next_page = next_page;
        self.loading = false;
        if let Some(keep) = self.keep.take() {
            self.selected = self.place(&keep).unwrap_or(self.selected);
        }
        self.clamp();
    }

    /// No page came.
    pub fn unlisted(&mut self, generation: u64) {
        self.loading &= generation != self.generation;
    }

    /// Moves the selection by so many rows, as far as there are any.
    pub fn step(&mut self, by: isize) {
        self.selected = self.selected.saturating_add_signed(by);
        self.clamp();
    }

    /// Takes a comment out; what is looked at stays, or is the next one.
    pub fn remove(&mut self, id: &str) -> Option<(usize, Comment)> {
        let place = self.place(id)?;
        let comment = self.rows.remove(place);
        self.marked.remove(id);
        if place < self.selected {
            self.selected -= 1;
        }
        self.clamp();
        Some((place, comment))
    }

    /// Puts a comment back where it was, and looks at it.
    pub fn put_back(&mut self, place: usize, comment: Comment) {
        if let Some(place) = self.place(&comment.id) {
            self.rows[place] = comment;
            return;
        }
        let place = place.min(self.rows.len());
        self.rows.insert(place, comment);
        self.selected = place;
    }

    /// Takes a comment out and leaves it out of later pages.
    pub fn skip(&mut self, id: &str) -> Option<(usize, Comment)> {
        self.skipped.insert(id.to_owned());
        self.remove(id)
    }

    /// It was not skipped after all.
    pub fn unskip(&mut self, id: &str) {
        self.skipped.remove(id);
    }

    fn clamp(&mut self) {
        self.selected = self.selected.min(self.rows.len().saturating_sub(1));
    }
}
