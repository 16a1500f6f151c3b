//! What the library under us refuses by itself, told as every other error: a message that cannot be read or is
//! too large, a call that takes too long, a method that is not there.

use std::convert::Infallible;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{FutureExt, Map};
use tokio::time::error::Elapsed;
use tokio::time::{Timeout, timeout};
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;

use super::status;

/// A service whose bare errors are explained, and whose calls end after a while. A stream is begun within that
/// time and may then go on.
#[derive(Clone)]
pub struct Explained<S> {
    inner: S,
    longest: Duration,
}

impl<S> Explained<S> {
    /// A service whose calls take at most `longest`.
    pub fn new(inner: S, longest: Duration) -> Self {
        Self { inner, longest }
    }
}

impl<S: NamedService> NamedService for Explained<S> {
    const NAME: &'static str = S::NAME;
}

type Answer = Result<http::Response<Body>, Infallible>;

impl<S> Service<http::Request<Body>> for Explained<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Map<Timeout<S::Future>, fn(Result<Answer, Elapsed>) -> Answer>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        timeout(self.longest, self.inner.call(request)).map(explain)
    }
}

fn explain(answered: Result<Answer, Elapsed>) -> Answer {
    let Ok(Ok(answer)) = answered else { return Ok(status::deadline_exceeded().into_http()) };
    Ok(match status::refused_bare(answer.headers()) {
        Some(bare) => status::explained(bare).into_http(),
        None => answer,
    })
}
