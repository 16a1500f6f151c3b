//! Erasing an author, to the last byte of the file.
//!
//! The engine never writes over a page in use: it writes the page anew elsewhere and frees the old one, whose bytes stay
//! until it is used again. And a row that leaves a page which is being changed leaves bytes behind it. So values are
//! filled with zeros before their rows go; tables whose keys name an author or a reader are written anew; and at the
//! end freed pages are filled once, with rows that go again. That makes the file longer, and so it is made shorter.

use std::time::Duration;

use redb::ReadableTable;
use tokio::time::{Instant, sleep};

use super::EmbeddedQueue;
use super::batch::Batch;
use super::fault::Fault;
use super::feed::sequence_of;
use super::keys;
use super::row;
use super::tables::{Readable, Writing};
use super::view::{Loaded, split_content};
use crate::domain::{CommentId, HistoryEntry, SiteName, Timestamp};
use crate::queue::record;
use crate::queue::{AuthorQuery, ERASURE_REMEMBERED, Erasure, MAX_BATCH, Order, QueueError};

/// Events, or reports, that one step looks at.
const STEP: usize = 1_000;
/// How long an erasure waits for whoever reads what was so before it.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(10);
/// Commits after which pages that were freed before them can be used again.
const COMMITS: usize = 3;
/// One row of this length fills a page of the engine.
const FILLER: [u8; 3_500] = [0; 3_500];
/// Rows written before the file's length is looked at again.
const FILLED_AT_ONCE: u64 = 64;

/// What a step found, and the key after which the next one looks on; `None` at the end.
struct Looked {
    found: bool,
    next: Option<Vec<u8>>,
}

impl EmbeddedQueue {
    /// Erases an author.
    pub(super) async fn erase(&self, site: &SiteName, author_id: &str) -> Result<Erasure, QueueError> {
        while self.step(site, author_id, |batch, site, author| batch.erase_comments(site, author)).await? > 0
        {
        }
        let in_feed = self
            .walk(site, author_id, |batch, site, author, after| batch.leave_feed(site, author, after))
            .await?;
        let in_reports = self
            .walk(site, author_id, |batch, site, author, after| batch.leave_reports(site, author, after))
            .await?;
        let record = move |batch: &mut Batch<'_>, site: &SiteName, author: &str| {
            batch.erase_record(site, author, in_feed, in_reports)
        };
        let erasure = self.step(site, author_id, record).await?;
        if erasure.complete_time.is_some() || !self.clean_file().await? {
            return Ok(erasure);
        }
        self.step(site, author_id, |batch, site, author| batch.complete_erasure(site, author)).await
    }

    async fn step<T: Send + 'static>(
        &self,
        site: &SiteName,
        author_id: &str,
        work: impl FnOnce(&mut Batch<'_>, &SiteName, &str) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, QueueError> {
        let (site, author_id) = (site.clone(), author_id.to_owned());
        self.write(move |batch| work(batch, &site, &author_id)).await
    }

    /// Takes steps to the end of a table; true when they found anything.
    async fn walk(
        &self,
        site: &SiteName,
        author_id: &str,
        look: fn(&mut Batch<'_>, &SiteName, &str, &[u8]) -> Result<Looked, Fault>,
    ) -> Result<bool, QueueError> {
        let (mut found, mut after) = (false, Vec::new());
        loop {
            let step =
                move |batch: &mut Batch<'_>, site: &SiteName, author: &str| look(batch, site, author, &after);
            let looked = self.step(site, author_id, step).await?;
            found |= looked.found;
            let Some(next) = looked.next else { return Ok(found) };
            after = next;
        }
    }

    /// Writes over what was freed; false when somebody still reads it.
    async fn clean_file(&self) -> Result<bool, QueueError> {
        let touch = |batch: &mut Batch<'_>| {
            batch.wrote();
            Ok(())
        };
        self.write(touch).await?;
        let until = Instant::now() + PATIENCE;
        while !self.engine().is_past_read() {
            if Instant::now() > until {
                return Ok(false);
            }
            sleep(LOOK).await;
        }
        for _ in 0..COMMITS {
            self.write(touch).await?;
        }
        self.write(|batch| batch.fill_freed_pages()).await?;
        self.write(|batch| {
            batch.wrote();
            batch.tables.fillers.retain(|_, _| false).map_err(Fault::from)
        })
        .await?;
        // The engine doubles a file that has to grow, and gives nothing back by itself of one that is nearly half full.
        self.engine().shorten_soon();
        self.write(touch).await?;
        Ok(true)
    }
}

impl Batch<'_> {
    /// Erases the first comments of an author; answers how many.
    fn erase_comments(&mut self, site: &SiteName, author_id: &str) -> Result<u64, Fault> {
        let going = self.first_comments(site, author_id)?;
        for loaded in &going {
            let ordinal = keys::of_comment(loaded.row.ordinal);
            blank(&mut self.tables.contents, &ordinal)?;
            blank(&mut self.tables.decisions, &ordinal)?;
            blank(&mut self.tables.history, &ordinal)?;
        }
        going.iter().try_for_each(|loaded| self.remove_loaded(site, loaded))?;
        if !going.is_empty() {
            self.go_on(site, author_id, going.len() as u64)?;
        }
        Ok(going.len() as u64)
    }

    /// A batch of an author's comments. One that cannot be read is told and stays: it may be another's.
    fn first_comments(&self, site: &SiteName, author_id: &str) -> Result<Vec<Loaded>, Fault> {
        let (author_id, order) = (author_id.to_owned(), Order::OldestFirst);
        let mut query = AuthorQuery { author_id, order, after: None, limit: MAX_BATCH };
        loop {
            let marks = self.tables.authored(site, &query, query.limit)?;
            let mut found = Vec::new();
            for mark in &marks {
                match self.tables.load(site, &mark.id, self.now) {
                    Ok(loaded) => found
                        .extend(loaded.filter(|loaded| loaded.content.draft.author.id == query.author_id)),
                    Err(Fault::Damaged { what, detail }) => {
                        tracing::error!(%site, %what, %detail, "a record cannot be read; it is not erased");
                    }
                    Err(fault) => return Err(fault),
                }
            }
            if !found.is_empty() || marks.is_empty() {
                return Ok(found);
            }
            query.after = marks.last().cloned();
        }
    }

    /// Takes the author out of events.
    fn leave_feed(&mut self, site: &SiteName, author_id: &str, after: &[u8]) -> Result<Looked, Fault> {
        let whole = keys::starting_with(&keys::of_site(site));
        let start = if after.is_empty() { whole.start } else { [after, &[0]].concat() };
        let (mut changed, mut last, mut seen) = (Vec::new(), None, 0);
        for stored in self.tables.events.range::<&[u8]>(start.as_slice()..whole.end.as_slice())?.take(STEP) {
            let (key, value) = stored?;
            (seen, last) = (seen + 1, Some(key.value().to_vec()));
            let sequence = sequence_of(key.value());
            let event = row::decode_event(sequence, value.value())
                .and_then(|(head, body)| Ok((head, record::decode_event(head, body)?)))
                .map_err(|detail| Fault::damaged(format_args!("event {sequence} of {site}"), detail))?;
            if record::tells_of(&event.1, author_id) {
                let body = record::without_author(event.1, author_id);
                changed.push((key.value().to_vec(), row::encode_event(&event.0, &body)));
            }
        }
        let found = !changed.is_empty();
        if found {
            self.wrote();
            replace(&mut self.tables.events, changed)?;
        }
        Ok(Looked { found, next: last.filter(|_| seen == STEP) })
    }

    /// Takes the author's name out of the reports that they made.
    fn leave_reports(&mut self, site: &SiteName, author_id: &str, after: &[u8]) -> Result<Looked, Fault> {
        let start = if after.is_empty() { Vec::new() } else { [after, &[0]].concat() };
        let (mut ordinals, mut last, mut seen) = (Vec::new(), None, 0);
        for stored in self.tables.reporters.range::<&[u8]>(start.as_slice()..)?.take(STEP) {
            let (key, _) = stored?;
            (seen, last) = (seen + 1, Some(key.value().to_vec()));
            if let Some((ordinal, reader)) = key.value().split_first_chunk()
                && reader == author_id.as_bytes()
            {
                ordinals.push(u64::from_be_bytes(*ordinal));
            }
        }
        let mut found = false;
        for ordinal in ordinals {
            found |= self.unreport(site, author_id, ordinal)?;
        }
        Ok(Looked { found, next: last.filter(|_| seen == STEP) })
    }

    /// Takes a reader's name out of their report; false when the comment is another site's.
    fn unreport(&mut self, site: &SiteName, reader_id: &str, ordinal: u64) -> Result<bool, Fault> {
        let id: Option<CommentId> = self
            .tables
            .contents
            .read(&keys::of_comment(ordinal), |bytes| split_content(bytes).ok().map(|(id, _)| id))?
            .flatten();
        let Some(id) = id else { return Ok(false) };
        if self.tables.head(site, &id)?.is_none_or(|row| row.ordinal != ordinal) {
            return Ok(false);
        }
        let range = keys::starting_with(&keys::of_comment(ordinal));
        let mut changed = Vec::new();
        for stored in self.tables.history.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())? {
            let (key, value) = stored?;
            let (head, change, entry) = row::decode_history(value.value())
                .and_then(|(head, change, body)| Ok((head, change, record::decode_history(head, body)?)))
                .map_err(|detail| Fault::damaged(format_args!("the history of comment {id}"), detail))?;
            if record::is_report_by(&entry, reader_id) {
                let body = record::encode_history(&HistoryEntry { actor: String::new(), ..entry });
                changed.push((key.value().to_vec(), row::encode_history(head, change, &body)));
            }
        }
        self.wrote();
        replace(&mut self.tables.history, changed)?;
        self.tables.reporters.remove(keys::reporter(ordinal, reader_id).as_slice())?;
        Ok(true)
    }

    /// Erases the author's record, and writes the tables anew whose keys named them.
    fn erase_record(
        &mut self,
        site: &SiteName,
        author_id: &str,
        in_feed: bool,
        in_reports: bool,
    ) -> Result<Erasure, Fault> {
        let had_record = self.tables.authors.remove(keys::author(site, author_id).as_slice())?.is_some();
        let known = self.erasure(site, author_id)?;
        if !had_record
            && !in_feed
            && !in_reports
            && let Some(known) = known
        {
            return Ok(known);
        }
        write_anew(&mut self.tables.authors)?;
        write_anew(&mut self.tables.reporters)?;
        self.go_on(site, author_id, 0)
    }

    fn erasure(&self, site: &SiteName, author_id: &str) -> Result<Option<Erasure>, Fault> {
        let known = self.tables.erasures.read(&keys::erasure(site, author_id), row::decode_erasure)?;
        known.transpose().map_err(|detail| Fault::damaged("an erasure", detail))
    }

    /// Counts comments into an erasure that is under way, or begins one.
    fn go_on(&mut self, site: &SiteName, author_id: &str, comments: u64) -> Result<Erasure, Fault> {
        let known = self.erasure(site, author_id)?.filter(|known| known.complete_time.is_none());
        let begun = Erasure { comments: 0, start_time: self.now, complete_time: None };
        let mut erasure = known.unwrap_or(begun);
        erasure.comments += comments;
        self.put_erasure(site, author_id, erasure)
    }

    fn complete_erasure(&mut self, site: &SiteName, author_id: &str) -> Result<Erasure, Fault> {
        let erasure = self.go_on(site, author_id, 0)?;
        self.put_erasure(site, author_id, Erasure { complete_time: Some(self.now), ..erasure })
    }

    fn put_erasure(&mut self, site: &SiteName, author_id: &str, erasure: Erasure) -> Result<Erasure, Fault> {
        self.touch(site)?;
        let key = keys::erasure(site, author_id);
        self.tables.erasures.insert(key.as_slice(), row::encode_erasure(&erasure).as_slice())?;
        Ok(erasure)
    }

    /// Forgets erasures that were begun long ago.
    pub fn forget_erasures(&mut self, site: &SiteName) -> Result<(), Fault> {
        let range = keys::starting_with(&keys::of_site(site));
        let before: Timestamp = self.now.minus(ERASURE_REMEMBERED);
        let mut old = Vec::new();
        for stored in self.tables.erasures.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())? {
            let (key, value) = stored?;
            if row::decode_erasure(value.value()).is_ok_and(|erasure| erasure.start_time < before) {
                old.push(key.value().to_vec());
            }
        }
        for key in old {
            self.wrote();
            self.tables.erasures.remove(key.as_slice())?;
        }
        Ok(())
    }

    /// Writes rows until the file has to grow: until then they go where something was freed.
    fn fill_freed_pages(&mut self) -> Result<(), Fault> {
        self.wrote();
        let before = self.engine.file_len()?;
        let most = before / FILLER.len() as u64 + FILLED_AT_ONCE;
        let mut written = 0u64;
        while written < most && self.engine.file_len()? == before {
            for number in written..written + FILLED_AT_ONCE {
                self.tables.fillers.insert(&number.to_be_bytes()[..], &FILLER[..])?;
            }
            written += FILLED_AT_ONCE;
        }
        Ok(())
    }
}

/// Fills the values of all that begins with `prefix` with zeros. Values of the same length stay where they are.
fn blank(table: &mut Writing<'_>, prefix: &[u8]) -> Result<(), Fault> {
    let range = keys::starting_with(prefix);
    let mut found = Vec::new();
    for stored in table.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())? {
        let (key, value) = stored?;
        found.push((key.value().to_vec(), value.value().len()));
    }
    for (key, length) in found {
        table.insert(key.as_slice(), vec![0; length].as_slice())?;
    }
    Ok(())
}

/// Replaces values, none of which moves before all are blank.
fn replace(table: &mut Writing<'_>, changed: Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), Fault> {
    for (key, _) in &changed {
        blank(table, key)?;
    }
    for (key, value) in changed {
        table.insert(key.as_slice(), value.as_slice())?;
    }
    Ok(())
}

/// Writes a table anew, so that no page of it has a key that is gone.
fn write_anew(table: &mut Writing<'_>) -> Result<(), Fault> {
    let mut rows = Vec::new();
    for stored in table.iter()? {
        let (key, value) = stored?;
        rows.push((key.value().to_vec(), value.value().to_vec()));
    }
    table.retain(|_, _| false)?;
    for (key, value) in rows {
        table.insert(key.as_slice(), value.as_slice())?;
    }
    Ok(())
}
