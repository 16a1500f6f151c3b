//! Before everything else: while as many calls are in flight and as many wait as can be borne, portals' calls are refused
//! here, before anything is done for them.
//!
//! Refusing is work as well, and in a flood there is more of it than of any other. So nothing is looked at, not even the
//! token, and the answer is the same for all, which HTTP/2 sends in a few bytes once a connection has seen it. Therefore it
//! has no request id; it is counted among the calls, and has no line in the log.
//!
//! Nor is it given at once: callers that repeat a refused call without a pause would leave the server no time for anything
//! but refusals. They wait here, where a wait costs nothing, about as long as whoever is served in a flood. Only so many are
//! kept waiting, of a connection and of all; the others are told at once.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::body::Body as _;
use pin_project_lite::pin_project;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::{Request, Response};
use tonic::server::NamedService;
use tower_layer::Layer;

use super::auth::Peer;
use super::calls::Watch;
use super::door::{Porter, deadline};
use super::status;
use crate::proto::v1::submission_service_server::SubmissionServiceServer;

/// Before a refusal is told; about what a call takes that is served in a flood.
const LONGEST_WAIT: Duration = Duration::from_millis(200);

/// How many refusals may wait, for each of the portals' calls that may be in flight: a call that waits holds little.
const SEATS: usize = 4;

/// Stands before all services of one worker.
#[derive(Clone)]
pub struct Turnstile {
    porter: Arc<Porter>,
    watch: Watch,
    /// For those that wait for their refusal.
    seats: Arc<Semaphore>,
}

/// Services behind a turnstile.
#[derive(Clone)]
pub struct Turned<S> {
    inner: S,
    turnstile: Turnstile,
}

pin_project! {
    /// A call that goes on, or one that is turned away.
    pub struct Turning<F> {
        #[pin]
        on: Option<F>,
        // What is left of the message of one that is turned away.
        message: Body,
        wait: Option<Wait>,
    }
}

/// Before a refusal is told.
struct Wait {
    end: Pin<Box<Sleep>>,
    _seats: [OwnedSemaphorePermit; 2],
}

impl Turnstile {
    /// A turnstile for the calls that this porter would refuse; they are counted with the others.
    pub fn new(porter: Arc<Porter>, watch: Watch) -> Self {
        let seats = Arc::new(Semaphore::new(SEATS * porter.most_portals()));
        Self { porter, watch, seats }
    }

    fn refuses(&self, path: &str) -> bool {
        is_for_portals(path) && self.porter.is_crowded(Instant::now())
    }

    fn wait(&self, request: &Request<Body>) -> Option<Wait> {
        // Half of the time that its client waits, so that the refusal still arrives.
        let length = deadline::allowed(request.headers(), 2 * LONGEST_WAIT).ok()? / 2;
        let seats =
            [Peer::of(request)?.presence().refused()?, Arc::clone(&self.seats).try_acquire_owned().ok()?];
        Some(Wait { end: Box::pin(sleep(length)), _seats: seats })
    }
}

fn is_for_portals(path: &str) -> bool {
    const SERVICE: &str = <SubmissionServiceServer<()> as NamedService>::NAME;
    path.strip_prefix('/')
        .and_then(|path| path.strip_prefix(SERVICE))
        .is_some_and(|rest| rest.starts_with('/'))
}

impl<S> Layer<S> for Turnstile {
    type Service = Turned<S>;

    fn layer(&self, inner: S) -> Turned<S> {
        Turned { inner, turnstile: self.clone() }
    }
}

impl<S> Service<Request<Body>> for Turned<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Turning<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if self.turnstile.refuses(request.uri().path()) {
            self.turnstile.watch.turned_away(request.uri().path(), status::OVERLOADED);
            let wait = self.turnstile.wait(&request);
            return Turning { on: None, message: request.into_body(), wait };
        }
        Turning { on: Some(self.inner.call(request)), message: Body::empty(), wait: None }
    }
}

impl<F> Future for Turning<F>
where
    F: Future<Output = Result<Response<Body>, Infallible>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if let Some(call) = this.on.as_pin_mut() {
            return call.poll(context);
        }
        let is_there = take_in(this.message, context);
        ready!(match this.wait {
            Some(wait) => wait.end.as_mut().poll(context),
            None => is_there,
        });
        Poll::Ready(Ok(status::turned_away()))
    }
}

/// Takes in what has come of a message: bytes that came after its refusal would be an error of the connection.
fn take_in(message: &mut Body, context: &mut Context<'_>) -> Poll<()> {
    while !message.is_end_stream() {
        match ready!(Pin::new(&mut *message).poll_frame(context)) {
            Some(Ok(_)) => {}
            _ => break,
        }
    }
    Poll::Ready(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portals_calls_are_known_by_their_service() {
        assert!(is_for_portals("/modqueue.v1.SubmissionService/SubmitComment"));
        for other in
            ["/modqueue.v1.ReviewService/ListComments", "/modqueue.v1.SubmissionServiceX/Call", "/", ""]
        {
            assert!(!is_for_portals(other), "{other}");
        }
    }
}
