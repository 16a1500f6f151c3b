//! Messages that come one after another.

use std::pin::Pin;

use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::watch;
use tonic::{Status, Streaming};

use super::{convert, status};
use crate::feed::Following;
use crate::proto::v1;

/// A stream of answers.
pub type Replies<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A followed feed, and at its end the reason why it ended.
pub fn decisions(following: Following) -> Replies<v1::WatchDecisionsResponse> {
    let messages = stream::unfold(Some(following), |following| async {
        let mut following = following?;
        match following.next().await {
            Some(followed) => Some((Ok(convert::followed(followed)), Some(following))),
            None => {
                let ending = following.ending().map_or_else(status::shutting_down, status::feed);
                Some((Err(ending), None))
            }
        }
    });
    messages.boxed()
}

/// A message that could not be read, told as every other error.
fn explained(refused: Status) -> Status {
    if status::is_bare(&refused) { status::explained(refused) } else { refused }
}

/// The requests of a client stream, up to the first that cannot be read, or until the server stops: what was
/// read by then is still answered, and then the client is told to go on elsewhere.
pub fn until_stopped<T: Send + 'static>(
    requests: Streaming<T>,
    stopping: watch::Receiver<bool>,
) -> impl Stream<Item = Result<T, Status>> + Send {
    stream::unfold(Some((requests, stopping)), |reading| async {
        let (mut requests, mut stopping) = reading?;
        let next = tokio::select! {
            next = requests.next() => next?.map_err(explained),
            _ = stopping.wait_for(|stopping| *stopping) => Err(status::shutting_down()),
        };
        let rest = next.is_ok().then_some((requests, stopping));
        Some((next, rest))
    })
}
