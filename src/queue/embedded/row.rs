//! The small rows beside the shared records: a comment's head, a site, an author, a lease, a policy.
//!
//! Numbers are big-endian, texts have their length before them. The store's own row carries the
//! format of all of them.

use crate::domain::{AuthorRecord, Claim, CommentId, Decision, Standing, State, Timestamp};
use crate::queue::hot::Hot;
use crate::queue::record::{EventHead, HistoryHead, Unreadable};
use crate::queue::{Erasure, PolicyDraft, PolicyRecord, Proposal, ProposalDraft};

/// A comment's head, with the number under which all else of it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What changes.
    pub hot: Hot,
    /// The number under which it came in, from 1.
    pub ordinal: u64,
    /// The state in which it came in.
    pub admitted_as: State,
    /// The state that the policy gave to the content it has now.
    pub judged_as: State,
    /// When that was.
    pub judged_at: Timestamp,
}

impl Row {
    const LEN: usize = Hot::LEN + 8 + 1 + 1 + 8;

    /// The stored bytes.
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..40].copy_from_slice(&self.hot.encode());
        bytes[40..48].copy_from_slice(&self.ordinal.to_be_bytes());
        bytes[48] = self.admitted_as.code();
        bytes[49] = self.judged_as.code();
        bytes[50..].copy_from_slice(&self.judged_at.0.to_be_bytes());
        bytes
    }

    /// Reads the stored bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let hot = Hot::decode(bytes)?;
        let mut rest = Reader(&bytes[Hot::LEN..]);
        Ok(Self {
            hot,
            ordinal: rest.u64()?,
            admitted_as: rest.state()?,
            judged_as: rest.state()?,
            judged_at: rest.time()?,
        })
    }

    /// The policy's own decision on the content, when it published or rejected it at once.
    pub fn policy_decision(&self) -> Option<Decision> {
        (!self.judged_as.is_waiting()).then(|| Decision::by_policy(self.judged_as, self.judged_at))
    }
}

/// What a site counts. `Default` is a site that was never written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SiteRow {
    /// Made at random at the first write; below 2^63. 0: never written.
    pub generation: u64,
    /// The newest event's number.
    pub newest_event: u64,
    /// Events up to this one were removed.
    pub removed_events: u64,
    /// The newest policy's revision.
    pub policy_revision: u64,
    /// Comments in each state, in the order of [`State::ALL`].
    pub counts: [u64; State::ALL.len()],
}

impl SiteRow {
    /// How many comments are in a state.
    pub fn count(&self, state: State) -> u64 {
        self.counts[usize::from(state.code()) - 1]
    }

    /// The same, to be changed.
    pub fn count_mut(&mut self, state: State) -> &mut u64 {
        &mut self.counts[usize::from(state.code()) - 1]
    }

    /// Pending and escalated ones.
    pub fn waiting(&self) -> u64 {
        self.count(State::Pending) + self.count(State::Escalated)
    }

    /// The stored bytes.
    pub fn encode(&self) -> Vec<u8> {
        [self.generation, self.newest_event, self.removed_events, self.policy_revision]
            .into_iter()
            .chain(self.counts)
            .flat_map(u64::to_be_bytes)
            .collect()
    }

    /// Reads the stored bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut rest = Reader(bytes);
        let mut row = Self {
            generation: rest.u64()?,
            newest_event: rest.u64()?,
            removed_events: rest.u64()?,
            policy_revision: rest.u64()?,
            ..Self::default()
        };
        for count in &mut row.counts {
            *count = rest.u64()?;
        }
        Ok(row)
    }
}

/// How far a site's learned model is. `Default` is one that was never taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ModelRow {
    /// Counts the changes.
    pub revision: u64,
    /// The last event that was learned from.
    pub cursor: u64,
    /// The revision at which it was last stored whole.
    pub whole_revision: u64,
}

impl ModelRow {
    /// The stored bytes.
    pub fn encode(&self) -> Vec<u8> {
        [self.revision, self.cursor, self.whole_revision].into_iter().flat_map(u64::to_be_bytes).collect()
    }

    /// Reads the stored bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut rest = Reader(bytes);
        Ok(Self { revision: rest.u64()?, cursor: rest.u64()?, whole_revision: rest.u64()? })
    }
}

/// What the whole store counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreRow {
    /// The ordinal of the next comment.
    pub next_ordinal: u64,
    /// The latest time that anything was written at.
    pub seen: Timestamp,
    /// No comment is missing in the index of authors, which format 1 did not have.
    pub has_authors: bool,
}

impl StoreRow {
    /// The format of every row and key in the file.
    const FORMAT: u8 = 2;
    /// The same without the index of authors, which is made when the store is opened.
    const WITHOUT_AUTHORS: u8 = 1;

    /// A store in which nothing was written.
    pub const NEW: Self = Self { next_ordinal: 1, seen: Timestamp(0), has_authors: true };

    /// The stored bytes.
    pub fn encode(&self) -> [u8; 17] {
        let mut bytes = [Self::FORMAT; 17];
        bytes[1..9].copy_from_slice(&self.next_ordinal.to_be_bytes());
        bytes[9..].copy_from_slice(&self.seen.0.to_be_bytes());
        bytes
    }

    /// Reads the stored bytes; a store of another format is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut rest = Reader(bytes);
        match rest.u8()? {
            format @ (Self::FORMAT | Self::WITHOUT_AUTHORS) => Ok(Self {
                next_ordinal: rest.u64()?,
                seen: rest.time()?,
                has_authors: format == Self::FORMAT,
            }),
            other => Err(format!(
                "the store has format {other}, this program reads format {}; use the version that wrote it",
                Self::FORMAT
            )),
        }
    }
}

/// The bytes of an author's record.
pub fn encode_author(record: &AuthorRecord) -> Vec<u8> {
    let mut bytes = vec![record.standing as u8];
    [record.approved, record.rejected, record.version]
        .iter()
        .for_each(|count| bytes.extend_from_slice(&count.to_be_bytes()));
    bytes
}

/// Reads an author's record.
pub fn decode_author(bytes: &[u8]) -> Result<AuthorRecord, Unreadable> {
    let mut rest = Reader(bytes);
    let code = rest.u8()?;
    let standing = [Standing::Counted, Standing::Trusted, Standing::Watched, Standing::Banned]
        .into_iter()
        .find(|standing| *standing as u8 == code)
        .ok_or_else(|| format!("standing {code} is not known"))?;
    Ok(AuthorRecord { standing, approved: rest.u32()?, rejected: rest.u32()?, version: rest.u32()? })
}

/// The bytes of how far an erasure has come; 0 stands for no end.
pub fn encode_erasure(erasure: &Erasure) -> Vec<u8> {
    let end = erasure.complete_time.map_or(0, |time| time.0 as u64);
    [erasure.start_time.0 as u64, erasure.comments, end].into_iter().flat_map(u64::to_be_bytes).collect()
}

/// Reads how far an erasure has come.
pub fn decode_erasure(bytes: &[u8]) -> Result<Erasure, Unreadable> {
    let mut rest = Reader(bytes);
    let (start_time, comments, end) = (rest.time()?, rest.u64()?, rest.time()?);
    Ok(Erasure { comments, start_time, complete_time: (end.0 > 0).then_some(end) })
}

/// The bytes of a lease.
pub fn encode_lease(claim: &Claim) -> Vec<u8> {
    let mut bytes = claim.expire_time.0.to_be_bytes().to_vec();
    put_text(&mut bytes, &claim.claim_id);
    put_text(&mut bytes, &claim.reviewer);
    bytes
}

/// Reads a lease.
pub fn decode_lease(bytes: &[u8]) -> Result<Claim, Unreadable> {
    let mut rest = Reader(bytes);
    Ok(Claim { expire_time: rest.time()?, claim_id: rest.string()?, reviewer: rest.string()? })
}

/// The bytes of a moment.
pub fn encode_time(time: Timestamp) -> [u8; 8] {
    time.0.to_be_bytes()
}

/// Reads a moment.
pub fn decode_time(bytes: &[u8]) -> Result<Timestamp, Unreadable> {
    Reader(bytes).time()
}

/// The bytes of a policy; its revision is in its key.
pub fn encode_policy(policy: &PolicyRecord) -> Vec<u8> {
    let mut bytes = policy.create_time.0.to_be_bytes().to_vec();
    let PolicyDraft { source, author, comment } = &policy.draft;
    [source, author, comment].into_iter().for_each(|text| put_text(&mut bytes, text));
    bytes
}

/// Reads a policy.
pub fn decode_policy(revision: u64, bytes: &[u8]) -> Result<PolicyRecord, Unreadable> {
    let mut rest = Reader(bytes);
    let create_time = rest.time()?;
    let draft = PolicyDraft { source: rest.string()?, author: rest.string()?, comment: rest.string()? };
    Ok(PolicyRecord { revision, draft, create_time })
}

/// The bytes of a suggested policy; its number is in its key.
pub fn encode_proposal(proposal: &Proposal) -> Vec<u8> {
    let Proposal { draft, applied_revision, create_time, .. } = proposal;
    let numbers = [create_time.0 as u64, applied_revision.unwrap_or(0), draft.base_revision];
    let mut bytes: Vec<u8> = numbers.into_iter().flat_map(u64::to_be_bytes).collect();
    let comment_id = draft.comment_id.as_ref().map_or("", CommentId::as_str);
    for text in [&draft.source, &draft.comment, comment_id, &draft.proposer] {
        put_text(&mut bytes, text);
    }
    bytes
}

/// Reads a suggested policy.
pub fn decode_proposal(number: u64, bytes: &[u8]) -> Result<Proposal, Unreadable> {
    let mut rest = Reader(bytes);
    let (create_time, applied_revision, base_revision) = (rest.time()?, rest.u64()?, rest.u64()?);
    let (source, comment) = (rest.string()?, rest.string()?);
    let comment_id = match rest.text()? {
        "" => None,
        id => Some(CommentId::new(id).map_err(|error| error.to_string())?),
    };
    let draft = ProposalDraft { source, base_revision, comment, comment_id, proposer: rest.string()? };
    let applied_revision = Some(applied_revision).filter(|revision| *revision > 0);
    Ok(Proposal { number, draft, applied_revision, create_time })
}

/// The bytes of an event: its head, then its body. The number is in its key.
pub fn encode_event(head: &EventHead, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(15 + body.len());
    bytes.push(head.state.code());
    bytes.push(head.previous_state.map_or(0, State::code));
    bytes.push(u8::from(head.published));
    bytes.extend_from_slice(&head.version.to_be_bytes());
    bytes.extend_from_slice(&head.time.0.to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// Reads an event's head; what is left is its body.
pub fn decode_event(sequence: u64, bytes: &[u8]) -> Result<(EventHead, &[u8]), Unreadable> {
    let mut rest = Reader(bytes);
    let state = rest.state()?;
    let previous = rest.u8()?;
    let head = EventHead {
        sequence,
        state,
        previous_state: if previous == 0 { None } else { Some(state_of(previous)?) },
        published: rest.u8()? == 1,
        version: rest.u32()?,
        time: rest.time()?,
    };
    Ok((head, rest.0))
}

/// The bytes of a history entry: its head, the name of the change that it belongs to, its body.
pub fn encode_history(head: HistoryHead, change: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(17 + change.len() + body.len());
    bytes.extend_from_slice(&head.time.0.to_be_bytes());
    bytes.push(head.state.code());
    bytes.extend_from_slice(&head.version.to_be_bytes());
    put_text(&mut bytes, change);
    bytes.extend_from_slice(body);
    bytes
}

/// Reads a history entry's head and the name of its change; what is left is its body.
pub fn decode_history(bytes: &[u8]) -> Result<(HistoryHead, &str, &[u8]), Unreadable> {
    let mut rest = Reader(bytes);
    let head = HistoryHead { time: rest.time()?, state: rest.state()?, version: rest.u32()? };
    let change = rest.text()?;
    Ok((head, change, rest.0))
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&(text.len() as u32).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn state_of(code: u8) -> Result<State, Unreadable> {
    State::from_code(code).ok_or_else(|| format!("state {code} is not known"))
}

/// Takes values off the front of stored bytes.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], Unreadable> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or("it ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    fn u8(&mut self) -> Result<u8, Unreadable> {
        Ok(self.take(1)?[0])
    }

    fn u32(&mut self) -> Result<u32, Unreadable> {
        Ok(u32::from_be_bytes(self.take(4)?.try_into().expect("four bytes")))
    }

    fn u64(&mut self) -> Result<u64, Unreadable> {
        Ok(u64::from_be_bytes(self.take(8)?.try_into().expect("eight bytes")))
    }

    fn time(&mut self) -> Result<Timestamp, Unreadable> {
        Ok(Timestamp(self.u64()? as i64))
    }

    fn state(&mut self) -> Result<State, Unreadable> {
        state_of(self.u8()?)
    }

    fn text(&mut self) -> Result<&'b str, Unreadable> {
        let length = self.u32()? as usize;
        std::str::from_utf8(self.take(length)?).map_err(|error| error.to_string())
    }

    fn string(&mut self) -> Result<String, Unreadable> {
        self.text().map(str::to_owned)
    }
}
