//! What is counted of calls.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::latency::Latency;

/// Seconds; a comment takes a few milliseconds, and no call may take longer than the server lets it.
const BOUNDS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// The codes of gRPC, by number.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];
const UNKNOWN: usize = 2;

/// The name of the service and method of a call that is not there.
const NOT_THERE: &str = "other";

/// The calls' part of the metrics.
#[derive(Clone)]
pub struct Calls {
    finished: Family<CallLabels, Counter>,
    durations: Family<MethodLabels, Latency, fn() -> Latency>,
    in_flight: Family<MethodLabels, Gauge>,
}

/// A method's numbers, found once and then counted without a lock and without allocation.
pub struct Method {
    labels: MethodLabels,
    is_stream: bool,
    calls: Calls,
    finished: [OnceLock<Counter>; CODES.len()],
    duration: OnceLock<Latency>,
    in_flight: OnceLock<Gauge>,
}

/// The methods that calls may be of, by their paths.
pub struct Methods {
    known: HashMap<String, Arc<Method>>,
    not_there: Arc<Method>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct MethodLabels {
    service: String,
    method: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CallLabels {
    service: String,
    method: String,
    code: &'static str,
}

impl Calls {
    /// All at zero, on the page of `registry`.
    pub(super) fn register(registry: &mut Registry) -> Self {
        let durations = Family::new_with_constructor((|| Latency::new(&BOUNDS)) as fn() -> Latency);
        let calls = Self { finished: Family::default(), durations, in_flight: Family::default() };
        let Self { finished, durations, in_flight } = &calls;
        registry.register("calls", "Calls that ended, by gRPC code", finished.clone());
        let help = "Time from a call's arrival until its answer was made, or until its stream had begun";
        registry.register_with_unit("call_duration", help, Unit::Seconds, durations.clone());
        registry.register("calls_in_flight", "Calls and streams that have not ended", in_flight.clone());
        calls
    }

    /// The numbers of these methods: service, such as `modqueue.v1.ReviewService`, method, such as `ListComments`, and
    /// whether its answer is a stream.
    pub fn methods(&self, names: impl IntoIterator<Item = (String, String, bool)>) -> Methods {
        let known = names.into_iter().map(|(service, method, is_stream)| {
            let path = format!("/{service}/{method}");
            (path, Arc::new(Method::new(self, service, method, is_stream)))
        });
        let not_there = Arc::new(Method::new(self, NOT_THERE.to_owned(), NOT_THERE.to_owned(), false));
        Methods { known: known.collect(), not_there }
    }
}

impl Methods {
    /// The method at a path such as `/modqueue.v1.ReviewService/ListComments`. All that are not there are one.
    pub fn at(&self, path: &str) -> &Arc<Method> {
        self.known.get(path).unwrap_or(&self.not_there)
    }
}

impl Method {
    fn new(calls: &Calls, service: String, method: String, is_stream: bool) -> Self {
        let labels = MethodLabels { service, method };
        let finished = [const { OnceLock::new() }; CODES.len()];
        let (duration, in_flight) = (OnceLock::new(), OnceLock::new());
        Self { labels, is_stream, calls: calls.clone(), finished, duration, in_flight }
    }

    /// The service's full name.
    pub fn service(&self) -> &str {
        &self.labels.service
    }

    /// The method's name.
    pub fn name(&self) -> &str {
        &self.labels.method
    }

    /// Whether its answer is a stream.
    pub fn is_stream(&self) -> bool {
        self.is_stream
    }

    /// A call began.
    pub fn begin(&self) {
        self.in_flight.get_or_init(|| self.calls.in_flight.get_or_create_owned(&self.labels)).inc();
    }

    /// A call was answered, or its stream has begun.
    pub fn answered(&self, took: Duration) {
        self.duration.get_or_init(|| self.calls.durations.get_or_create_owned(&self.labels)).observe(took);
    }

    /// A call ended with a gRPC code, by number.
    pub fn end(&self, code: i32) {
        if let Some(in_flight) = self.in_flight.get() {
            in_flight.dec();
        }
        let code = usize::try_from(code).ok().filter(|code| *code < CODES.len()).unwrap_or(UNKNOWN);
        self.finished[code].get_or_init(|| self.counter(CODES[code])).inc();
    }

    fn counter(&self, code: &'static str) -> Counter {
        let MethodLabels { service, method } = self.labels.clone();
        self.calls.finished.get_or_create_owned(&CallLabels { service, method, code })
    }
}

/// The name of a gRPC code, by number.
pub fn code_name(code: i32) -> &'static str {
    usize::try_from(code).ok().and_then(|code| CODES.get(code)).unwrap_or(&CODES[UNKNOWN])
}
