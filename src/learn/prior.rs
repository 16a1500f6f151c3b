//! What the filter knows before any moderator has decided: weights from labelled texts.

use std::sync::{Arc, LazyLock};

use super::features::{Feature, ONE, VERSION};
use super::table::{self, PLACE_BITS, Table};
use super::train::Weights;

/// Decoded once for the whole process.
static SHARED: LazyLock<Arc<Prior>> = LazyLock::new(|| Arc::new(Prior::shipped()));

const MAGIC: &[u8; 8] = b"mqprior1";
const HEADER: usize = MAGIC.len() + 2 + 1 + 4 + 4;

/// Quantised weights of the features for spam. Abuse has no prior: weights learned on one source told
/// nothing about another (areas under the curve of 0.50 to 0.65).
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    table: Table,
    scale: f32,
    intercept: f32,
}

/// Why a prior could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriorError {
    /// It does not begin as a prior does.
    #[error("this is no prior file; make one with `cargo run --release --example train_prior`")]
    Foreign,
    /// It was made for other features.
    #[error("this prior was made for feature version {found}, this program has {VERSION}; train it again")]
    Version {
        /// The version it was made for.
        found: u16,
    },
    /// It is too short, too long, or its numbers are none.
    #[error("this prior file is damaged; make it again with `cargo run --release --example train_prior`")]
    Damaged,
}

impl Prior {
    /// The prior that comes with the program. Its sources stand in `SOURCES.md` beside it.
    pub fn shipped() -> Self {
        Self::from_bytes(include_bytes!("prior/prior.bin")).expect("the shipped prior fits this program")
    }

    /// The same, decoded once and shared by all who use it.
    pub fn shared() -> &'static Arc<Self> {
        &SHARED
    }

    /// A prior that says nothing.
    pub fn empty() -> Self {
        Self { table: Table::default(), scale: 0.0, intercept: -2.0 }
    }

    /// The heaviest of the weights, rounded to whole steps.
    pub fn quantise(weights: &Weights) -> Self {
        let (table, scale) = Table::of(&weights.features);
        Self { table, scale, intercept: weights.intercept }
    }

    /// The log-odds of spam.
    pub fn score(&self, features: &[Feature]) -> f32 {
        let step = |feature: &Feature| self.table.step(feature.key) * i32::from(feature.value);
        let sum: i32 = features.iter().map(step).sum();
        self.log_odds(sum)
    }

    /// The log-odds of spam from the sum of all features' steps times their values.
    pub(super) fn log_odds(&self, sum: i32) -> f32 {
        sum as f32 * self.scale / ONE + self.intercept
    }

    /// The steps of the features.
    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// What one feature adds to [`Prior::score`].
    pub fn part(&self, feature: &Feature) -> f32 {
        (self.table.step(feature.key) * i32::from(feature.value)) as f32 * self.scale / ONE
    }

    /// The file: magic, feature version, bits of a place, scale, intercept, the table; little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + table::BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.push(PLACE_BITS as u8);
        bytes.extend_from_slice(&self.scale.to_le_bytes());
        bytes.extend_from_slice(&self.intercept.to_le_bytes());
        bytes.extend(self.table.to_bytes());
        bytes
    }

    /// Reads [`Prior::to_bytes`].
    ///
    /// # Errors
    /// [`PriorError`] when it is another file, made for other features, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PriorError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(PriorError::Foreign)?;
        let (version, rest) = rest.split_first_chunk::<2>().ok_or(PriorError::Damaged)?;
        let found = u16::from_le_bytes(*version);
        if found != VERSION {
            return Err(PriorError::Version { found });
        }
        let (bits, rest) = rest.split_first().ok_or(PriorError::Damaged)?;
        let (scale, rest) = rest.split_first_chunk::<4>().ok_or(PriorError::Damaged)?;
        let (intercept, table) = rest.split_first_chunk::<4>().ok_or(PriorError::Damaged)?;
        let (scale, intercept) = (f32::from_le_bytes(*scale), f32::from_le_bytes(*intercept));
        let sound = scale.is_finite() && intercept.is_finite();
        if u32::from(*bits) != PLACE_BITS || !sound {
            return Err(PriorError::Damaged);
        }
        let table = Table::from_bytes(table).ok_or(PriorError::Damaged)?;
        Ok(Self { table, scale, intercept })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Prior {
        let features = (0..1_000u32).map(|key| (key << 8, (key % 7) as f32 - 3.0)).collect();
        Prior::quantise(&Weights { features, intercept: -1.5 })
    }

    #[test]
    fn a_prior_comes_back_from_its_file() {
        assert_eq!(Prior::from_bytes(&some().to_bytes()), Ok(some()));
    }

    #[test]
    fn another_file_is_refused_with_the_remedy() {
        assert_eq!(Prior::from_bytes(b"PK"), Err(PriorError::Foreign));
        let mut older = some().to_bytes();
        older[8] = 0;
        assert_eq!(Prior::from_bytes(&older), Err(PriorError::Version { found: 0 }));
        assert!(PriorError::Version { found: 0 }.to_string().contains("train it again"));
    }

    #[test]
    fn a_cut_or_spoiled_prior_is_damaged() {
        let whole = some().to_bytes();
        for length in [8, 10, 12, 18, whole.len() - 1] {
            assert_eq!(Prior::from_bytes(&whole[..length]), Err(PriorError::Damaged), "{length}");
        }
        let mut spoiled = whole;
        spoiled[11..15].copy_from_slice(&f32::NAN.to_le_bytes());
        assert_eq!(Prior::from_bytes(&spoiled), Err(PriorError::Damaged));
    }
}
