//! What each token has in flight, over all connections and workers of this process.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use super::room::{Room, Taken};
use crate::config::Bounds;

const UNREAD: &str = "bytes of answers that wait to be read";

/// The shares of all tokens. There are as many as tokens were seen, and tokens come from the operator.
pub struct Shares {
    most_calls: usize,
    most_streams: usize,
    most_unread: usize,
    most_arriving: usize,
    used: Mutex<HashMap<String, Arc<Used>>>,
}

struct Used {
    token: String,
    arriving: Arc<Room>,
    calls: AtomicUsize,
    streams: AtomicUsize,
    unread: AtomicUsize,
}

/// A token has as much in flight as it may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exhausted {
    /// Whose share; empty: a connection's, of callers that need no token.
    pub token: String,
    /// What there is too much of, such as `calls in flight`.
    pub what: &'static str,
    /// How much is allowed.
    pub most: usize,
}

/// A call's part of its token's share. Dropping it gives it back.
pub struct Share {
    used: Arc<Used>,
    is_stream: bool,
    unread: usize,
    most_unread: usize,
}

impl Shares {
    /// Nobody has anything in flight.
    pub fn new(bounds: &Bounds) -> Self {
        Self {
            most_calls: bounds.max_calls_per_token as usize,
            most_streams: bounds.max_streams_per_token as usize,
            most_unread: bounds.max_unread_bytes_per_token,
            most_arriving: bounds.max_arriving_bytes_per_token,
            used: Mutex::default(),
        }
    }

    /// Takes a call or a stream out of a token's share.
    ///
    /// # Errors
    /// What the token has too much of.
    pub fn take(&self, token: &str, is_stream: bool) -> Result<Share, Exhausted> {
        let used = self.used_by(token);
        if used.unread.load(Relaxed) > self.most_unread {
            return Err(used.exhausted(UNREAD, self.most_unread));
        }
        let (most, what) = match is_stream {
            true => (self.most_streams, "streams"),
            false => (self.most_calls, "calls in flight"),
        };
        let share = Share { used, is_stream, unread: 0, most_unread: self.most_unread };
        let is_beyond = share.count().fetch_add(1, Relaxed) >= most;
        if is_beyond { Err(share.used.exhausted(what, most)) } else { Ok(share) }
    }

    fn used_by(&self, token: &str) -> Arc<Used> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        match used.get(token) {
            Some(used) => Arc::clone(used),
            None => {
                let new = Arc::new(Used::new(token, self.most_arriving));
                Arc::clone(used.entry(token.to_owned()).or_insert(new))
            }
        }
    }
}

impl Used {
    fn new(token: &str, most_arriving: usize) -> Self {
        let [calls, streams, unread] = [const { AtomicUsize::new(0) }; 3];
        Self { token: token.to_owned(), arriving: Room::new(token, most_arriving), calls, streams, unread }
    }

    fn exhausted(&self, what: &'static str, most: usize) -> Exhausted {
        Exhausted { token: self.token.clone(), what, most }
    }
}

impl Share {
    /// An answer of this many bytes waits to be read.
    ///
    /// # Errors
    /// More waits already than the token may have.
    pub fn waits(&mut self, bytes: usize) -> Result<(), Exhausted> {
        self.unread += bytes;
        let before = self.used.unread.fetch_add(bytes, Relaxed);
        if before > self.most_unread { Err(self.used.exhausted(UNREAD, self.most_unread)) } else { Ok(()) }
    }

    /// So much of it was read.
    pub fn read(&mut self, bytes: usize) {
        let bytes = bytes.min(self.unread);
        self.unread -= bytes;
        self.used.unread.fetch_sub(bytes, Relaxed);
    }

    /// The token's room for messages that arrive in pieces.
    pub fn arriving(&self) -> Taken {
        Taken::new(Arc::clone(&self.used.arriving))
    }

    fn count(&self) -> &AtomicUsize {
        if self.is_stream { &self.used.streams } else { &self.used.calls }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.count().fetch_sub(1, Relaxed);
        self.used.unread.fetch_sub(self.unread, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares() -> Shares {
        Shares {
            most_calls: 2,
            most_streams: 1,
            most_unread: 100,
            most_arriving: 100,
            used: Mutex::default(),
        }
    }

    #[test]
    fn a_token_has_its_own_calls_and_streams() {
        let shares = shares();
        let _first = shares.take("a", false).unwrap();
        let second = shares.take("a", false).unwrap();
        assert_eq!(shares.take("a", false).err().unwrap().what, "calls in flight");
        assert!(shares.take("b", false).is_ok());
        let _stream = shares.take("a", true).unwrap();
        assert_eq!(shares.take("a", true).err().unwrap().what, "streams");
        drop(second);
        assert!(shares.take("a", false).is_ok(), "neither a call that ended nor one refused counts");
    }

    #[test]
    fn whoever_does_not_read_gets_no_more_to_read() {
        let shares = shares();
        let mut first = shares.take("a", false).unwrap();
        first.waits(101).unwrap();
        assert!(shares.take("a", false).is_err());
        first.read(1);
        assert!(shares.take("a", false).is_ok());
        assert!(first.waits(50).is_ok(), "100 are within");
        assert!(first.waits(1).is_err());
        assert!(shares.take("a", true).is_err());
        drop(first);
        assert!(shares.take("a", true).is_ok());
    }
}
