//! The server's command line.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::{LogFormat, Overrides};
use crate::queue::Durability;
use clap::{Parser, Subcommand};

/// Comment moderation over gRPC.
///
/// With no configuration it serves one site, `default`, on loopback, keeps comments in
/// ./modqueue-data, and makes one token a role under ./modqueue-data/tokens.
#[derive(Debug, Parser)]
#[command(name = "modqueue", version)]
pub struct Arguments {
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE", env = "MODQUEUE_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// Where to serve gRPC; port 0 picks one [default: 127.0.0.1:50051]
    #[arg(long, value_name = "ADDR", env = "MODQUEUE_LISTEN", global = true)]
    listen: Option<SocketAddr>,
    /// Where to serve Prometheus metrics [default: 127.0.0.1:9464]
    #[arg(long, value_name = "ADDR", env = "MODQUEUE_METRICS_LISTEN", global = true)]
    metrics_listen: Option<SocketAddr>,
    /// Where to keep comments: embedded:PATH, redis://, rediss:// or redis+unix:// [default: embedded:DATA_DIR/queue.redb]
    #[arg(long, value_name = "URL", env = "MODQUEUE_STORE", global = true)]
    store: Option<String>,
    /// Where made tokens and the embedded store live [default: ./modqueue-data]
    #[arg(long, value_name = "DIR", env = "MODQUEUE_DATA_DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// How to write the log: text or json [default: text]
    #[arg(long, value_name = "FORMAT", env = "MODQUEUE_LOG_FORMAT", global = true)]
    log_format: Option<LogFormat>,
    /// Worker threads [default: one a core]
    #[arg(long, value_name = "N", env = "MODQUEUE_WORKERS", global = true)]
    workers: Option<NonZeroUsize>,
    /// What an acknowledgement promises on Redis: fast, disk or replicas [default: fast]
    #[arg(long, value_name = "LEVEL", env = "MODQUEUE_DURABILITY", global = true)]
    durability: Option<Durability>,
    /// Refuse to start on a store that may lose acknowledged comments
    #[arg(long, env = "MODQUEUE_REQUIRE_DURABLE", global = true)]
    require_durable: bool,
    /// Serve off loopback without TLS
    #[arg(long, env = "MODQUEUE_INSECURE", global = true)]
    insecure: bool,
    /// What to do; serves when nothing is said
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do instead of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the configuration, and tell all its mistakes at once
    CheckConfig,
    /// Show the whole road in ten seconds on a throw-away store, checking every step
    Demo,
}

impl Arguments {
    /// What wins over the configuration file.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            listen: self.listen,
            metrics_listen: self.metrics_listen,
            store: self.store.clone(),
            data_dir: self.data_dir.clone(),
            log_format: self.log_format,
            workers: self.workers,
            durability: self.durability,
            require_durable: self.require_durable,
            insecure: self.insecure,
        }
    }
}
