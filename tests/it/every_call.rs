//! Every call of every service with everything that must not open it. The calls are those of the contract's descriptors, so that
//! a new one cannot be forgotten.

use std::time::Duration;

use bytes::{Buf, BufMut};
use modqueue::proto::FILE_DESCRIPTOR_SET;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor, MethodDescriptor, Value};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Request, Status};

use crate::support::service::{Kept, Service, reason};

/// Calls of the policy service that moderators may make as well. A new one is for admins until it stands here.
const FOR_MODERATORS_TOO: [&str; 4] = ["GetPolicy", "TestPolicy", "ReplayPolicy", "ProposePolicy"];

/// The tokens of the service, each with one role and bound to the site `news`.
const TOKENS: [&str; 3] = ["portal", "desk", "admin"];

fn calls() -> Vec<MethodDescriptor> {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the descriptors are sound");
    let ours = pool.services().filter(|service| service.package_name() == "modqueue.v1");
    let calls: Vec<_> = ours.flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    assert!(calls.len() >= 40, "{} calls", calls.len());
    calls
}

/// The tokens that a call is for.
fn opened_by(call: &MethodDescriptor) -> &'static [&'static str] {
    match call.parent_service().name() {
        "SubmissionService" => &["portal"],
        "ReviewService" => &["desk"],
        "PolicyService" if FOR_MODERATORS_TOO.contains(&call.name()) => &["desk", "admin"],
        "PolicyService" => &["admin"],
        other => panic!("say here which tokens {other} is for"),
    }
}

/// Messages as bytes.
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}

/// Makes a call with one message and takes the first answer: the refusal, if it is one, on its own or inside a message.
async fn refusal(
    service: &Service,
    call: &MethodDescriptor,
    authorization: Option<&str>,
    message: &DynamicMessage,
) -> Option<Status> {
    let mut client = Grpc::new(service.channel.clone());
    client.ready().await.expect("the service is there");
    let path = format!("/{}/{}", call.parent_service().full_name(), call.name());
    let path = PathAndQuery::try_from(path).expect("a path");
    let mut request = Request::new(tokio_stream::once(message.encode_to_vec()));
    if let Some(header) = authorization {
        request.metadata_mut().insert("authorization", header.parse().expect("plain ASCII"));
    }
    let first = async {
        let mut answers = client.streaming(request, path, Bytes).await?.into_inner();
        answers.message().await
    };
    let first = tokio::time::timeout(Duration::from_secs(20), first).await;
    match first.unwrap_or_else(|_| panic!("{} does not answer", call.full_name())) {
        Ok(None) => None,
        Ok(Some(bytes)) => inside(call.output(), &bytes),
        Err(refused) => Some(refused),
    }
}

/// The refusal in a message of a bulk call.
fn inside(output: MessageDescriptor, bytes: &[u8]) -> Option<Status> {
    let answer = DynamicMessage::decode(output, bytes).expect("it is the call's answer");
    let error = answer.get_field_by_name("error")?;
    let error = error.as_message()?.encode_to_vec();
    let told = tonic_types::Status::decode(&error[..]).expect("a status");
    let code = Code::from_i32(told.code);
    (code != Code::Ok).then(|| Status::with_details(code, told.message, error.into()))
}

fn empty(call: &MethodDescriptor) -> DynamicMessage {
    DynamicMessage::new(call.input())
}

/// The call's message for each place where it names a site, with `site` there.
fn naming(message: &MessageDescriptor, site: &str) -> Vec<DynamicMessage> {
    let mut naming = Vec::new();
    for field in message.fields() {
        let values = match field.kind() {
            Kind::String if field.name() == "site" => vec![Value::String(site.into())],
            Kind::Message(inner) if inner.package_name() == "modqueue.v1" && field.is_list() => {
                naming_once(&inner, site).into_iter().map(|inner| Value::List(vec![inner])).collect()
            }
            Kind::Message(inner) if inner.package_name() == "modqueue.v1" && !field.is_map() => {
                naming_once(&inner, site).into_iter().collect()
            }
            _ => vec![],
        };
        for value in values {
            let mut filled = DynamicMessage::new(message.clone());
            filled.set_field(&field, value);
            naming.push(filled);
        }
    }
    naming
}

fn naming_once(message: &MessageDescriptor, site: &str) -> Option<Value> {
    let field = message.get_field_by_name("site")?;
    let mut filled = DynamicMessage::new(message.clone());
    filled.set_field(&field, Value::String(site.into()));
    Some(Value::Message(filled))
}

#[tokio::test]
async fn no_call_is_open_without_a_known_token() {
    let service = Service::start(Kept::Embedded).await;
    let headers = [
        (None, "TOKEN_MISSING"),
        (Some("portal-secret"), "TOKEN_MISSING"),
        (Some("Basic cG9ydGFsLXNlY3JldA=="), "TOKEN_MISSING"),
        (Some("Bearer "), "TOKEN_MISSING"),
        (Some("Bearer guessed"), "TOKEN_UNKNOWN"),
        (Some("Bearer portal-secre"), "TOKEN_UNKNOWN"),
        (Some("Bearer portal-secret2"), "TOKEN_UNKNOWN"),
    ];
    for call in calls() {
        for (header, wanted) in headers {
            let refused = refusal(&service, &call, header, &empty(&call)).await;
            let refused = refused.unwrap_or_else(|| panic!("{} is open to {header:?}", call.full_name()));
            assert_eq!(
                (refused.code(), reason(&refused).as_str()),
                (Code::Unauthenticated, wanted),
                "{} with {header:?}",
                call.full_name()
            );
        }
    }
}

#[tokio::test]
async fn each_call_is_open_to_its_own_roles_and_to_no_other() {
    let service = Service::start(Kept::Embedded).await;
    for call in calls() {
        for token in TOKENS {
            let header = format!("Bearer {token}-secret");
            let refused = refusal(&service, &call, Some(&header), &empty(&call)).await;
            let code = refused.as_ref().map_or(Code::Ok, Status::code);
            if opened_by(&call).contains(&token) {
                let is_open = !matches!(code, Code::Unauthenticated | Code::PermissionDenied);
                assert!(is_open, "{} refuses {token}: {refused:?}", call.full_name());
            } else {
                let reason = refused.as_ref().map(reason);
                let told = (code, reason.as_deref());
                let wanted = (Code::PermissionDenied, Some("ROLE_MISSING"));
                assert_eq!(told, wanted, "{} with {token}", call.full_name());
            }
        }
    }
}

#[tokio::test]
async fn no_call_opens_another_site_wherever_it_is_named() {
    let service = Service::start(Kept::Embedded).await;
    for call in calls() {
        for token in opened_by(&call) {
            for site in ["blog", "nowhere"] {
                let header = format!("Bearer {token}-secret");
                let messages = naming(&call.input(), site);
                let is_named = call.input().get_field_by_name("site").is_some();
                assert!(is_named || !messages.is_empty(), "{} names no site", call.full_name());
                for message in messages {
                    let refused = refusal(&service, &call, Some(&header), &message).await;
                    let told = refused.as_ref().map(|refused| (refused.code(), reason(refused)));
                    let is_refused = match &told {
                        Some((Code::PermissionDenied, reason)) => reason == "SITE_FORBIDDEN",
                        _ => false,
                    };
                    assert!(is_refused, "{} with {token} on {message:?}: {told:?}", call.full_name());
                }
            }
        }
    }
}
