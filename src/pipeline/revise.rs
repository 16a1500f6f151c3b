//! An author's edit: judged anew, and put in the place of what was there.

use super::{Judged, Pipeline, ReviseError, evidence, state_after};
use crate::domain::{Comment, CommentId, Draft, SiteName, new_id};
use crate::filter::Prepared;
use crate::queue::{Refusal, Revision, tier};

impl Pipeline {
    /// Judges an author's edit and puts it in the place of what was there.
    ///
    /// # Errors
    /// Those of [`ReviseError`].
    pub async fn revise(
        &self,
        site: &SiteName,
        id: CommentId,
        expected: Option<u32>,
        draft: Draft,
        actor: String,
    ) -> Result<Comment, ReviseError> {
        let policy = self.policy(site).await?.ok_or_else(|| ReviseError::UnknownSite(site.clone()))?;
        let found = self.queue.get(site, std::slice::from_ref(&id)).await?.pop().flatten();
        let before = found.ok_or(ReviseError::Refused(Refusal::Missing))?;
        if let Some(field) = moved(&before.draft, &draft) {
            return Err(ReviseError::Moved(field));
        }
        let prepared = Prepared::new(&draft);
        let recalled = self.recall(site, &id, &prepared).await?;
        let fresh = evidence(recalled, vec![]);
        let Judged { verdict, fingerprints, .. } = self.judge(site, &policy, Some(&id), &prepared, &fresh);
        let revision = Revision {
            id,
            expected: expected.or(Some(before.version)),
            state: state_after(verdict.action),
            tier: tier(verdict.score, 0),
            draft: self.addresses.kept(&draft).into_owned(),
            verdict,
            fingerprints,
            actor,
            event_id: new_id(),
        };
        let revised = self.queue.revise(site, revision).await?;
        revised.map(|comment| *comment).map_err(ReviseError::Refused)
    }
}

fn moved(before: &Draft, after: &Draft) -> Option<&'static str> {
    if before.author.id != after.author.id {
        return Some("comment.author.id");
    }
    if before.thread.id != after.thread.id {
        return Some("comment.thread.id");
    }
    (before.parent_id != after.parent_id).then_some("comment.parent_id")
}
