//! Every call, seen from outside: before the gate and the door, so that what they refuse is seen, too.
//!
//! A call ends when its answer was made; a stream, when its last message was taken or its client went away, which counts as
//! CANCELLED.

mod stream;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use pin_project_lite::pin_project;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::{HeaderMap, Request, Response, StatusCode};
use tower_layer::Layer;

use crate::telemetry::{Method, Methods};
use stream::Streamed;

const OK: i32 = 0;
const CANCELLED: i32 = 1;
const UNKNOWN: i32 = 2;

/// Puts all calls of a worker under watch.
#[derive(Clone)]
pub struct Watch {
    methods: Arc<Methods>,
}

/// Services whose calls are watched.
#[derive(Clone)]
pub struct Watched<S> {
    inner: S,
    watch: Watch,
}

/// A call that has not ended. Dropping it ends it as cancelled.
struct Call {
    method: Arc<Method>,
    began: Instant,
    has_ended: bool,
}

pin_project! {
    /// A call on its way to its answer.
    pub struct Answer<F> {
        #[pin]
        inner: F,
        call: Option<Call>,
    }
}

impl Watch {
    /// A watch that counts into these numbers.
    pub fn new(methods: Arc<Methods>) -> Self {
        Self { methods }
    }
}

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched { inner, watch: self.clone() }
    }
}

impl<S> Service<Request<Body>> for Watched<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let call = Call::begin(self.watch.methods.at(request.uri().path()));
        Answer { inner: self.inner.call(request), call: Some(call) }
    }
}

impl<F> Future for Answer<F>
where
    F: Future<Output = Result<Response<Body>, Infallible>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Ok(answer) = ready!(this.inner.poll(context));
        Poll::Ready(Ok(match this.call.take() {
            Some(call) => call.answered(answer),
            None => answer,
        }))
    }
}

impl Call {
    fn begin(method: &Arc<Method>) -> Self {
        method.begin();
        Self { method: Arc::clone(method), began: Instant::now(), has_ended: false }
    }

    fn answered(self, answer: Response<Body>) -> Response<Body> {
        self.method.answered(self.began.elapsed());
        let code = match code(answer.headers()) {
            None if answer.status() != StatusCode::OK => Some(UNKNOWN),
            None if !self.method.is_stream() => Some(OK),
            code => code,
        };
        match code {
            Some(code) => {
                self.end(code);
                answer
            }
            None => answer.map(|body| Body::new(Streamed::new(body, self))),
        }
    }

    fn end(mut self, code: i32) {
        self.has_ended = true;
        self.method.end(code);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.has_ended {
            self.method.end(CANCELLED);
        }
    }
}

/// The code that these headers or trailers tell.
fn code(headers: &HeaderMap) -> Option<i32> {
    let code = headers.get("grpc-status")?.to_str().ok()?.parse();
    Some(code.unwrap_or(UNKNOWN))
}
