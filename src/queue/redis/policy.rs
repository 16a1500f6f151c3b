//! Policies and what admins say of authors.

use ::redis::{Pipeline, Value};
use prost::Message;

use crate::domain::{AuthorRecord, SiteName, Standing, Timestamp, new_id};
use crate::queue::{PolicyDraft, PolicyRecord, QueueError, Settled};

use super::reply::{bytes, list, number, strange};
use super::scripts::{SAVE_POLICY, SET_STANDING};
use super::store::Store;
use super::stored::{author, standing_code, u64_at};
use super::words::Words;

#[derive(Clone, PartialEq, Message)]
struct PolicyRow {
    #[prost(string, tag = "1")]
    source: String,
    #[prost(string, tag = "2")]
    author: String,
    #[prost(string, tag = "3")]
    comment: String,
}

impl Store {
    pub(super) async fn policy(&self, site: &SiteName) -> Result<Option<PolicyRecord>, QueueError> {
        Ok(self.policy_revisions(site, u64::MAX, 1).await?.pop())
    }

    pub(super) async fn save_policy(
        &self,
        site: &SiteName,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Option<PolicyRecord>, QueueError> {
        match self.save_and_settle(site, 0, expected, draft).await? {
            Settled::Saved(record) => Ok(Some(record)),
            Settled::Conflict => Ok(None),
            Settled::NotOpen => Err(strange("a policy that settles nothing")),
        }
    }

    pub(super) async fn settle_proposal(
        &self,
        site: &SiteName,
        number: u64,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Settled, QueueError> {
        // 0 is how the script is told that nothing is settled.
        if number == 0 {
            return Ok(Settled::NotOpen);
        }
        self.save_and_settle(site, number, expected, draft).await
    }

    async fn save_and_settle(
        &self,
        site: &SiteName,
        proposal: u64,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Settled, QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&SAVE_POLICY, &keys);
        call.keys.push(&[keys.proposals().as_bytes()]);
        call.args.number(expected);
        call.args.push(&[new_id().as_bytes()]);
        let PolicyDraft { source, author, comment } = draft.clone();
        call.args.push(&[&PolicyRow { source, author, comment }.encode_to_vec()]);
        call.args.number(proposal);
        let replies = list(self.change(call, self.deadline()).await?)?;
        Ok(match replies.first().map(number).transpose()? {
            None => Settled::Conflict,
            Some(-1) => Settled::NotOpen,
            Some(time) => {
                Settled::Saved(PolicyRecord { revision: expected + 1, draft, create_time: Timestamp(time) })
            }
        })
    }

    pub(super) async fn policy_revisions(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<PolicyRecord>, QueueError> {
        let (deadline, policies) = (self.deadline(), self.keys(site).policies());
        let mut length = Pipeline::with_capacity(1);
        length.cmd("LLEN").arg(&policies);
        let newest = self.read(&length, deadline).await?.first().map_or(Ok(0), number)? as u64;
        let end = before.saturating_sub(1).min(newest);
        let start = end.saturating_sub(limit as u64);
        if start == end {
            return Ok(Vec::new());
        }
        let mut range = Pipeline::with_capacity(1);
        range.cmd("LRANGE").arg(&policies).arg(start).arg(end - 1);
        let rows = self.read(&range, deadline).await?.pop().map_or(Ok(Vec::new()), list)?;
        let numbered = rows.into_iter().zip(start + 1..);
        let mut records =
            numbered.map(|(row, revision)| record(revision, row)).collect::<Result<Vec<_>, _>>()?;
        records.reverse();
        Ok(records)
    }

    pub(super) async fn author(&self, site: &SiteName, author_id: &str) -> Result<AuthorRecord, QueueError> {
        let mut key = Words::default();
        self.keys(site).author(&mut key, author_id);
        let mut get = Pipeline::with_capacity(1);
        get.cmd("GET").arg(key.iter().collect::<Vec<_>>());
        let reply = self.read(&get, self.deadline()).await?.pop().ok_or_else(|| strange("an author"))?;
        author(&bytes(reply)?)
    }

    pub(super) async fn set_standing(
        &self,
        site: &SiteName,
        author_id: &str,
        standing: Standing,
    ) -> Result<AuthorRecord, QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&SET_STANDING, &keys);
        keys.author(&mut call.keys, author_id);
        call.args.number(standing_code(standing));
        author(&bytes(self.change(call, self.deadline()).await?)?)
    }
}

/// Bytes before a revision's row: its time and the name of the call that saved it.
const HEAD: usize = 8 + 26;

fn record(revision: u64, reply: Value) -> Result<PolicyRecord, QueueError> {
    let packed = bytes(reply)?;
    let damaged = |detail: &str| QueueError::Damaged {
        what: format!("policy revision {revision}"),
        detail: detail.into(),
    };
    let (time, row) = packed.split_at_checked(HEAD).ok_or_else(|| damaged("it is too short"))?;
    let PolicyRow { source, author, comment } =
        PolicyRow::decode(row).map_err(|error| damaged(&error.to_string()))?;
    let create_time = Timestamp(u64_at(time, 0) as i64);
    Ok(PolicyRecord { revision, draft: PolicyDraft { source, author, comment }, create_time })
}
