//! The learned filter: spam and abuse by statistics over words and pieces of words.
//!
//! In reading order: a comment becomes hashed [`features`]; a [`prior`] made by [`train`] weighs them on
//! the first day; a site's [`model`] adds what its moderators taught in [`lesson`]s; [`calibration`] makes
//! an honest probability of it; [`explain`] names the words that weighed most; [`filter`] is all of it as
//! one filter. [`evaluation`], [`duplicates`] and [`replay`] measure how good it is.
//!
//! Architecture invariant: nothing here does I/O. A model is a fold of decisions; whoever stores it adds
//! its changes cell by cell.

pub mod calibration;
pub mod duplicates;
pub mod evaluation;
pub mod explain;
pub mod features;
pub mod filter;
mod folding;
mod hashing;
mod layout;
pub mod lesson;
mod lexicon;
pub mod logistic;
pub mod model;
pub mod prior;
pub mod replay;
mod tokens;
pub mod train;

pub use calibration::{Calibration, Thresholds};
pub use features::Extractor;
pub use filter::Learned;
pub use layout::CELLS;
pub use lesson::{Change, Class, Lesson};
pub use model::Model;
pub use prior::{Prior, PriorError};
