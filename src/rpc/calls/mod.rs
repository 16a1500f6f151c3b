//! Every call, seen from outside: before the gate and the door, so that what they refuse is seen, too.
//!
//! A call ends when its answer was made; a stream, when its last message was taken or its client went away, which counts as
//! CANCELLED. It is counted and timed, has its one line in the log if it failed or was slow ([`Lines`]), and its span if
//! anybody collects them. It gets an id, its caller's own if that is well-formed (`x-request-id`), which is told in the answer and
//! in the details of an error.

mod context;
mod lines;
mod stream;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Waker, Poll, ready};
use std::time::{Duration, Instant};

use pin_project_lite::pin_project;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::{HeaderMap, Request, Response, StatusCode};
use tower_layer::Layer;
use tracing::Span;

use crate::rpc::status::{self, AtFault};
use crate::telemetry::{Method, Methods, traces};
use context::{Context, within};
use stream::Streamed;

pub use context::{request_id, went_wrong};
pub use lines::Lines;

const OK: i32 = 0;
const CANCELLED: i32 = 1;
const UNKNOWN: i32 = 2;

/// Puts all calls of a process under watch.
#[derive(Clone)]
pub struct Watch {
    methods: Arc<Methods>,
    lines: Arc<Lines>,
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
    lines: Arc<Lines>,
    context: Option<Context>,
    span: Span,
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
    /// A watch that counts into these numbers and writes these lines.
    pub fn new(methods: Methods, lines: Lines) -> Self {
        Self { methods: Arc::new(methods), lines: Arc::new(lines) }
    }

    /// Counts a call that ended before it was looked at.
    pub fn turned_away(&self, path: &str, code: i32) {
        let method = self.methods.at(path);
        method.begin();
        method.end(code);
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

    fn poll_ready(&mut self, waker: &mut Waker<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(waker)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let mut call = self.watch.begin(&request);
        let inner = call.part(|| self.inner.call(request));
        Answer { inner, call: Some(call) }
    }
}

impl<F> Future for Answer<F>
where
    F: Future<Output = Result<Response<Body>, Infallible>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, waker: &mut Waker<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let call = this.call.as_mut().expect("a call is not polled after its answer");
        let Ok(answer) = ready!(call.part(|| this.inner.poll(waker)));
        let call = this.call.take().expect("it was there");
        Poll::Ready(Ok(call.answered(answer)))
    }
}

impl Watch {
    fn begin(&self, request: &Request<Body>) -> Call {
        let method = Arc::clone(self.methods.at(request.uri().path()));
        method.begin();
        let context = Context::of(request.headers());
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let span = traces::call(&method, context.request_id(), header);
        let (lines, context) = (Arc::clone(&self.lines), Some(context));
        Call { method, lines, context, span, began: Instant::now(), has_ended: false }
    }
}

impl Call {
    /// Runs a part of the call.
    fn part<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let _within = self.span.enter();
        within(&mut self.context, work)
    }

    fn answered(mut self, mut answer: Response<Body>) -> Response<Body> {
        let took = self.began.elapsed();
        self.method.answered(took);
        if let Some(context) = &self.context {
            context.stamp(answer.headers_mut());
        }
        let told = match code(answer.headers()) {
            None if answer.status() != StatusCode::OK => Some(UNKNOWN),
            None if !self.method.is_stream() => Some(OK),
            told => told,
        };
        match told {
            Some(OK) => self.well_ended(took),
            Some(code) => self.failed(code, answer.headers_mut()),
            None => return answer.map(|body| Body::new(Streamed::new(body, self))),
        }
        answer
    }

    fn well_ended(&mut self, took: Duration) {
        if let Some(context) = &self.context {
            self.lines.answered(&self.method, context, took);
        }
        self.end(OK);
    }

    /// The call failed with what the headers or trailers tell; they are told its id.
    fn failed(&mut self, code: i32, told: &mut HeaderMap) {
        if let Some(context) = &self.context {
            self.lines.failed(&self.method, context, code, told, self.began.elapsed());
            status::add_request_id(told, context.request_id());
        }
        self.end(code);
    }

    fn stream_ended(&mut self, code: i32, told: &mut HeaderMap) {
        match code {
            _ if self.has_ended => {}
            OK => self.end(OK),
            code => self.failed(code, told),
        }
    }

    fn end(&mut self, code: i32) {
        if !std::mem::replace(&mut self.has_ended, true) {
            self.method.end(code);
            traces::ended(&self.span, code, status::at_fault(code) == AtFault::Server);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.end(CANCELLED);
    }
}

/// The code that these headers or trailers tell.
fn code(headers: &HeaderMap) -> Option<i32> {
    let code = headers.get("grpc-status")?.to_str().ok()?.parse();
    Some(code.unwrap_or(UNKNOWN))
}
