//! The weights of the features that are worth keeping, in a table of fixed size.
//!
//! There are far more features than places. Where several would share one, the heaviest has it, and a mark tells it
//! from the others: a feature that is not in the table weighs nothing, rather than what another one weighs.

use super::features::KEY_BITS;

/// The table has 2 to the power of this many places.
pub(super) const PLACE_BITS: u32 = 17;
/// Bytes of the table as it is stored.
pub(super) const BYTES: usize = PLACES * 2;

const PLACES: usize = 1 << PLACE_BITS;
/// The bits of a key that its place does not tell; they fit in a mark.
const MARK_BITS: u32 = KEY_BITS - PLACE_BITS;
/// Steps of a weight on either side of zero.
const STEPS: f32 = 127.0;

/// Weights rounded to whole steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    places: Box<[Place; PLACES]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Place {
    mark: u8,
    step: i8,
}

impl Default for Table {
    /// Nothing weighs anything.
    fn default() -> Self {
        Self { places: Box::new([Place::default(); PLACES]) }
    }
}

impl Table {
    /// The table of these keys and their weights, each key once, and what one step weighs. The largest thousandth part
    /// of a percent is cut to the rest.
    pub fn of(weights: &[(u32, f32)]) -> (Self, f32) {
        let mut sorted = weights.to_vec();
        sorted.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()).then(one.0.cmp(&other.0)));
        let largest = sorted.get(sorted.len() / 100_000).map_or(0.0, |weight| weight.1.abs());
        let largest = largest.max(f32::MIN_POSITIVE);
        let mut table = Self::default();
        for (key, weight) in sorted {
            let (place, mark) = (&mut table.places[place_of(key)], mark_of(key));
            if place.step == 0 {
                let step = (weight / largest * STEPS).round().clamp(-STEPS, STEPS) as i8;
                *place = Place { mark, step };
            }
        }
        (table, largest / STEPS)
    }

    /// The steps that a key weighs; 0 when it is not in the table.
    #[inline]
    pub fn step(&self, key: u32) -> i32 {
        let Place { mark, step } = self.places[place_of(key)];
        if mark == mark_of(key) { i32::from(step) } else { 0 }
    }

    /// Mark and step of each place.
    pub fn to_bytes(&self) -> impl Iterator<Item = u8> {
        self.places.iter().flat_map(|place| [place.mark, place.step as u8])
    }

    /// Reads [`Table::to_bytes`]; `None` when there are too few or too many.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (pairs, []) = bytes.as_chunks::<2>() else { return None };
        let places: Box<[Place]> =
            pairs.iter().map(|&[mark, step]| Place { mark, step: step as i8 }).collect();
        Some(Self { places: places.try_into().ok()? })
    }
}

fn place_of(key: u32) -> usize {
    (key >> MARK_BITS) as usize
}

fn mark_of(key: u32) -> u8 {
    (key & ((1 << MARK_BITS) - 1)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: u32 = 77 << MARK_BITS | 5;

    #[test]
    fn what_is_not_in_the_table_weighs_nothing() {
        let (table, step) = Table::of(&[(KEY, -3.0)]);
        assert!((table.step(KEY) as f32 * step + 3.0).abs() < 1e-3);
        assert_eq!((table.step(KEY + 1), table.step(KEY + (1 << MARK_BITS))), (0, 0));
    }

    #[test]
    fn of_those_that_share_a_place_the_heaviest_has_it() {
        let (table, _) = Table::of(&[(KEY, 1.0), (KEY + 1, -2.0), (KEY + 2, 0.5)]);
        assert_eq!([KEY, KEY + 1, KEY + 2].map(|key| table.step(key)), [0, -127, 0]);
    }

    #[test]
    fn a_table_comes_back_from_its_bytes() {
        let (table, _) = Table::of(&[(KEY, 1.0), (KEY << 3, -0.25)]);
        let bytes: Vec<u8> = table.to_bytes().collect();
        assert_eq!((bytes.len(), Table::from_bytes(&bytes)), (BYTES, Some(table)));
        assert_eq!(Table::from_bytes(&bytes[1..]), None);
        assert_eq!(Table::from_bytes(&bytes[2..]), None);
    }
}
