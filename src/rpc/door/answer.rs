//! An answer on its way out, counted against its token until the client has taken it.
//!
//! The library hands a message to HTTP/2 whole as soon as the client has room for one byte, and HTTP/2 keeps the rest
//! in memory. Cut into parts, all but one part stays here, where it is counted and where it goes when the
//! connection does.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

use super::presence::Visit;
use super::shares::{Exhausted, Share};
use crate::rpc::auth::Caller;
use crate::rpc::status;

/// What is handed to HTTP/2 at once.
const PART: usize = 32 << 10;

/// What a call holds until its answer was taken.
pub struct Held {
    pub share: Option<Share>,
    pub visit: Option<Visit>,
    /// For a stream: ready when its caller is no longer known.
    pub revoked: Option<Revoked>,
}

type Revoked = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Ready when a caller is no longer known.
pub fn revoked(caller: Caller) -> Revoked {
    Box::pin(caller.revoked())
}

struct Leaving {
    inner: Body,
    /// What was read ahead: the rest of a message, or what comes after the messages.
    rest: Bytes,
    after: Option<Result<Frame<Bytes>, Status>>,
    held: Held,
}

/// An answer that holds `held` until it was taken. `is_whole`: it is one message, which is made at once, so that its
/// size is known.
///
/// # Errors
/// It is large, and the token has more that waits to be read than it may.
pub async fn hold(inner: Body, held: Held, is_whole: bool) -> Result<Body, Exhausted> {
    let mut leaving = Leaving { inner, rest: Bytes::new(), after: None, held };
    if !is_whole {
        return Ok(Body::new(leaving));
    }
    let first = poll_fn(|context| Poll::Ready(Pin::new(&mut leaving.inner).poll_frame(context))).await;
    match first {
        Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
            Ok(message) => leaving.keep(message)?,
            Err(after) => leaving.after = Some(Ok(after)),
        },
        Poll::Ready(Some(Err(failed))) => leaving.after = Some(Err(failed)),
        Poll::Ready(None) | Poll::Pending => {}
    }
    Ok(Body::new(leaving))
}

impl Leaving {
    fn keep(&mut self, message: Bytes) -> Result<(), Exhausted> {
        if let Some(share) = &mut self.held.share {
            let within = share.waits(message.len());
            if message.len() > PART {
                within?;
            }
        }
        if let Some(visit) = &mut self.held.visit {
            visit.waits();
        }
        self.rest = message;
        Ok(())
    }

    /// The end of a stream whose caller is no longer known; whatever else was to come goes nowhere.
    fn revoked(&mut self, context: &mut Context<'_>) -> Option<Frame<Bytes>> {
        if self.held.revoked.as_mut()?.as_mut().poll(context).is_pending() {
            return None;
        }
        self.held.revoked = None;
        (self.inner, self.rest) = (Body::empty(), Bytes::new());
        let ending = status::revoked().into_http::<()>();
        Some(Frame::trailers(ending.into_parts().0.headers))
    }

    fn part(&mut self) -> Bytes {
        let part = self.rest.split_to(self.rest.len().min(PART));
        if let Some(share) = &mut self.held.share {
            share.read(part.len());
        }
        if let Some(visit) = &self.held.visit {
            visit.moves();
        }
        part
    }
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        if let Some(ending) = this.revoked(context) {
            return Poll::Ready(Some(Ok(ending)));
        }
        if let Some(after) = this.after.take() {
            return Poll::Ready(Some(after));
        }
        if this.rest.is_empty() {
            match ready!(Pin::new(&mut this.inner).poll_frame(context)) {
                Some(Ok(frame)) if frame.is_data() => this.rest = frame.into_data().unwrap_or_default(),
                other => return Poll::Ready(other),
            }
        }
        Poll::Ready(Some(Ok(Frame::data(this.part()))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.after.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
