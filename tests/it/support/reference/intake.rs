//! A comment comes in: evidence, limits, the record.

use std::collections::BTreeSet;
use std::time::Duration;

use modqueue::domain::{
    ActorKind, AuthorRecord, Comment, CommentId, Decision, HistoryKind, State, Timestamp,
};
use modqueue::limit::{Charge, LimitMode, QuotaLeft};
use modqueue::queue::{Admission, Admitted, Grounds, REPEAT_WINDOW, Recalled};

use super::site::{Row, Site, Word};

/// How a charge fares: the key's new arrival time, or the wait, in microseconds.
type Arrival = Result<i64, i64>;

impl Site {
    pub fn recall(&self, id: &CommentId, author_id: &str, fingerprints: &[u64]) -> Recalled {
        Recalled {
            now: self.now,
            known: self.rows.contains_key(id),
            author: self.author(author_id),
            seen: fingerprints.iter().map(|&fingerprint| self.sightings_of(fingerprint)).collect(),
            policy_revision: self.policies.len() as u64,
        }
    }

    pub fn author(&self, author_id: &str) -> AuthorRecord {
        self.authors.get(author_id).cloned().unwrap_or_default()
    }

    fn window(&self) -> i64 {
        self.now.0 / REPEAT_WINDOW.as_millis() as i64
    }

    fn sightings_of(&self, fingerprint: u64) -> u32 {
        let of = |window| self.sightings.get(&(fingerprint, window)).copied().unwrap_or(0);
        of(self.window()) + of(self.window() - 1)
    }

    pub fn admit(&mut self, admission: Admission) -> Admitted {
        if let Some(row) = self.rows.get(&admission.id) {
            let same = row.content_hash == admission.draft.content_hash();
            let replayed = Admitted::Replayed(Box::new(self.seen(&row.comment)));
            return if same { replayed } else { Admitted::Taken };
        }
        let recalled = self.recall(&admission.id, &admission.draft.author.id, &admission.fingerprints);
        let arrivals: Vec<Arrival> = admission.charges.iter().map(|charge| self.arrival(charge)).collect();
        let held_by = exceeded(&admission.charges, &arrivals, LimitMode::Hold);
        if admission.grounds.as_ref().is_some_and(|grounds| is_stale(grounds, &recalled)) {
            return Admitted::Stale { recalled, held_by };
        }
        let counts = self.counts();
        if admission.state.is_waiting() && counts.pending + counts.escalated >= admission.waiting_cap {
            return Admitted::Full;
        }
        if let Some(limited) = limited(&admission.charges, &arrivals) {
            return limited;
        }
        if admission.grounds.is_some() && !held_by.is_empty() {
            return Admitted::Stale { recalled, held_by };
        }
        for (charge, arrival) in admission.charges.iter().zip(&arrivals) {
            if let Ok(next) = arrival {
                self.arrivals.insert((charge.limit.to_string(), charge.key.clone()), *next);
            }
        }
        let shadow_hits = exceeded(&admission.charges, &arrivals, LimitMode::Shadow);
        let policy_revision = self.policies.len() as u64;
        Admitted::Stored { comment: self.store(admission), shadow_hits, policy_revision }
    }

    fn now_micros(&self) -> i64 {
        self.now.0 * 1000
    }

    fn arrival(&self, charge: &Charge) -> Arrival {
        charge.quota.admit(self.last_arrival(charge), self.now_micros())
    }

    fn last_arrival(&self, charge: &Charge) -> Option<i64> {
        self.arrivals.get(&(charge.limit.to_string(), charge.key.clone())).copied()
    }

    pub fn quota(&self, charges: &[Charge]) -> Vec<QuotaLeft> {
        let left = |charge: &Charge| charge.quota.left(self.last_arrival(charge), self.now_micros());
        charges.iter().map(left).collect()
    }

    fn store(&mut self, admission: Admission) -> Box<Comment> {
        for fingerprint in &admission.fingerprints {
            *self.sightings.entry((*fingerprint, self.window())).or_default() += 1;
        }
        let Admission { id, draft, verdict, state, tier, fingerprints, event_id, .. } = admission;
        let content_hash = draft.content_hash();
        let comment = Comment {
            id: id.clone(),
            state,
            published: state == State::Approved,
            draft,
            verdict,
            decision: None,
            claim: None,
            version: 1,
            tier,
            report_count: 0,
            create_time: self.now,
            update_time: self.now,
        };
        let row = Row {
            comment,
            fingerprints,
            content_hash,
            history: Vec::new(),
            reporters: BTreeSet::new(),
            undoable: Vec::new(),
            changes: BTreeSet::new(),
        };
        self.rows.insert(id.clone(), row);
        self.record(&id, HistoryKind::Submitted, ActorKind::Portal, Word::default());
        self.decide_by_policy(&id, None, event_id);
        Box::new(self.rows[&id].comment.clone())
    }

    /// The decision that the policy takes by publishing or rejecting at once.
    pub fn decide_by_policy(&mut self, id: &CommentId, previous_state: Option<State>, event_id: String) {
        let kind = match self.rows[id].comment.state {
            State::Approved => HistoryKind::Approved,
            State::Rejected => HistoryKind::Rejected,
            _ => return,
        };
        let decision = Decision::by_policy(self.rows[id].comment.state, Timestamp::default());
        let decide_time = self.now;
        self.row(id).comment.decision = Some(Decision { decide_time, ..decision.clone() });
        self.record(id, kind, ActorKind::Policy, Word { actor: "policy".into(), ..Word::default() });
        self.publish(id, event_id, previous_state, decision);
    }
}

fn is_stale(grounds: &Grounds, recalled: &Recalled) -> bool {
    let crossed = |(seen, below): (&u32, &u32)| *below != u32::MAX && seen >= below;
    grounds.author != recalled.author || recalled.seen.iter().zip(&grounds.seen_below).any(crossed)
}

/// Indices of the charges in this mode that are exceeded.
fn exceeded(charges: &[Charge], arrivals: &[Arrival], mode: LimitMode) -> Vec<usize> {
    let broken = |&index: &usize| charges[index].mode == mode && arrivals[index].is_err();
    (0..charges.len()).filter(broken).collect()
}

/// The refusal by enforced limits, if there is one: the longest wait counts.
fn limited(charges: &[Charge], arrivals: &[Arrival]) -> Option<Admitted> {
    let wait = |index: usize| Some((arrivals[index].err()?, index));
    let broken = exceeded(charges, arrivals, LimitMode::Enforce);
    let (wait, index) = broken.into_iter().filter_map(wait).max()?;
    Some(Admitted::Limited { index, retry_after: Duration::from_micros(wait as u64) })
}
