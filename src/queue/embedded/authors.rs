//! The index of authors: which comments somebody wrote.

use redb::ReadableTable;

use super::batch::Batch;
use super::fault::Fault;
use super::keys;
use super::row::Row;
use super::tables::{Readable, Tables, Writing};
use super::view::{Loaded, split_content};
use crate::domain::{CommentId, SiteName, Timestamp};
use crate::queue::record;
use crate::queue::{AuthorQuery, Mark, Order, Page};

/// Comments on a page at most.
const LONGEST_PAGE: usize = 500;

impl<B: Readable> Tables<B> {
    /// One page of an author's comments.
    pub fn author_comments(
        &self,
        site: &SiteName,
        query: &AuthorQuery,
        now: Timestamp,
    ) -> Result<Page, Fault> {
        let limit = query.limit.min(LONGEST_PAGE);
        let mut marks = self.authored(site, query, limit + 1)?;
        let more = marks.len() > limit;
        marks.truncate(limit);
        let next = marks.last().filter(|_| more).cloned();
        let mut comments = Vec::with_capacity(marks.len());
        for mark in &marks {
            match self.load(site, &mark.id, now) {
                Ok(Some(loaded)) if loaded.content.draft.author.id == query.author_id => {
                    comments.push(*loaded.into_comment());
                }
                Ok(_) => {}
                Err(Fault::Damaged { what, detail }) => {
                    tracing::error!(%site, %what, %detail, "a record cannot be read; the page leaves it out");
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(Page { comments, next })
    }

    /// Places in the index from the query's on.
    pub fn authored(&self, site: &SiteName, query: &AuthorQuery, count: usize) -> Result<Vec<Mark>, Fault> {
        let mut range = keys::starting_with(&keys::by_author(site, &query.author_id));
        let mark = query.after.as_ref();
        let at = mark.map(|mark| keys::authored(site, &query.author_id, mark.time, &mark.id));
        let newest_first = query.order == Order::NewestFirst;
        match at {
            Some(end) if newest_first => range.end = end,
            Some(mut start) => {
                start.push(0);
                range.start = start;
            }
            None => {}
        }
        let mut places = self.by_author.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())?;
        let mut marks = Vec::new();
        while marks.len() < count {
            let Some(stored) = (if newest_first { places.next_back() } else { places.next() }) else { break };
            let (time, id) = keys::read_authored(stored?.0.value())
                .ok_or_else(|| Fault::damaged("the index of authors", "a key is no place".into()))?;
            marks.push(Mark { tier: 0, time, id });
        }
        Ok(marks)
    }
}

impl Batch<'_> {
    /// Enters a comment. Guests are not in the index.
    pub fn enter(
        &mut self,
        site: &SiteName,
        author_id: &str,
        time: Timestamp,
        id: &CommentId,
    ) -> Result<(), Fault> {
        if !author_id.is_empty() {
            let key = keys::authored(site, author_id, time, id);
            self.tables.by_author.insert(key.as_slice(), &[][..])?;
        }
        Ok(())
    }

    /// Takes a comment out.
    pub fn leave_author(
        &mut self,
        site: &SiteName,
        author_id: &str,
        time: Timestamp,
        id: &CommentId,
    ) -> Result<(), Fault> {
        self.tables.by_author.remove(keys::authored(site, author_id, time, id).as_slice())?;
        Ok(())
    }

    /// Follows a revision that names another author than before.
    pub fn move_author(&mut self, site: &SiteName, loaded: &Loaded, before: &str) -> Result<(), Fault> {
        let (now, time) = (&loaded.content.draft.author.id, loaded.row.hot.create_time);
        if now == before {
            return Ok(());
        }
        self.leave_author(site, before, time, &loaded.id)?;
        self.enter(site, now, time, &loaded.id)
    }
}

/// Enters every comment of a store that is older than the index. One that cannot be read is left out.
pub fn enter_old(tables: &mut Tables<Writing<'_>>) -> Result<(), Fault> {
    let mut entered = 0u64;
    for stored in tables.heads.iter()? {
        let (key, head) = stored?;
        let Ok(row) = Row::decode(head.value()) else { continue };
        let author_id = tables.contents.read(&keys::of_comment(row.ordinal), |bytes| {
            let (id, content) = split_content(bytes).ok()?;
            Some((id, record::decode_content(content).ok()?.draft.author.id))
        })?;
        let (Some(Some((id, author_id))), Some(site)) = (author_id, keys::site_of(key.value())) else {
            continue;
        };
        if !author_id.is_empty() {
            let key = keys::authored(&site, &author_id, row.hot.create_time, &id);
            tables.by_author.insert(key.as_slice(), &[][..])?;
            entered += 1;
        }
    }
    tracing::info!(comments = entered, "made the index of authors, which the store did not have yet");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use redb::backends::InMemoryBackend;

    use super::super::engine::{Engine, STORE};
    use super::super::row::StoreRow;
    use super::*;
    use crate::domain::{Action, Draft, State, SystemClock, Verdict};
    use crate::queue::hot::{Counted, Hot};
    use crate::queue::record::Content;

    /// A store as the version before the index left it, with one comment.
    fn written_by_the_version_before(engine: &Engine, site: &SiteName, id: &CommentId) {
        let transaction = engine.begin().unwrap();
        let mut tables = Tables::open(|table| transaction.open_table(table)).unwrap();
        let hot = Hot {
            state: State::Pending,
            published: false,
            counted: Counted::Nothing,
            tier: 0,
            version: 1,
            create_time: Timestamp(5),
            update_time: Timestamp(5),
            report_count: 0,
            content_hash: 0,
        };
        let row = Row {
            hot,
            ordinal: 1,
            admitted_as: State::Pending,
            judged_as: State::Pending,
            judged_at: Timestamp(5),
        };
        let mut draft = Draft::default();
        draft.author.id = "ann".into();
        let content = Content { draft, verdict: no_verdict(), fingerprints: Vec::new() };
        let content = super::super::view::join_content(id, &record::encode_content(&content));
        tables.heads.insert(keys::comment(site, id).as_slice(), &row.encode()[..]).unwrap();
        tables.contents.insert(&keys::of_comment(1)[..], content.as_slice()).unwrap();
        let mut store = StoreRow { next_ordinal: 2, ..StoreRow::NEW }.encode();
        store[0] = 1;
        tables.sites.insert(STORE, &store[..]).unwrap();
        drop(tables);
        transaction.commit().unwrap();
    }

    fn no_verdict() -> Verdict {
        Verdict {
            action: Action::Hold,
            score: 0.0,
            findings: Vec::new(),
            finding_count: 0,
            policy_revision: 0,
            model_revision: 0,
            learned_probability: None,
        }
    }

    #[test]
    fn a_store_without_the_index_gets_it_when_it_is_opened() {
        let (site, id) = (SiteName::new("default").unwrap(), CommentId::new("a").unwrap());
        let engine = Engine::open(InMemoryBackend::new(), Arc::new(SystemClock)).unwrap();
        written_by_the_version_before(&engine, &site, &id);
        engine.close();
        drop(engine.begin().unwrap());
        let query =
            AuthorQuery { author_id: "ann".into(), order: Order::OldestFirst, after: None, limit: 10 };
        let found = engine.snapshot().unwrap().tables.author_comments(&site, &query, Timestamp(9)).unwrap();
        assert_eq!(found.comments.len(), 1);
        assert_eq!(found.comments[0].id, id);
    }
}
