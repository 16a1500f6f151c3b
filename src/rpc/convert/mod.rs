//! The wire's messages into domain words, and back.
//!
//! Into: each field is checked against the bounds in the proto's comments, and every mistake of a request is
//! noted before any is told. Back: nothing can fail, and who looks decides what is left out.

mod author;
mod check;
mod comment;
mod draft;
mod event;
mod import;
mod quota;
mod ruling;
mod time;

pub use author::{author_record, standing};
pub use check::{Check, Violation};
pub use comment::{View, claim, comment, history, state, verdict};
pub use draft::{draft, submission};
pub use event::{WireStart, event, followed, start};
pub use import::past_comment;
pub use quota::{limit_status, quota_draft};
pub use ruling::{decision, decision_state, ruling};
pub use time::{duration, timestamp};

use prost::Message;

/// How many of `messages` fit in an answer of `most` bytes: at least one, if there is one.
pub fn fitting<M: Message>(messages: &[M], most: usize) -> usize {
    let mut bytes = 0;
    let fits = messages.iter().take_while(|message| {
        bytes += message.encoded_len();
        bytes <= most
    });
    fits.count().max(1).min(messages.len())
}
