//! The list beside the comment: rows, selection, marks, filter, order.

use std::collections::HashSet;

use super::super::action::Command;
use super::rows::{Place, Rows};
use crate::proto::v1::{Comment, CommentState};

/// Comments of a page.
const PAGE: usize = 100;

/// Comments of the first page at most, when the queue is listed anew.
const LONGEST_PAGE: usize = 500;

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
    pub rows: Rows,
    /// The ids that are marked.
    pub marked: HashSet<String>,
    /// Which comments, as the server's filters say it; empty: everything.
    pub filter: String,
    /// What their text must have; empty: anything.
    pub search: String,
    /// Which queue it is.
    pub kind: Kind,
    /// Whether a page is on its way.
    pub loading: bool,
    /// Whether what was last asked for could not be listed.
    pub failed: bool,
    order: usize,
    next_page: String,
    generation: u64,
    skipped: HashSet<String>,
    keep: bool,
    /// Whether the first rows are being looked at again.
    looking: bool,
    /// The filter that stood before one thread alone was looked at.
    wider: Option<String>,
    /// The filter and the search of the rows that are listed.
    listed: (String, String),
}

impl Queue {
    /// An empty one, not asked for yet.
    pub fn new(filter: String) -> Self {
        Self {
            rows: Rows::default(),
            marked: HashSet::new(),
            filter,
            search: String::new(),
            kind: Kind::Pending,
            loading: false,
            failed: false,
            order: 0,
            next_page: String::new(),
            generation: 0,
            skipped: HashSet::new(),
            keep: false,
            looking: false,
            wider: None,
            listed: Default::default(),
        }
    }

    /// The comment that is looked at.
    pub fn current(&self) -> Option<&Comment> {
        self.rows.current()
    }

    /// The order, in a word.
    pub fn order(&self) -> &'static str {
        ORDERS[self.order].1
    }

    /// Chooses the next order.
    pub fn next_order(&mut self) {
        self.order = (self.order + 1) % ORDERS.len();
    }

    /// Takes a filter in the place of the one that stands; asked for again, the one that stood before it.
    pub fn narrow(&mut self, filter: String) {
        if self.filter == filter {
            self.filter = self.wider.take().unwrap_or_default();
        } else {
            self.wider = Some(std::mem::replace(&mut self.filter, filter));
        }
    }

    /// Asks for the first page; the selection stays on its comment if that is still there, else at its height.
    pub fn reload(&mut self) -> Command {
        self.first_page(true, (self.rows.rank() + MARGIN).clamp(PAGE, LONGEST_PAGE))
    }

    /// Asks for the first page and begins at its top.
    pub fn restart(&mut self) -> Command {
        self.first_page(false, PAGE)
    }

    fn first_page(&mut self, keep: bool, rows: usize) -> Command {
        self.generation += 1;
        self.next_page.clear();
        self.keep = keep;
        self.list(rows)
    }

    /// Whether the rows are about to be others.
    pub fn is_relisting(&self) -> bool {
        self.loading && self.next_page.is_empty()
    }

    /// Whether the listing that is under way begins at its top, whatever was looked at before.
    pub fn begins_at_top(&self) -> bool {
        !self.keep || self.rows.is_empty()
    }

    /// Whether neither a filter nor a search leaves anything out.
    pub fn lists_all(&self) -> bool {
        self.filter.is_empty() && self.search.is_empty()
    }

    /// Whether there are further pages.
    pub fn has_more(&self) -> bool {
        !self.next_page.is_empty()
    }

    /// Asks for the next page when the selection comes near the end of what is loaded.
    pub fn more(&mut self) -> Option<Command> {
        let near = !self.next_page.is_empty() && self.rows.rank() + MARGIN >= self.rows.len();
        (near && !self.loading).then(|| self.list(PAGE))
    }

    fn list(&mut self, rows: usize) -> Command {
        self.loading = true;
        Command::List {
            generation: self.generation,
            filter: self.expression(),
            order_by: ORDERS[self.order].0,
            page_size: u32::try_from(rows).unwrap_or_default(),
            page_token: self.next_page.clone(),
        }
    }

    /// What the server is asked for. A filter that names a state itself is taken as it is.
    fn expression(&self) -> String {
        let mut parts = vec![];
        // Needs no parentheses, since OR binds tighter than AND; so the server's places are those of what was typed.
        if !self.filter.is_empty() {
            parts.push(self.filter.clone());
        }
        if !self.search.is_empty() {
            parts.push(format!("text : {}", quoted(&self.search)));
        }
        if !self.names_state() {
            parts.push(format!("state = {}", self.kind.name()));
        }
        parts.join(" AND ")
    }

    fn names_state(&self) -> bool {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        self.filter.split(|c| !word(c)).any(|part| part == "state")
    }

    /// Whether a comment of this state is in this queue.
    pub fn holds(&self, state: CommentState) -> bool {
        self.names_state() || state == self.kind.state()
    }

    /// Looks at the rows again, from the first to those below the selection, unless that is under way.
    pub fn look(&mut self) -> Option<Command> {
        if self.loading || std::mem::replace(&mut self.looking, true) {
            return None;
        }
        let rows = (self.rows.rank() + MARGIN).clamp(PAGE, LONGEST_PAGE);
        Some(Command::Look {
            generation: self.generation,
            filter: self.expression(),
            order_by: ORDERS[self.order].0,
            page_size: u32::try_from(rows).unwrap_or_default(),
        })
    }

    /// Takes in that they were looked at; answers whether they are still those that are listed.
    pub fn looked(&mut self, generation: u64) -> bool {
        self.looking = false;
        generation == self.generation && !self.is_relisting()
    }

    /// Whether a comment was skipped here.
    pub fn skips(&self, id: &str) -> bool {
        self.skipped.contains(id)
    }

    /// Takes a page in; one of an earlier listing is ignored. Answers the rows that it takes the place of.
    pub fn listed(
        &mut self,
        generation: u64,
        comments: Vec<Comment>,
        next_page: String,
        hidden: &dyn Fn(&str) -> bool,
    ) -> Rows {
        if generation != self.generation {
            return Rows::default();
        }
        let first = self.next_page.is_empty();
        let old = if first { std::mem::take(&mut self.rows) } else { Rows::default() };
        for comment in comments {
            if !self.skipped.contains(&comment.id) && !hidden(&comment.id) {
                self.rows.push(comment);
            }
        }
        if first && self.keep {
            self.rows.select_rank(old.rank());
            old.current().into_iter().for_each(|comment| self.rows.select(&comment.id));
        }
        self.listed = (self.filter.clone(), self.search.clone());
        self.next_page = next_page;
        (self.loading, self.failed) = (false, false);
        old
    }

    /// No page came.
    pub fn unlisted(&mut self, generation: u64) {
        self.loading &= generation != self.generation;
        self.failed |= generation == self.generation;
    }

    /// Takes back the filter and the search that the listed rows have; answers the filter that stood in their place, if
    /// there was another.
    pub fn take_back(&mut self) -> Option<String> {
        let (filter, search) = self.listed.clone();
        if (&filter, &search) == (&self.filter, &self.search) {
            return None;
        }
        self.search = search;
        Some(std::mem::replace(&mut self.filter, filter))
    }

    /// Moves the selection by so many rows, as far as there are any.
    pub fn step(&mut self, by: isize) {
        self.rows.select_rank(self.rows.rank().saturating_add_signed(by));
    }

    /// Takes a comment out.
    pub fn remove(&mut self, id: &str) -> Option<(Place, Comment)> {
        self.marked.remove(id);
        self.rows.remove(id)
    }

    /// Takes a comment out and leaves it out of later pages.
    pub fn skip(&mut self, id: &str) -> Option<(Place, Comment)> {
        self.skipped.insert(id.to_owned());
        self.remove(id)
    }

    /// It was not skipped after all.
    pub fn unskip(&mut self, id: &str) {
        self.skipped.remove(id);
    }

    /// The marked ids, in the order of their rows.
    pub fn marked_in_order(&self) -> Vec<String> {
        let mut marked: Vec<_> =
            self.marked.iter().filter_map(|id| Some((self.rows.place(id)?, id))).collect();
        marked.sort_unstable();
        marked.into_iter().map(|(_, id)| id.clone()).collect()
    }
}

/// A text as the filters' grammar quotes it.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
