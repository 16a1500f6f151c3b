//! Leases, and what reviewers passed over.

use std::time::Duration;

use crate::domain::{CommentId, SiteName, Timestamp};
use crate::queue::{ClaimRequest, Claimed, QueueError, Renewed};

use super::reply::{ids, list, number, strange};
use super::scripts::{CLAIM, DEFER, DEFERRED, RELEASE, RENEW};
use super::store::Store;

impl Store {
    pub(super) async fn claim(&self, site: &SiteName, request: ClaimRequest) -> Result<Claimed, QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&CLAIM, &keys);
        call.args.push(&[request.claim_id.as_bytes()]);
        call.args.push(&[request.reviewer.as_bytes()]);
        call.args.number(millis(request.lease));
        for (id, version) in &request.candidates {
            keys.comment(&mut call.keys, id);
            call.args.push(&[id.as_str().as_bytes()]);
            call.args.number(*version);
        }
        let (expire_time, ids) = leased(self.change(call, self.deadline()).await?)?;
        Ok(Claimed { expire_time, ids })
    }

    pub(super) async fn renew(
        &self,
        site: &SiteName,
        claim_id: &str,
        ids: &[CommentId],
        lease: Duration,
    ) -> Result<Renewed, QueueError> {
        let mut call = self.call(&RENEW, &self.keys(site));
        call.args.push(&[claim_id.as_bytes()]);
        call.args.number(millis(lease));
        ids.iter().for_each(|id| call.args.push(&[id.as_str().as_bytes()]));
        let (expire_time, kept) = leased(self.change(call, self.deadline()).await?)?;
        let kept = ascending(kept);
        let lost = ids.iter().filter(|id| kept.binary_search(id).is_err()).cloned().collect();
        Ok(Renewed { expire_time, kept, lost: ascending(lost) })
    }

    pub(super) async fn release(
        &self,
        site: &SiteName,
        claim_id: &str,
        ids_asked: &[CommentId],
    ) -> Result<Vec<CommentId>, QueueError> {
        let mut call = self.call(&RELEASE, &self.keys(site));
        call.args.push(&[claim_id.as_bytes()]);
        ids_asked.iter().for_each(|id| call.args.push(&[id.as_str().as_bytes()]));
        Ok(ascending(ids(list(self.change(call, self.deadline()).await?)?)?))
    }

    pub(super) async fn defer(
        &self,
        site: &SiteName,
        reviewer: &str,
        id: &CommentId,
        span: Duration,
    ) -> Result<(), QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&DEFER, &keys);
        keys.deferred(&mut call.keys, reviewer);
        call.args.push(&[id.as_str().as_bytes()]);
        call.args.push(&[reviewer.as_bytes()]);
        call.args.number(millis(span));
        self.change(call, self.deadline()).await.map(drop)
    }

    pub(super) async fn deferred(
        &self,
        site: &SiteName,
        reviewer: &str,
    ) -> Result<Vec<CommentId>, QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&DEFERRED, &keys);
        keys.deferred(&mut call.keys, reviewer);
        Ok(ascending(ids(list(self.ask(call, self.deadline()).await?)?)?))
    }
}

/// When leases end, and the ids under them.
fn leased(reply: ::redis::Value) -> Result<(Timestamp, Vec<CommentId>), QueueError> {
    let mut replies = list(reply)?.into_iter();
    let end = replies.next().ok_or_else(|| strange("a lease"))?;
    Ok((Timestamp(number(&end)?), ids(replies)?))
}

fn ascending(mut ids: Vec<CommentId>) -> Vec<CommentId> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A span in whole milliseconds, at most a thousand years.
fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX).min(1000 * 366 * 24 * 60 * 60 * 1000)
}
