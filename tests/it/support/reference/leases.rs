//! Claims and what reviewers passed over.

use std::time::Duration;

use modqueue::domain::{Claim, CommentId};
use modqueue::queue::{ClaimRequest, Claimed, Renewed};

use super::site::Site;

impl Site {
    pub fn claim(&mut self, request: ClaimRequest) -> Claimed {
        let expire_time = self.now.plus(request.lease);
        let claim = Claim { claim_id: request.claim_id, reviewer: request.reviewer, expire_time };
        let mut ids = Vec::new();
        for (id, version) in request.candidates {
            let Some(comment) = self.comment(&id) else { continue };
            let free = comment
                .claim
                .is_none_or(|held| held.claim_id == claim.claim_id && held.reviewer == claim.reviewer);
            if free && comment.state.is_waiting() && comment.version == version {
                self.row(&id).comment.claim = Some(claim.clone());
                ids.push(id);
            }
        }
        Claimed { expire_time, ids }
    }

    /// The comments under a live lease of this name, ascending.
    fn held(&self, claim_id: &str) -> Vec<CommentId> {
        let seen = self.rows.values().map(|row| self.seen(&row.comment));
        seen.filter(|comment| comment.claim.as_ref().is_some_and(|claim| claim.claim_id == claim_id))
            .map(|comment| comment.id)
            .collect()
    }

    pub fn renew(&mut self, claim_id: &str, ids: &[CommentId], lease: Duration) -> Renewed {
        let expire_time = self.now.plus(lease);
        let held = self.held(claim_id);
        let mut lost: Vec<_> = ids.iter().filter(|id| !held.contains(id)).cloned().collect();
        lost.sort();
        let kept: Vec<_> = held.into_iter().filter(|id| ids.is_empty() || ids.contains(id)).collect();
        for id in &kept {
            self.row(id).comment.claim.as_mut().expect("it is held").expire_time = expire_time;
        }
        Renewed { expire_time, kept, lost }
    }

    pub fn release(&mut self, claim_id: &str, ids: &[CommentId]) -> Vec<CommentId> {
        let mut released = self.held(claim_id);
        released.retain(|id| ids.is_empty() || ids.contains(id));
        for id in &released {
            self.row(id).comment.claim = None;
        }
        released
    }

    pub fn defer(&mut self, reviewer: &str, id: &CommentId, span: Duration) {
        self.deferrals.insert((reviewer.into(), id.clone()), self.now.plus(span));
        if let Some(row) = self.rows.get_mut(id) {
            row.comment.claim.take_if(|claim| claim.reviewer == reviewer);
        }
    }

    pub fn deferred(&self, reviewer: &str) -> Vec<CommentId> {
        let live = self.deferrals.iter().filter(|((who, _), until)| who == reviewer && **until > self.now);
        live.map(|((_, id), _)| id.clone()).collect()
    }
}
