//! The leases that this screen holds.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::super::action::Command;
use crate::cli::time::moment;
use crate::proto::v1::{ClaimCommentsResponse, Comment};

/// How many comments are claimed ahead.
const AHEAD: usize = 20;

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
    asked: HashSet<String>,
    renewing: HashSet<String>,
}

impl Leases {
    /// The lease on a comment.
    pub fn on(&self, id: &str) -> Option<&Lease> {
        self.held.get(id)
    }

    /// Asks for the comments from here on that are free, when few of them are held.
    pub fn ahead<'a>(&mut self, rows: impl Iterator<Item = &'a Comment>, now: Timestamp) -> Option<Command> {
        let window: Vec<_> = rows.take(AHEAD).collect();
        let covered =
            |comment: &Comment| self.held.contains_key(&comment.id) || self.asked.contains(&comment.id);
        let free = |comment: &Comment| {
            let until = comment.claim.as_ref().and_then(|claim| moment(claim.expire_time.as_ref()));
            until.is_none_or(|until| until <= now)
        };
        let first_is_open = window.first().is_some_and(|first| !covered(first) && free(first));
        if window.iter().filter(|comment| covered(comment)).count() >= LOW && !first_is_open {
            return None;
        }
        let wanted = window.iter().filter(|comment| !covered(comment) && free(comment));
        let ids: Vec<_> = wanted.map(|comment| comment.id.clone()).collect();
        self.asked.extend(ids.iter().cloned());
        (!ids.is_empty()).then_some(Command::Claim(ids))
    }

    /// Takes in what was given.
    pub fn claimed(&mut self, claimed: &ClaimCommentsResponse) {
        let Some(expires) = moment(claimed.expire_time.as_ref()) else { return };
        for comment in &claimed.comments {
            let lease = Lease { claim_id: claimed.claim_id.clone(), expires };
            self.held.insert(comment.id.clone(), lease);
            self.asked.remove(&comment.id);
        }
    }

    /// Nothing was given for these; they can be asked for again.
    pub fn forget_asked(&mut self, ids: &[String]) {
        ids.iter().for_each(|id| _ = self.asked.remove(id));
    }

    /// Asks for more time where little is left.
    pub fn renewals(&mut self, now: Timestamp) -> Vec<Command> {
        let mut due: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (id, lease) in &self.held {
            let left = lease.expires.as_second() - now.as_second();
            if left < RENEW_BELOW && !self.renewing.contains(&lease.claim_id) {
                due.entry(lease.claim_id.clone()).or_default().push(id.clone());
            }
        }
        self.renewing.extend(due.keys().cloned());
        due.into_iter().map(|(claim_id, ids)| Command::Renew { claim_id, ids }).collect()
    }

    /// Takes in a new end.
    pub fn renewed(&mut self, claim_id: &str, expires: Option<Timestamp>) {
        self.renewing.remove(claim_id);
        let of_claim = self.held.values_mut().filter(|lease| lease.claim_id == claim_id);
        if let Some(expires) = expires {
            of_claim.for_each(|lease| lease.expires = expires);
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
    pub fn release(&mut self) -> Vec<String> {
        self.asked.clear();
        let claims: HashSet<_> = self.held.drain().map(|(_, lease)| lease.claim_id).collect();
        claims.into_iter().collect()
    }
}
