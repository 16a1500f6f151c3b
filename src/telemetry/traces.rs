//! Traces over OTLP: a span for each call under its caller's trace, and one for each station on a comment's road.
//!
//! Spans are made under a target and a level of their own, which nobody listens to unless a collector is configured: then, and
//! by default, making one is a look at a flag. The SDK's own variables (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
//! `OTEL_TRACES_SAMPLER`, `OTEL_BSP_…`) are heeded.

use std::collections::HashMap;
use std::time::Duration;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::Method;

/// The target of all spans.
pub const TARGET: &str = "modqueue::traced";
const NAME: &str = "modqueue";
/// The last spans get this long to leave.
const LAST_EXPORT: Duration = Duration::from_secs(5);

/// The spans on their way to the collector.
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Sends spans to the collector at `endpoint`, such as `http://127.0.0.1:4317`. Needs a runtime, on which the connection lives.
    ///
    /// # Errors
    /// The endpoint is no address.
    pub fn to(endpoint: &str) -> Result<Self, ExporterBuildError> {
        let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint).build()?;
        let named = Resource::builder();
        let named = match std::env::var_os("OTEL_SERVICE_NAME") {
            Some(_) => named,
            None => named.with_service_name(NAME),
        };
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(named.build()).build();
        Ok(Self { provider })
    }

    pub(super) fn tracer(&self) -> opentelemetry_sdk::trace::SdkTracer {
        self.provider.tracer(NAME)
    }

    /// Sends what is left. The connection lives on the runtime, so waiting is for a thread of its own.
    pub async fn finish(self) {
        let last = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(LAST_EXPORT));
        if let Ok(Err(error)) = last.await {
            tracing::warn!(%error, "the last spans did not reach the collector");
        }
    }
}

/// The span of a call. `header` reads a header of its request: the trace that the caller is in goes on.
pub fn call<'a>(method: &Method, request_id: &str, header: impl Fn(&str) -> Option<&'a str>) -> Span {
    let span = tracing::trace_span!(
        target: TARGET,
        "call",
        otel.name = format_args!("{}/{}", method.service(), method.name()),
        otel.kind = "server",
        otel.status_code = Empty,
        rpc.system = "grpc",
        rpc.service = method.service(),
        rpc.method = method.name(),
        rpc.grpc.status_code = Empty,
        modqueue.request_id = request_id,
    );
    if !span.is_disabled() {
        let told = ["traceparent", "tracestate"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), header(name)?.to_owned())));
        let told: HashMap<String, String> = told.collect();
        // Refused only for a span that was begun already, and this one is new.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&told));
    }
    span
}

/// Tells how a call ended, by its gRPC code; `is_fault`: by this server's doing.
pub fn ended(call: &Span, code: i32, is_fault: bool) {
    call.record("rpc.grpc.status_code", code);
    if is_fault {
        call.record("otel.status_code", "ERROR");
    }
}

/// The span of a station on a comment's road.
pub fn station(name: &'static str) -> Span {
    tracing::trace_span!(target: TARGET, "station", otel.name = name)
}
