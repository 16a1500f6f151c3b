//! Every key of a site is made here.
//!
//! | key | type | holds |
//! |---|---|---|
//! | `meta` | hash | `clock` (last seen time, µs), `sequence` (last event), `generation`, `indexed` (1: no comment is missing in the index of authors) |
//! | `z:<state>` | zset | ids by place: the waiting by tier and creation, the others by last change |
//! | `leases` | zset | ids by the end of their lease, ms |
//! | `claims` | hash | id → end of the lease, claim id, reviewer |
//! | `feed` | stream | `<sequence>-0` → packed head and event |
//! | `seen:0`, `seen:1` | hash | repeats of this window and of the one before: fingerprint → count, first id |
//! | `waves` | zset | fingerprint and id, all at score 0, of texts that repeat |
//! | `policies` | list | revisions, oldest first |
//! | `proposals` | hash | number → a suggested policy; `newest`: the last number |
//! | `model` | hash | what moderators taught: `revision`, `cursor` (last event learned from), `whole` (the model, packed), `whole_revision` |
//! | `model:added` | list | packed changes since the whole, one a revision |
//! | `c:<id>` | string | head and record of a comment |
//! | `d:<id>` | list | decisions that stand, the last one last |
//! | `h:<id>` | list | history since the submission |
//! | `r:<id>` | set | who reported it |
//! | `t:<id>` | string | what it taught the model, to be taken back |
//! | `a:<author>` | string | an author's record |
//! | `l:<hash>` | string | theoretical arrival time of a limit's key, µs |
//! | `limits:0`, `limits:1` | hash | the same of short limits, in this window and in the one before: hash → time |
//! | `defer:<reviewer>` | zset | ids by the end of their deferral, ms |
//! | `arrived` | list | comments that came in and are not in the index of authors yet: time, then author's hash and id of each |
//! | `by:<hash>` | zset | author's hash and id of comments, by creation: the index of authors, see `authors.rs` |
//! | `e:<hash>` | string | how far the erasure of an author has come: start, comments, end, ms; stage of the files; Redis' run |
//! | `feed:copy` | stream | the feed without an author while it is written anew |
//! | `aside` | zset | ids of comments that cannot be read, by the time that was noticed |
//!
//! All of them start with `<prefix>:{<site>}:`, so that a site lies in one slot of a cluster. `<prefix>:mark` belongs to no
//! site: it is written by connections whose writes wait for disk or replicas, and holds nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};

use crate::domain::{CommentId, SiteName, State};
use crate::limit::Charge;

use super::words::Words;

/// The key that belongs to no site.
pub(super) fn mark(prefix: &str) -> String {
    format!("{prefix}:mark")
}

/// What stands for an author in the index: two bytes say on which shelf, four tell apart who is there. Whoever reads
/// it compares the comment's own author: two authors may share a hash.
pub(super) type AuthorHash = [u8; 6];

/// The hash of an author's id.
pub(super) fn author_hash(author_id: &str) -> AuthorHash {
    let hash = xxh3_64(author_id.as_bytes()).to_be_bytes();
    [hash[0], hash[1], hash[2], hash[3], hash[4], hash[5]]
}

/// The keys of one site.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    base: String,
}

/// The last names of the keys that every script gets first, in the order in which `prelude.lua` names them.
const FIXED: [&str; 15] = [
    "meta",
    "z:pending",
    "z:escalated",
    "z:approved",
    "z:rejected",
    "z:withdrawn",
    "leases",
    "claims",
    "feed",
    "seen:0",
    "seen:1",
    "waves",
    "policies",
    "limits:0",
    "limits:1",
];

impl Keys {
    pub(super) fn new(prefix: &str, site: &SiteName) -> Self {
        Self { base: format!("{prefix}:{{{site}}}:") }
    }

    /// A list that holds the keys that every script gets first.
    pub(super) fn fixed(&self) -> Words {
        let mut words = Words::default();
        for name in FIXED {
            words.push(&[self.base.as_bytes(), name.as_bytes()]);
        }
        words
    }

    pub(super) fn meta(&self) -> String {
        self.named("meta")
    }

    pub(super) fn state(&self, state: State) -> String {
        self.named(FIXED[usize::from(state.code())])
    }

    pub(super) fn seen(&self, slot: u8) -> String {
        self.named(if slot == 0 { "seen:0" } else { "seen:1" })
    }

    pub(super) fn waves(&self) -> String {
        self.named("waves")
    }

    pub(super) fn policies(&self) -> String {
        self.named("policies")
    }

    pub(super) fn proposals(&self) -> String {
        self.named("proposals")
    }

    pub(super) fn aside(&self) -> String {
        self.named("aside")
    }

    pub(super) fn feed_copy(&self) -> String {
        self.named("feed:copy")
    }

    /// How far the erasure of an author has come. The name is a hash: it outlives what was erased.
    pub(super) fn erasure(&self, words: &mut Words, author_id: &str) {
        let name = URL_SAFE_NO_PAD.encode(xxh3_128(author_id.as_bytes()).to_be_bytes());
        words.push(&[self.base.as_bytes(), b"e:", name.as_bytes()]);
    }

    /// Bytes of every key before its own name.
    pub(super) fn prefix_len(&self) -> usize {
        self.base.len()
    }

    pub(super) fn arrived(&self) -> String {
        self.named("arrived")
    }

    /// The part of the index of authors that an author with this hash is in.
    pub(super) fn shelf(&self, words: &mut Words, hash: AuthorHash) {
        let name = URL_SAFE_NO_PAD.encode(&hash[..2]);
        words.push(&[self.base.as_bytes(), b"by:", name.as_bytes()]);
    }

    /// What matches every key of a kind and no other site's, for `SCAN`.
    pub(super) fn pattern(&self, kind: &str) -> String {
        let escaped = |byte: char| if "*?[]^\\".contains(byte) { format!("\\{byte}") } else { byte.into() };
        self.base.chars().map(escaped).collect::<String>() + kind + "*"
    }

    /// Bytes of a comment's key before the id.
    pub(super) fn comment_prefix_len(&self) -> usize {
        self.base.len() + "c:".len()
    }

    pub(super) fn comment(&self, words: &mut Words, id: &CommentId) {
        self.of_comment(words, "c:", id);
    }

    pub(super) fn decisions(&self, words: &mut Words, id: &CommentId) {
        self.of_comment(words, "d:", id);
    }

    pub(super) fn history(&self, words: &mut Words, id: &CommentId) {
        self.of_comment(words, "h:", id);
    }

    pub(super) fn reporters(&self, words: &mut Words, id: &CommentId) {
        self.of_comment(words, "r:", id);
    }

    pub(super) fn lesson(&self, words: &mut Words, id: &CommentId) {
        self.of_comment(words, "t:", id);
    }

    /// The model, and what was added to it since it was stored whole.
    pub(super) fn model(&self, words: &mut Words) {
        words.push(&[self.base.as_bytes(), b"model"]);
        words.push(&[self.base.as_bytes(), b"model:added"]);
    }

    pub(super) fn author(&self, words: &mut Words, author_id: &str) {
        words.push(&[self.base.as_bytes(), b"a:", plain(author_id).as_bytes()]);
    }

    pub(super) fn deferred(&self, words: &mut Words, reviewer: &str) {
        words.push(&[self.base.as_bytes(), b"defer:", plain(reviewer).as_bytes()]);
    }

    pub(super) fn limits(&self, slot: u8) -> String {
        self.named(if slot == 0 { "limits:0" } else { "limits:1" })
    }

    /// The key of a limit that is not short.
    pub(super) fn limit(&self, words: &mut Words, charge: &Charge) {
        let name = URL_SAFE_NO_PAD.encode(limit_name(charge));
        words.push(&[self.base.as_bytes(), b"l:", name.as_bytes()]);
    }

    fn named(&self, name: &str) -> String {
        format!("{}{name}", self.base)
    }

    fn of_comment(&self, words: &mut Words, kind: &str, id: &CommentId) {
        words.push(&[self.base.as_bytes(), kind.as_bytes(), id.as_str().as_bytes()]);
    }
}

/// The name of a limit and what it is counted on: a hash, because that may be long and personal.
pub(super) fn limit_name(charge: &Charge) -> [u8; 14] {
    let mut hash = Xxh3::new();
    hash.update(&(charge.limit.len() as u64).to_le_bytes());
    hash.update(charge.limit.as_bytes());
    hash.update(charge.key.as_bytes());
    // With its terminator this fills sixteen bytes, which is what the allocator gives out.
    let mut name = [0; 14];
    name.copy_from_slice(&hash.digest128().to_be_bytes()[..14]);
    name
}

/// Text from outside as part of a key: letters, digits and `-._@:` as they are, the rest as `%XX`.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'@' | b':' => {
                safe.push(byte.into())
            }
            _ => safe.push_str(&format!("%{byte:02X}")),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_apart_and_cannot_break_out_of_a_key() {
        assert_eq!(plain("user-42@a.b"), "user-42@a.b");
        assert_eq!(plain("{other}\n%é"), "%7Bother%7D%0A%25%C3%A9");
        assert_ne!(plain("%7B"), plain("{"));
    }

    #[test]
    fn the_state_keys_stand_in_the_order_of_the_codes() {
        let keys = Keys::new("mq", &SiteName::new("news").unwrap());
        for state in State::ALL {
            assert_eq!(keys.state(state), format!("mq:{{news}}:z:{}", state.name()));
        }
    }
}
