//! What operators see: the log, and metrics for Prometheus.

mod bounded;
mod calls;
mod endpoint;
mod feeds;
mod latency;
mod learning;
mod metrics;
mod page;
mod process;
mod road;
mod store;
mod waiting;

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

pub use calls::{Calls, Method, Methods, code_name};
pub use feeds::{Feeds, Reader};
pub use latency::Latency;
pub use learning::Learning;
pub use metrics::Metrics;
pub use page::Format;
pub use road::{Hit, Road};
pub use store::StoreMetrics;
pub use waiting::Waiting;

/// Starts the log on standard error; `RUST_LOG` sets what is written, `info` by default.
pub fn init_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
