//! The records that both stores keep, as compact bytes.
//!
//! They are protobuf messages declared in place: small, and a field can be added without rewriting
//! what is stored. What cannot be read is reported as damaged, never dropped.

mod content;
mod decision;
mod event;
mod history;
mod verdict;

use crate::domain::{ActorKind, State};

pub use content::{Content, decode_content, encode_content, encode_parts};
pub use decision::{Standing, decode_standing, encode_standing};
pub use event::{EventBody, EventHead, decode_event, encode_event, tells_of, without_author};
pub use history::{HistoryHead, decode_history, encode_history, is_report_by, with_submission};

/// Bytes that are no record, with the reason.
pub type Unreadable = String;

fn state(code: u32) -> Result<State, Unreadable> {
    u8::try_from(code).ok().and_then(State::from_code).ok_or_else(|| format!("state {code} is not known"))
}

fn actor_kind(code: u32) -> Result<ActorKind, Unreadable> {
    let kinds = [ActorKind::Policy, ActorKind::Moderator, ActorKind::Portal];
    kinds
        .into_iter()
        .find(|kind| *kind as u32 == code)
        .ok_or_else(|| format!("actor kind {code} is not known"))
}
