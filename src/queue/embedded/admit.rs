//! A comment comes in.

use super::batch::Batch;
use super::fault::Fault;
use super::feed::event;
use super::keys;
use super::limits::{Spent, Weighed};
use super::repeats::{Mark, marks};
use super::row::Row;
use super::sightings::Sightings;
use super::tables::{Readable, Tables};
use super::view::{Loaded, join_content};
use crate::domain::{AuthorRecord, Comment, CommentId, Decision, SiteName, State, Timestamp};
use crate::limit::Charge;
use crate::queue::hot::{Counted, Hot};
use crate::queue::record::{self, Content};
use crate::queue::{Admission, Admitted, Grounds, Probe, Recalled};

/// An admission with its records already encoded, which is done before the writer's turn.
pub struct Incoming {
    id: CommentId,
    content: Content,
    content_row: Vec<u8>,
    content_hash: u64,
    state: State,
    tier: u8,
    event: Option<Vec<u8>>,
    charges: Vec<Charge>,
    grounds: Option<Grounds>,
    waiting_cap: u64,
}

impl Incoming {
    /// Encodes what will be stored.
    pub fn new(admission: Admission) -> Self {
        let Admission { id, draft, verdict, state, tier, fingerprints, .. } = admission;
        let by_policy = |state| Decision::by_policy(state, Timestamp::default());
        let event = (!state.is_waiting()).then(|| event(admission.event_id, &id, &draft, by_policy(state)));
        let content_hash = draft.content_hash();
        let content = Content { draft, verdict, fingerprints };
        Self {
            content_row: join_content(&id, &record::encode_content(&content)),
            id,
            content,
            content_hash,
            state,
            tier,
            event,
            charges: admission.charges,
            grounds: admission.grounds,
            waiting_cap: admission.waiting_cap,
        }
    }

    fn is_stale(&self, author: &AuthorRecord, marks: &[Mark]) -> bool {
        self.grounds.as_ref().is_some_and(|grounds| {
            let crossed = |(mark, below): (&Mark, &u32)| mark.seen() >= *below && *below != u32::MAX;
            *author != grounds.author || marks.iter().zip(&grounds.seen_below).any(crossed)
        })
    }

    fn row(&self, ordinal: u64, now: Timestamp) -> Row {
        let hot = Hot {
            state: self.state,
            published: self.state == State::Approved,
            counted: Counted::Nothing,
            tier: self.tier,
            version: 1,
            create_time: now,
            update_time: now,
            report_count: 0,
            content_hash: self.content_hash,
        };
        Row { hot, ordinal, admitted_as: self.state, judged_as: self.state, judged_at: now }
    }

    fn into_comment(self, row: Row) -> Box<Comment> {
        Loaded { id: self.id, row, content: self.content, decided: None, claim: None }.into_comment()
    }
}

impl<B: Readable> Tables<B> {
    /// What is known about a draft.
    pub fn recall(
        &self,
        sightings: &Sightings,
        site: &SiteName,
        probe: &Probe,
        now: Timestamp,
    ) -> Result<Recalled, Fault> {
        let marks = marks(self, sightings, site, &probe.fingerprints, now)?;
        Ok(Recalled {
            now,
            known: self.heads.has(&keys::comment(site, &probe.id))?,
            author: self.author(site, &probe.author_id)?,
            seen: marks.iter().map(Mark::seen).collect(),
            policy_revision: self.site(site)?.policy_revision,
        })
    }
}

impl Batch<'_> {
    /// The id, the grounds, the cap and the limits, in this order; then everything is written.
    pub fn admit(&mut self, site: &SiteName, incoming: Incoming) -> Result<Admitted, Fault> {
        if let Some(row) = self.tables.head(site, &incoming.id)? {
            return self.repeated(site, &incoming, &row);
        }
        let author_id = &incoming.content.draft.author.id;
        let marks = self.marks(site, &incoming.content.fingerprints)?;
        if incoming.grounds.is_some() {
            let author = self.tables.author(site, author_id)?;
            if incoming.is_stale(&author, &marks) {
                // The second judgement should know of these too: it is not asked again.
                let held_by = self.engine.limits().held_by(site, &incoming.charges, self.now);
                return self.stale(site, &incoming, held_by);
            }
        }
        if incoming.state.is_waiting() && self.site(site)?.waiting() >= incoming.waiting_cap {
            return Ok(Admitted::Full);
        }
        let weighed = self.engine.limits().weigh(site, &incoming.charges, self.now);
        match weighed {
            Weighed::Limited { index, retry_after } => Ok(Admitted::Limited { index, retry_after }),
            Weighed::Passes { held_by, .. } if incoming.grounds.is_some() && !held_by.is_empty() => {
                self.stale(site, &incoming, held_by)
            }
            Weighed::Passes { shadow_hits, spent, .. } => {
                let comment = self.store(site, incoming, &marks, spent)?;
                let policy_revision = self.site(site)?.policy_revision;
                Ok(Admitted::Stored { comment, shadow_hits, policy_revision })
            }
        }
    }

    fn repeated(&mut self, site: &SiteName, incoming: &Incoming, row: &Row) -> Result<Admitted, Fault> {
        if row.hot.content_hash != incoming.content_hash {
            return Ok(Admitted::Taken);
        }
        let loaded = self.tables.load(site, &incoming.id, self.now)?;
        let loaded = loaded.ok_or_else(|| Fault::damaged("the store", "a comment vanished".into()))?;
        Ok(Admitted::Replayed(loaded.into_comment()))
    }

    fn stale(
        &mut self,
        site: &SiteName,
        incoming: &Incoming,
        held_by: Vec<usize>,
    ) -> Result<Admitted, Fault> {
        let probe = Probe {
            id: incoming.id.clone(),
            author_id: incoming.content.draft.author.id.clone(),
            fingerprints: incoming.content.fingerprints.clone(),
        };
        let mut recalled = self.tables.recall(&self.engine.sightings(), site, &probe, self.now)?;
        // A policy saved in this very batch is not in its table's row yet.
        recalled.policy_revision = self.site(site)?.policy_revision;
        Ok(Admitted::Stale { recalled, held_by })
    }

    fn store(
        &mut self,
        site: &SiteName,
        incoming: Incoming,
        marks: &[Mark],
        spent: Spent,
    ) -> Result<Box<Comment>, Fault> {
        let ordinal = self.next_ordinal()?;
        let row = incoming.row(ordinal, self.now);
        let id = &incoming.id;
        self.put_head(site, id, None, &row)?;
        self.tables.contents.insert(&keys::of_comment(ordinal)[..], incoming.content_row.as_slice())?;
        self.enter(site, &incoming.content.draft.author.id, self.now, id)?;
        self.count_repeats(site, (id, ordinal), &incoming.content.fingerprints, marks)?;
        if let Some(event) = &incoming.event {
            self.announce(site, &row.hot, None, event)?;
        }
        self.engine.limits().spend(spent);
        Ok(incoming.into_comment(row))
    }
}
