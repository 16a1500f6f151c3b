//! Reading comments: by id, by page, by likeness; their history and their counts.

use std::collections::BTreeSet;

use ::redis::{Pipeline, Value};
use tokio::time::Instant;

use crate::domain::{ActorKind, Comment, CommentId, HistoryEntry, HistoryKind, SiteName, State, Timestamp};
use crate::queue::hot::Hot;
use crate::queue::record::with_submission;
use crate::queue::{Counts, QueueError};

use super::reply::{bytes, list, number, strange};
use super::scripts::{COUNTS, HISTORY, LOOK};
use super::store::Store;
use super::stored::{Stored, history};

impl Store {
    /// The comments with these ids, as they lie in Redis.
    pub(super) async fn look(
        &self,
        site: &SiteName,
        ids: &[CommentId],
        deadline: Instant,
    ) -> Result<Vec<Option<Stored>>, QueueError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.keys(site);
        let mut call = self.call(&LOOK, &keys);
        ids.iter().for_each(|id| keys.comment(&mut call.keys, id));
        ids.iter().for_each(|id| keys.decisions(&mut call.keys, id));
        ids.iter().for_each(|id| call.args.push(&[id.as_str().as_bytes()]));
        let replies = list(self.ask(call, deadline).await?)?;
        replies.into_iter().skip(1).map(stored).collect()
    }

    pub(super) async fn get(
        &self,
        site: &SiteName,
        ids: &[CommentId],
    ) -> Result<Vec<Option<Comment>>, QueueError> {
        let found = self.look(site, ids, self.deadline()).await?;
        found
            .into_iter()
            .zip(ids)
            .map(|(stored, id)| stored.map(|stored| stored.comment(id)).transpose())
            .collect()
    }

    pub(super) async fn history(
        &self,
        site: &SiteName,
        id: &CommentId,
    ) -> Result<Vec<HistoryEntry>, QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&HISTORY, &keys);
        keys.comment(&mut call.keys, id);
        keys.history(&mut call.keys, id);
        let mut replies = list(self.ask(call, self.deadline()).await?)?.into_iter();
        let Some(record) = replies.next() else { return Ok(Vec::new()) };
        let stored = Stored { bytes: bytes(record)?, ..Stored::default() };
        let submission = submission(stored.origin(id)?, stored.hot(id)?);
        let entries = replies.map(|reply| history(id, &bytes(reply)?)).collect::<Result<_, _>>()?;
        Ok(with_submission(submission, entries))
    }

    pub(super) async fn similar(
        &self,
        site: &SiteName,
        id: &CommentId,
        after: Option<&CommentId>,
        limit: usize,
    ) -> Result<Vec<CommentId>, QueueError> {
        let deadline = self.deadline();
        let Some(Some(this)) = self.look(site, std::slice::from_ref(id), deadline).await?.pop() else {
            return Ok(Vec::new());
        };
        let mut alike = BTreeSet::from_iter(Some(id).filter(|id| Some(*id) > after).cloned());
        let fingerprints = this.content(id)?.fingerprints;
        if !fingerprints.is_empty() {
            let waves = self.keys(site).waves();
            let mut commands = Pipeline::with_capacity(fingerprints.len());
            for fingerprint in &fingerprints {
                let print = fingerprint.to_be_bytes();
                let from = match after {
                    Some(after) => [b"(", &print[..], after.as_str().as_bytes()].concat(),
                    None => [b"[", &print[..]].concat(),
                };
                let to = [b"(", &print[..], &[0xff]].concat();
                commands.cmd("ZRANGEBYLEX").arg(&waves).arg(from).arg(to).arg("LIMIT").arg(0).arg(limit);
            }
            for members in self.read(&commands, deadline).await? {
                for member in list(members)? {
                    alike.insert(member_id(&bytes(member)?)?);
                }
            }
        }
        Ok(alike.into_iter().take(limit).collect())
    }

    pub(super) async fn counts(&self, site: &SiteName) -> Result<Counts, QueueError> {
        let call = self.call(&COUNTS, &self.keys(site));
        let replies = list(self.ask(call, self.deadline()).await?)?;
        let numbers = replies.iter().map(number).collect::<Result<Vec<_>, _>>()?;
        let [counts @ .., oldest_pending, oldest_escalated] = numbers.as_slice() else {
            return Err(strange("the counts"));
        };
        let &[pending, escalated, approved, rejected, withdrawn, claimed] = counts else {
            return Err(strange("the counts"));
        };
        let time = |millis: i64| (millis >= 0).then_some(Timestamp(millis));
        Ok(Counts {
            pending: pending as u64,
            escalated: escalated as u64,
            approved: approved as u64,
            rejected: rejected as u64,
            withdrawn: withdrawn as u64,
            claimed: claimed as u64,
            oldest_pending: time(*oldest_pending),
            oldest_escalated: time(*oldest_escalated),
        })
    }
}

fn stored(reply: Value) -> Result<Option<Stored>, QueueError> {
    let Value::Array(parts) = reply else { return Ok(None) };
    let [record, decision, claim] = <[Value; 3]>::try_from(parts).map_err(|_| strange("a comment"))?;
    Ok(Some(Stored { bytes: bytes(record)?, decision: bytes(decision)?, claim: bytes(claim)? }))
}

/// The id in a member of `waves`, behind the fingerprint.
fn member_id(member: &[u8]) -> Result<CommentId, QueueError> {
    let id = member.get(8..).and_then(|id| std::str::from_utf8(id).ok()).ok_or_else(|| strange("a wave"))?;
    CommentId::new(id).map_err(|_| strange("a wave"))
}

/// How every history begins. It is not stored: an untouched comment costs no history.
fn submission(origin: State, hot: Hot) -> Vec<HistoryEntry> {
    let at_admission = |entry| HistoryEntry { time: hot.create_time, state: origin, version: 1, ..entry };
    let submitted = at_admission(HistoryEntry::by(HistoryKind::Submitted, "", ActorKind::Portal));
    let by_policy = |kind| at_admission(HistoryEntry::by(kind, "policy", ActorKind::Policy));
    let decision = HistoryKind::of_decision(origin).map(by_policy);
    std::iter::once(submitted).chain(decision).collect()
}
