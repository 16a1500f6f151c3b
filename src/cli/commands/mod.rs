//! The commands, a file each: what it takes, and what it does.

pub mod activity;
pub mod author;
pub mod claim;
pub mod completions;
pub mod decide;
pub mod decide_matching;
pub mod evaluate;
pub mod export;
pub mod flag;
pub mod import;
pub mod list;
pub mod man;
pub mod note;
pub mod policy;
pub mod queue;
pub mod quota;
pub mod release;
pub mod renew;
pub mod report;
pub mod review;
pub mod revise;
pub mod rules;
pub mod show;
pub mod similar;
pub mod skip;
pub mod submit;
pub mod undo;
pub mod watch;
pub mod withdraw;

mod draft;
mod each;
mod rehearsal;
