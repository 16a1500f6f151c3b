//! Who holds what: leases given, renewed and lost, and what others look at.

use std::collections::HashSet;

use jiff::Timestamp;

use super::State;
use crate::cli::failure::Refusal;
use crate::cli::time::moment;
use crate::cli::tui::action::Command;
use crate::proto::v1::{ClaimCommentsResponse, Comment, RenewClaimsResponse};

/// Rows from the selection on within which leases are of use.
const NEAR: usize = 200;

/// Leases are not renewed when no key was pressed for so many seconds: somebody who left holds nothing.
const AWAY: i64 = 900;

impl State {
    pub(super) fn tick(&mut self, now: Timestamp) -> Vec<Command> {
        self.now = now;
        let near = self.queue.rows.from_selected().take(NEAR).map(|comment| &comment.id);
        let near: HashSet<_> = near.chain(&self.queue.marked).cloned().collect();
        let mut ended = self.leases.expired(now);
        ended.retain(|id| near.contains(id));
        self.tell_lost(&ended);
        let away = now.as_second() - self.active.as_second() > AWAY;
        if away { vec![] } else { self.leases.renewals(now, |id| near.contains(id)) }
    }

    /// Goes on to the next comment that nobody else looks at, if there is one near.
    pub(super) fn pass_over_claimed(&mut self) {
        let rows = self.queue.rows.from_selected().take(NEAR);
        let free = rows.into_iter().find(|comment| !self.is_another_s(comment));
        let free = free.map(|comment| comment.id.clone());
        free.into_iter().for_each(|id| self.queue.rows.select(&id));
    }

    /// Whether somebody else looks at a comment.
    pub fn is_another_s(&self, comment: &Comment) -> bool {
        self.leases.is_another_s(comment, self.now)
    }

    pub(super) fn tell_lost(&mut self, ids: &[String]) {
        match ids {
            [] => {}
            [id] => self.warn(format!("the claim on {id} was lost; others can decide it now")),
            ids => self
                .warn(format!("the claims on {} comments were lost; others can decide them now", ids.len())),
        }
    }

    /// Leases on comments that are not listed any more are given back.
    pub(super) fn claimed(
        &mut self,
        ids: &[String],
        claimed: Result<ClaimCommentsResponse, Refusal>,
    ) -> Vec<Command> {
        match claimed {
            Ok(claimed) => {
                self.leases.claimed(ids, &claimed);
                self.once_held.extend(claimed.comments.iter().map(|comment| comment.id.clone()));
                let gone =
                    claimed.comments.iter().filter(|comment| self.queue.rows.get(&comment.id).is_none());
                let gone: Vec<_> = gone.map(|comment| comment.id.clone()).collect();
                gone.iter().for_each(|id| _ = self.leases.drop(id));
                claimed.comments.into_iter().for_each(|comment| self.replace(comment));
                if !gone.is_empty() {
                    return vec![Command::Release { claim_id: claimed.claim_id, ids: gone }];
                }
            }
            Err(refusal) => {
                self.leases.forget_asked(ids);
                if self.message.is_none() {
                    self.warn(format!("nothing could be claimed: {}", refusal.in_one_line()));
                }
            }
        }
        vec![]
    }

    pub(super) fn renewed(
        &mut self,
        claim_id: &str,
        ids: &[String],
        renewed: Result<RenewClaimsResponse, Refusal>,
    ) {
        match renewed {
            Ok(renewed) => {
                self.leases.renewed(claim_id, ids, moment(renewed.expire_time.as_ref()));
                self.lose(&renewed.lost_comment_ids);
            }
            Err(refusal) => {
                self.leases.renewed(claim_id, ids, None);
                if refusal.reason == "CLAIM_LOST" {
                    self.lose(ids);
                }
            }
        }
    }

    pub(super) fn lose(&mut self, ids: &[String]) {
        let lost: Vec<_> = ids.iter().filter(|id| self.leases.drop(id).is_some()).cloned().collect();
        self.tell_lost(&lost);
    }
}
