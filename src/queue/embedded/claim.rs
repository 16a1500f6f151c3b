//! Leases on comments, and comments that a reviewer passed over.

use std::time::Duration;

use super::batch::Batch;
use super::fault::Fault;
use super::keys;
use super::row;
use super::tables::{Readable, Tables};
use crate::domain::{Claim, CommentId, SiteName, Timestamp};
use crate::queue::{ClaimRequest, Claimed, MAX_BATCH, Renewed};

/// Leases that are over and that one claim removes at most: more than it can add, so that they
/// never pile up.
const CLEARED: usize = 2 * MAX_BATCH;

impl<B: Readable> Tables<B> {
    /// Every lease of a site that is kept, live or over, in the order of ids.
    fn leases(&self, site: &SiteName) -> Result<Vec<(CommentId, Claim)>, Fault> {
        let range = keys::starting_with(&keys::of_site(site));
        let mut leases = Vec::new();
        for stored in self.leases.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())? {
            let (key, value) = stored?;
            let id = id_at(key.value(), range.start.len())?;
            let claim = row::decode_lease(value.value())
                .map_err(|detail| Fault::damaged(format_args!("the lease on comment {id}"), detail))?;
            leases.push((id, claim));
        }
        Ok(leases)
    }

    /// How many comments are under a live lease.
    pub fn claimed(&self, site: &SiteName, now: Timestamp) -> Result<u64, Fault> {
        Ok(self.leases(site)?.iter().filter(|(_, claim)| claim.expire_time > now).count() as u64)
    }

    /// What a reviewer deferred and is not over.
    pub fn deferred(&self, site: &SiteName, reviewer: &str, now: Timestamp) -> Result<Vec<CommentId>, Fault> {
        let range = keys::starting_with(&keys::deferred_by(site, reviewer));
        let mut ids = Vec::new();
        for stored in self.deferrals.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())? {
            let (key, value) = stored?;
            if row::decode_time(value.value()).is_ok_and(|until| until > now) {
                ids.push(id_at(key.value(), range.start.len())?);
            }
        }
        Ok(ids)
    }
}

impl Batch<'_> {
    /// Leases the candidates that are still free at the version seen.
    pub fn claim(&mut self, site: &SiteName, request: ClaimRequest) -> Result<Claimed, Fault> {
        let claim = Claim {
            claim_id: request.claim_id,
            reviewer: request.reviewer,
            expire_time: self.now.plus(request.lease),
        };
        let over = self.leases_that_are_over(site)?;
        let mut ids: Vec<CommentId> = Vec::new();
        for (id, version) in request.candidates {
            if !ids.contains(&id) && self.is_free(site, &id, version, &claim)? {
                ids.push(id);
            }
        }
        over.iter().try_for_each(|id| self.end_claim(site, id))?;
        ids.iter().try_for_each(|id| self.put_lease(site, id, &claim))?;
        Ok(Claimed { expire_time: claim.expire_time, ids })
    }

    /// Sets a new end for what is still held.
    pub fn renew(
        &mut self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
        lease: Duration,
    ) -> Result<Renewed, Fault> {
        let expire_time = self.now.plus(lease);
        let held = self.held(site, claim_id, ids)?;
        let mut lost: Vec<_> =
            ids.iter().filter(|id| held.iter().all(|(kept, _)| kept != *id)).cloned().collect();
        lost.sort();
        lost.dedup();
        let mut kept = Vec::with_capacity(held.len());
        for (id, claim) in held {
            self.put_lease(site, &id, &Claim { expire_time, ..claim })?;
            kept.push(id);
        }
        Ok(Renewed { expire_time, kept, lost })
    }

    /// Ends leases early.
    pub fn release(
        &mut self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
    ) -> Result<Vec<CommentId>, Fault> {
        let held = self.held(site, claim_id, ids)?;
        for (id, _) in &held {
            self.touch(site)?;
            self.end_claim(site, id)?;
        }
        Ok(held.into_iter().map(|(id, _)| id).collect())
    }

    /// Keeps a comment from being offered to a reviewer for a while.
    pub fn defer(
        &mut self,
        site: &SiteName,
        reviewer: &str,
        id: &CommentId,
        span: Duration,
    ) -> Result<(), Fault> {
        let lease = self.tables.lease(site, id)?;
        self.touch(site)?;
        let until = row::encode_time(self.now.plus(span));
        self.tables.deferrals.insert(keys::deferral(site, reviewer, id).as_slice(), &until[..])?;
        if lease.is_some_and(|claim| claim.reviewer == reviewer) {
            self.end_claim(site, id)?;
        }
        Ok(())
    }

    /// Removes the lease on a comment, live or over.
    pub fn end_claim(&mut self, site: &SiteName, id: &CommentId) -> Result<(), Fault> {
        self.tables.leases.remove(keys::comment(site, id).as_slice())?;
        Ok(())
    }

    /// Leases of a site that ended by themselves, a bounded number.
    pub fn leases_that_are_over(&self, site: &SiteName) -> Result<Vec<CommentId>, Fault> {
        let over = self.tables.leases(site)?.into_iter().filter(|(_, claim)| claim.expire_time <= self.now);
        Ok(over.take(CLEARED).map(|(id, _)| id).collect())
    }

    fn is_free(&self, site: &SiteName, id: &CommentId, version: u32, claim: &Claim) -> Result<bool, Fault> {
        let Some(row) = self.tables.head(site, id)? else { return Ok(false) };
        if !row.hot.state.is_waiting() || row.hot.version != version {
            return Ok(false);
        }
        let other = self.tables.lease(site, id)?.filter(|held| held.expire_time > self.now);
        Ok(other.is_none_or(|held| held.claim_id == claim.claim_id && held.reviewer == claim.reviewer))
    }

    /// The live leases of this name, in the order of ids: all, or those among `ids`.
    fn held(
        &self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
    ) -> Result<Vec<(CommentId, Claim)>, Fault> {
        let mut leases = self.tables.leases(site)?;
        leases.retain(|(id, claim)| {
            claim.claim_id == claim_id && claim.expire_time > self.now && (ids.is_empty() || ids.contains(id))
        });
        Ok(leases)
    }

    fn put_lease(&mut self, site: &SiteName, id: &CommentId, claim: &Claim) -> Result<(), Fault> {
        self.touch(site)?;
        self.tables.leases.insert(keys::comment(site, id).as_slice(), row::encode_lease(claim).as_slice())?;
        Ok(())
    }
}

/// The id that a key ends with.
pub fn id_at(key: &[u8], at: usize) -> Result<CommentId, Fault> {
    let id = key.get(at..).and_then(|id| std::str::from_utf8(id).ok()).unwrap_or_default();
    CommentId::new(id).map_err(|error| Fault::damaged("a key", error.to_string()))
}
