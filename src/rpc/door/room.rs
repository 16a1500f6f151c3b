//! Room for messages that arrive in pieces, of one token or of one connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::shares::Exhausted;

const WHAT: &str = "bytes of messages that have not arrived whole";

/// So many bytes, and no more.
#[derive(Debug)]
pub struct Room {
    token: String,
    most: usize,
    taken: AtomicUsize,
}

/// What one call takes of a room. Dropping it gives it back.
pub struct Taken {
    room: Arc<Room>,
    bytes: usize,
}

impl Room {
    /// An empty room of a token; of a connection when its name is empty.
    pub fn new(token: &str, most: usize) -> Arc<Self> {
        Arc::new(Self { token: token.to_owned(), most, taken: AtomicUsize::new(0) })
    }
}

impl Taken {
    /// Nothing yet.
    pub fn new(room: Arc<Room>) -> Self {
        Self { room, bytes: 0 }
    }

    /// Takes as many bytes as are missing up to `bytes`.
    ///
    /// # Errors
    /// There is no room for them; nothing was taken.
    pub fn at_least(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let missing = bytes.saturating_sub(self.bytes);
        let before = self.room.taken.fetch_add(missing, Relaxed);
        if missing > 0 && before + missing > self.room.most {
            self.room.taken.fetch_sub(missing, Relaxed);
            return Err(Exhausted { token: self.room.token.clone(), what: WHAT, most: self.room.most });
        }
        self.bytes += missing;
        Ok(())
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.room.taken.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_share_a_room_and_leave_it_as_it_was() {
        let room = Room::new("a", 100);
        let (mut first, mut second) = (Taken::new(Arc::clone(&room)), Taken::new(Arc::clone(&room)));
        first.at_least(60).unwrap();
        first.at_least(10).unwrap();
        assert_eq!(second.at_least(41).unwrap_err().most, 100);
        second.at_least(40).unwrap();
        drop(first);
        second.at_least(100).unwrap();
        drop(second);
        assert_eq!(room.taken.load(Relaxed), 0);
    }
}
