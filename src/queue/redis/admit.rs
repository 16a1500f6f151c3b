//! Comments come in: many in one call.
//!
//! An order is packed as `>BBBBBBBBc13I8c8c6` — state, tier, published, has an author, has grounds, number of fingerprints,
//! number of charges, how many of these are short, the author's record that was judged by, the cap, the
//! content hash, the author's hash — then for each fingerprint the count from which it is stale (`I4`), then for each charge its mode (4 more
//! when it is short), emission interval and tolerance in microseconds (`BI8I8`). The answer begins with a byte that says
//! which of [`Admitted`] it is.

use std::time::Duration;

use crate::domain::{Comment, Decision, SiteName, State, Timestamp};
use crate::limit::{Charge, LimitMode};
use crate::queue::record::encode_parts;
use crate::queue::{Admission, Admitted, QueueError, REPEAT_WINDOW, Recalled};

use super::batch::Trip;
use super::bodies;
use super::keys::{Keys, author_hash, limit_name};
use super::limits::{LIMIT_WINDOW, is_short};
use super::portal::packed;
use super::reply::{bytes, list, number, strange};
use super::scripts::ADMIT;
use super::store::Store;
use super::stored::{author, packed_author, u32_at, u64_at};
use super::words::Words;

/// The answer for an id that exists with the same content.
const REPLAYED: u8 = 2;

/// One admission, ready to travel.
pub(super) struct Arrival {
    keys: Words,
    fingerprints: Vec<u8>,
    /// Names of the short limits.
    names: Words,
    /// Order, record, event.
    args: Words,
}

/// What the script made of one admission.
pub(super) struct Reception {
    now: Timestamp,
    policy_revision: u64,
    packed: Vec<u8>,
}

/// The trip of admissions.
#[derive(Clone)]
pub(super) struct Admitting(pub(super) Store);

impl Trip for Admitting {
    type Job = Arrival;
    type Answer = Reception;
    // A Lua call takes at most some 8000 arguments; a fingerprint that repeats makes four.
    const ROOM: usize = 3000;
    const SEATS: usize = 128;

    fn weight(arrival: &Arrival) -> usize {
        arrival.keys.len() + arrival.names.len() * 2 + arrival.fingerprints.len() / 2
    }

    async fn travel(&self, site: &SiteName, arrivals: Vec<Arrival>) -> Result<Vec<Reception>, QueueError> {
        let Self(store) = self;
        let keys = store.keys(site);
        let mut call = store.call(&ADMIT, &keys);
        let prints: usize = arrivals.iter().map(|arrival| arrival.fingerprints.len() / 8).sum();
        let names: usize = arrivals.iter().map(|arrival| arrival.names.len()).sum();
        call.args.number(REPEAT_WINDOW.as_millis() as u64);
        call.args.number(LIMIT_WINDOW.as_millis() as u64);
        call.args.number(arrivals.len() as u64);
        call.args.number(prints as u64);
        call.args.number(names as u64);
        call.args.number(keys.comment_prefix_len() as u64);
        call.args.number(u64::from(are_distinct(&arrivals)));
        for arrival in &arrivals {
            arrival.fingerprints.chunks_exact(8).for_each(|print| call.args.push(&[print]));
        }
        arrivals.iter().for_each(|arrival| call.args.append(&arrival.names));
        for arrival in &arrivals {
            call.keys.append(&arrival.keys);
            call.args.append(&arrival.args);
        }
        call.keys.push(&[keys.arrived().as_bytes()]);
        let mut replies = list(store.change(call, store.deadline()).await?)?.into_iter();
        let mut head = || number(&replies.next().ok_or_else(|| strange("an admission"))?);
        let (now, policy_revision) = (Timestamp(head()?), head()? as u64);
        let receptions: Vec<Reception> = replies
            .map(|reply| Ok(Reception { now, policy_revision, packed: bytes(reply)? }))
            .collect::<Result<_, QueueError>>()?;
        if receptions.len() != arrivals.len() {
            return Err(strange("admissions"));
        }
        Ok(receptions)
    }
}

/// True when no fingerprint is there twice.
fn are_distinct(arrivals: &[Arrival]) -> bool {
    let prints = arrivals.iter().flat_map(|arrival| arrival.fingerprints.chunks_exact(8));
    let mut prints: Vec<&[u8]> = prints.collect();
    prints.sort_unstable();
    prints.is_sorted_by(|one, next| one < next)
}

impl Arrival {
    /// Packs an admission.
    ///
    /// # Errors
    /// [`QueueError::Failed`] when it has more limits or fingerprints than an order can tell of.
    pub(super) fn new(keys: &Keys, admission: &Admission) -> Result<Self, QueueError> {
        let Admission { id, draft, verdict, fingerprints, charges, .. } = admission;
        if charges.len().max(fingerprints.len()) > usize::from(u8::MAX) {
            let detail = "a comment is charged to at most 255 limits and has at most 255 fingerprints".into();
            return Err(QueueError::Failed { detail });
        }
        let mut own_keys = Words::default();
        keys.comment(&mut own_keys, id);
        if !draft.author.id.is_empty() {
            keys.author(&mut own_keys, &draft.author.id);
        }
        let mut names = Words::default();
        for charge in charges {
            match is_short(charge) {
                true => names.push(&[&limit_name(charge)]),
                false => keys.limit(&mut own_keys, charge),
            }
        }
        let mut args = Words::default();
        args.push(&[&pack(admission)]);
        args.push(&[&encode_parts(draft, verdict, fingerprints)]);
        args.push(&[&event(admission)]);
        Ok(Self { keys: own_keys, fingerprints: packed(fingerprints), names, args })
    }
}

fn event(admission: &Admission) -> Vec<u8> {
    if admission.state.is_waiting() {
        return Vec::new();
    }
    let decision = Decision::by_policy(admission.state, Timestamp(0));
    bodies::event(&admission.event_id, &admission.id, &admission.draft, decision)
}

fn pack(admission: &Admission) -> Vec<u8> {
    let Admission { state, tier, draft, fingerprints, charges, grounds, .. } = admission;
    let published = u8::from(*state == State::Approved);
    let has_author = u8::from(!draft.author.id.is_empty());
    let short = charges.iter().filter(|charge| is_short(charge)).count();
    let counts = [fingerprints.len() as u8, charges.len() as u8, short as u8];
    let mut order = vec![state.code(), *tier, published, has_author, u8::from(grounds.is_some())];
    order.extend_from_slice(&counts);
    order.extend_from_slice(
        &grounds.as_ref().map(|grounds| packed_author(&grounds.author)).unwrap_or_default(),
    );
    // Beyond 2^53 Lua counts no further, and no queue reaches it.
    order.extend_from_slice(&admission.waiting_cap.min(1 << 53).to_be_bytes());
    order.extend_from_slice(&draft.content_hash().to_be_bytes());
    order.extend_from_slice(&author_hash(&draft.author.id));
    for index in 0..fingerprints.len() {
        let below = grounds.as_ref().and_then(|grounds| grounds.seen_below.get(index));
        order.extend_from_slice(&below.copied().unwrap_or(u32::MAX).to_be_bytes());
    }
    for charge @ Charge { quota, mode, .. } in charges {
        let mode = match mode {
            LimitMode::Enforce => 0,
            LimitMode::Hold => 1,
            LimitMode::Shadow => 2,
        };
        order.push(mode + 4 * u8::from(is_short(charge)));
        order.extend_from_slice(&quota.emission_micros().to_be_bytes());
        order.extend_from_slice(&quota.tolerance_micros().to_be_bytes());
    }
    order
}

impl Reception {
    /// The id exists with the same content; the comment has to be read.
    pub(super) fn is_replay(&self) -> bool {
        self.packed == [REPLAYED]
    }

    /// What became of an admission that is no replay.
    pub(super) fn read(self, admission: Admission) -> Result<Admitted, QueueError> {
        let (code, rest) = self.packed.split_first().ok_or_else(|| strange("an admission"))?;
        match code {
            1 => {
                let comment = Box::new(comment(admission, self.now));
                let policy_revision = self.policy_revision;
                Ok(Admitted::Stored { comment, shadow_hits: indices(rest), policy_revision })
            }
            3 => Ok(Admitted::Taken),
            4 => stale(self.now, admission.fingerprints.len(), rest),
            5 if rest.len() == 9 => Ok(Admitted::Limited {
                index: usize::from(rest[0]),
                retry_after: Duration::from_micros(u64_at(rest, 1)),
            }),
            6 => Ok(Admitted::Full),
            7 => Err(QueueError::Damaged {
                what: format!("the record of author {}", admission.draft.author.id),
                detail: "it is not 13 bytes long".into(),
            }),
            _ => Err(strange("an admission")),
        }
    }
}

fn indices(bytes: &[u8]) -> Vec<usize> {
    bytes.iter().map(|index| usize::from(*index)).collect()
}

/// Fresh evidence: policy revision, author's record, a count for each fingerprint, exceeded hold limits.
fn stale(now: Timestamp, prints: usize, packed: &[u8]) -> Result<Admitted, QueueError> {
    let short = || strange("evidence");
    let (policy, rest) = packed.split_at_checked(8).ok_or_else(short)?;
    let (record, rest) = rest.split_at_checked(13).ok_or_else(short)?;
    let (seen, held_by) = rest.split_at_checked(4 * prints).ok_or_else(short)?;
    let recalled = Recalled {
        now,
        known: false,
        author: author(record)?,
        seen: seen.chunks_exact(4).map(|count| u32_at(count, 0)).collect(),
        policy_revision: u64_at(policy, 0),
    };
    Ok(Admitted::Stale { recalled, held_by: indices(held_by) })
}

/// The comment as the script stored it.
fn comment(admission: Admission, now: Timestamp) -> Comment {
    let Admission { id, draft, verdict, state, tier, .. } = admission;
    let decision: Option<Decision> = (!state.is_waiting()).then(|| Decision::by_policy(state, now));
    Comment {
        id,
        state,
        published: state == State::Approved,
        draft,
        verdict,
        decision,
        claim: None,
        version: 1,
        tier,
        report_count: 0,
        create_time: now,
        update_time: now,
    }
}
