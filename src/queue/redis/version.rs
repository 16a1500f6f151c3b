//! Which Redis answers, and what it can do.

use std::fmt;

use ::redis::aio::MultiplexedConnection;
use ::redis::{RedisResult, Value};

/// The server's name and version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Version {
    /// `redis` or `valkey`.
    name: String,
    /// Its own version, as it writes it.
    text: String,
    /// The Redis version that it is compatible with: major and minor.
    compatible: (u32, u32),
}

impl Version {
    /// Asks the server. One that does not tell counts as the oldest that is supported.
    pub(super) async fn ask(connection: &mut MultiplexedConnection) -> RedisResult<Self> {
        match connection.send_packed_command(::redis::cmd("INFO").arg("server")).await? {
            Value::BulkString(info) => Ok(Self::read(&String::from_utf8_lossy(&info))),
            Value::VerbatimString { text, .. } => Ok(Self::read(&text)),
            // Users who may not do what is dangerous may not see `INFO`; a greeting is for all.
            _ => Ok(Self::greeted(connection.send_packed_command(&::redis::cmd("HELLO")).await?)),
        }
    }

    fn greeted(greeting: Value) -> Self {
        let fields: Vec<Value> = match greeting {
            Value::Array(fields) => fields,
            Value::Map(pairs) => pairs.into_iter().flat_map(|(name, value)| [name, value]).collect(),
            _ => return Self::default(),
        };
        let field = |wanted: &str| {
            let is_wanted = |pair: &&[Value]| text(&pair[0]).as_deref() == Some(wanted);
            fields.chunks_exact(2).find(is_wanted).and_then(|pair| text(&pair[1])).unwrap_or_default()
        };
        let version = field("version");
        Self { name: field("server"), compatible: numbers(&version), text: version }
    }

    /// `WAITAOF` came with Redis 7.2.
    pub(super) fn has_waitaof(&self) -> bool {
        self.compatible >= (7, 2)
    }

    fn read(info: &str) -> Self {
        let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name));
        let redis = field("redis_version:").unwrap_or_default();
        let (name, text) = match field("valkey_version:") {
            Some(text) => ("valkey", text),
            None => ("redis", redis),
        };
        Self { name: name.into(), text: text.into(), compatible: numbers(redis) }
    }
}

/// Major and minor.
fn numbers(version: &str) -> (u32, u32) {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::BulkString(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Value::SimpleString(text) => Some(text.clone()),
        _ => None,
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.is_empty() {
            f.write_str("redis of unknown version")
        } else {
            write!(f, "{} {}", self.name, self.text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redis_and_valkey_are_told_apart() {
        let redis = Version::read("# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n");
        assert_eq!((redis.to_string().as_str(), redis.has_waitaof()), ("redis 7.0.15", false));
        let valkey = Version::read("redis_version:7.2.4\r\nvalkey_version:8.1.0\r\n");
        assert_eq!((valkey.to_string().as_str(), valkey.has_waitaof()), ("valkey 8.1.0", true));
        assert_eq!(Version::default().to_string(), "redis of unknown version");
    }
}
