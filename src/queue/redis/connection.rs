//! One connection to Redis that mends itself.
//!
//! Every call has one deadline. Until then a lost connection is made anew, a server that loads or fails
//! over is asked again; after that the call ends as [`QueueError::Unavailable`]. Scripts know by their ids what they have done
//! already, so all of them may be sent again when it is unknown whether they arrived.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, ClientTlsConfig, RedisError, RedisResult, TlsCertificates};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::queue::QueueError;

use super::RedisTls;
use super::fault::{Fault, judge};
use super::parcel::{Parcel, Reply};
use super::version::Version;

/// The longest pause between two attempts: short, so that a server that came back is soon noticed.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// A connection that is made when it is first needed, and again when it was lost. Clones share it.
#[derive(Clone)]
pub(super) struct Link {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    /// Where the server is, without credentials.
    address: String,
    /// `WAIT` and `WAITAOF` wait for what their own connection wrote. As each begins by writing this key, that is all from
    /// before it, too: a call that is repeated over a new connection and finds its work done is not confirmed without a wait.
    mark: Option<String>,
    live: Mutex<Option<Live>>,
    /// Held by the one who connects; counts the connections made, to tell them apart.
    connecting: tokio::sync::Mutex<u64>,
}

/// A connection that worked when it was last used.
#[derive(Clone)]
pub(super) struct Live {
    pub(super) connection: MultiplexedConnection,
    pub(super) version: Version,
    number: u64,
}

impl Link {
    /// A link to the server at `url`, whose connections begin by writing the key `mark`. Nothing is connected yet.
    ///
    /// # Errors
    /// [`QueueError::Failed`] when `url` is none that can be understood; the error does not repeat it.
    pub(super) fn new(url: &str, tls: &RedisTls, mark: Option<String>) -> Result<Self, QueueError> {
        let client = client(url, tls).map_err(|error| QueueError::Failed {
            detail: format!(
                "the store URL is not valid ({}); write redis://[user:password@]host[:port][/db], rediss://… or \
                 redis+unix:///path",
                error.category()
            ),
        })?;
        let address = client.get_connection_info().addr().to_string();
        let shared = Shared { client, address, mark, live: Mutex::default(), connecting: Default::default() };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Sends a parcel and answers the reply, by `deadline` at the latest.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] at the deadline, or when a write is not as durable as it must be; others as the
    /// server says.
    pub(super) async fn send(&self, parcel: &Parcel<'_>, deadline: Instant) -> Result<Reply, QueueError> {
        let mut pause = FIRST_PAUSE;
        loop {
            let mut live = self.live(deadline).await?;
            let error = match timeout_at(deadline, parcel.deliver(&mut live, deadline)).await {
                Ok(Ok(reply)) => return Ok(reply),
                Ok(Err(error)) => error,
                Err(_) => {
                    self.forget(&live);
                    return Err(self.unavailable("it did not answer in time"));
                }
            };
            match judge(&error) {
                Fault::Final(error) => return Err(error),
                Fault::Unconfirmed => return Err(self.unavailable(&error.to_string())),
                Fault::Broken | Fault::Elsewhere => self.forget(&live),
                Fault::Busy => {}
            }
            self.rest(&mut pause, deadline, &error.to_string()).await?;
        }
    }

    /// Which server answers; connects when there is no connection.
    pub(super) async fn version(&self, deadline: Instant) -> Result<Version, QueueError> {
        self.live(deadline).await.map(|live| live.version)
    }

    /// The connection in use, or a new one.
    async fn live(&self, deadline: Instant) -> Result<Live, QueueError> {
        if let Some(live) = self.current() {
            return Ok(live);
        }
        match timeout_at(deadline, self.reconnect(deadline)).await {
            Ok(result) => result,
            Err(_) => Err(self.unavailable("connecting took too long")),
        }
    }

    async fn reconnect(&self, deadline: Instant) -> Result<Live, QueueError> {
        let mut pause = FIRST_PAUSE;
        let mut made = self.shared.connecting.lock().await;
        loop {
            if let Some(live) = self.current() {
                return Ok(live);
            }
            let error = match self.connect().await {
                Ok((connection, version)) => {
                    *made += 1;
                    tracing::info!(store = %self.shared.address, %version, "connected to Redis");
                    *self.lock() = Some(Live { connection, version, number: *made });
                    continue;
                }
                Err(error) => error,
            };
            if let Fault::Final(error) = judge(&error) {
                return Err(error);
            }
            self.rest(&mut pause, deadline, &connecting_failed(&error)).await?;
        }
    }

    fn current(&self) -> Option<Live> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Live>> {
        self.shared.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> RedisResult<(MultiplexedConnection, Version)> {
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let mut connection = self.shared.client.get_multiplexed_async_connection_with_config(&config).await?;
        let version = Version::ask(&mut connection).await?;
        if let Some(mark) = &self.shared.mark {
            ::redis::cmd("SET").arg(mark).arg("").exec_async(&mut connection).await?;
        }
        Ok((connection, version))
    }

    /// Lets go of a connection, unless another took its place already.
    fn forget(&self, live: &Live) {
        let mut current = self.lock();
        if current.as_ref().is_some_and(|current| current.number == live.number) {
            tracing::warn!(store = %self.shared.address, "lost the connection to Redis");
            *current = None;
        }
    }

    /// Waits before the next attempt, longer each time.
    async fn rest(&self, pause: &mut Duration, deadline: Instant, why: &str) -> Result<(), QueueError> {
        let until = Instant::now() + *pause;
        if until >= deadline {
            return Err(self.unavailable(why));
        }
        sleep_until(until).await;
        *pause = (*pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }

    fn unavailable(&self, why: &str) -> QueueError {
        QueueError::Unavailable { detail: format!("Redis at {}: {why}", self.shared.address) }
    }
}

/// What the driver said. A Redis in protected mode says why and hangs up, and mostly only the latter is heard.
fn connecting_failed(error: &RedisError) -> String {
    if error.is_connection_dropped() {
        return format!(
            "{error}; should it be in protected mode, which refuses other machines: give Redis a password, or set \
             protected-mode no"
        );
    }
    error.to_string()
}

fn client(url: &str, tls: &RedisTls) -> RedisResult<Client> {
    let RedisTls { authorities, identity } = tls.clone();
    if authorities.is_none() && identity.is_none() {
        return Client::open(url);
    }
    let client_tls = identity.map(|(client_cert, client_key)| ClientTlsConfig { client_cert, client_key });
    Client::build_with_tls(url, TlsCertificates { client_tls, root_cert: authorities })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_read_is_refused_without_repeating_it() {
        for url in ["redis://user:hunter2@:x", "http://:hunter2@localhost", "redis://:hunter2@h/nodb"] {
            let error =
                Link::new(url, &RedisTls::default(), None).err().expect("no URL of a store").to_string();
            assert!(!error.contains("hunter2") && error.contains("redis://"), "{error}");
        }
    }

    #[test]
    fn credentials_are_no_part_of_the_address_in_errors() {
        let link = Link::new("redis://user:hunter2@db.example:7000/2", &RedisTls::default(), None).unwrap();
        let error = link.unavailable("gone").to_string();
        assert!(error.contains("db.example:7000") && !error.contains("hunter2"), "{error}");
        let link =
            Link::new("redis+unix:///run/redis.sock?pass=hunter2", &RedisTls::default(), None).unwrap();
        assert!(!link.unavailable("gone").to_string().contains("hunter2"));
    }
}
