//! History of another system comes in.

use std::collections::BTreeSet;

use modqueue::domain::{ActorKind, Comment, CommentId, HistoryKind, State, Timestamp};
use modqueue::queue::{Import, Imported};

use super::decisions::kind_of;
use super::site::{Before, Row, Site, Word};

impl Site {
    pub fn import(&mut self, waiting_cap: u64, import: Import) -> Imported {
        if let Some(row) = self.rows.get(&import.id) {
            let same = row.content_hash == import.draft.content_hash();
            return if same { Imported::Here } else { Imported::Taken };
        }
        let counts = self.counts();
        if import.state.is_waiting() && counts.pending + counts.escalated >= waiting_cap {
            return Imported::Full;
        }
        let (id, actor) = (import.id.clone(), import.actor.clone());
        self.rows.insert(id.clone(), row_of(import, self.now));
        if let Some(decision) = self.rows[&id].comment.decision.clone() {
            self.tally(&id, None, Some(&decision));
            let word = Word {
                actor: decision.actor,
                reason: decision.reason,
                author_message: decision.author_message,
                note: decision.note,
            };
            self.record_at(decision.decide_time, &id, kind_of(decision.state), decision.actor_kind, word);
        }
        self.record(&id, HistoryKind::Imported, ActorKind::Portal, Word { actor, ..Word::default() });
        Imported::Stored
    }

    fn record_at(
        &mut self,
        time: Timestamp,
        id: &CommentId,
        kind: HistoryKind,
        actor_kind: ActorKind,
        word: Word,
    ) {
        self.record(id, kind, actor_kind, word);
        self.row(id).history.last_mut().expect("just recorded").time = time;
    }
}

fn row_of(import: Import, now: Timestamp) -> Row {
    let Import { id, draft, verdict, state, tier, decision, create_time, .. } = import;
    let undoable =
        decision.iter().map(|_| Before { state: State::Pending, published: false, decision: None });
    Row {
        content_hash: draft.content_hash(),
        fingerprints: Vec::new(),
        history: Vec::new(),
        reporters: BTreeSet::new(),
        undoable: undoable.collect(),
        changes: BTreeSet::new(),
        comment: Comment {
            id,
            state,
            published: state == State::Approved,
            draft,
            verdict,
            version: if decision.is_some() { 2 } else { 1 },
            decision,
            claim: None,
            tier,
            report_count: 0,
            create_time,
            update_time: now,
        },
    }
}
