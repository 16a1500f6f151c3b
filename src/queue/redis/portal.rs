//! What portals and readers do with a comment that is there: revise, withdraw, report; and moderators' notes.

use crate::domain::{
    ActorKind, CommentId, Decision, HistoryEntry, HistoryKind, SiteName, State, Timestamp, new_id,
};
use crate::queue::record::{Content, encode_content, encode_history};
use crate::queue::{
    Note, Outcome, QueueError, REPEAT_WINDOW, REPORT_STEP, Refusal, Report, Reported, Revision, Withdrawal,
};

use super::authors::entry_of;
use super::bodies;
use super::change::{Read, Told, expected, outcome, told};
use super::keys::author_hash;
use super::parcel::Call;
use super::scripts::{NOTE, REPORT, REVISE, Script, WITHDRAW};
use super::store::Store;

impl Store {
    pub(super) async fn revise(&self, site: &SiteName, revision: Revision) -> Result<Outcome, QueueError> {
        let Revision { id, draft, verdict, fingerprints, .. } = revision.clone();
        let content = Content { draft, verdict, fingerprints };
        let record = encode_content(&content);
        let build = |read: &Read| self.revision_call(site, &revision, &record, read);
        match self.change_one(site, &id, build).await? {
            Some((told @ Told::Done(_), _)) => outcome(told, &id, content),
            Some((told, read)) => outcome(told, &id, read.content),
            None => Ok(Err(Refusal::Missing)),
        }
    }

    fn revision_call(&self, site: &SiteName, revision: &Revision, record: &[u8], read: &Read) -> Call {
        let Revision { id, draft, state, event_id, actor, .. } = revision;
        let by_policy = HistoryKind::of_decision(*state);
        let decision = match by_policy {
            Some(_) => Decision::by_policy(*state, Timestamp::default()),
            None => Decision::by(actor, ActorKind::Portal, *state, Timestamp::default()),
        };
        let entry = HistoryEntry {
            previous_text: read.content.draft.text.clone(),
            previous_verdict: Some(read.content.verdict.clone()),
            ..HistoryEntry::by(HistoryKind::Revised, actor, ActorKind::Portal)
        };
        let mut call = self.one(&REVISE, site, id);
        let args = &mut call.args;
        args.number(read.hot.version);
        args.number(expected(revision.expected));
        args.number(state.code());
        args.number(revision.tier);
        args.number(REPORT_STEP);
        args.push(&[&draft.content_hash().to_be_bytes()]);
        args.push(&[record]);
        args.push(&[&packed(&read.content.fingerprints)]);
        args.push(&[&packed(&revision.fingerprints)]);
        args.number(REPEAT_WINDOW.as_millis() as u64);
        args.push(&[event_id.as_bytes()]);
        args.push(&[&bodies::event(event_id, id, draft, decision.clone())]);
        args.push(&[&encode_history(&entry)]);
        args.push(&[&by_policy.map(|_| bodies::standing(&decision)).unwrap_or_default()]);
        let entry = by_policy.map(|kind| HistoryEntry::by(kind, "policy", ActorKind::Policy));
        args.push(&[&entry.map(|entry| encode_history(&entry)).unwrap_or_default()]);
        let (before, now) = (&read.content.draft.author.id, &draft.author.id);
        for author_id in [before, now] {
            self.keys(site).shelf(&mut call.keys, author_hash(author_id));
            let moves = before != now && !author_id.is_empty();
            call.args.push(&[&if moves { entry_of(author_id, id) } else { Vec::new() }]);
        }
        call
    }

    pub(super) async fn withdraw(
        &self,
        site: &SiteName,
        withdrawal: Withdrawal,
    ) -> Result<Outcome, QueueError> {
        let Withdrawal { id, actor, event_id, .. } = &withdrawal;
        let entry = encode_history(&HistoryEntry::by(HistoryKind::Withdrawn, actor, ActorKind::Portal));
        let build = |read: &Read| {
            let decision = Decision::by(actor, ActorKind::Portal, State::Withdrawn, Timestamp::default());
            let mut call = self.one(&WITHDRAW, site, id);
            call.args.number(read.hot.version);
            call.args.number(expected(withdrawal.expected));
            call.args.push(&[event_id.as_bytes()]);
            call.args.push(&[&bodies::event(event_id, id, &read.content.draft, decision)]);
            call.args.push(&[&entry]);
            call
        };
        match self.change_one(site, id, build).await? {
            Some((told, read)) => outcome(told, id, read.content),
            None => Ok(Err(Refusal::Missing)),
        }
    }

    pub(super) async fn report(&self, site: &SiteName, report: Report) -> Result<Reported, QueueError> {
        let Report { id, reporter_id, reason, event_id, .. } = &report;
        let entry = HistoryEntry::by(HistoryKind::Reported, reporter_id, ActorKind::Portal);
        let entry = encode_history(&HistoryEntry { reason: reason.clone(), ..entry });
        let build = |read: &Read| {
            let decision = Decision::by(reporter_id, ActorKind::Portal, State::Pending, Timestamp::default());
            let decision = Decision { reason: reason.clone(), ..decision };
            let mut call = self.one(&REPORT, site, id);
            self.keys(site).reporters(&mut call.keys, id);
            call.args.number(read.hot.version);
            call.args.push(&[reporter_id.as_bytes()]);
            call.args.number(u8::from(report.hide));
            call.args.number(REPORT_STEP);
            call.args.push(&[event_id.as_bytes()]);
            call.args.push(&[&bodies::event(event_id, id, &read.content.draft, decision)]);
            call.args.push(&[&entry]);
            call
        };
        let Some((told, read)) = self.change_one(site, id, build).await? else {
            return Ok(Reported::Refused(Refusal::Missing));
        };
        let is_repeated = matches!(told, Told::Repeated(_));
        Ok(match outcome(told, id, read.content)? {
            Ok(comment) if is_repeated => Reported::Repeated(comment),
            Ok(comment) => Reported::Counted(comment),
            Err(refusal) => Reported::Refused(refusal),
        })
    }

    pub(super) async fn note(&self, site: &SiteName, note: Note) -> Result<Outcome, QueueError> {
        let entry = HistoryEntry::by(HistoryKind::Noted, &note.actor, ActorKind::Moderator);
        let entry = HistoryEntry { note: note.text, ..entry };
        let mut call = self.one(&NOTE, site, &note.id);
        call.args.push(&[new_id().as_bytes()]);
        call.args.push(&[&encode_history(&entry)]);
        match told(self.change(call, self.deadline()).await?)? {
            Told::Done(stored) => {
                let content = stored.content(&note.id)?;
                outcome(Told::Done(stored), &note.id, content)
            }
            Told::Refused(refusal) => Ok(Err(refusal)),
            Told::Repeated(_) | Told::Again => Err(super::reply::strange("a note")),
        }
    }

    /// A call about one comment: its record, its decisions, its history; its id.
    fn one(&self, script: &'static Script, site: &SiteName, id: &CommentId) -> Call {
        let keys = self.keys(site);
        let mut call = self.call(script, &keys);
        keys.comment(&mut call.keys, id);
        keys.decisions(&mut call.keys, id);
        keys.history(&mut call.keys, id);
        call.args.push(&[id.as_str().as_bytes()]);
        call
    }
}

/// Fingerprints as the scripts take them: eight bytes each.
pub(super) fn packed(fingerprints: &[u64]) -> Vec<u8> {
    fingerprints.iter().flat_map(|fingerprint| fingerprint.to_be_bytes()).collect()
}
