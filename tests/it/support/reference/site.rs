//! One site's data, and what every change of a comment has in common.

use std::collections::{BTreeMap, BTreeSet};

use modqueue::domain::{
    ActorKind, AuthorRecord, Comment, CommentId, Decision, DecisionEvent, HistoryEntry, HistoryKind, State,
    Timestamp,
};
use modqueue::queue::{Erasure, PolicyRecord, Proposal, Refusal};

#[derive(Default)]
pub struct Site {
    /// The time of the step; never runs back.
    pub now: Timestamp,
    pub rows: BTreeMap<CommentId, Row>,
    /// Never shortened: `oldest_event` says where the kept part begins.
    pub feed: Vec<DecisionEvent>,
    pub oldest_event: u64,
    pub policies: Vec<PolicyRecord>,
    pub proposals: Vec<Proposal>,
    pub authors: BTreeMap<String, AuthorRecord>,
    /// Theoretical arrival times in microseconds, by limit and key.
    pub arrivals: BTreeMap<(String, String), i64>,
    /// Sightings by fingerprint and number of the window.
    pub sightings: BTreeMap<(u64, i64), u32>,
    pub deferrals: BTreeMap<(String, CommentId), Timestamp>,
    pub learned: Learned,
    pub lessons: BTreeMap<CommentId, Vec<u8>>,
    pub erasures: BTreeMap<String, Erasure>,
}

/// The learned model: every part under its revision, the first of them whole unless that is revision 1.
#[derive(Default)]
pub struct Learned {
    pub revision: u64,
    pub cursor: u64,
    pub whole_revision: u64,
    pub parts: BTreeMap<u64, Vec<u8>>,
}

/// One comment.
pub struct Row {
    pub comment: Comment,
    pub fingerprints: Vec<u64>,
    pub content_hash: u64,
    pub history: Vec<HistoryEntry>,
    pub reporters: BTreeSet<String>,
    /// What the moderators' standing decisions found before them, the last on top.
    pub undoable: Vec<Before>,
    /// Event ids of edits, decisions and undos, which are not repeated.
    pub changes: BTreeSet<String>,
}

/// What an undo goes back to.
pub struct Before {
    pub state: State,
    pub published: bool,
    pub decision: Option<Decision>,
}

/// Who did something, and what they said about it.
#[derive(Default)]
pub struct Word {
    pub actor: String,
    pub reason: String,
    pub author_message: String,
    pub note: String,
}

impl Site {
    /// The comment as readers of the store see it: a lease that ended is none.
    pub fn comment(&self, id: &CommentId) -> Option<Comment> {
        self.rows.get(id).map(|row| self.seen(&row.comment))
    }

    pub fn seen(&self, comment: &Comment) -> Comment {
        let claim = comment.claim.clone().filter(|claim| claim.expire_time > self.now);
        Comment { claim, ..comment.clone() }
    }

    /// The comment after a change, as methods answer it.
    pub fn answer(&self, id: &CommentId) -> Result<Box<Comment>, Refusal> {
        self.comment(id).map(Box::new).ok_or(Refusal::Missing)
    }

    /// True when this change was made already: its call is repeated.
    pub fn happened(&self, id: &CommentId, event_id: &str) -> bool {
        self.rows.get(id).is_some_and(|row| row.changes.contains(event_id))
    }

    /// A change of content or state: the version grows, the claim ends.
    pub fn change(&mut self, id: &CommentId, state: State, published: bool) {
        let now = self.now;
        let comment = &mut self.row(id).comment;
        comment.state = state;
        comment.published = published;
        comment.claim = None;
        comment.version += 1;
        comment.update_time = now;
    }

    pub fn row(&mut self, id: &CommentId) -> &mut Row {
        self.rows.get_mut(id).expect("looked up before")
    }

    /// Adds to a comment's history; states and version are those after the change.
    pub fn record(&mut self, id: &CommentId, kind: HistoryKind, actor_kind: ActorKind, word: Word) {
        let time = self.now;
        let row = self.row(id);
        row.history.push(HistoryEntry {
            kind,
            time,
            actor: word.actor,
            actor_kind,
            reason: word.reason,
            author_message: word.author_message,
            note: word.note,
            state: row.comment.state,
            version: row.comment.version,
            previous_text: String::new(),
            previous_verdict: None,
        });
    }

    /// Writes an event about the comment as it is now.
    pub fn publish(
        &mut self,
        id: &CommentId,
        event_id: String,
        previous_state: Option<State>,
        decision: Decision,
    ) {
        let comment = &self.rows[id].comment;
        self.feed.push(DecisionEvent {
            sequence: self.feed.len() as u64 + 1,
            event_id,
            comment_id: id.clone(),
            thread_id: comment.draft.thread.id.clone(),
            author_id: comment.draft.author.id.clone(),
            state: comment.state,
            previous_state,
            published: comment.published,
            version: comment.version,
            decision: Decision { decide_time: self.now, ..decision },
            event_time: self.now,
        });
    }

    /// Moves the author's counters from one standing decision to the next. Guests have none.
    pub fn tally(&mut self, id: &CommentId, from: Option<&Decision>, to: Option<&Decision>) {
        let author_id = self.rows[id].comment.draft.author.id.clone();
        let (from, to) = (counted(from), counted(to));
        if author_id.is_empty() || from == to {
            return;
        }
        let record = self.authors.entry(author_id).or_default();
        record.approved = record.approved + to.0 - from.0;
        record.rejected = record.rejected + to.1 - from.1;
        record.version += 1;
    }
}

/// Approvals and rejections that a standing decision adds to the author's record.
fn counted(decision: Option<&Decision>) -> (u32, u32) {
    match decision {
        Some(Decision { actor_kind: ActorKind::Moderator, state, .. }) => {
            (u32::from(*state == State::Approved), u32::from(*state == State::Rejected))
        }
        _ => (0, 0),
    }
}
