//! Suggested policies.

use ::redis::{Pipeline, Value};
use prost::Message;

use crate::domain::{CommentId, SiteName, Timestamp, new_id};
use crate::queue::{MAX_PROPOSALS, Proposal, ProposalDraft, QueueError};

use super::reply::{bytes, list, number, strange};
use super::scripts::PROPOSE;
use super::store::Store;
use super::stored::u64_at;

#[derive(Clone, PartialEq, Message)]
struct ProposalRow {
    #[prost(string, tag = "1")]
    source: String,
    #[prost(uint64, tag = "2")]
    base_revision: u64,
    #[prost(string, tag = "3")]
    comment: String,
    #[prost(string, tag = "4")]
    comment_id: String,
    #[prost(string, tag = "5")]
    proposer: String,
}

/// Bytes before a proposal's row: its time, the revision that settled it, the name of the call that made it.
const HEAD: usize = 8 + 8 + 26;

impl Store {
    pub(super) async fn propose_policy(
        &self,
        site: &SiteName,
        draft: ProposalDraft,
    ) -> Result<Proposal, QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&PROPOSE, &keys);
        call.keys.push(&[keys.proposals().as_bytes()]);
        call.args.push(&[new_id().as_bytes()]);
        call.args.number(MAX_PROPOSALS);
        call.args.push(&[&row(&draft).encode_to_vec()]);
        let replies = list(self.change(call, self.deadline()).await?)?;
        let [made, time] = replies.as_slice() else { return Err(strange("a proposal")) };
        Ok(Proposal {
            number: number(made)? as u64,
            draft,
            applied_revision: None,
            create_time: Timestamp(number(time)?),
        })
    }

    pub(super) async fn policy_proposals(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Proposal>, QueueError> {
        let (deadline, proposals) = (self.deadline(), self.keys(site).proposals());
        let mut newest = Pipeline::with_capacity(1);
        newest.cmd("HGET").arg(&proposals).arg("newest");
        let newest = self.read(&newest, deadline).await?.first().map_or(Ok(0), number)? as u64;
        let first = newest.min(before.saturating_sub(1));
        let last = newest.saturating_sub(MAX_PROPOSALS).max(first.saturating_sub(limit as u64));
        let numbers: Vec<u64> = (last + 1..=first).rev().collect();
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = Pipeline::with_capacity(1);
        found.cmd("HMGET").arg(&proposals).arg(&numbers);
        let rows = self.read(&found, deadline).await?.pop().map_or(Ok(Vec::new()), list)?;
        let kept = numbers.into_iter().zip(rows).filter(|(_, row)| *row != Value::Nil);
        kept.map(|(number, row)| proposal(number, row)).collect()
    }
}

fn row(draft: &ProposalDraft) -> ProposalRow {
    let ProposalDraft { source, base_revision, comment, comment_id, proposer } = draft.clone();
    let comment_id = comment_id.map(|id| id.as_str().to_owned()).unwrap_or_default();
    ProposalRow { source, base_revision, comment, comment_id, proposer }
}

fn proposal(number: u64, reply: Value) -> Result<Proposal, QueueError> {
    let packed = bytes(reply)?;
    let damaged = |detail: String| QueueError::Damaged { what: format!("proposal {number}"), detail };
    let (head, row) = packed.split_at_checked(HEAD).ok_or_else(|| damaged("it is too short".into()))?;
    let row = ProposalRow::decode(row).map_err(|error| damaged(error.to_string()))?;
    let comment_id = match row.comment_id.as_str() {
        "" => None,
        id => Some(CommentId::new(id).map_err(|error| damaged(error.to_string()))?),
    };
    Ok(Proposal {
        number,
        draft: ProposalDraft {
            source: row.source,
            base_revision: row.base_revision,
            comment: row.comment,
            comment_id,
            proposer: row.proposer,
        },
        applied_revision: Some(u64_at(head, 8)).filter(|revision| *revision > 0),
        create_time: Timestamp(u64_at(head, 0) as i64),
    })
}
