//! What was kept long enough goes, a bounded number a call.

use redb::ReadableTable;

use super::batch::Batch;
use super::claim::id_at;
use super::fault::Fault;
use super::feed::sequence_of;
use super::keys::{self, Place};
use super::row;
use super::tables::Writing;
use super::view::Loaded;
use crate::domain::{CommentId, SiteName, Timestamp};
use crate::queue::{SWEPT_STATES, Swept};

/// Comments that one call removes at most.
const MAX_COMMENTS: usize = 200;
/// Events that one call removes at most.
const MAX_EVENTS: usize = 1_000;
/// Deferrals that one call removes at most.
const MAX_DEFERRALS: usize = 1_000;

impl Batch<'_> {
    /// Removes comments decided and events written before these moments, and what is over.
    pub fn sweep(
        &mut self,
        site: &SiteName,
        decided_before: Timestamp,
        events_before: Timestamp,
    ) -> Result<Swept, Fault> {
        let old = self.old_comments(site, decided_before)?;
        let more_comments = old.len() > MAX_COMMENTS;
        let mut removed = 0;
        for id in old.iter().take(MAX_COMMENTS) {
            removed += u64::from(self.remove_comment(site, id)?);
        }
        let events = self.remove_events(site, events_before)?;
        self.remove_what_is_over(site)?;
        self.forget_erasures(site)?;
        Ok(Swept { comments: removed, events, more: more_comments || events == MAX_EVENTS as u64 })
    }

    /// The oldest comments in a state that is swept, one more than a call removes.
    fn old_comments(&self, site: &SiteName, before: Timestamp) -> Result<Vec<CommentId>, Fault> {
        let mut ids = Vec::new();
        for state in SWEPT_STATES {
            let start = Place::of_state(site, state);
            let end = Place { state, tier: 0, time: before }.at(site);
            let range = self.tables.places.range::<&[u8]>(start.as_slice()..end.as_slice())?;
            for stored in range.take(MAX_COMMENTS + 1 - ids.len()) {
                ids.extend(Place::read(site, stored?.0.value()).map(|(_, id)| id));
            }
        }
        Ok(ids)
    }

    /// Removes a comment with all that hangs on it. What cannot be read is told and stays.
    fn remove_comment(&mut self, site: &SiteName, id: &CommentId) -> Result<bool, Fault> {
        let loaded = match self.tables.load(site, id, self.now) {
            Ok(Some(loaded)) => loaded,
            Ok(None) => return Ok(false),
            Err(Fault::Damaged { what, detail }) => {
                tracing::error!(%site, %what, %detail, "a record cannot be read; it is kept");
                return Ok(false);
            }
            Err(fault) => return Err(fault),
        };
        self.remove_loaded(site, &loaded)?;
        Ok(true)
    }

    /// Removes a comment that was read, with all that hangs on it.
    pub fn remove_loaded(&mut self, site: &SiteName, loaded: &Loaded) -> Result<(), Fault> {
        let id = &loaded.id;
        self.remove_head(site, id, &loaded.row.hot)?;
        self.leave_waves(site, id, &loaded.content.fingerprints)?;
        self.leave_author(site, &loaded.content.draft.author.id, loaded.row.hot.create_time, id)?;
        self.end_claim(site, id)?;
        self.tables.lessons.remove(keys::comment(site, id).as_slice())?;
        let ordinal = keys::of_comment(loaded.row.ordinal);
        self.tables.contents.remove(&ordinal[..])?;
        remove_all(&mut self.tables.decisions, &ordinal)?;
        remove_all(&mut self.tables.history, &ordinal)?;
        remove_all(&mut self.tables.reporters, &ordinal)?;
        Ok(())
    }

    fn remove_events(&mut self, site: &SiteName, before: Timestamp) -> Result<u64, Fault> {
        let range = keys::starting_with(&keys::of_site(site));
        let mut last = None;
        for stored in
            self.tables.events.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())?.take(MAX_EVENTS)
        {
            let (key, value) = stored?;
            let sequence = sequence_of(key.value());
            let (head, _) = row::decode_event(sequence, value.value())
                .map_err(|detail| Fault::damaged(format_args!("event {sequence} of {site}"), detail))?;
            if head.time >= before {
                break;
            }
            last = Some(sequence);
        }
        let Some(last) = last else { return Ok(0) };
        let counts = self.touch(site)?;
        let removed = last - counts.removed_events;
        counts.removed_events = last;
        let end = keys::numbered(site, last + 1);
        self.tables.events.retain_in::<&[u8], _>(range.start.as_slice()..end.as_slice(), |_, _| false)?;
        Ok(removed)
    }

    /// Removes leases and deferrals that ended by themselves, and deferrals of comments that are gone.
    fn remove_what_is_over(&mut self, site: &SiteName) -> Result<(), Fault> {
        for id in self.leases_that_are_over(site)? {
            self.touch(site)?;
            self.end_claim(site, &id)?;
        }
        let range = keys::starting_with(&keys::of_site(site));
        let mut over = Vec::new();
        for stored in self.tables.deferrals.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())? {
            let (key, value) = stored?;
            let is_over = row::decode_time(value.value()).is_ok_and(|until| until <= self.now);
            if is_over || !self.is_there(site, deferred_id(key.value(), range.start.len())?)? {
                over.push(key.value().to_vec());
            }
            if over.len() == MAX_DEFERRALS {
                break;
            }
        }
        for key in over {
            self.touch(site)?;
            self.tables.deferrals.remove(key.as_slice())?;
        }
        Ok(())
    }

    fn is_there(&self, site: &SiteName, id: CommentId) -> Result<bool, Fault> {
        Ok(self.tables.head(site, &id)?.is_some())
    }
}

/// The id in a deferral's key, behind the reviewer's name.
fn deferred_id(key: &[u8], at: usize) -> Result<CommentId, Fault> {
    let length =
        key.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |length| u32::from_be_bytes(*length));
    id_at(key, at + 4 + length as usize)
}

fn remove_all(table: &mut Writing<'_>, prefix: &[u8]) -> Result<(), Fault> {
    let range = keys::starting_with(prefix);
    table.retain_in::<&[u8], _>(range.start.as_slice()..range.end.as_slice(), |_, _| false)?;
    Ok(())
}
