//! How many comments a decision on many of them is about, and how many are like one.

use std::fmt;

use tonic::{IntoRequest, Status};

use crate::client::Authorised;
use crate::proto::v1::review_service_client::ReviewServiceClient;
use crate::proto::v1::{DecideMatchingRequest, DecideMatchingResponse};

/// A count that holds until it is decided on, unless others decide first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// How many.
    pub count: u64,
    /// While more are coming in: those created before this were counted.
    pub created_before: Option<prost_types::Timestamp>,
}

/// `3 comments`, `3 comments so far`.
impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let so_far = if self.created_before.is_some() { " so far" } else { "" };
        write!(f, "{} comment{}{so_far}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

impl Counted {
    /// The request that decides what was counted.
    pub fn decide(&self, request: DecideMatchingRequest) -> DecideMatchingRequest {
        DecideMatchingRequest { expected_count: self.count, created_before: self.created_before, ..request }
    }
}

/// As far as the server counts where a wave is looked at.
const MOST_COUNTED: u64 = 1_000;

/// The size of a wave that is looked at: `999`, `1000 or more`.
pub fn wave_size(count: u64) -> String {
    format!("{count}{}", if count < MOST_COUNTED { "" } else { " or more" })
}

/// Counts what a request is about. When a second look finds another count, more are coming in; then those from before the
/// last one are counted.
///
/// # Errors
/// The server's.
pub async fn count<R: IntoRequest<DecideMatchingRequest>>(
    service: &mut ReviewServiceClient<Authorised>,
    request: DecideMatchingRequest,
    call: impl Fn(DecideMatchingRequest) -> R,
) -> Result<Counted, Status> {
    let request = DecideMatchingRequest { validate_only: true, ..request };
    let first = one_count(service, call(request.clone())).await?;
    let second = one_count(service, call(request.clone())).await?;
    if first.matched_count == second.matched_count {
        return Ok(Counted { count: second.matched_count, created_before: None });
    }
    let created_before = second.newest_create_time;
    let settled = one_count(service, call(DecideMatchingRequest { created_before, ..request })).await?;
    Ok(Counted { count: settled.matched_count, created_before })
}

/// The one message of a call that decides nothing.
async fn one_count(
    service: &mut ReviewServiceClient<Authorised>,
    request: impl IntoRequest<DecideMatchingRequest>,
) -> Result<DecideMatchingResponse, Status> {
    let mut stream = service.decide_matching(request).await?.into_inner();
    stream.message().await?.ok_or_else(|| Status::unavailable("the server ended before it had counted"))
}
