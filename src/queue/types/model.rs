//! What moderators taught.

use crate::domain::CommentId;

/// What the store keeps of a site's learned model. The bytes are the learner's own; the store only
/// keeps them in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredModel {
    /// The store's generation for this site; 0 while nothing was ever written.
    pub generation: u64,
    /// Counts the changes; 0 before the first.
    pub revision: u64,
    /// The last event that was learned from.
    pub cursor: u64,
    /// The newest event that was written.
    pub newest_event: u64,
    /// The revision at which the model was last stored whole; 0 when it never was.
    pub whole_revision: u64,
    /// The whole model at `whole_revision`, empty when that is 0; `None` when the reader did not need it.
    pub whole: Option<Vec<u8>>,
    /// What was added since, in order.
    pub changes: Vec<Vec<u8>>,
}

/// What one step of the learner does to a site's model, all or nothing.
#[derive(Debug, Clone)]
pub struct Teaching {
    /// The revision that it was made on; another one refuses the step.
    pub revision: u64,
    /// The cursor that it was made on; another one refuses the step.
    pub cursor: u64,
    /// The last event that it learned from: the new cursor.
    pub learned_to: u64,
    /// The change.
    pub change: ModelChange,
    /// What is to be kept with comments, in the place of what is kept now; `None`: nothing. At most
    /// [`crate::queue::MAX_BATCH`]. Nothing is kept with a comment that is not there any more.
    pub lessons: Vec<(CommentId, Option<Vec<u8>>)>,
}

/// How a step changes the stored model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelChange {
    /// Not at all: only the cursor moves, and the revision stays.
    Nothing,
    /// This comes on top.
    Added(Vec<u8>),
    /// This takes the place of all that is stored.
    Whole(Vec<u8>),
}
