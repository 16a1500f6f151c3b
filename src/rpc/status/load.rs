//! More than can be done at once.

use std::sync::LazyLock;
use std::time::Duration;

use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, Response};
use tonic::{Code, Status};

use super::fault;
use crate::proto::v1::ErrorReason;
use crate::rpc::door::Exhausted;

/// When to come back: by then the calls in flight are done.
const LOAD_RETRY: Duration = Duration::from_secs(1);

/// The code of [`overloaded`].
pub const OVERLOADED: i32 = Code::Unavailable as i32;

/// The server has more work than it can do. Made once, for refusing must be cheap.
pub fn overloaded() -> Status {
    static OVERLOADED: LazyLock<Status> = LazyLock::new(|| {
        let message =
            "this server has more calls than it can bear; nothing was done: repeat the call after a pause";
        fault(ErrorReason::Overloaded, message).retry(LOAD_RETRY).status()
    });
    OVERLOADED.clone()
}

/// The same as an answer. Nothing is encoded again: in a flood this is what is said most.
pub fn turned_away() -> Response<Body> {
    static HEADERS: LazyLock<HeaderMap> =
        LazyLock::new(|| overloaded().into_http::<()>().into_parts().0.headers);
    let mut answer = Response::new(Body::empty());
    *answer.headers_mut() = HEADERS.clone();
    answer
}

/// A token, or a connection without one, has as much in flight as it may.
pub fn too_many_calls(Exhausted { token, what, most }: Exhausted) -> Status {
    let holder = if token.is_empty() { "this connection".to_owned() } else { format!("token {token}") };
    let message = format!("{holder} has more than {most} {what}; wait until some have ended");
    fault(ErrorReason::TooManyCalls, message)
        .with("token", &token)
        .retry(LOAD_RETRY)
        .quota(holder, format!("{most} {what}"))
        .status()
}
