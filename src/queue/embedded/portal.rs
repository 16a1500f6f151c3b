//! What portals and readers do with a comment that is there: revise, withdraw, report.

use super::batch::Batch;
use super::decide::refuse_version;
use super::fault::Fault;
use super::feed::event;
use super::keys;
use super::tables::Readable;
use super::view::{Loaded, join_content};
use crate::domain::{ActorKind, Decision, HistoryEntry, HistoryKind, SiteName, State};
use crate::queue::hot::{Counted, Hot};
use crate::queue::record::{self, Content};
use crate::queue::{MAX_TIER, Outcome, REPORT_STEP, Refusal, Report, Reported, Revision, Withdrawal};

/// What of a revision is written down after the content was replaced.
struct Change {
    actor: String,
    event_id: String,
    was: Hot,
}

impl Batch<'_> {
    /// Replaces a comment's content.
    pub fn revise(&mut self, site: &SiteName, revision: Revision) -> Result<Outcome, Fault> {
        let Some(mut loaded) = self.tables.load(site, &revision.id, self.now)? else {
            return Ok(Err(Refusal::Missing));
        };
        if self.tables.happened(&loaded.row, &revision.event_id)? {
            return Ok(Ok(loaded.into_comment()));
        }
        let was = loaded.row.hot;
        if was.state == State::Withdrawn {
            return Ok(Err(Refusal::State { current: was.state }));
        }
        if let Some(refusal) = refuse_version(revision.expected, was.version) {
            return Ok(Err(refusal));
        }
        let Revision { draft, verdict, state, tier, fingerprints, actor, event_id, .. } = revision;
        self.change(&mut loaded, state, state == State::Approved);
        loaded.row.hot.counted = Counted::Nothing;
        loaded.row.hot.tier = raised(tier, was.report_count);
        loaded.row.hot.content_hash = draft.content_hash();
        (loaded.row.judged_as, loaded.row.judged_at) = (state, self.now);
        loaded.decided = None;
        let before = std::mem::replace(&mut loaded.content, Content { draft, verdict, fingerprints });
        self.move_author(site, &loaded, &before.draft.author.id)?;
        self.put_revised(site, &loaded, &was, &before.fingerprints)?;
        self.tell_revised(site, &loaded, before, Change { actor, event_id, was })?;
        Ok(Ok(loaded.into_comment()))
    }

    fn put_revised(&mut self, site: &SiteName, loaded: &Loaded, was: &Hot, old: &[u64]) -> Result<(), Fault> {
        let Loaded { id, row, content, .. } = loaded;
        self.put_head(site, id, Some(was), row)?;
        let content_row = join_content(id, &record::encode_content(content));
        self.tables.contents.insert(&keys::of_comment(row.ordinal)[..], content_row.as_slice())?;
        self.end_claim(site, id)?;
        self.end_decisions(row.ordinal)?;
        self.leave_waves(site, id, old)?;
        self.join_waves(site, (id, row.ordinal), &content.fingerprints)
    }

    fn tell_revised(
        &mut self,
        site: &SiteName,
        loaded: &Loaded,
        before: Content,
        change: Change,
    ) -> Result<(), Fault> {
        let Change { actor, event_id, was } = change;
        let entry = HistoryEntry {
            previous_text: before.draft.text,
            previous_verdict: Some(before.verdict),
            ..HistoryEntry::by(HistoryKind::Revised, &actor, ActorKind::Portal)
        };
        self.note_down(&loaded.row, &event_id, &entry)?;
        let hot = &loaded.row.hot;
        let decision = match HistoryKind::of_decision(hot.state) {
            Some(kind) => {
                self.note_down(&loaded.row, "", &HistoryEntry::by(kind, "policy", ActorKind::Policy))?;
                Decision::by_policy(hot.state, self.now)
            }
            None if was.published || was.state != hot.state => {
                Decision::by(actor, ActorKind::Portal, hot.state, self.now)
            }
            None => return Ok(()),
        };
        let event = event(event_id, &loaded.id, &loaded.content.draft, decision);
        self.announce(site, hot, Some(was.state), &event)
    }

    /// Takes a comment back for good.
    pub fn withdraw(&mut self, site: &SiteName, withdrawal: Withdrawal) -> Result<Outcome, Fault> {
        let Some(mut loaded) = self.tables.load(site, &withdrawal.id, self.now)? else {
            return Ok(Err(Refusal::Missing));
        };
        let was = loaded.row.hot;
        if was.state == State::Withdrawn {
            return Ok(Ok(loaded.into_comment()));
        }
        if let Some(refusal) = refuse_version(withdrawal.expected, was.version) {
            return Ok(Err(refusal));
        }
        self.change(&mut loaded, State::Withdrawn, false);
        self.put_head(site, &loaded.id, Some(&was), &loaded.row)?;
        self.end_claim(site, &loaded.id)?;
        let entry = HistoryEntry::by(HistoryKind::Withdrawn, &withdrawal.actor, ActorKind::Portal);
        self.note_down(&loaded.row, &withdrawal.event_id, &entry)?;
        let decision = Decision::by(withdrawal.actor, ActorKind::Portal, State::Withdrawn, self.now);
        let event = event(withdrawal.event_id, &loaded.id, &loaded.content.draft, decision);
        self.announce(site, &loaded.row.hot, Some(was.state), &event)?;
        Ok(Ok(loaded.into_comment()))
    }

    /// Counts a reader's report.
    pub fn report(&mut self, site: &SiteName, report: Report) -> Result<Reported, Fault> {
        let Some(mut loaded) = self.tables.load(site, &report.id, self.now)? else {
            return Ok(Reported::Refused(Refusal::Missing));
        };
        let was = loaded.row.hot;
        if matches!(was.state, State::Rejected | State::Withdrawn) {
            return Ok(Reported::Refused(Refusal::State { current: was.state }));
        }
        let reporter = keys::reporter(loaded.row.ordinal, &report.reporter_id);
        if self.tables.reporters.has(&reporter)? {
            return Ok(Reported::Repeated(loaded.into_comment()));
        }
        if was.state == State::Approved {
            self.change(&mut loaded, State::Pending, was.published && !report.hide);
        }
        loaded.row.hot.report_count = was.report_count.saturating_add(1);
        loaded.row.hot.tier = raised(was.tier, 1);
        self.tables.reporters.insert(reporter.as_slice(), &[][..])?;
        self.put_head(site, &report.id, Some(&was), &loaded.row)?;
        self.tell_reported(site, &loaded, report, &was)?;
        Ok(Reported::Counted(loaded.into_comment()))
    }

    fn tell_reported(
        &mut self,
        site: &SiteName,
        loaded: &Loaded,
        report: Report,
        was: &Hot,
    ) -> Result<(), Fault> {
        let Report { reporter_id, reason, event_id, .. } = report;
        let entry = HistoryEntry::by(HistoryKind::Reported, &reporter_id, ActorKind::Portal);
        self.note_down(&loaded.row, "", &HistoryEntry { reason: reason.clone(), ..entry })?;
        let hot = &loaded.row.hot;
        if hot.state == was.state {
            return Ok(());
        }
        let decision = Decision::by(reporter_id, ActorKind::Portal, hot.state, self.now);
        let event = event(event_id, &loaded.id, &loaded.content.draft, Decision { reason, ..decision });
        self.announce(site, hot, Some(was.state), &event)
    }

    /// Gives a comment another state: its version grows, and nobody holds it any more.
    pub fn change(&self, loaded: &mut Loaded, state: State, published: bool) {
        let hot = &mut loaded.row.hot;
        hot.state = state;
        hot.published = published;
        hot.version = hot.version.saturating_add(1);
        hot.update_time = self.now;
        loaded.claim = None;
    }
}

fn raised(tier: u8, reports: u32) -> u8 {
    let reports = reports.min(u32::from(MAX_TIER)) as u8;
    tier.saturating_add(REPORT_STEP.saturating_mul(reports)).min(MAX_TIER)
}
