//! What the queue store knows about a comment before it is judged.

use super::{AuthorRecord, Timestamp};

/// Facts from beyond the text. All of them may be a moment old; admit looks again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evidence {
    /// When it was gathered.
    pub now: Timestamp,
    /// The author's record; the default for guests and authors never decided upon.
    pub author: AuthorRecord,
    /// How often each fingerprint of the draft was seen on this site in the repeat window, this
    /// comment not counted; in the order of the fingerprints.
    pub seen: Vec<u32>,
    /// Names of limits in mode `hold` that this comment exceeds.
    pub limits_exceeded: Vec<String>,
}

impl Evidence {
    /// How often the fingerprint at `index` was seen.
    pub fn seen(&self, index: usize) -> u32 {
        self.seen.get(index).copied().unwrap_or(0)
    }
}
