//! The leases that this screen holds.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::super::action::Command;
use crate::cli::time::moment;
use crate::proto::v1::{ClaimCommentsResponse, Comment};

/// How many comments are claimed ahead.
const AHEAD: usize = 20;

/// Rows that are looked at to find as many that are free.
const REACH: usize = 200;

/// A new claim is made when fewer than this are held.
const LOW: usize = 12;

/// A lease with fewer seconds left is renewed.
const RENEW_BELOW: i64 = 150;

/// A lease on one comment.
#[derive(Debug, Clone)]
pub struct Lease {
    /// Names the lease.
    pub claim_id: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// All of them, and what is asked for.
#[derive(Debug, Default)]
pub struct Leases {
    held: HashMap<String, Lease>,
    /// Asked for and not answered yet.
    asked: HashSet<String>,
    /// Asked for and not given.
    denied: HashSet<String>,
    /// Every lease that was ever given here.
    own: HashSet<String>,
    renewing: HashSet<String>,
}

impl Leases {
    /// The lease on a comment.
    pub fn on(&self, id: &str) -> Option<&Lease> {
        self.held.get(id)
    }

    /// Whether somebody else's lease is on a comment, as far as is known.
    pub fn is_another_s(&self, comment: &Comment, now: Timestamp) -> bool {
        is_claimed(comment, now) && !self.covers(&comment.id)
    }

    fn covers(&self, id: &str) -> bool {
        self.held.contains_key(id) || self.asked.contains(id)
    }

    /// Asks for the next comments that nobody holds, when few of them are ours.
    pub fn ahead<'a>(&mut self, rows: impl Iterator<Item = &'a Comment>, now: Timestamp) -> Option<Command> {
        let open = |id: &str| !self.covers(id) && !self.denied.contains(id);
        let free = |comment: &&Comment| !self.is_another_s(comment, now);
        let mut rows = rows.take(REACH).peekable();
        let first_is_open = rows.peek().is_some_and(|first| open(&first.id) && free(first));
        let window: Vec<_> = rows.filter(free).take(AHEAD).collect();
        let ours = window.iter().filter(|comment| self.covers(&comment.id)).count();
        if ours >= LOW && !first_is_open {
            return None;
        }
        let wanted = window.iter().filter(|comment| open(&comment.id));
        let ids: Vec<_> = wanted.map(|comment| comment.id.clone()).collect();
        self.asked.extend(ids.iter().cloned());
        (!ids.is_empty()).then_some(Command::Claim(ids))
    }

    /// Takes in what was given of what was asked for.
    pub fn claimed(&mut self, ids: &[String], claimed: &ClaimCommentsResponse) {
        self.forget_asked(ids);
        let Some(expires) = moment(claimed.expire_time.as_ref()) else { return };
        self.own.insert(claimed.claim_id.clone());
        for comment in &claimed.comments {
            let lease = Lease { claim_id: claimed.claim_id.clone(), expires };
            self.held.insert(comment.id.clone(), lease);
        }
        let denied = ids.iter().filter(|id| !self.held.contains_key(*id));
        self.denied.extend(denied.cloned());
    }

    /// Nothing was given for these; they can be asked for again.
    pub fn forget_asked(&mut self, ids: &[String]) {
        for id in ids {
            self.asked.remove(id);
            self.denied.remove(id);
        }
    }

    /// Someone's lease on a comment ended; it can be asked for again.
    pub fn freed(&mut self, id: &str) {
        self.denied.remove(id);
    }

    /// Whether a lease that is told of takes the comment from this screen. News of leases that were given here come
    /// late and in any order, and one that is being asked for is known only by its answer.
    pub fn is_lost_to(&self, claim_id: &str, id: &str) -> bool {
        self.held.contains_key(id) && !self.own.contains(claim_id) && !self.asked.contains(id)
    }

    /// Asks for more time where little is left, for those that are still of use.
    pub fn renewals(&mut self, now: Timestamp, of_use: impl Fn(&str) -> bool) -> Vec<Command> {
        let mut due: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (id, lease) in self.held.iter().filter(|(id, _)| of_use(id)) {
            let left = lease.expires.as_second() - now.as_second();
            if left < RENEW_BELOW && !self.renewing.contains(&lease.claim_id) {
                due.entry(lease.claim_id.clone()).or_default().push(id.clone());
            }
        }
        self.renewing.extend(due.keys().cloned());
        due.into_iter().map(|(claim_id, ids)| Command::Renew { claim_id, ids }).collect()
    }

    /// Takes in a new end for those that it was asked for.
    pub fn renewed(&mut self, claim_id: &str, ids: &[String], expires: Option<Timestamp>) {
        self.renewing.remove(claim_id);
        let Some(expires) = expires else { return };
        for id in ids {
            let lease = self.held.get_mut(id).filter(|lease| lease.claim_id == claim_id);
            lease.into_iter().for_each(|lease| lease.expires = expires);
        }
    }

    /// The leases that ended by themselves, which are held no more.
    pub fn expired(&mut self, now: Timestamp) -> Vec<String> {
        let ended = self.held.iter().filter(|(_, lease)| lease.expires <= now);
        let ended: Vec<_> = ended.map(|(id, _)| id.clone()).collect();
        ended.iter().for_each(|id| _ = self.held.remove(id));
        ended
    }

    /// Gives a lease up; its comment can be asked for again.
    pub fn drop(&mut self, id: &str) -> Option<Lease> {
        self.asked.remove(id);
        self.held.remove(id)
    }

    /// A lease is held after all.
    pub fn keep(&mut self, id: &str, lease: Lease) {
        self.held.insert(id.to_owned(), lease);
    }

    /// Gives all of them up; answers the leases to end.
    pub fn release(&mut self) -> Vec<Command> {
        self.give_up(|_| false)
    }

    /// Gives up all but those on some comments; answers the leases to end, each with the comments to end it on.
    pub fn give_up(&mut self, but: impl Fn(&str) -> bool) -> Vec<Command> {
        self.asked.clear();
        self.denied.clear();
        let mut ended: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (id, lease) in self.held.extract_if(|id, _| !but(id)) {
            ended.entry(lease.claim_id).or_default().push(id);
        }
        ended.values_mut().for_each(|ids| ids.sort_unstable());
        ended.into_iter().map(|(claim_id, ids)| Command::Release { claim_id, ids }).collect()
    }
}

/// Whether somebody's lease on a comment is live.
fn is_claimed(comment: &Comment, now: Timestamp) -> bool {
    let until = comment.claim.as_ref().and_then(|claim| moment(claim.expire_time.as_ref()));
    until.is_some_and(|until| until > now)
}
