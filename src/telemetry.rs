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
pub mod traces;
mod waiting;

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;
use traces::Traces;

pub use calls::{Calls, Method, Methods, code_name};
pub use feeds::{Feeds, Reader};
pub use latency::Latency;
pub use learning::Learning;
pub use metrics::Metrics;
pub use page::Format;
pub use road::{Hit, Road};
pub use store::StoreMetrics;
pub use waiting::Waiting;

/// Starts the log on standard error; `RUST_LOG` sets what is written, `info` by default. Spans go to `traces`, if there are any.
pub fn start(format: LogFormat, traces: Option<&Traces>) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt::layer().with_ansi(io::stderr().is_terminal()).with_writer(io::stderr);
    let log = match format {
        LogFormat::Text => log.boxed(),
        LogFormat::Json => log.json().flatten_event(true).boxed(),
    };
    let spans = traces.map(|traces| {
        let collected = filter_fn(|metadata| metadata.target() == traces::TARGET);
        tracing_opentelemetry::layer().with_tracer(traces.tracer()).with_filter(collected)
    });
    tracing_subscriber::registry().with(log.with_filter(filter)).with(spans).init();
}
