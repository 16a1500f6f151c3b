//! A fresh store with its clock, and short forms of the calls that most cases make.

use std::sync::Arc;
use std::time::Duration;

use modqueue::domain::{
    AuthorRecord, Comment, CommentId, DecisionEvent, HistoryEntry, ManualClock, SiteName,
};
use modqueue::domain::{HistoryKind, State};
use modqueue::queue::{
    Admission, Admitted, ClaimRequest, Counts, Order, Outcome, Queue, Report, Reported, Ruling, Swept,
};

use super::backend::Place;
use super::samples::{id, query};

/// A store of one case's own. The short forms speak of the site `default` and expect an answer.
pub struct Store {
    pub queue: Arc<dyn Queue>,
    pub clock: ManualClock,
    pub site: SiteName,
    pub place: Place,
}

impl Store {
    /// Another handle on the same data, as another server would have it. The embedded store has one.
    pub async fn handle(&self) -> Arc<dyn Queue> {
        match &self.place {
            Place::Embedded(_) => self.queue.clone(),
            place => place.open(&self.clock).await,
        }
    }

    /// Closes the store and opens it again.
    pub async fn reopen(self) -> Self {
        let Self { queue, clock, site, place } = self;
        drop(queue);
        let queue = place.open(&clock).await;
        Self { queue, clock, site, place }
    }

    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    pub async fn admit(&self, admission: Admission) -> Admitted {
        self.queue.admit(&self.site, admission).await.expect("admit answers")
    }

    /// Takes in a comment that nothing stands against.
    pub async fn stored(&self, admission: Admission) -> Comment {
        match self.admit(admission).await {
            Admitted::Stored { comment, .. } => *comment,
            other => panic!("not stored: {other:?}"),
        }
    }

    /// Takes in several, one after the other.
    pub async fn stored_all(&self, admissions: impl IntoIterator<Item = Admission>) {
        for admission in admissions {
            self.stored(admission).await;
        }
    }

    /// The comment if there is one.
    pub async fn find(&self, name: &str) -> Option<Comment> {
        let found = self.queue.get(&self.site, &[id(name)]).await.expect("get answers");
        let [comment] = found.try_into().expect("one answer for one id");
        comment
    }

    /// The comment as it is now.
    pub async fn comment(&self, name: &str) -> Comment {
        self.find(name).await.unwrap_or_else(|| panic!("there is no comment {name}"))
    }

    pub async fn decide(&self, ruling: Ruling) -> Outcome {
        let outcomes = self.queue.decide(&self.site, vec![ruling]).await.expect("decide answers");
        let [outcome] = outcomes.try_into().expect("one outcome for one ruling");
        outcome
    }

    /// Decides where nothing stands against it.
    pub async fn decided(&self, ruling: Ruling) -> Comment {
        *self.decide(ruling).await.expect("the ruling passes")
    }

    /// What a claim won.
    pub async fn claim(&self, request: ClaimRequest) -> Vec<CommentId> {
        self.queue.claim(&self.site, request).await.expect("claim answers").ids
    }

    pub async fn report(&self, report: Report) -> Reported {
        self.queue.report(&self.site, report).await.expect("report answers")
    }

    /// Reports where the report counts.
    pub async fn reported(&self, report: Report) -> Comment {
        match self.report(report).await {
            Reported::Counted(comment) => *comment,
            other => panic!("not counted: {other:?}"),
        }
    }

    /// The whole feed, as one page.
    pub async fn events(&self) -> Vec<DecisionEvent> {
        self.queue.feed(&self.site, 0, 10_000).await.expect("feed answers").events
    }

    pub async fn history(&self, name: &str) -> Vec<HistoryEntry> {
        self.queue.history(&self.site, &id(name)).await.expect("history answers")
    }

    pub async fn history_kinds(&self, name: &str) -> Vec<HistoryKind> {
        self.history(name).await.into_iter().map(|entry| entry.kind).collect()
    }

    pub async fn author(&self, author_id: &str) -> AuthorRecord {
        self.queue.author(&self.site, author_id).await.expect("author answers")
    }

    /// Approvals and rejections of an author.
    pub async fn tally(&self, author_id: &str) -> (u32, u32) {
        let record = self.author(author_id).await;
        (record.approved, record.rejected)
    }

    pub async fn counts(&self) -> Counts {
        self.queue.counts(&self.site).await.expect("counts answers")
    }

    /// The ids of one page with everything of that state.
    pub async fn listed(&self, state: State, order: Order) -> Vec<CommentId> {
        let page = self.queue.page(&self.site, &query(state, order)).await.expect("page answers");
        page.comments.into_iter().map(|comment| comment.id).collect()
    }

    /// Sweeps what is older than `age` until nothing more is to be swept; the sums.
    pub async fn sweep(&self, age: Duration) -> Swept {
        use modqueue::domain::Clock as _;
        let before = self.clock.now().minus(age);
        let mut sum = Swept::default();
        for _ in 0..100 {
            let swept = self.queue.sweep(&self.site, before, before).await.expect("sweep answers");
            sum.comments += swept.comments;
            sum.events += swept.events;
            if !swept.more {
                return sum;
            }
        }
        panic!("a sweep that never ends: {sum:?}")
    }
}
