//! A comment: what the reader wrote, and where it stands.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::Xxh3;

use super::{Author, CommentId, Decision, Timestamp, Verdict};

/// A comment as the portal hands it in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// The article or discussion it belongs to.
    pub thread: Thread,
    /// Id of the comment it answers; empty at the top level.
    pub parent_id: String,
    /// Who wrote it.
    pub author: Author,
    /// The text exactly as the reader wrote it. Spans of findings are byte offsets into this.
    pub text: String,
    /// BCP 47 tag of the text's language as the portal knows it; empty when unknown.
    pub language: String,
    /// A form field that people cannot see was filled in.
    pub honeypot_filled: bool,
    /// Seconds between showing the form and sending it.
    pub seconds_to_submit: Option<f64>,
    /// The portal's own labels, kept and returned.
    pub labels: BTreeMap<String, String>,
}

impl Draft {
    /// Tells two drafts under one id apart: a stable hash of text, author id, thread id and parent.
    pub fn content_hash(&self) -> u64 {
        let mut hash = Xxh3::new();
        for part in [&self.text, &self.author.id, &self.thread.id, &self.parent_id] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.digest()
    }
}

/// The place a comment belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thread {
    /// The portal's id of the article or discussion.
    pub id: String,
    /// Where readers find it.
    pub url: String,
    /// Its headline.
    pub title: String,
    /// The part of the portal it is in, for stricter policies.
    pub section: String,
}

/// Where a comment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum State {
    /// Waits for a moderator.
    Pending = 1,
    /// Waits for a senior moderator.
    Escalated = 2,
    /// May be shown.
    Approved = 3,
    /// May not be shown.
    Rejected = 4,
    /// Taken back by its author or the portal; final.
    Withdrawn = 5,
}

impl State {
    /// Every state, in the order of their codes.
    pub const ALL: [State; 5] =
        [State::Pending, State::Escalated, State::Approved, State::Rejected, State::Withdrawn];

    /// The stored code.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The state with this stored code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// True while a moderator still has to decide.
    pub fn is_waiting(self) -> bool {
        matches!(self, State::Pending | State::Escalated)
    }

    /// The lower-case name, as filters and keys spell it.
    pub fn name(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Escalated => "escalated",
            State::Approved => "approved",
            State::Rejected => "rejected",
            State::Withdrawn => "withdrawn",
        }
    }
}

/// A comment and all that is known of it now.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// Its id within the site.
    pub id: CommentId,
    /// Where it stands.
    pub state: State,
    /// Whether the portal must show it now. A reported comment can wait and still be shown.
    pub published: bool,
    /// What the reader wrote.
    pub draft: Draft,
    /// What the policy made of it.
    pub verdict: Verdict,
    /// The last decision that still stands.
    pub decision: Option<Decision>,
    /// Who is looking at it now.
    pub claim: Option<Claim>,
    /// Counts changes of content and state, from 1. Claims, notes and reports leave it alone.
    pub version: u32,
    /// Place in the queue among the waiting: see [`crate::queue::tier`].
    pub tier: u8,
    /// How many different readers reported it.
    pub report_count: u32,
    /// When it was admitted.
    pub create_time: Timestamp,
    /// When content or state last changed.
    pub update_time: Timestamp,
}

/// A moderator's lease on a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Names the lease; shared by all comments claimed in one call.
    pub claim_id: String,
    /// Who holds it.
    pub reviewer: String,
    /// When it ends by itself.
    pub expire_time: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_hash_sees_where_one_field_ends() {
        let draft = |author: &str, thread: &str| Draft {
            author: Author { id: author.into(), ..Author::default() },
            thread: Thread { id: thread.into(), ..Thread::default() },
            ..Draft::default()
        };
        assert_ne!(draft("ab", "c").content_hash(), draft("a", "bc").content_hash());
        assert_eq!(draft("a", "b").content_hash(), draft("a", "b").content_hash());
    }

    #[test]
    fn every_state_comes_back_from_its_code() {
        for state in State::ALL {
            assert_eq!(State::from_code(state.code()), Some(state));
        }
        assert_eq!(State::from_code(0), None);
    }
}
