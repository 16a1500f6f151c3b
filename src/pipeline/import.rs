//! History of another system comes in: it is judged by the policy in force, so that its findings tell what this
//! policy would have seen in it, and then put where it stood, whatever the verdict.
//!
//! Nobody learns from it. The learner folds the decision feed and looks at each event exactly once; an import writes
//! no events, or every portal would have to hear of decisions that it made years ago. Who wants a filter that knows
//! the past makes a prior of it.

use std::collections::{BTreeSet, HashMap};

use futures_util::future::try_join_all;

use super::{Pipeline, SubmitError};
use crate::domain::{AuthorRecord, CommentId, Decision, Draft, Evidence, SiteName, State, Timestamp};
use crate::filter::Prepared;
use crate::policy::Policy;
use crate::queue::{Import, Imported, QueueError, tier};

/// A comment of another system's history.
#[derive(Debug, Clone)]
pub struct PastComment {
    /// Its id, which makes the import safe to repeat.
    pub id: CommentId,
    /// What the reader wrote.
    pub draft: Draft,
    /// Where it stood.
    pub state: State,
    /// The moderator's decision that led there.
    pub decision: Option<Decision>,
    /// When it was written.
    pub create_time: Timestamp,
}

/// True when a comment was brought in, false when it was here already.
pub type BroughtIn = Result<bool, SubmitError>;

impl Pipeline {
    /// Brings comments in, at most [`crate::queue::MAX_BATCH`], each all or nothing for itself; answers in their order.
    ///
    /// # Errors
    /// The store's, and a site that is not served here. Some may have been brought in; the same again is safe.
    pub async fn import(
        &self,
        site: &SiteName,
        comments: Vec<PastComment>,
        actor: &str,
    ) -> Result<Vec<BroughtIn>, SubmitError> {
        let policy = self.policy(site).await?.ok_or_else(|| SubmitError::UnknownSite(site.clone()))?;
        let authors = self.authors(site, &comments).await?;
        let ids: Vec<CommentId> = comments.iter().map(|comment| comment.id.clone()).collect();
        let imports = comments.into_iter().map(|comment| {
            let author = authors.get(&comment.draft.author.id).cloned().unwrap_or_default();
            self.judge_past(site, &policy, comment, author, actor)
        });
        let cap = policy.waiting_cap();
        let imported = self.queue.import(site, cap, imports.collect()).await?;
        let told = |(imported, id)| match imported {
            Imported::Stored => Ok(true),
            Imported::Here => Ok(false),
            Imported::Taken => Err(SubmitError::Taken(id)),
            Imported::Full => Err(SubmitError::Full { cap }),
        };
        Ok(imported.into_iter().zip(ids).map(told).collect())
    }

    /// What the site knows of their authors by now.
    async fn authors(
        &self,
        site: &SiteName,
        comments: &[PastComment],
    ) -> Result<HashMap<String, AuthorRecord>, QueueError> {
        let ids: BTreeSet<&str> = comments.iter().map(|comment| comment.draft.author.id.as_str()).collect();
        let known = ids.into_iter().filter(|id| !id.is_empty());
        let records = known.map(|id| async move { Ok((id.to_owned(), self.queue.author(site, id).await?)) });
        Ok(try_join_all(records).await?.into_iter().collect())
    }

    fn judge_past(
        &self,
        site: &SiteName,
        policy: &Policy,
        comment: PastComment,
        author: AuthorRecord,
        actor: &str,
    ) -> Import {
        let PastComment { id, draft, state, decision, create_time } = comment;
        let evidence = Evidence { now: create_time, author, seen: Vec::new(), limits_exceeded: Vec::new() };
        let verdict = self.judge(site, policy, None, &Prepared::new(&draft), &evidence).verdict;
        let draft = self.addresses.kept(&draft).into_owned();
        let (tier, actor) = (tier(verdict.score, 0), actor.to_owned());
        Import { id, draft, verdict, state, tier, decision, create_time, actor }
    }
}
