//! Moderators decide, and take it back.

use super::batch::{Batch, next_part};
use super::fault::Fault;
use super::feed::event;
use super::keys;
use super::tables::{Readable, Tables};
use super::view::Loaded;
use crate::domain::{ActorKind, Claim, CommentId, Decision, HistoryEntry, HistoryKind, SiteName, State};
use crate::queue::hot::Counted;
use crate::queue::record::{self, Standing};
use crate::queue::{Outcome, Refusal, Ruling, Undo};

impl Batch<'_> {
    /// Decides comments one by one. Everything is read once beforehand, so that no record that
    /// cannot be read stops it half-way.
    pub fn decide(&mut self, site: &SiteName, rulings: Vec<Ruling>) -> Result<Vec<Outcome>, Fault> {
        for ruling in &rulings {
            if let Some(loaded) = self.tables.load(site, &ruling.id, self.now)? {
                self.tables.author(site, &loaded.content.draft.author.id)?;
            }
        }
        rulings.into_iter().map(|ruling| self.rule(site, ruling)).collect()
    }

    fn rule(&mut self, site: &SiteName, ruling: Ruling) -> Result<Outcome, Fault> {
        let Some(mut loaded) = self.tables.load(site, &ruling.id, self.now)? else {
            return Ok(Err(Refusal::Missing));
        };
        if self.tables.happened(&loaded.row, &ruling.event_id)? {
            return Ok(Ok(loaded.into_comment()));
        }
        if let Some(refusal) = refuse_ruling(&loaded, &ruling) {
            return Ok(Err(refusal));
        }
        let decision = Decision { decide_time: self.now, ..ruling.decision };
        let was = loaded.row.hot;
        let published = match decision.state {
            State::Escalated => was.published,
            state => state == State::Approved,
        };
        self.change(&mut loaded, decision.state, published);
        loaded.row.hot.counted = Counted::by_decision(decision.state);

        let standing = Standing {
            decision: decision.clone(),
            previous_state: was.state,
            previous_published: was.published,
            previous_counted: was.counted as u8,
        };
        let depth = next_part(&self.tables.decisions, loaded.row.ordinal)?;
        let key = keys::part(loaded.row.ordinal, depth);
        self.put_head(site, &ruling.id, Some(&was), &loaded.row)?;
        self.tables.decisions.insert(&key[..], record::encode_standing(&standing).as_slice())?;
        self.settle(site, &loaded, was.counted)?;
        self.note_down(&loaded.row, &ruling.event_id, &HistoryEntry::of_decision(&decision))?;
        let event = event(ruling.event_id, &ruling.id, &loaded.content.draft, decision);
        self.announce(site, &loaded.row.hot, Some(was.state), &event)?;
        loaded.decided = Some(standing);
        Ok(Ok(loaded.into_comment()))
    }

    /// Takes the last moderator's decision back.
    pub fn undo(&mut self, site: &SiteName, undo: Undo) -> Result<Outcome, Fault> {
        let Some(mut loaded) = self.tables.load(site, &undo.id, self.now)? else {
            return Ok(Err(Refusal::Missing));
        };
        if self.tables.happened(&loaded.row, &undo.event_id)? {
            return Ok(Ok(loaded.into_comment()));
        }
        let was = loaded.row.hot;
        let top = self.tables.decided(&undo.id, &loaded.row)?.filter(|_| was.state != State::Withdrawn);
        let Some((depth, standing)) = top else {
            return Ok(Err(Refusal::State { current: was.state }));
        };
        if let Some(refusal) = refuse_version(undo.expected, was.version) {
            return Ok(Err(refusal));
        }
        let before = self.tables.decision_below(&undo.id, loaded.row.ordinal, depth)?;
        self.tables.author(site, &loaded.content.draft.author.id)?;
        self.change(&mut loaded, standing.previous_state, standing.previous_published);
        loaded.row.hot.counted = counted(standing.previous_counted);

        self.put_head(site, &undo.id, Some(&was), &loaded.row)?;
        self.tables.decisions.remove(&keys::part(loaded.row.ordinal, depth)[..])?;
        self.settle(site, &loaded, was.counted)?;
        let entry = HistoryEntry {
            note: undo.note.clone(),
            ..HistoryEntry::by(HistoryKind::Undone, &undo.actor, ActorKind::Moderator)
        };
        self.note_down(&loaded.row, &undo.event_id, &entry)?;
        let back = Decision::by(undo.actor, ActorKind::Moderator, standing.previous_state, self.now);
        let decision = Decision { note: undo.note, ..back };
        let event = event(undo.event_id, &undo.id, &loaded.content.draft, decision);
        self.announce(site, &loaded.row.hot, Some(was.state), &event)?;
        loaded.decided = before;
        Ok(Ok(loaded.into_comment()))
    }

    /// Ends the claim and moves the author's counters from what counted before to what counts now.
    fn settle(&mut self, site: &SiteName, loaded: &Loaded, counted_before: Counted) -> Result<(), Fault> {
        self.end_claim(site, &loaded.id)?;
        self.recount(site, &loaded.content.draft.author.id, counted_before, loaded.row.hot.counted)
    }

    /// Moves an author's counters from what counted of a comment before to what counts now. Guests have none.
    pub fn recount(
        &mut self,
        site: &SiteName,
        author_id: &str,
        before: Counted,
        counted: Counted,
    ) -> Result<(), Fault> {
        if author_id.is_empty() || counted == before {
            return Ok(());
        }
        let mut record = self.tables.author(site, author_id)?;
        match before {
            Counted::Nothing => {}
            Counted::Approval => record.approved = record.approved.saturating_sub(1),
            Counted::Rejection => record.rejected = record.rejected.saturating_sub(1),
        }
        match counted {
            Counted::Nothing => {}
            Counted::Approval => record.approved = record.approved.saturating_add(1),
            Counted::Rejection => record.rejected = record.rejected.saturating_add(1),
        }
        record.version = record.version.saturating_add(1);
        self.put_author(site, author_id, &record)
    }

    /// Ends the decisions on a comment.
    pub fn end_decisions(&mut self, ordinal: u64) -> Result<(), Fault> {
        let range = keys::starting_with(&keys::of_comment(ordinal));
        self.tables
            .decisions
            .retain_in::<&[u8], _>(range.start.as_slice()..range.end.as_slice(), |_, _| false)?;
        Ok(())
    }
}

impl<B: Readable> Tables<B> {
    fn decision_below(&self, id: &CommentId, ordinal: u64, depth: u32) -> Result<Option<Standing>, Fault> {
        let Some(below) = depth.checked_sub(1) else { return Ok(None) };
        let standing = self.decisions.read(&keys::part(ordinal, below), record::decode_standing)?;
        standing
            .transpose()
            .map_err(|detail| Fault::damaged(format_args!("a decision on comment {id}"), detail))
    }
}

/// Refuses a step that saw another version.
pub fn refuse_version(expected: Option<u32>, current: u32) -> Option<Refusal> {
    expected.is_some_and(|expected| expected != current).then_some(Refusal::Stale { current })
}

fn refuse_ruling(loaded: &Loaded, ruling: &Ruling) -> Option<Refusal> {
    let hot = &loaded.row.hot;
    if hot.state == State::Withdrawn {
        return Some(Refusal::State { current: hot.state });
    }
    match &loaded.claim {
        Some(Claim { claim_id, reviewer, expire_time }) if *claim_id != ruling.claim_id => {
            Some(Refusal::Held { reviewer: reviewer.clone(), until: *expire_time })
        }
        _ => refuse_version(ruling.expected, hot.version),
    }
}

fn counted(code: u8) -> Counted {
    match code {
        1 => Counted::Approval,
        2 => Counted::Rejection,
        _ => Counted::Nothing,
    }
}
