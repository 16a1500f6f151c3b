//! The learned filter: spam and abuse by statistics over words and pieces of words.
//!
//! In reading order: a comment becomes hashed [`features`]; a [`prior`] made by [`train`] weighs them on
//! the first day; a site's [`model`] adds what its moderators taught in [`lesson`]s; [`calibration`] makes
//! an honest probability of it; [`explain`] names the words that weighed most; [`filter`] is all of it as
//! one filter. [`evaluation`], [`duplicates`] and [`replay`] measure how good it is.
//!
//! On a server, [`fold`] turns decisions into changes of a model, which are kept [`packing`] small; a
//! [`snapshot`] is a model ready to judge by, and [`live`] holds the newest one of each site.
//!
//! Architecture invariant: nothing here does I/O. A model is a fold of decisions; whoever stores it adds
//! its changes cell by cell. [`crate::learner`] reads and stores.

pub mod calibration;
pub mod duplicates;
pub mod evaluation;
pub mod explain;
pub mod features;
pub mod filter;
pub mod fold;
mod folding;
mod hashing;
mod kept;
mod layout;
pub mod lesson;
mod lexicon;
pub mod live;
pub mod logistic;
pub mod model;
pub mod packing;
pub mod prior;
pub mod replay;
pub mod snapshot;
mod table;
mod tokens;
mod trades;
pub mod train;

pub use calibration::{Calibration, Thresholds};
pub use features::Extractor;
pub use filter::{Alone, Learned, Opinion};
pub use fold::Fold;
pub use kept::Kept;
pub use layout::CELLS;
pub use lesson::{Change, Class, Lesson};
pub use live::Models;
pub use model::Model;
pub use prior::{Prior, PriorError};
pub use snapshot::Snapshot;
