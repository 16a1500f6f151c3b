//! What is sent in one trip: a script call or a pipeline of reads.

use ::redis::{Cmd, ErrorKind, Pipeline, RedisError, RedisResult, ServerErrorKind, Value};
use tokio::time::Instant;

use crate::queue::Durability;

use super::connection::Live;
use super::fault::UNCONFIRMED;
use super::scripts::Script;
use super::words::Words;

/// The answers of a trip, one a command.
pub(super) type Reply = Vec<Value>;

/// One trip.
pub(super) enum Parcel<'a> {
    /// Commands that change nothing.
    Reads(&'a Pipeline),
    /// A script.
    Call(&'a Call),
}

/// A script with its keys and arguments.
pub(super) struct Call {
    pub(super) script: &'static Script,
    pub(super) keys: Words,
    pub(super) args: Words,
    /// What must be so before the answer counts; [`Durability::Fast`] for scripts that only read.
    pub(super) durability: Durability,
}

impl Parcel<'_> {
    /// Sends it over a connection; the first error in the reply is the error of all.
    pub(super) async fn deliver(&self, live: &mut Live, deadline: Instant) -> RedisResult<Reply> {
        match self {
            Parcel::Reads(pipeline) => send_all(live, pipeline).await,
            Parcel::Call(call) => match call.deliver(live, deadline).await {
                Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                    tracing::debug!(script = call.script.name, "loading a script");
                    let mut load = ::redis::cmd("SCRIPT");
                    load.arg("LOAD").arg(call.script.source);
                    send(live, &load).await?;
                    call.deliver(live, deadline).await
                }
                other => other,
            },
        }
    }
}

impl Call {
    async fn deliver(&self, live: &mut Live, deadline: Instant) -> RedisResult<Reply> {
        let command = self.command();
        let waits = self.waits(live, deadline);
        if waits.is_empty() {
            return Ok(vec![send(live, &command).await?]);
        }
        let mut pipeline = Pipeline::with_capacity(1 + waits.len());
        pipeline.add_command(command);
        for wait in waits {
            pipeline.add_command(wait);
        }
        let mut replies = live.connection.send_packed_commands(&pipeline, 0, pipeline.len()).await?;
        let waited = replies.split_off(1);
        let reply: Reply = replies.into_iter().map(sound).collect::<RedisResult<_>>()?;
        waited.into_iter().try_for_each(confirmed)?;
        Ok(reply)
    }

    fn command(&self) -> Cmd {
        let words = 3 + self.keys.len() + self.args.len();
        let bytes = self.keys.byte_len() + self.args.byte_len();
        let mut command = Cmd::with_capacity(words, bytes + 64);
        command.arg("EVALSHA").arg(self.script.sha()).arg(self.keys.len());
        for word in self.keys.iter().chain(self.args.iter()) {
            command.arg(word);
        }
        command
    }

    /// The commands that wait until disk and replicas have what the script wrote. They may take what is left of the
    /// time, less something for the way back.
    fn waits(&self, live: &Live, deadline: Instant) -> Vec<Cmd> {
        let left = deadline.saturating_duration_since(Instant::now()).as_millis();
        let mut waits = Vec::new();
        if self.durability != Durability::Fast && live.version.has_waitaof() {
            let mut wait = ::redis::cmd("WAITAOF");
            wait.arg(1).arg(0).arg((left * 2 / 5).max(1).to_string());
            waits.push(wait);
        }
        if self.durability == Durability::Replicas {
            let mut wait = ::redis::cmd("WAIT");
            wait.arg(1).arg((left * 2 / 5).max(1).to_string());
            waits.push(wait);
        }
        waits
    }
}

/// What was done counts once it is where it must be. `WAIT` answers a number, `WAITAOF` one for this server and one for the
/// replicas: the first counts; or a reason for which it will never be there.
fn confirmed(waited: Value) -> RedisResult<()> {
    let reached = match &waited {
        Value::Array(numbers) => numbers.first(),
        number => Some(number),
    };
    match (reached, &waited) {
        (Some(Value::Int(1..)), _) => Ok(()),
        (_, Value::ServerError(error)) => Err(unconfirmed(error.to_string())),
        _ => Err(unconfirmed("the write has not reached the disk or a replica in time".into())),
    }
}

fn unconfirmed(why: String) -> RedisError {
    ::redis::make_extension_error(UNCONFIRMED.into(), Some(why))
}

async fn send(live: &mut Live, command: &Cmd) -> RedisResult<Value> {
    sound(live.connection.send_packed_command(command).await?)
}

async fn send_all(live: &mut Live, pipeline: &Pipeline) -> RedisResult<Reply> {
    let replies = live.connection.send_packed_commands(pipeline, 0, pipeline.len()).await?;
    replies.into_iter().map(sound).collect()
}

fn sound(reply: Value) -> RedisResult<Value> {
    match reply {
        Value::ServerError(error) => Err(error.into()),
        reply => Ok(reply),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fault::{Fault, judge};
    use super::*;

    #[test]
    fn what_was_done_is_unconfirmed_until_disk_and_replica_have_it() {
        for reply in [":1\r\n", ":2\r\n", "*2\r\n:1\r\n:0\r\n"] {
            assert!(confirmed(::redis::parse_redis_value(reply.as_bytes()).unwrap()).is_ok(), "{reply}");
        }
        let no_log = "-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.\r\n";
        for reply in [":0\r\n", "*2\r\n:0\r\n:1\r\n", no_log] {
            let error = confirmed(::redis::parse_redis_value(reply.as_bytes()).unwrap()).unwrap_err();
            assert!(matches!(judge(&error), Fault::Unconfirmed), "{reply}");
            assert!(reply != no_log || error.to_string().contains("appendonly is disabled"), "{error}");
        }
    }
}
