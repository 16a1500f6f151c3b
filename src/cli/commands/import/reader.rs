//! The file, read in a thread of its own: a slow pipe holds up neither the answers nor a signal.

use std::thread;

use tokio::sync::mpsc;

use super::entries::{Entries, Entry};
use crate::cli::failure::Failure;

/// Comments that are read ahead.
const AHEAD: usize = 64;

/// The comments as they are read.
pub struct Reader {
    entries: mpsc::Receiver<(Result<Entry, Failure>, u64)>,
    position: u64,
}

impl Reader {
    /// Begins to read.
    pub fn start(mut entries: Entries) -> Self {
        let (sender, receiver) = mpsc::channel(AHEAD);
        thread::spawn(move || {
            while let Some(entry) = entries.next().transpose() {
                let is_broken = entry.is_err();
                if sender.blocking_send((entry, entries.position())).is_err() || is_broken {
                    return;
                }
            }
        });
        Self { entries: receiver, position: 0 }
    }

    /// The next comment; `None` at the end. An error is the last that is told. Nothing is lost when the wait is broken off.
    pub async fn next(&mut self) -> Result<Option<Entry>, Failure> {
        let Some((entry, position)) = self.entries.recv().await else { return Ok(None) };
        self.position = position;
        entry.map(Some)
    }

    /// Bytes of the file up to the comment that came last.
    pub fn position(&self) -> u64 {
        self.position
    }
}
