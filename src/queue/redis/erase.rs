//! Erasing an author.
//!
//! Comments go a batch a step; the feed is written anew without the author; a walk over who reported what finds the
//! reports that they made. Each step may be repeated, so an erasure that was cut off goes on with the next call. What
//! stays: that an event, a comment and a report there was; repeats of a text, counted under its hash until their window
//! ends; limits, kept under hashes until they are open again; how far the erasure has come, under a hash.

use std::collections::BTreeMap;
use std::time::Duration;

use ::redis::{Pipeline, Value};
use tokio::time::sleep;

use crate::domain::{CommentId, HistoryEntry, SiteName, Timestamp, new_id};
use crate::queue::record::{encode_history, is_report_by, tells_of, without_author};
use crate::queue::{AuthorQuery, ERASURE_REMEMBERED, Erasure, MAX_BATCH, Order, QueueError};

use super::authors::entry_of;
use super::keys::author_hash;
use super::portal::packed;
use super::reply::{bytes, list, number, strange};
use super::scripts::{COPY_FEED, ERASE, UNREPORT};
use super::store::Store;
use super::stored::{history, u64_at};
use super::words::Words;

/// Events that one step copies.
const EVENTS: usize = 500;
/// Pause before another look at the feed, while another erasure writes it anew.
const PAUSE: Duration = Duration::from_millis(200);

/// A comment that goes: its id, the version that was read, its fingerprints.
struct Going {
    id: CommentId,
    version: i64,
    fingerprints: Vec<u64>,
}

/// How far an erasure has come, as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Progress(pub(super) Vec<u8>);

impl Progress {
    /// Bytes before the stage of the files.
    const HEAD: usize = 24;

    pub(super) fn read(&self) -> Result<Erasure, QueueError> {
        if self.0.len() <= Self::HEAD {
            return Err(strange("an erasure"));
        }
        let [start, comments, complete] = [0, 8, 16].map(|at| u64_at(&self.0, at));
        let complete_time = (complete > 0).then_some(Timestamp(complete as i64));
        Ok(Erasure { comments, start_time: Timestamp(start as i64), complete_time })
    }

    /// The stage of the files, and the run of Redis in which it was begun.
    pub(super) fn files(&self) -> (u8, &[u8]) {
        self.0.get(Self::HEAD..).and_then(|files| files.split_first()).map_or((0, &[]), |(s, run)| (*s, run))
    }
}

impl Store {
    pub(super) async fn erase_author(&self, site: &SiteName, author_id: &str) -> Result<Erasure, QueueError> {
        self.enter_all(site).await?;
        let deferred = self.all_keys(site, "defer:").await?;
        while self.erase_some(site, author_id, &deferred).await? > 0 {}
        let in_feed = self.leave_feed(site, author_id).await?;
        let in_reports = self.leave_reports(site, author_id).await?;
        let (_, progress) = self.erase_these(site, author_id, &[], &[], in_feed || in_reports).await?;
        let erasure = progress.read()?;
        match erasure.complete_time {
            Some(_) => Ok(erasure),
            None => self.clean_files(site, author_id, progress).await?.read(),
        }
    }

    /// Erases the first comments of an author; answers how many there were.
    async fn erase_some(
        &self,
        site: &SiteName,
        author_id: &str,
        deferred: &[Vec<u8>],
    ) -> Result<u64, QueueError> {
        let (author_id, order) = (author_id.to_owned(), Order::OldestFirst);
        let mut query = AuthorQuery { author_id, order, after: None, limit: MAX_BATCH };
        loop {
            let places = self.shelved(site, &query, query.limit).await?;
            let Some(last) = places.last().cloned() else { return Ok(0) };
            let ids: Vec<CommentId> = places.into_iter().map(|mark| mark.id).collect();
            let mut going = Vec::new();
            for (id, stored) in ids.iter().zip(self.look(site, &ids, self.deadline()).await?) {
                let (version, fingerprints) = match stored.map(|stored| (stored.hot(id), stored.content(id)))
                {
                    Some((Ok(_), Ok(content))) if content.draft.author.id != query.author_id => continue,
                    Some((Ok(hot), Ok(content))) => (i64::from(hot.version), content.fingerprints),
                    _ => (-1, Vec::new()),
                };
                going.push(Going { id: id.clone(), version, fingerprints });
            }
            if !going.is_empty() {
                self.erase_these(site, &query.author_id, &going, deferred, false).await?;
                return Ok(going.len() as u64);
            }
            query.after = Some(last);
        }
    }

    async fn erase_these(
        &self,
        site: &SiteName,
        author_id: &str,
        going: &[Going],
        deferred: &[Vec<u8>],
        other: bool,
    ) -> Result<(u64, Progress), QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&ERASE, &keys);
        keys.erasure(&mut call.keys, author_id);
        keys.author(&mut call.keys, author_id);
        call.keys.push(&[keys.aside().as_bytes()]);
        keys.shelf(&mut call.keys, author_hash(author_id));
        call.args.number(going.len() as u64);
        call.args.number(u8::from(other));
        call.args.number(ERASURE_REMEMBERED.as_millis() as u64);
        for Going { id, version, fingerprints } in going {
            keys.comment(&mut call.keys, id);
            keys.decisions(&mut call.keys, id);
            keys.history(&mut call.keys, id);
            keys.reporters(&mut call.keys, id);
            keys.lesson(&mut call.keys, id);
            call.args.push(&[id.as_str().as_bytes()]);
            call.args.number(*version);
            call.args.push(&[&packed(fingerprints)]);
            call.args.push(&[&entry_of(author_id, id)]);
        }
        deferred.iter().for_each(|key| call.keys.push(&[key]));
        let reply = list(self.change(call, self.deadline()).await?)?;
        let [erased, progress] = <[Value; 2]>::try_from(reply).map_err(|_| strange("an erasure"))?;
        Ok((number(&erased)? as u64, Progress(bytes(progress)?)))
    }

    /// Writes the feed anew without the author; false when it does not tell of them.
    async fn leave_feed(&self, site: &SiteName, author_id: &str) -> Result<bool, QueueError> {
        let (mut changed, mut after) = (BTreeMap::new(), 0);
        loop {
            let page = self.feed(site, after, EVENTS).await?;
            let Some(last) = page.events.last() else { break };
            after = last.sequence;
            let told = page.events.into_iter().filter(|event| tells_of(event, author_id));
            changed.extend(told.map(|event| (event.sequence, without_author(event, author_id))));
        }
        if changed.is_empty() {
            return Ok(false);
        }
        let (mut name, mut from) = (new_id(), 0);
        loop {
            let (told, last) = self.copy_feed(site, &name, from, &changed).await?;
            match told.as_slice() {
                b"done" => return Ok(true),
                b"more" => from = last,
                _ => {
                    sleep(PAUSE).await;
                    (name, from) = (new_id(), 0);
                }
            }
        }
    }

    async fn copy_feed(
        &self,
        site: &SiteName,
        name: &str,
        from: u64,
        changed: &BTreeMap<u64, Vec<u8>>,
    ) -> Result<(Vec<u8>, u64), QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&COPY_FEED, &keys);
        call.keys.push(&[keys.feed_copy().as_bytes()]);
        call.args.push(&[name.as_bytes()]);
        call.args.number(from);
        call.args.number(EVENTS as u64);
        for (sequence, body) in changed.range(from + 1..).take(EVENTS) {
            call.args.number(*sequence);
            call.args.push(&[body]);
        }
        let reply = list(self.change(call, self.deadline()).await?)?;
        let [told, last] = <[Value; 2]>::try_from(reply).map_err(|_| strange("a copy of the feed"))?;
        Ok((bytes(told)?, number(&last)? as u64))
    }

    /// Takes the author's name out of the reports that they made; false when they made none.
    async fn leave_reports(&self, site: &SiteName, author_id: &str) -> Result<bool, QueueError> {
        let keys = self.keys(site);
        let (pattern, prefix) = (keys.pattern("r:"), keys.prefix_len() + "r:".len());
        let (mut cursor, mut found) = ("0".to_owned(), false);
        loop {
            let (next, names) = self.scan(&cursor, &pattern).await?;
            let mut ask = Pipeline::with_capacity(names.len());
            names.iter().for_each(|name| _ = ask.cmd("SISMEMBER").arg(name).arg(author_id));
            let answers =
                if names.is_empty() { Vec::new() } else { self.read(&ask, self.deadline()).await? };
            for (name, answer) in names.iter().zip(answers) {
                let id = name.get(prefix..).and_then(|id| CommentId::new(std::str::from_utf8(id).ok()?).ok());
                if let (1, Some(id)) = (number(&answer)?, id) {
                    self.unreport(site, author_id, &id).await?;
                    found = true;
                }
            }
            if next == "0" {
                return Ok(found);
            }
            cursor = next;
        }
    }

    async fn unreport(&self, site: &SiteName, author_id: &str, id: &CommentId) -> Result<(), QueueError> {
        let keys = self.keys(site);
        let mut name = Words::default();
        keys.history(&mut name, id);
        let mut read = Pipeline::with_capacity(1);
        read.cmd("LRANGE").arg(name.iter().collect::<Vec<_>>()).arg(0).arg(-1);
        let entries = self.read(&read, self.deadline()).await?.pop().map_or(Ok(Vec::new()), list)?;
        let mut call = self.call(&UNREPORT, &keys);
        call.keys.append(&name);
        keys.reporters(&mut call.keys, id);
        call.args.push(&[author_id.as_bytes()]);
        for (place, entry) in entries.into_iter().enumerate() {
            let stored = bytes(entry)?;
            let entry = history(id, &stored)?;
            if is_report_by(&entry, author_id) {
                let body = encode_history(&HistoryEntry { actor: String::new(), ..entry });
                // The head: time, state, version, then the change's id behind its length.
                let (head, _) = stored.split_at(14 + usize::from(stored[13]));
                call.args.number(place as u64);
                call.args.push(&[&stored]);
                call.args.push(&[head, &body]);
            }
        }
        self.change(call, self.deadline()).await.map(drop)
    }

    /// Every key of a kind.
    async fn all_keys(&self, site: &SiteName, kind: &str) -> Result<Vec<Vec<u8>>, QueueError> {
        let pattern = self.keys(site).pattern(kind);
        let (mut cursor, mut found) = ("0".to_owned(), Vec::new());
        loop {
            let (next, keys) = self.scan(&cursor, &pattern).await?;
            found.extend(keys);
            if next == "0" {
                found.sort();
                found.dedup();
                return Ok(found);
            }
            cursor = next;
        }
    }
}
