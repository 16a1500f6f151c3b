//! Following feeds: the events as they come, heartbeats while none do, a bounded buffer.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout};

use super::{Feed, FeedError};
use crate::domain::{Cursor, DecisionEvent};
use crate::telemetry::Feeds;

/// How a feed is followed.
#[derive(Debug, Clone)]
pub struct FollowOptions {
    /// Pause between two looks at an idle feed.
    pub poll_interval: Duration,
    /// An idle stream says so this often.
    pub heartbeat_interval: Duration,
    /// Messages kept for a reader that is behind.
    pub buffer: usize,
    /// A reader that takes nothing for this long loses its stream.
    pub patience: Duration,
    /// Turns true when the server stops; the streams then end.
    pub stopping: watch::Receiver<bool>,
    /// Where it is told who follows, and how far behind they are.
    pub meters: Feeds,
}

/// One message of a followed feed.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The place after it.
    pub cursor: Cursor,
    /// The event; `None` in the opening message and in heartbeats.
    pub event: Option<DecisionEvent>,
}

/// The reader's end.
pub struct Following {
    messages: mpsc::Receiver<Followed>,
    ending: Arc<OnceLock<FeedError>>,
}

/// Events read from the store at once.
const READ_AHEAD: usize = 200;

/// Follows the feeds behind `cursors`, one for each site, until the reader leaves, the server stops, or
/// a feed cannot be read on.
pub fn follow(feed: &Feed, cursors: Vec<Cursor>, options: &FollowOptions) -> Following {
    let (sender, messages) = mpsc::channel(options.buffer);
    let ending = Arc::new(OnceLock::new());
    for cursor in cursors {
        let follower = Follower {
            feed: feed.clone(),
            options: options.clone(),
            sender: sender.clone(),
            ending: Arc::clone(&ending),
        };
        tokio::spawn(follower.run(cursor));
    }
    Following { messages, ending }
}

impl Following {
    /// The next message; `None` when the stream ends, then [`Following::ending`] tells why.
    pub async fn next(&mut self) -> Option<Followed> {
        if self.ending.get().is_some() {
            return self.messages.try_recv().ok();
        }
        self.messages.recv().await
    }

    /// Why the stream ended; `None` when the server stops.
    pub fn ending(&self) -> Option<FeedError> {
        self.ending.get().cloned()
    }
}

struct Follower {
    feed: Feed,
    options: FollowOptions,
    sender: mpsc::Sender<Followed>,
    ending: Arc<OnceLock<FeedError>>,
}

impl Follower {
    async fn run(self, cursor: Cursor) {
        let mut stopping = self.options.stopping.clone();
        tokio::select! {
            ended = self.send_all(cursor) => {
                if let Err(error) = ended {
                    let _ = self.ending.set(error);
                }
            }
            _ = stopping.wait_for(|stopping| *stopping) => {}
            () = self.sender.closed() => {}
        }
    }

    async fn send_all(&self, mut cursor: Cursor) -> Result<(), FeedError> {
        self.send(Followed { cursor: cursor.clone(), event: None }).await?;
        let mut last_sent = Instant::now();
        let reader = self.options.meters.reader(&cursor.site);
        while self.ending.get().is_none() {
            let read = self.feed.read(&cursor, READ_AHEAD).await?;
            let idle = read.events.is_empty();
            for (place, event) in read.events {
                reader.is_behind((read.newest + 1).saturating_sub(place.sequence));
                self.send(Followed { cursor: place, event: Some(event) }).await?;
                last_sent = Instant::now();
            }
            cursor = read.next;
            reader.is_behind(read.newest.saturating_sub(cursor.sequence));
            if last_sent.elapsed() >= self.options.heartbeat_interval {
                self.send(Followed { cursor: cursor.clone(), event: None }).await?;
                last_sent = Instant::now();
            }
            if idle {
                tokio::time::sleep(self.options.poll_interval).await;
            }
        }
        Ok(())
    }

    async fn send(&self, message: Followed) -> Result<(), FeedError> {
        match timeout(self.options.patience, self.sender.send(message)).await {
            Ok(_) => Ok(()),
            Err(_) => Err(FeedError::SlowReader),
        }
    }
}
