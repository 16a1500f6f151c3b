//! The index of authors: which comments somebody wrote.
//!
//! An entry a comment in a structure of its own would cost the admit script, which is the bottleneck, a fifth of its
//! time. So admit appends one entry for all the comments of a call to the list `arrived`, and they are moved to the index
//! later: some with each sweep, all of them before the index is read. The index is 65 536 small sorted sets, which
//! Redis keeps packed: 51 bytes a comment, measured at a million of them.
//!
//! A site whose comments came in before there was an index has no `indexed` in its `meta`; all of its comments are
//! looked at once, before its index is first read. An entry whose comment is gone or another's is no harm: whoever
//! reads the index looks at the comment.

use ::redis::{Pipeline, Value};

use crate::domain::{CommentId, SiteName, Timestamp};
use crate::queue::{AuthorQuery, Mark, Order, Page, QueueError};

use super::keys::{AuthorHash, author_hash};
use super::reply::{bytes, list, number, strange};
use super::scripts::INDEX;
use super::store::Store;

/// The longest page.
const MAX_PAGE: usize = 500;
/// Comments that one step enters in the index, about.
const STEP: usize = 1000;
/// Entries of a shelf that are read at once.
const CHUNK: usize = 256;

/// A comment that is to be entered.
struct Entry {
    hash: AuthorHash,
    id: CommentId,
    time: Timestamp,
}

/// Where entries come from.
enum Source {
    /// The first entries of the list `arrived`: how many, and the first of them.
    Arrived(usize, Vec<u8>),
    /// A walk over all comments; true at its end.
    Walk(bool),
}

impl Store {
    pub(super) async fn author_comments(
        &self,
        site: &SiteName,
        query: &AuthorQuery,
    ) -> Result<Page, QueueError> {
        self.enter_all(site).await?;
        let limit = query.limit.min(MAX_PAGE);
        let mut places = self.shelved(site, query, limit + 1).await?;
        let more = places.len() > limit;
        places.truncate(limit);
        let next = places.last().filter(|_| more).cloned();
        let ids: Vec<CommentId> = places.into_iter().map(|mark| mark.id).collect();
        let mut comments = Vec::with_capacity(ids.len());
        for (id, stored) in ids.iter().zip(self.look(site, &ids, self.deadline()).await?) {
            match stored.map(|stored| stored.comment(id)).transpose() {
                Ok(found) => {
                    comments.extend(found.filter(|comment| comment.draft.author.id == query.author_id));
                }
                Err(error) => tracing::error!(%site, %error, "the page leaves out what cannot be read"),
            }
        }
        Ok(Page { comments, next })
    }

    /// Places in the index from the query's on.
    pub(super) async fn shelved(
        &self,
        site: &SiteName,
        query: &AuthorQuery,
        limit: usize,
    ) -> Result<Vec<Mark>, QueueError> {
        let (newest_first, hash) = (query.order == Order::NewestFirst, author_hash(&query.author_id));
        let mut shelf = super::words::Words::default();
        self.keys(site).shelf(&mut shelf, hash);
        let start = query.after.as_ref().map(|mark| mark.time.0.to_string());
        let (mut places, mut offset) = (Vec::new(), 0);
        loop {
            let mut read = Pipeline::with_capacity(1);
            let (command, first, last) = match newest_first {
                true => ("ZREVRANGEBYSCORE", "+inf", "-inf"),
                false => ("ZRANGEBYSCORE", "-inf", "+inf"),
            };
            let range = read.cmd(command).arg(shelf.iter().collect::<Vec<_>>());
            range.arg(start.as_deref().unwrap_or(first)).arg(last);
            range.arg("WITHSCORES").arg("LIMIT").arg(offset).arg(CHUNK);
            let found = self.read(&read, self.deadline()).await?.pop().map_or(Ok(Vec::new()), list)?;
            let ended = found.len() < 2 * CHUNK;
            for pair in found.chunks_exact(2) {
                let Some(mark) = mark(hash, pair)? else { continue };
                let key = |mark: &Mark| (mark.time, mark.id.clone());
                let is_past = |after: &Mark| match newest_first {
                    true => key(&mark) < key(after),
                    false => key(&mark) > key(after),
                };
                if query.after.as_ref().is_none_or(is_past) {
                    places.push(mark);
                }
            }
            if ended || places.len() >= limit {
                places.truncate(limit);
                return Ok(places);
            }
            offset += CHUNK;
        }
    }

    /// Brings the index up to date.
    pub(super) async fn enter_all(&self, site: &SiteName) -> Result<(), QueueError> {
        self.enter_some(site, usize::MAX).await?;
        let mut read = Pipeline::with_capacity(1);
        read.cmd("HMGET").arg(self.keys(site).meta()).arg("generation").arg("indexed");
        let meta = self.read(&read, self.deadline()).await?.pop().map_or(Ok(Vec::new()), list)?;
        if let [Value::BulkString(_), Value::Nil] = meta.as_slice() {
            self.enter_old(site).await?;
        }
        Ok(())
    }

    /// Enters comments that came in, about `most` of them.
    pub(super) async fn enter_some(&self, site: &SiteName, most: usize) -> Result<(), QueueError> {
        let mut entered = 0;
        while entered < most {
            let mut read = Pipeline::with_capacity(1);
            read.cmd("LRANGE").arg(self.keys(site).arrived()).arg(0).arg(STEP / 8);
            let arrived = self.read(&read, self.deadline()).await?.pop().map_or(Ok(Vec::new()), list)?;
            let (mut entries, mut taken, mut first) = (Vec::new(), 0, Vec::new());
            for packed in arrived {
                let packed = bytes(packed)?;
                unpack(&packed, &mut entries)?;
                if taken == 0 {
                    first = packed;
                }
                taken += 1;
                if entries.len() >= STEP {
                    break;
                }
            }
            if taken == 0 {
                break;
            }
            entered += entries.len();
            self.enter(site, &entries, Source::Arrived(taken, first)).await?;
        }
        Ok(())
    }

    /// Enters every comment of a site that is older than its index.
    async fn enter_old(&self, site: &SiteName) -> Result<(), QueueError> {
        let keys = self.keys(site);
        let (pattern, prefix) = (keys.pattern("c:"), keys.comment_prefix_len());
        let mut cursor = "0".to_owned();
        loop {
            let (next, found) = self.scan(&cursor, &pattern).await?;
            let ids: Vec<CommentId> = found
                .iter()
                .filter_map(|key| CommentId::new(std::str::from_utf8(key.get(prefix..)?).ok()?).ok())
                .collect();
            let mut entries = Vec::with_capacity(ids.len());
            for (id, stored) in ids.iter().zip(self.look(site, &ids, self.deadline()).await?) {
                let read = stored.and_then(|stored| Some((stored.hot(id).ok()?, stored.content(id).ok()?)));
                let Some((hot, content)) = read.filter(|(_, content)| !content.draft.author.id.is_empty())
                else {
                    continue;
                };
                let hash = author_hash(&content.draft.author.id);
                entries.push(Entry { hash, id: id.clone(), time: hot.create_time });
            }
            self.enter(site, &entries, Source::Walk(next == "0")).await?;
            if next == "0" {
                return Ok(());
            }
            cursor = next;
        }
    }

    async fn enter(&self, site: &SiteName, entries: &[Entry], source: Source) -> Result<(), QueueError> {
        let keys = self.keys(site);
        let mut call = self.call(&INDEX, &keys);
        call.keys.push(&[keys.arrived().as_bytes()]);
        let (taken, first, is_whole) = match source {
            Source::Arrived(taken, first) => (taken, first, false),
            Source::Walk(is_whole) => (0, Vec::new(), is_whole),
        };
        call.args.number(taken as u64);
        call.args.push(&[&first]);
        call.args.number(u8::from(is_whole));
        for Entry { hash, id, time } in entries {
            keys.shelf(&mut call.keys, *hash);
            call.args.number(time.0);
            call.args.push(&[&hash[2..], id.as_str().as_bytes()]);
        }
        self.change(call, self.deadline()).await.map(drop)
    }

    /// One step of a walk over keys: where it goes on, `0` at its end, and what it found.
    pub(super) async fn scan(
        &self,
        cursor: &str,
        pattern: &str,
    ) -> Result<(String, Vec<Vec<u8>>), QueueError> {
        let mut scan = Pipeline::with_capacity(1);
        scan.cmd("SCAN").arg(cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(STEP);
        let reply = self.read(&scan, self.deadline()).await?.pop().map_or(Ok(Vec::new()), list)?;
        let [next, found] = <[Value; 2]>::try_from(reply).map_err(|_| strange("a walk"))?;
        let next = String::from_utf8(bytes(next)?).map_err(|_| strange("a walk"))?;
        Ok((next, list(found)?.into_iter().map(bytes).collect::<Result<_, _>>()?))
    }
}

/// What stands for a comment on its author's shelf. Empty for guests.
pub(super) fn entry_of(author_id: &str, id: &CommentId) -> Vec<u8> {
    match author_id {
        "" => Vec::new(),
        author_id => [&author_hash(author_id)[2..], id.as_str().as_bytes()].concat(),
    }
}

/// The place that an entry and its score are; `None` when it is another author's.
fn mark(hash: AuthorHash, pair: &[Value]) -> Result<Option<Mark>, QueueError> {
    let [entry, time] = pair else { return Err(strange("the index of authors")) };
    let entry = bytes(entry.clone())?;
    let (whose, id) = entry.split_at_checked(4).ok_or_else(|| strange("the index of authors"))?;
    if whose != &hash[2..] {
        return Ok(None);
    }
    let id = std::str::from_utf8(id).ok().and_then(|id| CommentId::new(id).ok());
    let id = id.ok_or_else(|| strange("the index of authors"))?;
    Ok(Some(Mark { tier: 0, time: Timestamp(number(time)?), id }))
}

/// The comments of one call of admit: the time, then for each the author's hash, and its id behind its length.
fn unpack(packed: &[u8], entries: &mut Vec<Entry>) -> Result<(), QueueError> {
    let short = || strange("comments that came in");
    let (time, mut rest) = packed.split_first_chunk().ok_or_else(short)?;
    let time = Timestamp(i64::from_be_bytes(*time));
    while !rest.is_empty() {
        let (hash, after) = rest.split_first_chunk().ok_or_else(short)?;
        let (length, after) = after.split_first().ok_or_else(short)?;
        let (id, after) = after.split_at_checked(usize::from(*length)).ok_or_else(short)?;
        let id = std::str::from_utf8(id).ok().and_then(|id| CommentId::new(id).ok()).ok_or_else(short)?;
        entries.push(Entry { hash: *hash, id, time });
        rest = after;
    }
    Ok(())
}
