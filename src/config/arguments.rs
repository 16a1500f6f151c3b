//! The server's command line.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use super::{LogFormat, MetricsListen, Overrides};
use crate::queue::Durability;
use clap::{Args, Parser, Subcommand};

const EXIT_CODES: &str = "\
Exit codes:
  0  stopped as it was told, or what was asked is so
  1  the configuration is good and the service did not start: an address in use, a store that cannot be opened;
     or what was asked is not so
  2  the configuration or the command line is wrong; starting again does not help

Signals: SIGTERM and SIGINT finish the calls in flight and stop; SIGHUP reads the configuration again and takes over \
tokens and certificates.";

/// Comment moderation over gRPC.
///
/// With no configuration it serves one site, `default`, on loopback, keeps comments in
/// ./modqueue-data, and makes one token a role under ./modqueue-data/tokens.
#[derive(Debug, Parser)]
#[command(name = "modqueue", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE", env = "MODQUEUE_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// Where to serve gRPC; port 0 picks one [default: 127.0.0.1:50051]
    #[arg(long, value_name = "ADDR", env = "MODQUEUE_LISTEN", global = true)]
    listen: Option<SocketAddr>,
    /// Where to serve Prometheus metrics, or off [default: 127.0.0.1:9464]
    #[arg(long, value_name = "ADDR", env = "MODQUEUE_METRICS_LISTEN", global = true)]
    metrics_listen: Option<MetricsListen>,
    /// Where to keep comments: embedded:PATH, redis://, rediss:// or redis+unix:// [default: embedded:DATA_DIR/queue.redb]
    #[arg(long, value_name = "URL", env = "MODQUEUE_STORE", global = true)]
    store: Option<String>,
    /// Where made tokens and the embedded store live [default: ./modqueue-data]
    #[arg(long, value_name = "DIR", env = "MODQUEUE_DATA_DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// How to write the log: text or json [default: text]
    #[arg(long, value_name = "FORMAT", env = "MODQUEUE_LOG_FORMAT", global = true)]
    log_format: Option<LogFormat>,
    /// Where to send traces by OTLP over gRPC, such as http://127.0.0.1:4317 [default: nowhere]
    #[arg(long, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true)]
    otlp_endpoint: Option<String>,
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
    /// Ask a running server whether it serves; the exit code tells (for HEALTHCHECK and the like)
    Health(HealthQuestion),
    /// Show the whole road in ten seconds on a throw-away store, checking every step
    Demo,
}

/// Whom to ask, and how.
#[derive(Debug, Args)]
pub struct HealthQuestion {
    /// Which server: http://HOST:PORT, https://HOST:PORT or HOST:PORT [default: where this configuration listens]
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// Certificates (PEM) to trust instead of the well-known authorities
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// The client certificate (PEM) to show, where the server asks for one
    #[arg(long, value_name = "FILE", requires = "client_key")]
    pub client_certificate: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(long, value_name = "FILE", requires = "client_certificate")]
    pub client_key: Option<PathBuf>,
    /// How long to wait for the answer
    #[arg(long, value_name = "SPAN", default_value = "3s", value_parser = humantime::parse_duration)]
    pub timeout: Duration,
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
            otlp_endpoint: self.otlp_endpoint.clone(),
            workers: self.workers,
            durability: self.durability,
            require_durable: self.require_durable,
            insecure: self.insecure,
        }
    }
}
