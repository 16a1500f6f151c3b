//! What every operation needs: the connections, the clock, the names.

use std::sync::Arc;

use ::redis::{Pipeline, Value};
use tokio::time::Instant;

use crate::domain::SiteName;
use crate::queue::{Durability, QueueError};

use super::RedisOptions;
use super::connection::Link;
use super::keys::{self, Keys};
use super::parcel::{Call, Parcel};
use super::reply::{list, number, strange};
use super::scripts::Script;
use super::version::Version;
use super::words::Words;

/// The store without its batchers. Clones share the connections.
#[derive(Clone)]
pub(super) struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    options: RedisOptions,
    /// Reads travel apart from writes when writes wait for disk or replicas, which stops the connection meanwhile.
    reads: Link,
    writes: Link,
}

impl Store {
    pub(super) fn new(options: RedisOptions) -> Result<Self, QueueError> {
        let reads = Link::new(&options.url, &options.tls, None)?;
        let writes = if options.durability == Durability::Fast {
            reads.clone()
        } else {
            Link::new(&options.url, &options.tls, Some(keys::mark(&options.key_prefix)))?
        };
        Ok(Self { shared: Arc::new(Shared { options, reads, writes }) })
    }

    pub(super) fn options(&self) -> &RedisOptions {
        &self.shared.options
    }

    pub(super) fn keys(&self, site: &SiteName) -> Keys {
        Keys::new(&self.shared.options.key_prefix, site)
    }

    /// When a call that starts now has to be answered.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.shared.options.answer_timeout
    }

    /// The call of a script, with the keys and arguments that all of them get.
    pub(super) fn call(&self, script: &'static Script, keys: &Keys) -> Call {
        let mut args = Words::default();
        args.number(self.shared.options.clock.offset_millis());
        args.number(new_generation());
        Call { script, keys: keys.fixed(), args, durability: Durability::Fast }
    }

    /// Runs a script that reads.
    pub(super) async fn ask(&self, call: Call, deadline: Instant) -> Result<Value, QueueError> {
        first(self.shared.reads.send(&Parcel::Call(&call), deadline).await?)
    }

    /// Runs a script that writes, as durably as the options say.
    pub(super) async fn change(&self, mut call: Call, deadline: Instant) -> Result<Value, QueueError> {
        call.durability = self.shared.options.durability;
        first(self.shared.writes.send(&Parcel::Call(&call), deadline).await?)
    }

    /// Sends reads in one trip.
    pub(super) async fn read(
        &self,
        commands: &Pipeline,
        deadline: Instant,
    ) -> Result<Vec<Value>, QueueError> {
        self.shared.reads.send(&Parcel::Reads(commands), deadline).await
    }

    /// Which server answers; connects when there is no connection.
    pub(super) async fn version(&self, deadline: Instant) -> Result<Version, QueueError> {
        self.shared.writes.version(deadline).await
    }

    /// The time in microseconds from the replies to `TIME` and to `HGET meta clock`, as the scripts tell it.
    pub(super) fn micros(&self, time: Value, clock: &Value) -> Result<i64, QueueError> {
        let parts = list(time)?;
        let [seconds, micros] = parts.as_slice() else {
            return Err(strange("the time"));
        };
        let offset = self.shared.options.clock.offset_millis() * 1000;
        Ok((number(seconds)? * 1_000_000 + number(micros)? + offset).max(number(clock)?))
    }
}

fn first(replies: Vec<Value>) -> Result<Value, QueueError> {
    replies.into_iter().next().ok_or_else(|| strange("a script"))
}

/// A random generation for a site that has none: 1 to 2^63 - 1.
fn new_generation() -> i64 {
    let random =
        getrandom::u64().unwrap_or_else(|_| xxhash_rust::xxh3::xxh3_64(crate::domain::new_id().as_bytes()));
    ((random >> 1) as i64).max(1)
}
