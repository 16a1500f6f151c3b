//! Changes of cells as few bytes: what the store keeps of a model and what replicas fetch.
//!
//! The feature version, then for each changed cell in ascending order its distance from the one before
//! and the amount, both in groups of seven bits, the amount with its sign in the lowest bit. A comment
//! of 300 bytes changes about 900 cells and takes 2 KB. A whole model is the change from an empty one.

use super::features::VERSION;
use super::layout::CELLS;
use super::lesson::Change;

/// Why packed changes could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackingError {
    /// They were made for other features.
    #[error("it was made for feature version {found}, this program has {VERSION}")]
    Version {
        /// The version they were made for.
        found: u16,
    },
    /// They end too early or name a cell that there is not.
    #[error("its bytes are damaged")]
    Damaged,
}

/// Packs changes: sorts them and adds up those of one cell.
pub fn pack(mut changes: Vec<Change>) -> Vec<u8> {
    changes.sort_unstable_by_key(|&(cell, _)| cell);
    let mut bytes = VERSION.to_le_bytes().to_vec();
    let mut before = 0;
    for of_one_cell in changes.chunk_by(|one, other| one.0 == other.0) {
        let cell = of_one_cell[0].0;
        let amount = of_one_cell.iter().fold(0i32, |sum, &(_, amount)| sum.wrapping_add(amount));
        if amount != 0 {
            put(&mut bytes, cell - before);
            put(&mut bytes, (amount as u32) << 1 ^ (amount >> 31) as u32);
            before = cell;
        }
    }
    bytes
}

/// Packs a whole model.
pub fn pack_cells(cells: &[i32]) -> Vec<u8> {
    pack(cells.iter().enumerate().map(|(cell, &amount)| (cell as u32, amount)).collect())
}

/// Unpacks changes. No bytes at all are no changes.
///
/// # Errors
/// [`PackingError`].
pub fn unpack(bytes: &[u8]) -> Result<Vec<Change>, PackingError> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let (version, mut rest) = bytes.split_first_chunk().ok_or(PackingError::Damaged)?;
    let found = u16::from_le_bytes(*version);
    if found != VERSION {
        return Err(PackingError::Version { found });
    }
    let (mut changes, mut cell) = (Vec::with_capacity(rest.len() / 2), 0u32);
    while !rest.is_empty() {
        let distance = take(&mut rest).ok_or(PackingError::Damaged)?;
        let amount = take(&mut rest).ok_or(PackingError::Damaged)?;
        cell = cell
            .checked_add(distance)
            .filter(|&cell| (cell as usize) < CELLS)
            .ok_or(PackingError::Damaged)?;
        changes.push((cell, (amount >> 1) as i32 ^ -((amount & 1) as i32)));
    }
    Ok(changes)
}

fn put(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0u64;
    for group in 0..5 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << (7 * group);
        if byte < 0x80 {
            return u32::try_from(number).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn changes_come_back_added_up(
            changes in prop::collection::vec((0..CELLS as u32, any::<i32>()), 0..200),
        ) {
            let mut sums = BTreeMap::new();
            for &(cell, amount) in &changes {
                let sum = sums.entry(cell).or_insert(0i32);
                *sum = sum.wrapping_add(amount);
            }
            sums.retain(|_, amount| *amount != 0);
            prop_assert_eq!(unpack(&pack(changes)).unwrap(), sums.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn foreign_bytes_are_refused_or_stay_within_the_model(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let bytes = [&VERSION.to_le_bytes()[..], &bytes].concat();
            for (cell, _) in unpack(&bytes).unwrap_or_default() {
                prop_assert!((cell as usize) < CELLS);
            }
        }
    }

    #[test]
    fn changes_for_other_features_are_refused_by_version() {
        let mut other = pack(vec![(5, 1)]);
        other[0] = 200;
        assert_eq!(unpack(&other), Err(PackingError::Version { found: 200 }));
        assert_eq!(unpack(&[1]), Err(PackingError::Damaged));
        assert_eq!(unpack(&[]), Ok(vec![]));
    }
}
