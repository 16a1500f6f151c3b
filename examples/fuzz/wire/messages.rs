//! Messages of every call, filled by the contract's descriptors so that a new call or field cannot be forgotten.

use modqueue::proto::FILE_DESCRIPTOR_SET;
use prost_reflect::prost::Message;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, MethodDescriptor, Value,
};

use super::{Dice, ROLES, noise};

/// A call of the contract.
#[derive(Clone)]
pub struct Call {
    pub path: String,
    /// Which of [`ROLES`] may make it.
    pub role: usize,
    pub answers_in_a_stream: bool,
    pub takes_a_stream: bool,
    input: MessageDescriptor,
    output: MessageDescriptor,
}

/// All calls of the contract.
pub fn calls() -> Vec<Call> {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the descriptors are sound");
    let methods: Vec<_> = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    let role = |name| ROLES.iter().position(|role| *role == name).expect("one of them");
    let call = |method: &MethodDescriptor| Call {
        path: format!("/{}/{}", method.parent_service().full_name(), method.name()),
        role: match method.parent_service().name() {
            "SubmissionService" => role("portal"),
            "ReviewService" => role("moderator"),
            _ => role("admin"),
        },
        answers_in_a_stream: method.is_server_streaming(),
        takes_a_stream: method.is_client_streaming(),
        input: method.input(),
        output: method.output(),
    };
    methods.iter().map(call).collect()
}

/// Texts that mean something somewhere.
const TEXTS: [&str; 20] = [
    "",
    "a remark",
    "fuck this casino, buy now at www.example.bet",
    "f u c k  🖕 天安门 \u{200b}\u{202e}",
    "state = PENDING AND (score >= 8 OR rule:\"links\") AND NOT claimed_by:*",
    "text:casino age > 1h",
    "((((((((((((((((((NOT",
    "score desc",
    "mode = 'post'\nlimits = []\nstarter = false\n",
    "starter = false\n[[patterns]]\nname = 'p'\npattern = '\\bgold\\s+\\d+'\n",
    "mode = 7",
    "203.0.113.7",
    "::ffff:1.2.3.4",
    "https://example.com/a?b=c#d",
    "ann@example.com",
    "en",
    "default",
    "war",
    "ann",
    "\0",
];

const NUMBERS: [i64; 12] =
    [0, 1, 2, 3, 100, 1_000, -1, u32::MAX as i64, i64::MAX, i64::MIN, 1_795_000_000, 253_402_300_800];

/// Names of texts that an answer tells and a later request gives back.
const GIVEN_BACK: [&str; 6] = ["etag", "claim_id", "next_page_token", "next_cursor", "cursor", "proposal_id"];

/// Of those texts, as many as are remembered.
const REMEMBERED: usize = 32;

/// Makes messages, of what it heard among others.
#[derive(Default)]
pub struct Maker {
    heard: Vec<String>,
}

impl Maker {
    /// A message that is right as far as its bytes go.
    pub fn message(&self, call: &Call, dice: &mut Dice) -> Vec<u8> {
        self.filled(&call.input, dice, 0).encode_to_vec()
    }

    fn filled(&self, descriptor: &MessageDescriptor, dice: &mut Dice, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        for field in descriptor.fields() {
            let is_left_out = match field.kind() {
                Kind::Message(_) => depth > 5 || dice.once_in(4),
                _ => field.name() != "comment_id" && dice.once_in(2),
            };
            if !is_left_out {
                let value = if field.is_map() {
                    Value::Map([(MapKey::String("label".into()), self.text("", dice))].into())
                } else if field.is_list() {
                    Value::List((0..dice.below(4)).map(|_| self.value(&field, dice, depth)).collect())
                } else {
                    self.value(&field, dice, depth)
                };
                message.set_field(&field, value);
            }
        }
        message
    }

    fn value(&self, field: &FieldDescriptor, dice: &mut Dice, depth: usize) -> Value {
        let number = if dice.once_in(8) { dice.number() as i64 } else { NUMBERS[dice.below(NUMBERS.len())] };
        match field.kind() {
            Kind::Message(inner) => Value::Message(self.filled(&inner, dice, depth + 1)),
            Kind::Enum(_) => {
                Value::EnumNumber(if dice.once_in(8) { number as i32 } else { dice.below(6) as i32 })
            }
            Kind::String => self.text(field.name(), dice),
            Kind::Bytes => Value::Bytes(noise::bytes(dice, 40).into()),
            Kind::Bool => Value::Bool(dice.once_in(2)),
            Kind::Double => Value::F64(if dice.once_in(4) { f64::NAN } else { number as f64 }),
            Kind::Float => Value::F32(number as f32),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(number as i32),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(number),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(number as u32),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(number as u64),
        }
    }

    /// A text for a field of this name. Comments have few ids, so that calls meet the same ones.
    fn text(&self, name: &str, dice: &mut Dice) -> Value {
        let is_id = matches!(name, "id" | "comment_id" | "comment_ids" | "similar_to" | "parent_id");
        let text = match dice.below(8) {
            0 => String::from_utf8_lossy(&noise::bytes(dice, 30)).into_owned(),
            _ if is_id => format!("c{}", dice.below(12)),
            _ if name == "site" => String::new(),
            1..5 if GIVEN_BACK.iter().any(|given| given.ends_with(name)) && !self.heard.is_empty() => {
                self.heard[dice.below(self.heard.len())].clone()
            }
            _ => dice.one_of(&TEXTS).to_owned(),
        };
        Value::String(text)
    }

    /// Remembers what an answer tells that could be given back.
    pub fn hear(&mut self, call: &Call, answer: &[u8], dice: &mut Dice) {
        let Ok(message) = DynamicMessage::decode(call.output.clone(), answer) else { return };
        let mut told = Vec::new();
        collect(&message, &mut told);
        for text in told.into_iter().take(REMEMBERED) {
            if self.heard.len() < REMEMBERED {
                self.heard.push(text);
            } else {
                self.heard[dice.below(REMEMBERED)] = text;
            }
        }
    }
}

fn collect(message: &DynamicMessage, told: &mut Vec<String>) {
    for (field, value) in message.fields() {
        match value {
            Value::String(text) if GIVEN_BACK.contains(&field.name()) => told.push(text.clone()),
            Value::Message(inner) => collect(inner, told),
            Value::List(values) => {
                values.iter().filter_map(Value::as_message).for_each(|inner| collect(inner, told));
            }
            _ => {}
        }
    }
}
