//! What every store promises, case by case: the sentences of `trait Queue`, each shown to hold.

mod admit;
mod authors;
mod claims;
mod content;
mod crowd;
mod decisions;
mod erasure;
mod evidence;
mod feed;
mod history;
mod imports;
mod limits;
mod model;
mod pages;
mod policies;
mod proposals;
mod reports;
mod retries;
mod revisions;
mod similar;
mod sites;
mod sweep;
mod teaching;
mod undo;
mod withdrawals;
