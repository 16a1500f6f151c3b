//! Pages, counts, the likes of a comment.

use std::cmp::Reverse;

use modqueue::domain::{Comment, CommentId, State, Timestamp};
use modqueue::queue::{AuthorQuery, Counts, Mark, Order, Page, PageQuery};

use super::site::Site;

/// A comment's place: lower comes first.
type Place = (Reverse<u8>, i64, CommentId);

const LONGEST_PAGE: usize = 500;

impl Site {
    pub fn page(&self, query: &PageQuery) -> Page {
        let at = |comment: Comment| (mark(&comment, query.order), comment);
        let rows = self.rows.values().map(|row| self.seen(&row.comment));
        let mut listed: Vec<_> = rows.filter(|comment| comment.state == query.state).map(at).collect();
        listed.sort_by_key(|(mark, _)| place(mark));
        let after = |mark: &Mark| query.after.as_ref().map(|after| place(mark).cmp(&place(after)));
        if query.order == Order::NewestFirst {
            listed.reverse();
            listed.retain(|(mark, _)| after(mark).is_none_or(|side| side.is_lt()));
        } else {
            listed.retain(|(mark, _)| after(mark).is_none_or(|side| side.is_gt()));
        }
        let limit = query.limit.min(LONGEST_PAGE);
        let more = listed.len() > limit;
        listed.truncate(limit);
        let next = listed.last().filter(|_| more).map(|(mark, _)| mark.clone());
        Page { comments: listed.into_iter().map(|(_, comment)| comment).collect(), next }
    }

    pub fn author_comments(&self, query: &AuthorQuery) -> Page {
        let key = |comment: &Comment| (comment.create_time, comment.id.clone());
        let mut written: Vec<_> = self.rows.values().map(|row| self.seen(&row.comment)).collect();
        written.retain(|comment| !query.author_id.is_empty() && comment.draft.author.id == query.author_id);
        written.sort_by_key(key);
        let after = query.after.as_ref().map(|mark| (mark.time, mark.id.clone()));
        if query.order == Order::NewestFirst {
            written.reverse();
            written.retain(|comment| after.as_ref().is_none_or(|after| key(comment) < *after));
        } else {
            written.retain(|comment| after.as_ref().is_none_or(|after| key(comment) > *after));
        }
        let limit = query.limit.min(LONGEST_PAGE);
        let more = written.len() > limit;
        written.truncate(limit);
        let mark = |comment: &Comment| Mark { tier: 0, time: comment.create_time, id: comment.id.clone() };
        let next = written.last().filter(|_| more).map(mark);
        Page { comments: written, next }
    }

    pub fn similar(&self, id: &CommentId, after: Option<&CommentId>, limit: usize) -> Vec<CommentId> {
        let Some(this) = self.rows.get(id) else { return Vec::new() };
        let shares = |fingerprints: &[u64]| fingerprints.iter().any(|one| this.fingerprints.contains(one));
        let alike = self.rows.iter().filter(|(other, row)| *other == id || shares(&row.fingerprints));
        alike.map(|(other, _)| other).filter(|other| Some(*other) > after).take(limit).cloned().collect()
    }

    pub fn counts(&self) -> Counts {
        let comments: Vec<_> = self.rows.values().map(|row| self.seen(&row.comment)).collect();
        let of = |state| comments.iter().filter(move |comment| comment.state == state);
        Counts {
            pending: of(State::Pending).count() as u64,
            escalated: of(State::Escalated).count() as u64,
            approved: of(State::Approved).count() as u64,
            rejected: of(State::Rejected).count() as u64,
            withdrawn: of(State::Withdrawn).count() as u64,
            claimed: comments.iter().filter(|comment| comment.claim.is_some()).count() as u64,
            oldest_pending: of(State::Pending).map(|comment| comment.create_time).min(),
            oldest_escalated: of(State::Escalated).map(|comment| comment.create_time).min(),
        }
    }
}

/// Where a page that ends with this comment goes on.
fn mark(comment: &Comment, order: Order) -> Mark {
    let waiting = comment.state.is_waiting();
    Mark {
        tier: if waiting && order == Order::Risk { comment.tier } else { 0 },
        time: if waiting { comment.create_time } else { comment.update_time },
        id: comment.id.clone(),
    }
}

fn place(mark: &Mark) -> Place {
    let Timestamp(time) = mark.time;
    (Reverse(mark.tier), time, mark.id.clone())
}
