//! A site's model at one revision, ready to judge by.

use std::sync::{Arc, LazyLock};

use super::calibration::Calibration;
use super::model::Model;
use super::packing::{PackingError, unpack};

/// Shared by all sites whose moderators have taught nothing yet.
static UNTAUGHT: LazyLock<Arc<Snapshot>> = LazyLock::new(|| Arc::new(Snapshot::new(0, 0, Model::default())));

/// A model that does not change any more, with what is derived from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    generation: u64,
    revision: u64,
    model: Model,
    calibration: Calibration,
}

impl Snapshot {
    /// The model at a revision of the store's of this generation.
    pub fn new(generation: u64, revision: u64, model: Model) -> Self {
        let calibration = model.calibration();
        Self { generation, revision, model, calibration }
    }

    /// What is known before anything was taught: the prior alone.
    pub fn untaught() -> &'static Arc<Self> {
        &UNTAUGHT
    }

    /// The snapshot that packed changes lead to: those of a whole model, or on top of this one.
    ///
    /// # Errors
    /// [`PackingError`] when they cannot be read.
    pub fn advanced(
        &self,
        generation: u64,
        revision: u64,
        whole: Option<&[u8]>,
        changes: &[Vec<u8>],
    ) -> Result<Self, PackingError> {
        let mut model = if whole.is_some() { Model::default() } else { self.model.clone() };
        for packed in whole.into_iter().chain(changes.iter().map(Vec::as_slice)) {
            model.apply(&unpack(packed)?);
        }
        Ok(Self::new(generation, revision, model))
    }

    /// The generation of the store that keeps it; 0 when nothing was taught.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Counts the changes of a site's model; 0 when nothing was taught.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// How well it foretold what moderators decided.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// Bytes that it takes in memory.
    pub fn memory(&self) -> usize {
        if self.revision == 0 { 0 } else { Model::memory() }
    }
}
