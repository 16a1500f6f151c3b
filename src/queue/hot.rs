//! The fixed-width head of a stored comment: all that changes while it waits.
//!
//! It lies before the immutable record, so that a decision rewrites 40 bytes and never the text.
//! Numbers are big-endian; Redis scripts read the same layout with `struct.unpack('>BBBBI4I8I8I4BBBBc8', …)`.
//! The four bytes before the content hash are the store's own.

use crate::domain::{State, Timestamp};

/// The head of a stored comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hot {
    /// Where it stands.
    pub state: State,
    /// Whether the portal must show it.
    pub published: bool,
    /// Which of the author's counters the standing moderator decision raised.
    pub counted: Counted,
    /// Its place in the queue while it waits.
    pub tier: u8,
    /// Grows with each change of content or state.
    pub version: u32,
    /// When it was admitted.
    pub create_time: Timestamp,
    /// When content or state last changed.
    pub update_time: Timestamp,
    /// How many readers reported it.
    pub report_count: u32,
    /// [`crate::domain::Draft::content_hash`] of the draft as it is now.
    pub content_hash: u64,
}

/// What a moderator's standing decision added to the author's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Counted {
    /// Nothing.
    #[default]
    Nothing = 0,
    /// One approval.
    Approval = 1,
    /// One rejection.
    Rejection = 2,
}

impl Counted {
    /// What a moderator's decision that leads to `state` adds.
    pub fn by_decision(state: State) -> Self {
        match state {
            State::Approved => Self::Approval,
            State::Rejected => Self::Rejection,
            _ => Self::Nothing,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        [Self::Nothing, Self::Approval, Self::Rejection].into_iter().find(|c| *c as u8 == code)
    }
}

impl Hot {
    /// The layout's version, in the first byte.
    pub const FORMAT: u8 = 1;
    /// Bytes before the record.
    pub const LEN: usize = 40;

    /// The stored bytes.
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[0] = Self::FORMAT;
        bytes[1] = self.state.code();
        bytes[2] = u8::from(self.published) | (self.counted as u8) << 1;
        bytes[3] = self.tier;
        bytes[4..8].copy_from_slice(&self.version.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.create_time.0.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.update_time.0.to_be_bytes());
        bytes[24..28].copy_from_slice(&self.report_count.to_be_bytes());
        bytes[32..40].copy_from_slice(&self.content_hash.to_be_bytes());
        bytes
    }

    /// Reads the head of a stored comment; the error says what is wrong with it.
    pub fn decode(stored: &[u8]) -> Result<Self, String> {
        let bytes = stored.get(..Self::LEN).ok_or("shorter than its head")?;
        if bytes[0] != Self::FORMAT {
            return Err(format!("format {} is not known here", bytes[0]));
        }
        let u32_at = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        let u64_at = |at: usize| u64::from_be_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
        Ok(Self {
            state: State::from_code(bytes[1]).ok_or_else(|| format!("state {} is not known", bytes[1]))?,
            published: bytes[2] & 1 == 1,
            counted: Counted::from_code(bytes[2] >> 1)
                .ok_or_else(|| format!("flags {} are not known", bytes[2]))?,
            tier: bytes[3],
            version: u32_at(4),
            create_time: Timestamp(u64_at(8) as i64),
            update_time: Timestamp(u64_at(16) as i64),
            report_count: u32_at(24),
            content_hash: u64_at(32),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_comes_back_and_strange_bytes_are_named() {
        let hot = Hot {
            state: State::Escalated,
            published: true,
            counted: Counted::Rejection,
            tier: 31,
            version: 7,
            create_time: Timestamp(1_700_000_000_000),
            update_time: Timestamp(1_700_000_000_001),
            report_count: 3,
            content_hash: u64::MAX,
        };
        let bytes = hot.encode();
        assert_eq!(Hot::decode(&bytes), Ok(hot));
        assert!(Hot::decode(&bytes[..39]).unwrap_err().contains("shorter"));
        let mut other = bytes;
        other[0] = 9;
        assert!(Hot::decode(&other).unwrap_err().contains("format 9"));
        other = bytes;
        other[1] = 77;
        assert!(Hot::decode(&other).unwrap_err().contains("state 77"));
    }
}
