//! Adds up what features weigh while they are made: none is kept.

use super::super::layout::{SITE_SLOTS, site_slot};
use super::walk::Sink;
use super::{ONE, Seen};
use crate::learn::table::Table;

/// What a site's moderators taught, by slot: log-odds of spam and of abuse for a value of 1.0.
pub type SlotWeights = [[f32; 2]; SITE_SLOTS];

/// Sums over the features of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sums {
    /// Of the prior's steps times values, in units of 1/1024.
    pub prior: i32,
    /// Of what was taught, times values, for spam and for abuse.
    pub taught: [f32; 2],
}

pub(super) struct Adding<'a> {
    prior: &'a Table,
    taught: Option<&'a SlotWeights>,
    seen: &'a mut Seen,
    count: usize,
    /// Of the open block, without values.
    block: Sums,
    sums: Sums,
}

impl<'a> Adding<'a> {
    pub(super) fn new(prior: &'a Table, taught: Option<&'a SlotWeights>, seen: &'a mut Seen) -> Self {
        Self { prior, taught, seen, count: 0, block: Sums::default(), sums: Sums::default() }
    }

    pub(super) fn finish(self) -> Sums {
        self.sums
    }
}

impl Sink for Adding<'_> {
    #[inline]
    fn add(&mut self, hash: u64, _: usize, _: usize) {
        let Some(key) = self.seen.first(hash) else { return };
        self.count += 1;
        self.block.prior += self.prior.step(key);
        if let Some(taught) = self.taught {
            let [spam, abuse] = taught[site_slot(key)];
            self.block.taught[0] += spam;
            self.block.taught[1] += abuse;
        }
    }

    fn end_block(&mut self, value: impl Fn(usize) -> u16) {
        let value = value(self.count);
        self.sums.prior += self.block.prior * i32::from(value);
        for (sum, block) in self.sums.taught.iter_mut().zip(self.block.taught) {
            *sum += block * f32::from(value) / ONE;
        }
        (self.count, self.block) = (0, Sums::default());
    }
}
