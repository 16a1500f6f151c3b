//! What the scripts pack and what becomes of it in the domain's words. The layouts are those of `prelude.lua`.

use crate::domain::{
    AuthorRecord, Claim, Comment, CommentId, Decision, DecisionEvent, HistoryEntry, Standing, State,
    Timestamp,
};
use crate::queue::QueueError;
use crate::queue::hot::Hot;
use crate::queue::record::{
    Content, EventHead, HistoryHead, decode_content, decode_event, decode_history, decode_standing,
};

/// Where the head keeps the state at admission.
const ORIGIN_AT: usize = 28;
/// Where the head keeps whether the content is another than the one that came in.
const REVISED_AT: usize = 30;
/// Bytes before a decision's record: kind, time, and state, publication and count before it.
const DECISION_HEAD: usize = 12;
/// Bytes before an event's record.
const EVENT_HEAD: usize = 15;
/// Bytes before a history entry's change id.
const HISTORY_HEAD: usize = 14;

/// A comment as it lies in Redis.
#[derive(Debug, Clone, Default)]
pub(super) struct Stored {
    /// Head and record.
    pub(super) bytes: Vec<u8>,
    /// The last decision that stands; empty when none does.
    pub(super) decision: Vec<u8>,
    /// The live claim; empty when there is none.
    pub(super) claim: Vec<u8>,
}

impl Stored {
    /// The head.
    pub(super) fn hot(&self, id: &CommentId) -> Result<Hot, QueueError> {
        Hot::decode(&self.bytes).map_err(|detail| damaged(id, detail))
    }

    /// The record.
    pub(super) fn content(&self, id: &CommentId) -> Result<Content, QueueError> {
        let record = self.bytes.get(Hot::LEN..).unwrap_or_default();
        decode_content(record).map_err(|detail| damaged(id, detail))
    }

    /// The comment as it is told to the outside.
    pub(super) fn comment(&self, id: &CommentId) -> Result<Comment, QueueError> {
        let content = self.content(id)?;
        self.comment_with(id, content)
    }

    /// The comment, when its record is known already.
    pub(super) fn comment_with(&self, id: &CommentId, content: Content) -> Result<Comment, QueueError> {
        let hot = self.hot(id)?;
        Ok(Comment {
            id: id.clone(),
            state: hot.state,
            published: hot.published,
            draft: content.draft,
            verdict: content.verdict,
            decision: self.standing_decision(&hot, id)?,
            claim: claim(&self.claim, id)?,
            version: hot.version,
            tier: hot.tier,
            report_count: hot.report_count,
            create_time: hot.create_time,
            update_time: hot.update_time,
        })
    }

    /// The state that the policy gave it when it came in.
    pub(super) fn origin(&self, id: &CommentId) -> Result<State, QueueError> {
        let code = self.bytes.get(ORIGIN_AT).copied().unwrap_or(0);
        State::from_code(code).ok_or_else(|| damaged(id, format!("state {code} is not known")))
    }

    fn standing_decision(&self, hot: &Hot, id: &CommentId) -> Result<Option<Decision>, QueueError> {
        if !self.decision.is_empty() {
            return decision(&self.decision).map(Some).map_err(|detail| damaged(id, detail));
        }
        let origin = self.origin(id)?;
        let is_revised = self.bytes.get(REVISED_AT) == Some(&1);
        let stands = !is_revised && !origin.is_waiting();
        Ok(stands.then(|| Decision::by_policy(origin, hot.create_time)))
    }
}

/// A record that cannot be read.
pub(super) fn damaged(id: &CommentId, detail: String) -> QueueError {
    QueueError::Damaged { what: format!("comment {id}"), detail }
}

fn decision(packed: &[u8]) -> Result<Decision, String> {
    let (head, record) = packed.split_at_checked(DECISION_HEAD).ok_or("its decision is too short")?;
    let standing = decode_standing(record)?;
    Ok(Decision { decide_time: time_at(head, 1), ..standing.decision })
}

/// A claim from its value: end, claim id, zero byte, reviewer. Empty: none.
fn claim(packed: &[u8], id: &CommentId) -> Result<Option<Claim>, QueueError> {
    if packed.is_empty() {
        return Ok(None);
    }
    parts_of_claim(packed).map(Some).ok_or_else(|| damaged(id, "its claim cannot be read".into()))
}

/// The parts of a claim's value.
pub(super) fn parts_of_claim(packed: &[u8]) -> Option<Claim> {
    let (end, names) = packed.split_at_checked(8)?;
    let (claim_id, reviewer) = std::str::from_utf8(names).ok()?.split_once('\0')?;
    Some(Claim { claim_id: claim_id.into(), reviewer: reviewer.into(), expire_time: time_at(end, 0) })
}

/// An author's record: approved, rejected, standing, version. Empty: never written.
pub(super) fn author(packed: &[u8]) -> Result<AuthorRecord, QueueError> {
    if packed.is_empty() {
        return Ok(AuthorRecord::default());
    }
    let unreadable =
        |detail: &str| QueueError::Damaged { what: "an author's record".into(), detail: detail.into() };
    let bytes: &[u8; 13] = packed.try_into().map_err(|_| unreadable("it is not 13 bytes long"))?;
    Ok(AuthorRecord {
        approved: u32_at(bytes, 0),
        rejected: u32_at(bytes, 4),
        standing: standing_from(bytes[8]).ok_or_else(|| unreadable("its standing is not known"))?,
        version: u32_at(bytes, 9),
    })
}

/// An author's record as it is stored.
pub(super) fn packed_author(record: &AuthorRecord) -> [u8; 13] {
    let mut packed = [0; 13];
    packed[..4].copy_from_slice(&record.approved.to_be_bytes());
    packed[4..8].copy_from_slice(&record.rejected.to_be_bytes());
    packed[8] = standing_code(record.standing);
    packed[9..].copy_from_slice(&record.version.to_be_bytes());
    packed
}

/// The stored code of a standing.
pub(super) fn standing_code(standing: Standing) -> u8 {
    match standing {
        Standing::Counted => 0,
        Standing::Trusted => 1,
        Standing::Watched => 2,
        Standing::Banned => 3,
    }
}

fn standing_from(code: u8) -> Option<Standing> {
    [Standing::Counted, Standing::Trusted, Standing::Watched, Standing::Banned]
        .into_iter()
        .find(|standing| standing_code(*standing) == code)
}

/// An event from its entry: state, state before (0: none), published, version, time, record.
pub(super) fn event(sequence: u64, packed: &[u8]) -> Result<DecisionEvent, QueueError> {
    let unreadable = |detail: String| QueueError::Damaged { what: format!("event {sequence}"), detail };
    let (head, record) =
        packed.split_at_checked(EVENT_HEAD).ok_or_else(|| unreadable("it is too short".into()))?;
    let state =
        |code: u8| State::from_code(code).ok_or_else(|| unreadable(format!("state {code} is not known")));
    let head = EventHead {
        sequence,
        state: state(head[0])?,
        previous_state: if head[1] == 0 { None } else { Some(state(head[1])?) },
        published: head[2] == 1,
        version: u32_at(head, 3),
        time: time_at(head, 7),
    };
    let mut event = decode_event(head, record).map_err(unreadable)?;
    event.decision.state = event.state;
    Ok(event)
}

/// A history entry: time, state, version, the change's id with its length, record.
pub(super) fn history(id: &CommentId, packed: &[u8]) -> Result<HistoryEntry, QueueError> {
    let unreadable =
        |detail: String| QueueError::Damaged { what: format!("the history of comment {id}"), detail };
    let short = || unreadable("an entry is too short".into());
    let (head, rest) = packed.split_at_checked(HISTORY_HEAD).ok_or_else(short)?;
    let record = rest.get(usize::from(head[13])..).ok_or_else(short)?;
    let state =
        State::from_code(head[8]).ok_or_else(|| unreadable(format!("state {} is not known", head[8])))?;
    let head = HistoryHead { time: time_at(head, 0), state, version: u32_at(head, 9) };
    decode_history(head, record).map_err(unreadable)
}

/// Four bytes of a packed value, big-endian. Callers have checked the length.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// Eight bytes of a packed value, big-endian. Callers have checked the length.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_be_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

fn time_at(bytes: &[u8], at: usize) -> Timestamp {
    Timestamp(u64_at(bytes, at) as i64)
}
