//! An answer that is a stream, watched until it ends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

use super::{Call, UNKNOWN, code};

pub(super) struct Streamed {
    inner: Body,
    call: Option<Call>,
}

impl Streamed {
    pub(super) fn new(inner: Body, call: Call) -> Self {
        Self { inner, call: Some(call) }
    }
}

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.inner).poll_frame(context));
        let ended = match &frame {
            Some(Ok(frame)) => frame.trailers_ref().and_then(code),
            Some(Err(_)) | None => Some(UNKNOWN),
        };
        if let Some(code) = ended
            && let Some(call) = this.call.take()
        {
            call.end(code);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
