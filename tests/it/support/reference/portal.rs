//! What portals and readers do with a comment that is there: revise, withdraw, report.

use modqueue::domain::{ActorKind, CommentId, Decision, HistoryKind, State, Timestamp};
use modqueue::queue::{MAX_TIER, Outcome, REPORT_STEP, Refusal, Report, Reported, Revision, Withdrawal};

use super::site::{Site, Word};

impl Site {
    pub fn revise(&mut self, revision: Revision) -> Outcome {
        if self.happened(&revision.id, &revision.event_id) {
            return self.answer(&revision.id);
        }
        let before = self.row_to_change(&revision.id, revision.expected)?;
        let (state, shown) = (before.comment.state, before.comment.published);
        let published = revision.state == State::Approved;
        self.change(&revision.id, revision.state, published);
        let row = self.row(&revision.id);
        let reports = row.comment.report_count.min(u32::from(MAX_TIER)) as u8;
        row.comment.tier = revision.tier.saturating_add(REPORT_STEP.saturating_mul(reports)).min(MAX_TIER);
        row.content_hash = revision.draft.content_hash();
        row.fingerprints = revision.fingerprints;
        row.comment.decision = None;
        row.undoable.clear();
        row.changes.insert(revision.event_id.clone());
        let text = std::mem::replace(&mut row.comment.draft, revision.draft).text;
        let verdict = std::mem::replace(&mut row.comment.verdict, revision.verdict);
        let word = Word { actor: revision.actor.clone(), ..Word::default() };
        self.record(&revision.id, HistoryKind::Revised, ActorKind::Portal, word);
        let entry = self.row(&revision.id).history.last_mut().expect("just written");
        entry.previous_text = text;
        entry.previous_verdict = Some(verdict);
        if revision.state.is_waiting() {
            if shown || state != revision.state {
                let decision =
                    Decision::by(&revision.actor, ActorKind::Portal, revision.state, Timestamp::default());
                self.publish(&revision.id, revision.event_id, Some(state), decision);
            }
        } else {
            self.decide_by_policy(&revision.id, Some(state), revision.event_id);
        }
        self.answer(&revision.id)
    }

    /// The comment if it may be changed.
    fn row_to_change(&self, id: &CommentId, expected: Option<u32>) -> Result<&super::site::Row, Refusal> {
        let row = self.rows.get(id).ok_or(Refusal::Missing)?;
        if row.comment.state == State::Withdrawn {
            return Err(Refusal::State { current: State::Withdrawn });
        }
        self.check_version(id, expected)?;
        Ok(row)
    }

    pub fn check_version(&self, id: &CommentId, expected: Option<u32>) -> Result<(), Refusal> {
        let current = self.rows[id].comment.version;
        match expected {
            Some(seen) if seen != current => Err(Refusal::Stale { current }),
            _ => Ok(()),
        }
    }

    pub fn withdraw(&mut self, withdrawal: Withdrawal) -> Outcome {
        let id = withdrawal.id;
        let before = self.rows.get(&id).ok_or(Refusal::Missing)?.comment.state;
        if before == State::Withdrawn {
            return self.answer(&id);
        }
        self.check_version(&id, withdrawal.expected)?;
        self.change(&id, State::Withdrawn, false);
        let word = Word { actor: withdrawal.actor.clone(), ..Word::default() };
        self.record(&id, HistoryKind::Withdrawn, ActorKind::Portal, word);
        let decision =
            Decision::by(&withdrawal.actor, ActorKind::Portal, State::Withdrawn, Timestamp::default());
        self.publish(&id, withdrawal.event_id, Some(before), decision);
        self.answer(&id)
    }

    pub fn report(&mut self, report: Report) -> Reported {
        let id = report.id;
        let Some(row) = self.rows.get_mut(&id) else { return Reported::Refused(Refusal::Missing) };
        let state = row.comment.state;
        if matches!(state, State::Rejected | State::Withdrawn) {
            return Reported::Refused(Refusal::State { current: state });
        }
        if !row.reporters.insert(report.reporter_id.clone()) {
            return Reported::Repeated(self.answer(&id).expect("it is there"));
        }
        row.comment.report_count += 1;
        row.comment.tier = (row.comment.tier + REPORT_STEP).min(MAX_TIER);
        if state == State::Approved {
            self.change(&id, State::Pending, !report.hide);
        }
        let word =
            Word { actor: report.reporter_id.clone(), reason: report.reason.clone(), ..Word::default() };
        self.record(&id, HistoryKind::Reported, ActorKind::Portal, word);
        if self.rows[&id].comment.state != state {
            let mut decision =
                Decision::by(&report.reporter_id, ActorKind::Portal, State::Pending, Timestamp::default());
            decision.reason = report.reason;
            self.publish(&id, report.event_id, Some(state), decision);
        }
        Reported::Counted(self.answer(&id).expect("it is there"))
    }
}
