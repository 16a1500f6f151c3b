//! What all changes of a comment have in common: read it, build the script's call on what was read, and begin again
//! when it changed between.
//!
//! The keys and records of a change hang on the content: the author's key, the thread in the event, the text that
//! goes into the history. So the script is told the version that was read, and refuses when it is another.

use ::redis::Value;
use tokio::time::Instant;

use crate::domain::{CommentId, SiteName, State};
use crate::queue::hot::Hot;
use crate::queue::record::Content;
use crate::queue::{Outcome, QueueError, Refusal};

use super::parcel::Call;
use super::reply::{bytes, list, number, strange};
use super::store::Store;
use super::stored::{Stored, parts_of_claim};

/// A comment as it was read.
pub(super) struct Read {
    pub(super) hot: Hot,
    pub(super) content: Content,
}

/// What a script says became of a comment.
pub(super) enum Told {
    /// Changed; its head, decision and claim now.
    Done(Stored),
    /// This call had been done already; the same.
    Repeated(Stored),
    /// Not changed.
    Refused(Refusal),
    /// Not changed: it is not as it was read.
    Again,
}

impl Store {
    /// Changes one comment by the call that `build` makes from what was read. Answers what the script told, and what
    /// had been read; `None` when there is no such comment.
    pub(super) async fn change_one(
        &self,
        site: &SiteName,
        id: &CommentId,
        build: impl Fn(&Read) -> Call + Send + Sync,
    ) -> Result<Option<(Told, Read)>, QueueError> {
        let deadline = self.deadline();
        loop {
            let Some(read) = self.read_all(site, std::slice::from_ref(id), deadline).await?.pop().flatten()
            else {
                return Ok(None);
            };
            let reply = self.change(build(&read), deadline).await?;
            match told(reply)? {
                Told::Again => {}
                told => return Ok(Some((told, read))),
            }
        }
    }

    /// Reads comments to change them.
    pub(super) async fn read_all(
        &self,
        site: &SiteName,
        ids: &[CommentId],
        deadline: Instant,
    ) -> Result<Vec<Option<Read>>, QueueError> {
        let found = self.look(site, ids, deadline).await?;
        let read = |stored: Stored, id| Ok(Read { hot: stored.hot(id)?, content: stored.content(id)? });
        found
            .into_iter()
            .zip(ids)
            .map(|(stored, id)| stored.map(|stored| read(stored, id)).transpose())
            .collect()
    }
}

/// Reads an outcome, a refusal or the wish to begin again.
pub(super) fn told(reply: Value) -> Result<Told, QueueError> {
    let mut parts = list(reply)?.into_iter();
    let mut next = || parts.next().ok_or_else(|| strange("a change"));
    Ok(match bytes(next()?)?.as_slice() {
        b"ok" => {
            Told::Done(Stored { bytes: bytes(next()?)?, decision: bytes(next()?)?, claim: bytes(next()?)? })
        }
        b"repeated" => Told::Repeated(Stored {
            bytes: bytes(next()?)?,
            decision: bytes(next()?)?,
            claim: bytes(next()?)?,
        }),
        b"again" => Told::Again,
        b"missing" => Told::Refused(Refusal::Missing),
        b"stale" => Told::Refused(Refusal::Stale { current: number(&next()?)? as u32 }),
        b"state" => {
            let state = u8::try_from(number(&next()?)?).ok().and_then(State::from_code);
            Told::Refused(Refusal::State { current: state.ok_or_else(|| strange("a state"))? })
        }
        b"held" => {
            let claim = parts_of_claim(&bytes(next()?)?).ok_or_else(|| strange("a claim"))?;
            Told::Refused(Refusal::Held { reviewer: claim.reviewer, until: claim.expire_time })
        }
        _ => return Err(strange("a change")),
    })
}

/// The outcome for the caller, given the content after the change.
pub(super) fn outcome(told: Told, id: &CommentId, content: Content) -> Result<Outcome, QueueError> {
    match told {
        Told::Done(stored) | Told::Repeated(stored) => Ok(Ok(Box::new(stored.comment_with(id, content)?))),
        Told::Refused(refusal) => Ok(Err(refusal)),
        Told::Again => Err(strange("a change")),
    }
}

/// A version that was seen, as scripts take it; -1: whatever is current.
pub(super) fn expected(version: Option<u32>) -> i64 {
    version.map_or(-1, i64::from)
}
