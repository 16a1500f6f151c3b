//! A site's policies, and what it knows of authors.

use super::batch::Batch;
use super::fault::Fault;
use super::keys;
use super::row;
use super::tables::{Readable, Tables};
use crate::domain::{AuthorRecord, SiteName, Standing};
use crate::queue::{PolicyDraft, PolicyRecord};

impl<B: Readable> Tables<B> {
    /// The policy in force.
    pub fn policy(&self, site: &SiteName) -> Result<Option<PolicyRecord>, Fault> {
        Ok(self.policy_revisions(site, u64::MAX, 1)?.pop())
    }

    /// Revisions below `before`, newest first.
    pub fn policy_revisions(
        &self,
        site: &SiteName,
        before: u64,
        limit: usize,
    ) -> Result<Vec<PolicyRecord>, Fault> {
        let (start, end) = (keys::of_site(site), keys::numbered(site, before));
        let mut records = Vec::new();
        for stored in self.policies.range::<&[u8]>(start.as_slice()..end.as_slice())?.rev().take(limit) {
            let (key, value) = stored?;
            let revision = key.value().last_chunk().map_or(0, |number| u64::from_be_bytes(*number));
            let record = row::decode_policy(revision, value.value())
                .map_err(|detail| Fault::damaged(format_args!("policy {revision} of {site}"), detail))?;
            records.push(record);
        }
        Ok(records)
    }
}

impl Batch<'_> {
    /// Saves the revision after `expected`.
    pub fn save_policy(
        &mut self,
        site: &SiteName,
        expected: u64,
        draft: PolicyDraft,
    ) -> Result<Option<PolicyRecord>, Fault> {
        if self.site(site)?.policy_revision != expected {
            return Ok(None);
        }
        let record = PolicyRecord { revision: expected + 1, draft, create_time: self.now };
        self.touch(site)?.policy_revision = record.revision;
        let key = keys::numbered(site, record.revision);
        self.tables.policies.insert(key.as_slice(), row::encode_policy(&record).as_slice())?;
        Ok(Some(record))
    }

    /// Sets an author's standing.
    pub fn set_standing(
        &mut self,
        site: &SiteName,
        author_id: &str,
        standing: Standing,
    ) -> Result<AuthorRecord, Fault> {
        let record = self.tables.author(site, author_id)?;
        let record = AuthorRecord { standing, version: record.version.saturating_add(1), ..record };
        self.put_author(site, author_id, &record)?;
        Ok(record)
    }

    /// Writes an author's record.
    pub fn put_author(
        &mut self,
        site: &SiteName,
        author_id: &str,
        record: &AuthorRecord,
    ) -> Result<(), Fault> {
        self.touch(site)?;
        let key = keys::author(site, author_id);
        self.tables.authors.insert(key.as_slice(), row::encode_author(record).as_slice())?;
        Ok(())
    }
}
