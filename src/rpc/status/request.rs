//! What is told of every failed call, whatever failed: whose fault it is, and which request it was.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use prost::Message;
use tonic::codegen::http::{HeaderMap, HeaderValue};
use tonic::{Code, Status};
use tonic_types::{RequestInfo, StatusExt, pb};

const DETAILS: &str = "grpc-status-details-bin";
/// As gRPC writes headers: without padding; and reads them: with or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whose doing it is that a call did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtFault {
    /// It succeeded, or its caller left.
    Nobody,
    /// It asks for what it cannot have.
    Caller,
    /// What it needs is not there now, or takes too long.
    Moment,
    /// A fault of this server.
    Server,
}

/// Who is at fault when a call ends with this code.
pub fn at_fault(code: i32) -> AtFault {
    match Code::from_i32(code) {
        Code::Ok | Code::Cancelled => AtFault::Nobody,
        Code::Unknown | Code::Internal | Code::DataLoss => AtFault::Server,
        Code::Unavailable | Code::DeadlineExceeded => AtFault::Moment,
        _ => AtFault::Caller,
    }
}

/// The reason in the headers or trailers of a failed call; empty when they tell none.
pub fn reason(told: &HeaderMap) -> String {
    let info = Status::from_header_map(told).and_then(|status| status.get_details_error_info());
    info.map(|info| info.reason).unwrap_or_default()
}

/// Adds the request's id to the details of a failed call, in its headers or trailers. A message may follow another of its
/// kind, and both are read as one, so nothing is taken apart.
pub fn add_request_id(told: &mut HeaderMap, request_id: &str) {
    let Some(mut details) = told.get(DETAILS).and_then(|value| BASE64.decode(value.as_bytes()).ok()) else {
        return;
    };
    let info = pb::RequestInfo { request_id: request_id.to_owned(), serving_data: String::new() };
    let any = prost_types::Any { type_url: RequestInfo::TYPE_URL.to_owned(), value: info.encode_to_vec() };
    details.extend(tonic_types::Status { details: vec![any], ..Default::default() }.encode_to_vec());
    if let Ok(value) = HeaderValue::try_from(BASE64.encode(details)) {
        told.insert(DETAILS, value);
    }
}
