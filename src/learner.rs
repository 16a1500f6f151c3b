//! The learner: what moderators decide, folded into each site's model.
//!
//! It follows the decision feed with a cursor of its own. An event only says which comment to look at;
//! what the comment teaches is the moderator's decision that stands on it now (see [`crate::learn::fold`]), so an
//! undo takes back exactly what the decision taught, and what the policy decided teaches nothing. Model, cursor and
//! lessons are stored in one step that refuses when another server's learner was there first: each event
//! is learned from once, whichever server does it and whenever one stops.
//!
//! Architecture invariant: nothing here is on the way of a submission, and nothing depends on a clock.

use std::sync::Arc;

use crate::domain::{ActorKind, Comment, CommentId, DecisionEvent, Draft, SiteName, State};
use crate::learn::fold::Settled;
use crate::learn::packing::{PackingError, pack, pack_cells};
use crate::learn::{Class, Fold, Kept, Model, Models, Prior, Snapshot};
use crate::queue::{FeedPage, MAX_BATCH, ModelChange, Queue, QueueError, StoredModel, Teaching};

/// Events looked through in one round; most of a busy site's are the policy's own.
const PAGE: usize = 1_000;
/// Changes after which the model is stored whole again: as many bytes as the changes, or fewer.
const WHOLE_EVERY: u64 = 256;

/// Learns for all sites of one queue. Any number of them may, on any number of servers.
#[derive(Clone)]
pub struct Learner {
    queue: Arc<dyn Queue>,
    models: Arc<Models>,
    prior: Arc<Prior>,
}

/// How far a site's model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// The model's revision.
    pub revision: u64,
    /// Lessons that stand; `None` when the model is not loaded here.
    pub lessons: Option<u32>,
    /// Events that nobody has looked at yet.
    pub behind: u64,
}

/// Why a site's model cannot be brought up to date.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LearnError {
    /// The stored model cannot be used here; comments are judged by the prior, and their verdicts say so.
    #[error(
        "revision {revision} of the model cannot be used: {reason}; run one version of modqueue everywhere"
    )]
    Unusable {
        /// Which.
        revision: u64,
        /// Why.
        reason: PackingError,
    },
    /// The store failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// A comment that an event spoke of.
struct Case {
    id: CommentId,
    draft: Draft,
    class: Option<Class>,
    kept: Option<Kept>,
}

/// What came of folding cases into a model.
#[derive(Default)]
struct Folded {
    /// The new model, and the packed changes that led to it; `None` when nothing was learned.
    changed: Option<(Model, Vec<u8>)>,
    lessons: Vec<(CommentId, Option<Vec<u8>>)>,
}

impl Learner {
    /// Learns from `queue` and puts the models in force in `models`.
    pub fn new(queue: Arc<dyn Queue>, models: Arc<Models>) -> Self {
        Self { queue, models, prior: Arc::clone(Prior::shared()) }
    }

    /// Brings the newest model of a site in force here, and learns nothing.
    ///
    /// # Errors
    /// Those of [`LearnError`].
    pub async fn load(&self, site: &SiteName) -> Result<Progress, LearnError> {
        let (stored, snapshot) = self.look(site).await?;
        Ok(progress(&stored, snapshot.as_deref()))
    }

    /// The same, then learns from the next events, a bounded number of them.
    ///
    /// # Errors
    /// Those of [`LearnError`]. The events are learned from later.
    pub async fn round(&self, site: &SiteName) -> Result<Progress, LearnError> {
        let (stored, snapshot) = match self.look(site).await {
            Err(LearnError::Unusable { reason, .. }) if is_outdated(&reason) => {
                self.start_anew(site).await?;
                self.look(site).await?
            }
            looked => looked?,
        };
        if stored.cursor >= stored.newest_event {
            return Ok(progress(&stored, snapshot.as_deref()));
        }
        let (stored, snapshot) = match snapshot {
            Some(snapshot) => (stored, snapshot),
            None => self.fetch(site, Snapshot::untaught()).await?,
        };
        self.learn(site, &stored, &snapshot).await
    }

    /// The stored numbers and, when it is loaded or there is room for it, the model.
    async fn look(&self, site: &SiteName) -> Result<(StoredModel, Option<Arc<Snapshot>>), LearnError> {
        if !self.models.has_room(site) {
            return Ok((self.queue.model(site, None).await?, None));
        }
        let loaded = self.models.loaded(site);
        match self.fetch(site, loaded.as_ref().unwrap_or(Snapshot::untaught())).await {
            Ok((stored, snapshot)) => {
                if loaded.is_none_or(|loaded| !Arc::ptr_eq(&loaded, &snapshot)) {
                    self.models.put(site, Arc::clone(&snapshot));
                }
                Ok((stored, Some(snapshot)))
            }
            Err(error) => {
                if matches!(error, LearnError::Unusable { .. }) {
                    self.models.remove(site);
                }
                Err(error)
            }
        }
    }

    /// The stored model for one who has `loaded`.
    async fn fetch(
        &self,
        site: &SiteName,
        loaded: &Arc<Snapshot>,
    ) -> Result<(StoredModel, Arc<Snapshot>), LearnError> {
        let (mut stored, mut base) = (self.queue.model(site, Some(loaded.revision())).await?, loaded);
        if base.revision() > 0 && base.generation() != stored.generation {
            base = Snapshot::untaught();
            stored = self.queue.model(site, Some(0)).await?;
        }
        let (whole, changes) = (stored.whole.take(), std::mem::take(&mut stored.changes));
        if stored.revision == 0 {
            return Ok((stored, Arc::clone(Snapshot::untaught())));
        }
        if whole.is_none() && changes.is_empty() {
            return Ok((stored, Arc::clone(base)));
        }
        let (generation, revision) = (stored.generation, stored.revision);
        let advanced = base.advanced(generation, revision, whole.as_deref(), &changes);
        let snapshot = advanced.map_err(|reason| LearnError::Unusable { revision, reason })?;
        Ok((stored, Arc::new(snapshot)))
    }

    /// Puts an empty model in the place of one that was learned with older features, and begins with the
    /// oldest event that is kept. The lessons of the older version mean nothing any more.
    async fn start_anew(&self, site: &SiteName) -> Result<(), LearnError> {
        let stored = self.queue.model(site, None).await?;
        let oldest = self.queue.feed(site, 0, 1).await?.oldest;
        tracing::info!(%site, revision = stored.revision, "the model was learned with older features; learning anew");
        let teaching = Teaching {
            revision: stored.revision,
            cursor: stored.cursor,
            learned_to: oldest.saturating_sub(1),
            change: ModelChange::Whole(pack(Vec::new())),
            lessons: Vec::new(),
        };
        self.queue.teach(site, teaching).await?;
        Ok(())
    }

    async fn learn(
        &self,
        site: &SiteName,
        stored: &StoredModel,
        snapshot: &Snapshot,
    ) -> Result<Progress, LearnError> {
        let page = self.queue.feed(site, stored.cursor, PAGE).await?;
        if page.oldest > stored.cursor + 1 {
            tracing::warn!(%site, after = stored.cursor, "events were removed before they were learned from; going on from the oldest");
        }
        let (ids, learned_to) = to_look_at(&page);
        let cases = self.cases(site, ids).await?;
        let Folded { changed, lessons } = self.fold(snapshot, cases).await;
        let (model, changes) = changed.unzip();
        let change = match (&model, changes) {
            (Some(model), Some(changes)) => change(stored, model, changes),
            _ => ModelChange::Nothing,
        };
        let StoredModel { revision, cursor, .. } = *stored;
        if !self.queue.teach(site, Teaching { revision, cursor, learned_to, change, lessons }).await? {
            // Another server's learner was faster; the next look brings what it learned.
            return Ok(progress(stored, Some(snapshot)));
        }
        let mut progress = progress(stored, Some(snapshot));
        progress.behind = page.newest.saturating_sub(learned_to);
        if let Some(model) = model {
            progress.revision = revision + 1;
            progress.lessons = Some(model.standing());
            self.put(site, Snapshot::new(stored.generation, progress.revision, model));
        }
        Ok(progress)
    }

    fn put(&self, site: &SiteName, snapshot: Snapshot) {
        if self.models.has_room(site) {
            self.models.put(site, Arc::new(snapshot));
        }
    }

    /// The comments with these ids, and what is kept of what they taught. Those that cannot be read teach nothing.
    async fn cases(&self, site: &SiteName, ids: Vec<CommentId>) -> Result<Vec<Case>, QueueError> {
        let comments = self.comments(site, &ids).await?;
        let lessons = self.queue.lessons(site, &ids).await?;
        let mut cases = Vec::new();
        for (comment, lesson) in comments.into_iter().zip(lessons) {
            let Some(comment) = comment.filter(|comment| comment.state != State::Withdrawn) else { continue };
            let kept = lesson.as_deref().and_then(Kept::from_bytes);
            if lesson.is_some() && kept.is_none() {
                tracing::error!(%site, comment = %comment.id, "what this comment taught cannot be read; it stays learned");
            }
            let class = taught_by(&comment);
            cases.push(Case { id: comment.id, draft: comment.draft, class, kept });
        }
        Ok(cases)
    }

    async fn comments(&self, site: &SiteName, ids: &[CommentId]) -> Result<Vec<Option<Comment>>, QueueError> {
        match self.queue.get(site, ids).await {
            Err(QueueError::Damaged { .. }) => {}
            found => return found,
        }
        let mut comments = Vec::with_capacity(ids.len());
        for id in ids {
            match self.queue.get(site, std::slice::from_ref(id)).await {
                Ok(mut found) => comments.push(found.pop().flatten()),
                Err(QueueError::Damaged { what, detail }) => {
                    tracing::error!(%site, what, detail, "a record cannot be read; it teaches nothing");
                    comments.push(None);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(comments)
    }

    /// Folds cases into a model, away from the runtime's thread: a full round takes some ten milliseconds.
    async fn fold(&self, snapshot: &Snapshot, cases: Vec<Case>) -> Folded {
        if cases.is_empty() {
            return Folded::default();
        }
        let (prior, model) = (Arc::clone(&self.prior), snapshot.model().clone());
        let folding = tokio::task::spawn_blocking(move || fold(prior, model, cases));
        folding.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
    }
}

fn fold(prior: Arc<Prior>, model: Model, cases: Vec<Case>) -> Folded {
    let mut fold = Fold::new(prior, model);
    let mut lessons = Vec::new();
    for Case { id, draft, class, kept } in cases {
        match fold.settle(&draft, class, kept) {
            Settled::Unchanged => {}
            Settled::Keep(lesson) => lessons.push((id, Some(lesson.to_bytes()))),
            Settled::Forget => lessons.push((id, None)),
        }
    }
    let (model, changes) = fold.finish();
    Folded { changed: changes.map(|changes| (model, changes)), lessons }
}

/// What the moderator's decision that stands on a comment teaches.
fn taught_by(comment: &Comment) -> Option<Class> {
    let decision =
        comment.decision.as_ref().filter(|decision| decision.actor_kind == ActorKind::Moderator)?;
    match decision.state {
        State::Approved => Class::of_decision(true, &decision.reason),
        State::Rejected => Class::of_decision(false, &decision.reason),
        State::Pending | State::Escalated | State::Withdrawn => None,
    }
}

/// The comments to look at, in the order of their first event, and the last event that this covers.
fn to_look_at(page: &FeedPage) -> (Vec<CommentId>, u64) {
    let mut ids: Vec<CommentId> = Vec::new();
    let mut covered = page.events.first().map_or(page.newest, |event| event.sequence - 1);
    for event in &page.events {
        if may_teach(event) && !ids.contains(&event.comment_id) {
            if ids.len() == MAX_BATCH {
                break;
            }
            ids.push(event.comment_id.clone());
        }
        covered = event.sequence;
    }
    (ids, covered)
}

/// Whether an event can have changed what stands on its comment: not when the policy decided upon a new one.
fn may_teach(event: &DecisionEvent) -> bool {
    event.decision.actor_kind != ActorKind::Policy || event.previous_state.is_some()
}

fn change(stored: &StoredModel, model: &Model, changes: Vec<u8>) -> ModelChange {
    if stored.revision - stored.whole_revision < WHOLE_EVERY {
        ModelChange::Added(changes)
    } else {
        ModelChange::Whole(pack_cells(model.cells()))
    }
}

fn is_outdated(reason: &PackingError) -> bool {
    matches!(reason, PackingError::Version { found } if *found < crate::learn::features::VERSION)
}

fn progress(stored: &StoredModel, snapshot: Option<&Snapshot>) -> Progress {
    Progress {
        revision: stored.revision,
        lessons: snapshot.map(|snapshot| snapshot.model().standing()),
        behind: stored.newest_event.saturating_sub(stored.cursor),
    }
}
