//! Where everything of a site's model lies: one flat array of whole numbers, each cell a plain sum.
//!
//! Architecture invariant: a cell only ever changes by addition. What one lesson added, an undo takes
//! away exactly, in any order, and replicas may add their lessons to shared cells.

use super::features::KEY_BITS;

/// Slots of a site's model; several features share one.
pub(super) const SITE_SLOTS: usize = 1 << SITE_BITS;
const SITE_BITS: u32 = 16;
/// Cells a slot has: counts of fine, spam, abuse; steps for spam and abuse.
pub(super) const PER_SLOT: usize = 5;
/// First of the steps within a slot.
pub(super) const STEPS: usize = 3;

/// Shares of fine, spam and abuse learned.
pub(super) const TOTALS: usize = SITE_SLOTS * PER_SLOT;
/// Intercepts for spam and abuse.
pub(super) const INTERCEPTS: usize = TOTALS + 3;
/// Lessons learned so far, undone ones included.
pub(super) const LESSONS: usize = INTERCEPTS + 2;
/// Lessons learned less lessons undone.
pub(super) const STANDING: usize = LESSONS + 1;

/// Lessons after which the teachers of the generation before last are forgotten.
pub(super) const GENERATION: u32 = 1_024;
/// Generations after which the outcomes of the age before last are forgotten. Outcomes are remembered longer, since
/// of what the filter decides alone only a sample comes back.
pub(super) const AGE: u32 = 4;
/// Scores are told apart in this many bins, half a unit of log-odds each, from -12 on.
pub(super) const BINS: usize = 48;
/// Teachers fall into this many cells.
pub(super) const TEACHERS: usize = 8_192;
/// Outcomes by bin, approved and rejected, of an even and an odd age.
const OUTCOMES: usize = STANDING + 1;
/// Lessons by teacher, of an even and an odd generation.
const TAUGHT: usize = OUTCOMES + 2 * AGE_CELLS;
/// Cells of one age.
pub(super) const AGE_CELLS: usize = 2 * BINS;

/// Number of cells in all.
pub const CELLS: usize = TAUGHT + 2 * TEACHERS;

/// The slot of a site's model that the feature with this key shares.
#[inline]
pub(super) fn site_slot(key: u32) -> usize {
    (key >> (KEY_BITS - SITE_BITS)) as usize
}

/// The first cell of a feature's slot.
pub(super) fn slot_cell(key: u32) -> usize {
    site_slot(key) * PER_SLOT
}

/// The first cell of the outcomes of an age.
pub(super) fn age_cell(age: u32) -> usize {
    OUTCOMES + (age % 2) as usize * AGE_CELLS
}

/// The first cell of the teachers of a generation.
pub(super) fn generation_cell(generation: u32) -> usize {
    TAUGHT + (generation % 2) as usize * TEACHERS
}

/// The bin of a score.
pub(super) fn bin(log_odds: f32) -> usize {
    ((log_odds.clamp(-12.0, 11.99) + 12.0) * 2.0) as usize
}

/// The middle of a bin.
pub(super) fn bin_middle(bin: usize) -> f32 {
    bin as f32 / 2.0 - 11.75
}
