//! Suggested policies.

use super::batch::Batch;
use super::fault::Fault;
use super::keys;
use super::row;
use super::tables::{Readable, Tables};
use crate::domain::SiteName;
use crate::queue::{MAX_PROPOSALS, PolicyDraft, Proposal, ProposalDraft, Settled};

impl<B: Readable> Tables<B> {
    /// Proposals below `before`, newest first.
    pub fn policy_proposals(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Proposal>, Fault> {
        let (start, end) = (keys::of_site(site), keys::numbered(site, before));
        let kept = self.proposals.range::<&[u8]>(start.as_slice()..end.as_slice())?.rev().take(limit);
        let mut proposals = Vec::new();
        for stored in kept {
            let (key, value) = stored?;
            let number = key.value().last_chunk().map_or(0, |number| u64::from_be_bytes(*number));
            let proposal = row::decode_proposal(number, value.value())
                .map_err(|detail| Fault::damaged(format_args!("proposal {number} of {site}"), detail))?;
            proposals.push(proposal);
        }
        Ok(proposals)
    }
}

impl Batch<'_> {
    /// Writes a suggestion down; the oldest makes way when too many are kept.
    pub fn propose_policy(&mut self, site: &SiteName, draft: ProposalDraft) -> Result<Proposal, Fault> {
        let newest = self.tables.policy_proposals(site, u64::MAX, 1)?.pop();
        let number = newest.map_or(1, |newest| newest.number + 1);
        let proposal = Proposal { number, draft, applied_revision: None, create_time: self.now };
        self.put_proposal(site, &proposal)?;
        if let Some(oldest) = number.checked_sub(MAX_PROPOSALS) {
            self.tables.proposals.remove(keys::numbered(site, oldest).as_slice())?;
        }
        Ok(proposal)
    }

    /// Saves the revision after `expected` and settles an open proposal with it.
    pub fn settle_proposal(
        &mut self,
        site: &SiteName,
        number: u64,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Settled, Fault> {
        if self.site(site)?.policy_revision != expected {
            return Ok(Settled::Conflict);
        }
        let found = self.tables.policy_proposals(site, number.saturating_add(1), 1)?.pop();
        let open = found.filter(|found| found.number == number && found.applied_revision.is_none());
        let Some(mut proposal) = open else { return Ok(Settled::NotOpen) };
        let Some(record) = self.save_policy(site, expected, draft)? else { return Ok(Settled::Conflict) };
        proposal.applied_revision = Some(record.revision);
        self.put_proposal(site, &proposal)?;
        Ok(Settled::Saved(record))
    }

    fn put_proposal(&mut self, site: &SiteName, proposal: &Proposal) -> Result<(), Fault> {
        self.touch(site)?;
        let key = keys::numbered(site, proposal.number);
        self.tables.proposals.insert(key.as_slice(), row::encode_proposal(proposal).as_slice())?;
        Ok(())
    }
}
