//! History of another system comes in.

use super::batch::Batch;
use super::fault::Fault;
use super::keys;
use super::row::{self, Row};
use super::view::join_content;
use crate::domain::{ActorKind, HistoryEntry, HistoryKind, SiteName, State, Timestamp};
use crate::queue::hot::{Counted, Hot};
use crate::queue::record::{self, HistoryHead, Standing};
use crate::queue::{Import, Imported};

impl Batch<'_> {
    /// Brings comments in one by one. The authors' records are read once beforehand, so that none that cannot be
    /// read stops it half-way.
    pub fn import(
        &mut self,
        site: &SiteName,
        waiting_cap: u64,
        imports: Vec<Import>,
    ) -> Result<Vec<Imported>, Fault> {
        for import in &imports {
            self.tables.author(site, &import.draft.author.id)?;
        }
        imports.into_iter().map(|import| self.bring_in(site, waiting_cap, import)).collect()
    }

    fn bring_in(&mut self, site: &SiteName, waiting_cap: u64, import: Import) -> Result<Imported, Fault> {
        if let Some(row) = self.tables.head(site, &import.id)? {
            let same = row.hot.content_hash == import.draft.content_hash();
            return Ok(if same { Imported::Here } else { Imported::Taken });
        }
        if import.state.is_waiting() && self.site(site)?.waiting() >= waiting_cap {
            return Ok(Imported::Full);
        }
        let row = row(&import, self.next_ordinal()?, self.now);
        let Import { id, draft, verdict, decision, create_time, actor, .. } = import;
        self.put_head(site, &id, None, &row)?;
        let content = join_content(&id, &record::encode_parts(&draft, &verdict, &[]));
        self.tables.contents.insert(&keys::of_comment(row.ordinal)[..], content.as_slice())?;
        self.enter(site, &draft.author.id, create_time, &id)?;
        let mut past = Vec::with_capacity(2);
        if let Some(decision) = decision {
            past.push((decision.decide_time, HistoryEntry::of_decision(&decision)));
            let standing = Standing {
                decision,
                previous_state: State::Pending,
                previous_published: false,
                previous_counted: 0,
            };
            let key = keys::part(row.ordinal, 0);
            self.tables.decisions.insert(&key[..], record::encode_standing(&standing).as_slice())?;
        }
        past.push((self.now, HistoryEntry::by(HistoryKind::Imported, &actor, ActorKind::Portal)));
        self.write_past(&row, &past)?;
        self.recount(site, &draft.author.id, Counted::Nothing, row.hot.counted)?;
        Ok(Imported::Stored)
    }

    /// Writes a history with the times that it had.
    fn write_past(&mut self, row: &Row, past: &[(Timestamp, HistoryEntry)]) -> Result<(), Fault> {
        for (number, (time, entry)) in (0..).zip(past) {
            let head = HistoryHead { time: *time, state: row.hot.state, version: row.hot.version };
            let stored = row::encode_history(head, "", &record::encode_history(entry));
            self.tables.history.insert(&keys::part(row.ordinal, number)[..], stored.as_slice())?;
        }
        Ok(())
    }
}

/// The head of a comment that nobody here has judged: it is as if it had come in to wait, and what was decided
/// came after.
fn row(import: &Import, ordinal: u64, now: Timestamp) -> Row {
    let decision = import.decision.as_ref();
    let hot = Hot {
        state: import.state,
        published: import.state == State::Approved,
        counted: decision.map_or(Counted::Nothing, |decision| Counted::by_decision(decision.state)),
        tier: import.tier,
        version: if decision.is_some() { 2 } else { 1 },
        create_time: import.create_time,
        update_time: now,
        report_count: 0,
        content_hash: import.draft.content_hash(),
    };
    Row {
        hot,
        ordinal,
        admitted_as: State::Pending,
        judged_as: State::Pending,
        judged_at: import.create_time,
    }
}
