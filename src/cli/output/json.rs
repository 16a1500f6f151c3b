//! The API's messages as JSON: fields by their proto names, enum values by theirs, times in RFC 3339.
//!
//! The shapes come from the descriptors that the build made, so they are complete and cannot fall behind the protos.

use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, SerializeOptions};
use serde::{Serialize, Serializer};

use crate::cli::harmless::is_dangerous;
use crate::proto::{FILE_DESCRIPTOR_SET, v1};

/// The package of the API.
const PACKAGE: &str = "modqueue.v1";

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the build made the descriptors"));

/// A message of the API that is shown as JSON.
pub trait ApiMessage: Message {
    /// The message's name in the package.
    const NAME: &'static str;
}

macro_rules! api_messages {
    ($($name:ident),* $(,)?) => { $(impl ApiMessage for v1::$name { const NAME: &'static str = stringify!($name); })* };
}

api_messages! {
    ActivityBucket, AuthorRecord, ClaimCommentsResponse, Comment, CommentDraft, DecideMatchingResponse,
    DecisionEvent, DeferCommentResponse, EraseAuthorResponse, ExportAuthorResponse, GetActivityResponse,
    ImportCommentsRequest, InspectCommentResponse, LimitStatus, Policy, PolicyProposal, QueueStats, ReleaseClaimsResponse,
    RenewClaimsResponse, ReplayReport, RuleStats, SimilarComment, SubmitCommentResponse, TestPolicyResponse,
    Verdict,
}

/// A message as serde sees it. Fields at their defaults are there, too, so that scripts need not know the defaults.
pub struct Json<'a, M>(pub &'a M);

impl<M: ApiMessage> Serialize for Json<'_, M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let options = SerializeOptions::new()
            .use_proto_field_name(true)
            .stringify_64_bit_integers(false)
            .skip_default_fields(false);
        let message = dynamic(M::NAME, &self.0.encode_to_vec()).map_err(serde::ser::Error::custom)?;
        message.serialize_with_options(serializer, &options)
    }
}

fn dynamic(name: &str, bytes: &[u8]) -> Result<DynamicMessage, prost::DecodeError> {
    DynamicMessage::decode(descriptor(name), bytes)
}

fn descriptor(name: &str) -> prost_reflect::MessageDescriptor {
    POOL.get_message_by_name(&format!("{PACKAGE}.{name}")).expect("only messages of the package are named")
}

/// Whether a message has a field of this name, those of messages in it joined by dots; else the first part that is
/// wrong, and the names that could stand there.
pub fn find_field<'a>(message: &str, path: &'a str) -> Result<(), (&'a str, Vec<String>)> {
    let mut message = Some(descriptor(message));
    for name in path.split('.') {
        // Below a map, a list of texts or a time there are no names to know.
        let Some(around) = message else { return Err((name, vec![])) };
        let Some(field) = around.get_field_by_name(name) else {
            return Err((name, around.fields().map(|field| field.name().to_owned()).collect()));
        };
        if field.is_map() {
            return Ok(());
        }
        message = field.kind().as_message().filter(|inner| inner.package_name() == PACKAGE).cloned();
    }
    Ok(())
}

/// Reads a message from JSON; a field that the message does not have is an error.
pub fn parse<M: ApiMessage + Default>(value: &serde_json::Value) -> Result<M, String> {
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    let message = DynamicMessage::deserialize_with_options(descriptor(M::NAME), value, &options)
        .map_err(|error| error.to_string())?;
    message.transcode_to().map_err(|error| error.to_string())
}

/// A value in one line, without the newline.
pub fn line(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value).map(|json| escaped(&json))
}

/// A value over several lines, without the last newline.
pub fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(|json| escaped(&json))
}

/// Escapes what a terminal would obey. Only strings can have such characters, so a parser reads the same as before.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && is_dangerous(c) {
            escaped.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn as_json<M: ApiMessage>(message: &M) -> Value {
        serde_json::to_value(Json(message)).unwrap()
    }

    #[test]
    fn names_values_and_times_are_those_of_the_protos() {
        let comment = v1::Comment {
            id: "c-1".to_owned(),
            state: v1::CommentState::Pending.into(),
            create_time: Some(prost_types::Timestamp { seconds: 0, nanos: 0 }),
            ..v1::Comment::default()
        };
        let value = as_json(&comment);
        assert_eq!(value["state"], "COMMENT_STATE_PENDING");
        assert_eq!(value["create_time"], "1970-01-01T00:00:00Z");
        assert_eq!(value["published"], false);
        assert_eq!(value["report_count"], 0);
        assert!(value.get("claim").is_none());
    }

    #[test]
    fn counts_are_numbers() {
        let stats = v1::QueueStats { pending_count: 12, ..v1::QueueStats::default() };
        assert_eq!(as_json(&stats)["pending_count"], 12);
    }

    #[test]
    fn a_draft_is_read_as_it_is_written() {
        let draft =
            json!({"id": "c-1", "author": {"display_name": "Ada"}, "text": "hi", "labels": {"a": "b"}});
        let draft: v1::CommentDraft = parse(&draft).unwrap();
        assert_eq!(draft.author.unwrap().display_name, "Ada");
        assert_eq!(draft.labels["a"], "b");
    }

    #[test]
    fn a_field_that_no_draft_has_is_refused_by_name() {
        let error = parse::<v1::CommentDraft>(&json!({"txet": "hi"})).unwrap_err();
        assert!(error.contains("txet"), "{error}");
    }

    proptest! {
        #[test]
        fn any_text_reads_back_the_same_and_holds_nothing_to_obey(text in any::<String>()) {
            let line = line(&text).unwrap();
            prop_assert!(!line.chars().any(is_dangerous), "{line:?}");
            prop_assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
        }
    }
}
