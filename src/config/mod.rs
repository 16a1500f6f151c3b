//! The server's configuration: what is read, and what it becomes once checked.
//!
//! A file, the environment and flags override one another in that order. All mistakes are told at once.

mod arguments;
mod bounds;
mod principals;
mod raw;
mod reading;
mod secrets;
mod telemetry;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::domain::SiteName;
use crate::queue::Durability;

pub use arguments::{Arguments, Command, HealthQuestion};
pub use raw::{Overrides, load};
pub use secrets::{Fingerprint, MadeTokens, make_tokens, secret};

/// A configuration that has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where gRPC is served; port 0 picks one.
    pub listen: SocketAddr,
    /// Where metrics are served over HTTP; `None`: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Where comments are kept.
    pub store: StoreUrl,
    /// Certificates for a Redis that is reached by TLS.
    pub store_tls: StoreTls,
    /// How much an acknowledgement promises.
    pub durability: Durability,
    /// Refuse to start on a store that may lose acknowledged data.
    pub require_durable: bool,
    /// Where made tokens, and the embedded store by default, live.
    pub data_dir: PathBuf,
    /// Single-threaded runtimes, each with its own listener and store handle.
    pub workers: NonZeroUsize,
    /// How the log is written.
    pub log_format: LogFormat,
    /// What is told of calls.
    pub telemetry: TelemetrySettings,
    /// Serve off loopback without TLS.
    pub insecure: bool,
    /// Certificates.
    pub tls: Option<Tls>,
    /// The portals that are served.
    pub sites: Vec<SiteName>,
    /// Who may call; empty: tokens are made on first start.
    pub principals: Vec<Principal>,
    /// Serve the standard health service, without a token.
    pub health: bool,
    /// Serve server reflection, without a token.
    pub reflection: bool,
    /// Largest and longest.
    pub bounds: Bounds,
    /// The decision feed.
    pub feed: FeedSettings,
    /// How long what is kept.
    pub retention: Retention,
    /// The shield.
    pub shield: ShieldSettings,
    /// Bytes that the learned models of all sites may take in memory together; one takes 1.9 MB.
    pub models_memory_bytes: usize,
}

/// Where comments are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A file of this process.
    Embedded(PathBuf),
    /// A Redis server, as the driver spells its URL.
    Redis(String),
}

/// What is told of calls beside the metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelemetrySettings {
    /// A call that takes longer has a line in the log.
    pub slow_call: Duration,
    /// Where traces are sent by OTLP over gRPC, such as `http://127.0.0.1:4317`; `None`: nowhere.
    pub otlp_endpoint: Option<String>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines, one object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("must be text or json".to_owned()),
        }
    }
}

/// Where metrics are served, as it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricsListen {
    /// Nowhere.
    Off,
    /// At an address; port 0 picks one.
    At(SocketAddr),
}

impl FromStr for MetricsListen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            _ => text.parse().map(Self::At).map_err(|_| "must be ADDRESS:PORT, or off".to_owned()),
        }
    }
}

/// Certificates for TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// PEM file of the server's certificate chain.
    pub certificate: PathBuf,
    /// PEM file of its key.
    pub key: PathBuf,
    /// Clients that show certificates of their own; `None`: they are not asked.
    pub clients: Option<ClientCertificates>,
}

/// What is asked of clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificates {
    /// PEM file of the authorities that sign them.
    pub authorities: PathBuf,
    /// Whoever has none is not let in.
    pub are_required: bool,
}

/// Certificates for the way to Redis.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoreTls {
    /// PEM file of the authorities that may have signed Redis' certificate; `None`: the public ones.
    pub authorities: Option<PathBuf>,
    /// PEM files of this server's own certificate and its key; `None`: it shows none.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// Somebody who may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Its name, for history and log. Several credentials may share it while one replaces another.
    pub name: String,
    /// How it is known.
    pub credential: Credential,
    /// What it may do; none implies another.
    pub roles: Vec<Role>,
    /// The sites it may touch; empty: all.
    pub sites: Vec<SiteName>,
    /// It may name the moderator it acts for.
    pub may_act_for: bool,
}

/// What a caller proves itself with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A token with this SHA-256.
    Token(Fingerprint),
    /// A client certificate with this SHA-256.
    Certificate(Fingerprint),
    /// A client certificate with this subject alternative name (DNS name or URI), signed by one of the authorities.
    AltName(String),
}

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The submission service.
    Portal,
    /// The review service.
    Moderator,
    /// The policy service.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 3] = [Role::Portal, Role::Moderator, Role::Admin];

    /// The name in configuration and token files.
    pub fn name(self) -> &'static str {
        match self {
            Role::Portal => "portal",
            Role::Moderator => "moderator",
            Role::Admin => "admin",
        }
    }
}

/// Largest and longest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of a comment's text.
    pub max_text_bytes: usize,
    /// Bytes of one message.
    pub max_message_bytes: usize,
    /// Bytes of a call's headers.
    pub max_header_bytes: u32,
    /// Things on one page of a list; calls with a smaller bound of their own keep it.
    pub max_page_size: u32,
    /// Connections of this process.
    pub max_connections: usize,
    /// Calls and streams in flight on one connection.
    pub max_streams_per_connection: u32,
    /// Calls in flight of one token, in this process.
    pub max_calls_per_token: u32,
    /// Streams of one token, in this process.
    pub max_streams_per_token: u32,
    /// Bytes of answers that wait for one token's clients to read them.
    pub max_unread_bytes_per_token: usize,
    /// Bytes of one token's messages that have not arrived whole.
    pub max_arriving_bytes_per_token: usize,
    /// Portals' calls in flight in one worker, however quick they are.
    pub max_portal_calls_per_worker: u32,
    /// Moderators' and admins' calls in flight in one worker, however quick they are.
    pub max_staff_calls_per_worker: u32,
    /// When most calls take longer than this, fewer are let in at once.
    pub target_wait: Duration,
    /// The longest any unary call may take.
    pub max_call_duration: Duration,
    /// A connection is closed on which there was no call for this long.
    pub max_connection_idle: Duration,
    /// A connection is closed whose client takes nothing of an answer for this long.
    pub answer_patience: Duration,
    /// A client is asked for a sign of life this often.
    pub keep_alive_interval: Duration,
    /// And gives it within this, or the connection is closed.
    pub keep_alive_timeout: Duration,
    /// The store must answer within this.
    pub store_timeout: Duration,
}

/// The decision feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedSettings {
    /// An idle stream says so this often.
    pub heartbeat_interval: Duration,
    /// Messages kept for a reader that is behind.
    pub buffer: usize,
    /// A reader that takes nothing for this long loses its stream.
    pub patience: Duration,
}

/// How long what is kept. Waiting comments are kept for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Decided comments and their ids.
    pub decided: Duration,
    /// Feed events.
    pub events: Duration,
    /// The file of the secret that addresses are hashed with; `None`: they are kept as they are.
    pub address_key: Option<PathBuf>,
}

/// The shield.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShieldSettings {
    /// Calls a second that one key of a limit may make at most, whatever the policy says.
    pub ceiling_per_second: u32,
    /// Trips a second spent on finding out whether a refused call repeats a known id.
    pub lookups_per_second: u32,
}
