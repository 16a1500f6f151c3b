//! What the words mean: plain types that every other layer speaks.
//!
//! Architecture invariant: nothing here knows gRPC, Redis, the disk or the command line.

pub mod author;
pub mod clock;
pub mod comment;
pub mod cursor;
pub mod decision;
pub mod evidence;
pub mod finding;
pub mod id;
pub mod verdict;

pub use author::{Author, AuthorRecord, PSEUDONYMS, Standing, is_pseudonym};
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use comment::{Claim, Comment, Draft, State, Thread};
pub use cursor::Cursor;
pub use decision::{ActorKind, Decision, DecisionEvent, HistoryEntry, HistoryKind};
pub use evidence::Evidence;
pub use finding::{Effect, Finding, Span};
pub use id::{CommentId, IdError, SiteName, new_id};
pub use verdict::{Action, Verdict};
