//! Whether anything goes on on a connection, so that one on which nothing does can be closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::room::{Room, Taken};

/// Bytes that calls without a token may have sent of messages that are not whole: theirs are small.
const ARRIVING: usize = 64 << 10;

/// What goes on on one connection. Pings and other frames that ask for nothing do not count.
#[derive(Debug)]
pub struct Presence {
    opened: Instant,
    calls: AtomicU32,
    unread: AtomicU32,
    arriving: Arc<Room>,
    refused: Arc<Semaphore>,
    /// When a call began or ended or a part of an answer was taken, in milliseconds since the connection was opened.
    moved: AtomicU64,
}

/// A call on a connection. Dropping it ends it.
pub struct Visit {
    presence: Arc<Presence>,
    is_unread: bool,
}

impl Presence {
    /// A connection that was just opened, on which so many calls may be in flight.
    pub fn new(streams: u32) -> Arc<Self> {
        Arc::new(Self {
            opened: Instant::now(),
            calls: AtomicU32::new(0),
            unread: AtomicU32::new(0),
            arriving: Room::new("", ARRIVING),
            refused: Arc::new(Semaphore::new((streams / 4) as usize)),
            moved: AtomicU64::new(0),
        })
    }

    /// Its room for messages that arrive in pieces, for calls without a token.
    pub fn arriving(&self) -> Taken {
        Taken::new(Arc::clone(&self.arriving))
    }

    /// A seat for a call that is refused and not told yet; `None` when a quarter of those that may be in flight have one, for
    /// behind more of them those that would be served could not be sent.
    pub fn refused(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.refused).try_acquire_owned().ok()
    }

    /// A call begins.
    pub fn visit(self: &Arc<Self>) -> Visit {
        self.calls.fetch_add(1, Relaxed);
        self.touch();
        Visit { presence: Arc::clone(self), is_unread: false }
    }

    /// How long until the connection is closed if nothing moves: at once (zero), or `None` while calls are being worked on.
    pub fn left(&self, idle: Duration, patience: Duration) -> Option<Duration> {
        let allowed = match (self.calls.load(Relaxed), self.unread.load(Relaxed)) {
            (0, _) => idle,
            (_, 0) => return None,
            _ => patience,
        };
        let rested = self.opened.elapsed().saturating_sub(Duration::from_millis(self.moved.load(Relaxed)));
        Some(allowed.saturating_sub(rested))
    }

    fn touch(&self) {
        self.moved.store(self.opened.elapsed().as_millis() as u64, Relaxed);
    }
}

impl Visit {
    /// The whole answer is there and waits to be taken.
    pub fn waits(&mut self) {
        if !std::mem::replace(&mut self.is_unread, true) {
            self.presence.unread.fetch_add(1, Relaxed);
        }
        self.presence.touch();
    }

    /// A part of the answer was taken.
    pub fn moves(&self) {
        self.presence.touch();
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.presence.calls.fetch_sub(1, Relaxed);
        if self.is_unread {
            self.presence.unread.fetch_sub(1, Relaxed);
        }
        self.presence.touch();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_secs(600);
    const PATIENCE: Duration = Duration::from_secs(30);

    #[test]
    fn refusals_that_wait_leave_most_of_the_streams_to_others() {
        let presence = Presence::new(8);
        let seats = [presence.refused(), presence.refused()];
        assert!(seats.iter().all(Option::is_some) && presence.refused().is_none());
        drop(seats);
        assert!(presence.refused().is_some());
    }

    #[test]
    fn a_connection_rests_when_no_call_is_on_it() {
        let presence = Presence::new(8);
        assert!(presence.left(IDLE, PATIENCE).unwrap() > PATIENCE);
        assert_eq!(presence.left(Duration::ZERO, PATIENCE), Some(Duration::ZERO));
        let mut visit = presence.visit();
        assert_eq!(presence.left(IDLE, PATIENCE), None, "work takes as long as it takes");
        visit.waits();
        assert!(presence.left(IDLE, PATIENCE).unwrap() <= PATIENCE, "but an answer is to be taken");
        drop(visit);
        assert!(presence.left(IDLE, PATIENCE).unwrap() > PATIENCE);
    }
}
