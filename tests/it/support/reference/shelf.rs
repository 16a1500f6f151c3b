//! What is kept: the feed, policies, and how long.

use modqueue::domain::{ActorKind, HistoryEntry, HistoryKind, State, Timestamp};
use modqueue::queue::{
    Erasure, FeedPage, MAX_PROPOSALS, PolicyDraft, PolicyRecord, Proposal, ProposalDraft, SWEPT_STATES,
    Settled, Swept,
};

use super::site::Site;

impl Site {
    pub fn feed(&self, after: u64, limit: usize) -> FeedPage {
        let kept = self.feed.iter().filter(|event| event.sequence >= self.oldest_kept());
        let written = !self.rows.is_empty() || !self.feed.is_empty();
        FeedPage {
            generation: u64::from(written),
            oldest: self.oldest_kept(),
            newest: self.feed.len() as u64,
            anchor_event_id: kept
                .clone()
                .find(|event| event.sequence == after)
                .map(|event| event.event_id.clone()),
            events: kept.filter(|event| event.sequence > after).take(limit).cloned().collect(),
        }
    }

    fn oldest_kept(&self) -> u64 {
        self.oldest_event.max(1)
    }

    pub fn save_policy(&mut self, expected: u64, draft: PolicyDraft) -> Option<PolicyRecord> {
        if self.policies.len() as u64 != expected {
            return None;
        }
        let record = PolicyRecord { revision: expected + 1, draft, create_time: self.now };
        self.policies.push(record.clone());
        Some(record)
    }

    pub fn propose_policy(&mut self, draft: ProposalDraft) -> Proposal {
        let number = self.proposals.len() as u64 + 1;
        let proposal = Proposal { number, draft, applied_revision: None, create_time: self.now };
        self.proposals.push(proposal.clone());
        proposal
    }

    pub fn policy_proposals(&self, before: u64, limit: usize) -> Vec<Proposal> {
        let kept = self.proposals.iter().rev().take(MAX_PROPOSALS as usize);
        kept.filter(|proposal| proposal.number < before).take(limit).cloned().collect()
    }

    pub fn settle_proposal(&mut self, number: u64, expected: u64, draft: PolicyDraft) -> Settled {
        if self.policies.len() as u64 != expected {
            return Settled::Conflict;
        }
        let kept = self.proposals.iter_mut().rev().take(MAX_PROPOSALS as usize);
        let open = kept.filter(|proposal| proposal.applied_revision.is_none());
        let Some(proposal) = open.into_iter().find(|proposal| proposal.number == number) else {
            return Settled::NotOpen;
        };
        proposal.applied_revision = Some(expected + 1);
        Settled::Saved(self.save_policy(expected, draft).expect("checked before"))
    }

    pub fn sweep(&mut self, decided_before: Timestamp, events_before: Timestamp) -> Swept {
        let (rows, events) = (self.rows.len(), self.oldest_kept());
        let is_kept = |state: State, changed| !SWEPT_STATES.contains(&state) || changed >= decided_before;
        self.rows.retain(|_, row| is_kept(row.comment.state, row.comment.update_time));
        self.lessons.retain(|id, _| self.rows.contains_key(id));
        let old = self.feed.iter().take_while(|event| event.event_time < events_before).count() as u64;
        self.oldest_event = (old + 1).max(events);
        Swept { comments: (rows - self.rows.len()) as u64, events: self.oldest_event - events, more: false }
    }

    pub fn erase_author(&mut self, author_id: &str) -> Erasure {
        let rows = self.rows.len();
        self.rows.retain(|_, row| row.comment.draft.author.id != author_id);
        let comments = (rows - self.rows.len()) as u64;
        self.lessons.retain(|id, _| self.rows.contains_key(id));
        let had_record = self.authors.remove(author_id).is_some();
        let mut found = comments > 0 || had_record;
        for event in &mut self.feed {
            let by_reader =
                event.decision.actor_kind == ActorKind::Portal && event.decision.actor == author_id;
            if event.author_id != author_id && !by_reader {
                continue;
            }
            found = true;
            event.author_id.clear();
            event.decision.author_message.clear();
            event.decision.note.clear();
            if event.decision.actor == author_id {
                event.decision.actor.clear();
            }
        }
        for row in self.rows.values_mut().filter(|row| row.reporters.contains(author_id)) {
            found = true;
            row.reporters.remove(author_id);
            let told =
                |entry: &&mut HistoryEntry| entry.kind == HistoryKind::Reported && entry.actor == author_id;
            row.history.iter_mut().filter(told).for_each(|entry| entry.actor.clear());
        }
        let now = self.now;
        let begun = Erasure { comments: 0, start_time: now, complete_time: Some(now) };
        let known = self.erasures.entry(author_id.into()).or_insert(begun);
        if found {
            *known = Erasure { comments, ..begun };
        }
        *known
    }
}
