//! What goes into the store and what comes out of it, by subject.

mod admission;
mod claim;
mod decision;
mod error;
mod feed;
mod import;
mod listing;
mod model;
mod policy;
mod report;
mod upkeep;

pub use admission::{Admission, Admitted, Grounds, Probe, Recalled, Revision, Withdrawal};
pub use claim::{ClaimRequest, Claimed, Renewed};
pub use decision::{Note, Outcome, Refusal, Ruling, Undo};
pub use error::QueueError;
pub use feed::FeedPage;
pub use import::{Import, Imported};
pub use listing::{AuthorQuery, Counts, Mark, Order, Page, PageQuery};
pub use model::{ModelChange, StoredModel, Teaching};
pub use policy::{PolicyDraft, PolicyRecord, Proposal, ProposalDraft, Settled};
pub use report::{Report, Reported};
pub use upkeep::{Durability, Erasure, Health, Swept};
