//! What moderators decide, and take back.

use modqueue::domain::{ActorKind, AuthorRecord, Decision, HistoryKind, Standing, State, Timestamp};
use modqueue::queue::{Note, Outcome, Refusal, Ruling, Undo};

use super::site::{Before, Site, Word};

impl Site {
    pub fn decide(&mut self, ruling: Ruling) -> Outcome {
        let id = ruling.id;
        let comment = self.comment(&id).ok_or(Refusal::Missing)?;
        if self.happened(&id, &ruling.event_id) {
            return self.answer(&id);
        }
        if comment.state == State::Withdrawn {
            return Err(Refusal::State { current: State::Withdrawn });
        }
        if let Some(claim) = comment.claim.filter(|claim| claim.claim_id != ruling.claim_id) {
            return Err(Refusal::Held { reviewer: claim.reviewer, until: claim.expire_time });
        }
        self.check_version(&id, ruling.expected)?;
        let decision = Decision { decide_time: self.now, ..ruling.decision };
        let published = match decision.state {
            State::Escalated => comment.published,
            state => state == State::Approved,
        };
        self.tally(&id, comment.decision.as_ref(), Some(&decision));
        self.change(&id, decision.state, published);
        let before =
            Before { state: comment.state, published: comment.published, decision: comment.decision };
        let row = self.row(&id);
        row.undoable.push(before);
        row.changes.insert(ruling.event_id.clone());
        row.comment.decision = Some(decision.clone());
        let word = Word {
            actor: decision.actor.clone(),
            reason: decision.reason.clone(),
            author_message: decision.author_message.clone(),
            note: decision.note.clone(),
        };
        self.record(&id, kind_of(decision.state), decision.actor_kind, word);
        self.publish(&id, ruling.event_id, Some(comment.state), decision);
        self.answer(&id)
    }

    pub fn undo(&mut self, undo: Undo) -> Outcome {
        let id = undo.id;
        let comment = self.comment(&id).ok_or(Refusal::Missing)?;
        if self.happened(&id, &undo.event_id) {
            return self.answer(&id);
        }
        if comment.state == State::Withdrawn || self.rows[&id].undoable.is_empty() {
            return Err(Refusal::State { current: comment.state });
        }
        self.check_version(&id, undo.expected)?;
        let before = self.row(&id).undoable.pop().expect("looked before");
        self.tally(&id, comment.decision.as_ref(), before.decision.as_ref());
        self.change(&id, before.state, before.published);
        let row = self.row(&id);
        row.comment.decision = before.decision;
        row.changes.insert(undo.event_id.clone());
        let word = Word { actor: undo.actor.clone(), note: undo.note.clone(), ..Word::default() };
        self.record(&id, HistoryKind::Undone, ActorKind::Moderator, word);
        let decision = Decision::by(&undo.actor, ActorKind::Moderator, before.state, Timestamp::default());
        self.publish(&id, undo.event_id, Some(comment.state), Decision { note: undo.note, ..decision });
        self.answer(&id)
    }

    pub fn note(&mut self, note: Note) -> Outcome {
        if !self.rows.contains_key(&note.id) {
            return Err(Refusal::Missing);
        }
        let word = Word { actor: note.actor, note: note.text, ..Word::default() };
        self.record(&note.id, HistoryKind::Noted, ActorKind::Moderator, word);
        self.answer(&note.id)
    }

    pub fn set_standing(&mut self, author_id: &str, standing: Standing) -> AuthorRecord {
        let record = self.authors.entry(author_id.into()).or_default();
        record.standing = standing;
        record.version += 1;
        record.clone()
    }
}

pub fn kind_of(state: State) -> HistoryKind {
    match state {
        State::Approved => HistoryKind::Approved,
        State::Rejected => HistoryKind::Rejected,
        _ => HistoryKind::Escalated,
    }
}
