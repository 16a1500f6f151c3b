//! The door of each service: how many come in, how long they may stay, and how answers leave.
//!
//! A call passes the gate, which knows its token, and then this door:
//! 1. **The token's share** (`shares.rs`): calls and streams in flight, and bytes of answers that wait to be read, by
//!    whatever connection and worker. Beyond it: RESOURCE_EXHAUSTED, `TOO_MANY_CALLS`.
//! 2. **The deadline**: the client's own (`grpc-timeout`) or the server's, whichever ends first; for a stream, until it
//!    has begun.
//! 3. **The message** (`arriving.rs`): goes on only once it is there whole, so that memory follows what arrived and not
//!    what was announced; the pieces of one token's messages have a bound (`room.rs`). A call whose message is on its way
//!    holds no place in the crowd.
//! 4. **The worker's crowd** ([`Crowd`], which explains the method): calls beyond what can be borne wait a moment, and are
//!    refused when no place was left or too many wait already. Beyond it: UNAVAILABLE, `OVERLOADED`; while that is so, the
//!    [turnstile](super::turnstile) says it before the gate does. Portals' calls have one crowd,
//!    moderators' and admins' another, so that a flood of submissions never takes a moderator's place. A
//!    stream is refused only while it opens; comments in a bulk stream wait for a place, and the wait is
//!    passed on to the sender by HTTP/2's flow control.
//! 5. **The answer** (`answer.rs`): counted against the token until the client has taken it. A large one that is too much
//!    for a client with unread answers goes no further. A stream ends when its caller is no longer known here.
//!
//! What the library under us refuses by itself — a message that cannot be read or is too large, a method that is
//! not there — is told here as every other error.

mod answer;
mod arriving;
pub(super) mod deadline;
mod presence;
mod room;
mod shares;

use std::collections::HashSet;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;

use super::auth::{Caller, Peer};
use super::{contract, status};
use crate::config::Bounds;
use crate::limit::{Crowd, Place};
use answer::{Held, hold, revoked};
use arriving::Arriving;
use room::{Room, Taken};

pub use presence::Presence;
pub use shares::{Exhausted, Shares};

/// The header by which a client says that its messages are compressed.
static ENCODING: http::HeaderName = http::HeaderName::from_static("grpc-encoding");

/// Between two looks for a place; short against the wait of those who have one.
const PAUSE: Duration = Duration::from_millis(5);

/// Bytes of a message of a service that anybody may call.
pub const MOST_FOR_ALL: usize = 16 << 10;

/// What the doors of one worker have in common.
pub struct Porter {
    shares: Arc<Shares>,
    portals: Arc<Crowd>,
    staff: Arc<Crowd>,
    streaming: HashSet<String>,
    longest: Duration,
    most: usize,
    most_portals: u32,
}

impl Porter {
    /// A porter for one worker; the tokens' shares are those of the process.
    pub fn new(bounds: &Bounds, shares: Arc<Shares>) -> Arc<Self> {
        let crowd = |most| Crowd::new(bounds.target_wait, most, Instant::now());
        Arc::new(Self {
            shares,
            portals: crowd(bounds.max_portal_calls_per_worker),
            staff: crowd(bounds.max_staff_calls_per_worker),
            streaming: contract::streams(),
            longest: bounds.max_call_duration,
            most: bounds.max_message_bytes,
            most_portals: bounds.max_portal_calls_per_worker,
        })
    }

    /// True while a portal's call would be refused.
    pub fn is_crowded(&self, now: Instant) -> bool {
        self.portals.is_crowded(now)
    }

    /// Portals' calls that may be in flight at most.
    pub fn most_portals(&self) -> usize {
        self.most_portals as usize
    }

    /// A place for one comment of a bulk stream, which waits for it as long as a call may take.
    ///
    /// # Errors
    /// UNAVAILABLE, `OVERLOADED`: there was none all that time.
    pub async fn place(&self) -> Result<Place, Status> {
        let waiting = async {
            loop {
                match self.portals.enter().await {
                    Ok(place) => return place,
                    Err(_) => sleep(PAUSE).await,
                }
            }
        };
        timeout(self.longest, waiting).await.map_err(|_| status::overloaded())
    }

    /// The door of a service for portals.
    pub fn for_portals<S>(self: &Arc<Self>, inner: S) -> Door<S> {
        self.door(inner, Some(Arc::clone(&self.portals)), self.most)
    }

    /// The door of a service for moderators and admins.
    pub fn for_staff<S>(self: &Arc<Self>, inner: S) -> Door<S> {
        self.door(inner, Some(Arc::clone(&self.staff)), self.most)
    }

    /// The door of a service that anybody may call: it is cheap, and stays open when all else is full. Its messages have
    /// at most [`MOST_FOR_ALL`] bytes.
    pub fn for_all<S>(self: &Arc<Self>, inner: S) -> Door<S> {
        self.door(inner, None, MOST_FOR_ALL)
    }

    fn door<S>(self: &Arc<Self>, inner: S, crowd: Option<Arc<Crowd>>, most: usize) -> Door<S> {
        Door { inner, crowd, most, porter: Arc::clone(self) }
    }
}

/// A service with its door.
#[derive(Clone)]
pub struct Door<S> {
    inner: S,
    crowd: Option<Arc<Crowd>>,
    most: usize,
    porter: Arc<Porter>,
}

impl<S: NamedService> NamedService for Door<S> {
    const NAME: &'static str = S::NAME;
}

/// A call that was let in.
struct Entered {
    request: http::Request<Arriving>,
    held: Held,
    crowd: Option<Arc<Crowd>>,
    is_stream: bool,
}

impl<S> Door<S> {
    fn enter(&self, request: http::Request<Body>) -> Result<Entered, Status> {
        if request.headers().get(&ENCODING).is_some_and(|encoding| encoding != "identity") {
            return Err(status::compressed());
        }
        let is_stream = self.porter.streaming.contains(request.uri().path());
        let caller = request.extensions().get::<Caller>();
        let share = caller.map(|caller| self.porter.shares.take(caller.name(), is_stream)).transpose();
        let share = share.map_err(status::too_many_calls)?;
        let presence = Peer::of(&request).map(Peer::presence);
        let taken = match (&share, presence) {
            (Some(share), _) => share.arriving(),
            (None, Some(presence)) => presence.arriving(),
            (None, None) => Taken::new(Room::new("", self.most)),
        };
        let visit = presence.map(Presence::visit);
        let revoked = caller.filter(|_| is_stream).cloned().map(revoked);
        let held = Held { share, visit, revoked };
        let request = request.map(|body| Arriving::new(body, self.most, taken));
        Ok(Entered { request, held, crowd: self.crowd.clone(), is_stream })
    }
}

/// What a service behind a door is.
pub trait Inner:
    Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> Inner for S where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

impl<S: Inner> Service<http::Request<Body>> for Door<S> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let longest = deadline::allowed(request.headers(), self.porter.longest);
        match longest.and_then(|longest| Ok((longest, self.enter(request)?))) {
            Ok((longest, entered)) => Box::pin(attend(self.inner.clone(), longest, entered)),
            Err(refused) => Box::pin(std::future::ready(Ok(refused.into_http()))),
        }
    }
}

/// Attends to a call until its answer is on its way.
async fn attend<S: Inner>(
    service: S,
    longest: Duration,
    entered: Entered,
) -> Result<http::Response<Body>, Infallible> {
    let Entered { request, held, crowd, is_stream } = entered;
    let served = timeout(longest, serve(service, request, crowd, is_stream)).await;
    let (answer, place) = match served.unwrap_or_else(|_| Err(status::deadline_exceeded())) {
        Ok(served) => served,
        Err(refused) => return Ok(refused.into_http()),
    };
    if answer.headers().contains_key("grpc-status") {
        let bare = status::refused_bare(answer.headers());
        return Ok(bare.map_or(answer, |bare| status::explained(bare).into_http()));
    }
    if let Some(place) = place {
        place.done(Instant::now());
    }
    let (head, body) = answer.into_parts();
    Ok(match hold(body, held, !is_stream).await {
        Ok(body) => http::Response::from_parts(head, body),
        Err(exhausted) => status::too_many_calls(exhausted).into_http(),
    })
}

/// The answer, and the place that was held while it was made.
async fn serve<S: Inner>(
    mut service: S,
    mut request: http::Request<Arriving>,
    crowd: Option<Arc<Crowd>>,
    is_stream: bool,
) -> Result<(http::Response<Body>, Option<Place>), Status> {
    if !is_stream {
        request.body_mut().first().await;
    }
    let place = match crowd {
        Some(crowd) => Some(crowd.enter().await.map_err(|_| status::overloaded())?),
        None => None,
    };
    let Ok(answer) = service.call(request.map(Body::new)).await;
    Ok((answer, place))
}
