//! Reading what hangs together, in a snapshot or in the middle of a batch.

use super::fault::Fault;
use super::keys;
use super::row::{self, Row, SiteRow};
use super::tables::{Readable, Tables};
use crate::domain::{AuthorRecord, Claim, Comment, CommentId, SiteName, Timestamp};
use crate::queue::record::{self, Content, Standing};

/// A comment with everything that a step may need of it, decoded.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its id.
    pub id: CommentId,
    /// Its head.
    pub row: Row,
    /// What was written and how it was judged.
    pub content: Content,
    /// The moderator's decision that stands.
    pub decided: Option<Standing>,
    /// The lease on it while it is live.
    pub claim: Option<Claim>,
}

impl Loaded {
    /// As the caller sees it.
    pub fn into_comment(self) -> Box<Comment> {
        let Self { id, row, content, decided, claim } = self;
        Box::new(Comment {
            id,
            state: row.hot.state,
            published: row.hot.published,
            draft: content.draft,
            verdict: content.verdict,
            decision: decided.map(|standing| standing.decision).or_else(|| row.policy_decision()),
            claim,
            version: row.hot.version,
            tier: row.hot.tier,
            report_count: row.hot.report_count,
            create_time: row.hot.create_time,
            update_time: row.hot.update_time,
        })
    }
}

impl<B: Readable> Tables<B> {
    /// A comment's head.
    pub fn head(&self, site: &SiteName, id: &CommentId) -> Result<Option<Row>, Fault> {
        let row = self.heads.read(&keys::comment(site, id), Row::decode)?;
        row.transpose().map_err(|detail| Fault::damaged(format_args!("comment {id}"), detail))
    }

    /// A comment's content.
    pub fn content(&self, id: &CommentId, row: &Row) -> Result<Content, Fault> {
        let damaged = |detail| Fault::damaged(format_args!("comment {id}"), detail);
        let stored = self.contents.read(&keys::of_comment(row.ordinal), |bytes| {
            split_content(bytes).and_then(|(_, content)| record::decode_content(content))
        })?;
        stored.ok_or_else(|| damaged("its content is missing".into()))?.map_err(damaged)
    }

    /// A comment with all that is known of it; `None` when there is none.
    pub fn load(&self, site: &SiteName, id: &CommentId, now: Timestamp) -> Result<Option<Loaded>, Fault> {
        let Some(row) = self.head(site, id)? else { return Ok(None) };
        let content = self.content(id, &row)?;
        let decided = self.decided(id, &row)?.map(|(_, standing)| standing);
        let claim = match row.hot.state.is_waiting() {
            true => self.lease(site, id)?.filter(|claim| claim.expire_time > now),
            false => None,
        };
        Ok(Some(Loaded { id: id.clone(), row, content, decided, claim }))
    }

    /// The moderator's decision that stands, and its depth in the stack of those before it.
    pub fn decided(&self, id: &CommentId, row: &Row) -> Result<Option<(u32, Standing)>, Fault> {
        // Nothing was decided about a comment that never changed.
        if row.hot.version == 1 {
            return Ok(None);
        }
        let range = keys::starting_with(&keys::of_comment(row.ordinal));
        let mut stack = self.decisions.range::<&[u8]>(range.start.as_slice()..range.end.as_slice())?;
        let Some((key, value)) = stack.next_back().transpose()? else { return Ok(None) };
        let depth = key.value()[8..].try_into().map_or(0, u32::from_be_bytes);
        let standing = record::decode_standing(value.value())
            .map_err(|detail| Fault::damaged(format_args!("the decision on comment {id}"), detail))?;
        Ok(Some((depth, standing)))
    }

    /// The lease on a comment, live or over.
    pub fn lease(&self, site: &SiteName, id: &CommentId) -> Result<Option<Claim>, Fault> {
        let lease = self.leases.read(&keys::comment(site, id), row::decode_lease)?;
        lease.transpose().map_err(|detail| Fault::damaged(format_args!("the lease on comment {id}"), detail))
    }

    /// What the site knows of an author; guests have no record.
    pub fn author(&self, site: &SiteName, author_id: &str) -> Result<AuthorRecord, Fault> {
        if author_id.is_empty() {
            return Ok(AuthorRecord::default());
        }
        let record = self.authors.read(&keys::author(site, author_id), row::decode_author)?;
        let damaged = |detail| Fault::damaged(format_args!("author {author_id:?}"), detail);
        Ok(record.transpose().map_err(damaged)?.unwrap_or_default())
    }

    /// What a site counts.
    pub fn site(&self, site: &SiteName) -> Result<SiteRow, Fault> {
        let row = self.sites.read(site.as_str().as_bytes(), SiteRow::decode)?;
        let damaged = |detail| Fault::damaged(format_args!("site {site}"), detail);
        Ok(row.transpose().map_err(damaged)?.unwrap_or_default())
    }
}

/// The bytes of a content row: the comment's id before its content, so that an ordinal leads back to it.
pub fn join_content(id: &CommentId, content: &[u8]) -> Vec<u8> {
    let id = id.as_str().as_bytes();
    [&[id.len() as u8], id, content].concat()
}

/// The id and the content in a content row.
pub fn split_content(bytes: &[u8]) -> Result<(CommentId, &[u8]), String> {
    let (length, rest) = bytes.split_first().ok_or("it is empty")?;
    let (id, content) = rest.split_at_checked(usize::from(*length)).ok_or("it ends too early")?;
    let id = std::str::from_utf8(id).map_err(|error| error.to_string())?;
    Ok((CommentId::new(id).map_err(|error| error.to_string())?, content))
}
