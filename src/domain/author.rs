//! Who wrote it, and what this site knows of them.

use std::net::{IpAddr, Ipv6Addr};

use super::Timestamp;

/// Pseudonyms that are kept in the place of addresses lie in this network, 100::/64, which is never routed (RFC 6666).
pub const PSEUDONYMS: u128 = 0x0100 << 112;

/// Whether an address is a pseudonym. One stands for one address, and nothing is near it.
pub fn is_pseudonym(address: Ipv6Addr) -> bool {
    address.to_bits() >> 64 == PSEUDONYMS >> 64
}

/// The author of a comment as the portal describes them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Author {
    /// The portal's own id of this author; empty for guests. Standing hangs on this alone.
    pub id: String,
    /// The name that readers see.
    pub display_name: String,
    /// E-mail address; empty when unknown.
    pub email: String,
    /// The author's home page; empty when none.
    pub url: String,
    /// The address the comment was sent from.
    pub ip_address: Option<IpAddr>,
    /// The browser's user agent.
    pub user_agent: String,
    /// When the account was made.
    pub registered_at: Option<Timestamp>,
}

/// What this site's moderators have decided about an author so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorRecord {
    /// Comments that moderators approved and did not undo.
    pub approved: u32,
    /// Comments that moderators rejected and did not undo.
    pub rejected: u32,
    /// What an admin said of this author, above all counting.
    pub standing: Standing,
    /// Counts every change of this record, so that a reader can tell that it is stale. 0: never written.
    pub version: u32,
}

/// An admin's word about an author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Nothing said: the counts speak.
    #[default]
    Counted,
    /// Trusted whatever the counts say.
    Trusted,
    /// Every comment waits for a moderator.
    Watched,
    /// Every comment is rejected.
    Banned,
}
