//! An answer that is a stream, watched until it ends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::HeaderMap;

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
        waker: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        let inner = Pin::new(&mut this.inner);
        let Some(call) = &mut this.call else { return inner.poll_frame(waker) };
        let mut frame = ready!(call.part(|| inner.poll_frame(waker)));
        match &mut frame {
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_mut()
                    && let Some(code) = code(trailers)
                {
                    call.stream_ended(code, trailers);
                }
            }
            Some(Err(_)) | None => call.stream_ended(UNKNOWN, &mut HeaderMap::new()),
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
