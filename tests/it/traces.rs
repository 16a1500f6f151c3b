//! Traces of the real server, seen by a real collector.

use std::collections::BTreeSet;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use crate::support::clients::submission;
use crate::support::server_process::ServerProcess;

const TRACE: [u8; 16] = *b"\x0a\xf7\x65\x19\x16\xcd\x43\xdd\x84\x48\xeb\x21\x1c\x80\x31\x9c";
const PARENT: [u8; 8] = *b"\xb7\xad\x6b\x71\x69\x20\x33\x31";
const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

struct Collector(mpsc::UnboundedSender<Span>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let scopes =
            request.into_inner().resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        for span in scopes.flat_map(|scope| scope.spans) {
            let _ = self.0.send(span);
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

/// A collector on a socket of its own: its endpoint, and the spans as they come.
async fn collector() -> (String, mpsc::UnboundedReceiver<Span>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let endpoint = format!("http://{}", listener.local_addr().expect("its address"));
    let (sender, spans) = mpsc::unbounded_channel();
    let server = Server::builder().add_service(TraceServiceServer::new(Collector(sender)));
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    (endpoint, spans)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_and_its_stations_are_seen_under_the_callers_trace() {
    let (endpoint, mut spans) = collector().await;
    let mut server = ServerProcess::start_with(&["--otlp-endpoint", &endpoint]);
    let mut request = Request::new(submission("c1", "ann", "a remark"));
    request.metadata_mut().insert("traceparent", TRACEPARENT.parse().expect("plain ASCII"));
    server.clients().await.submission.submit_comment(request).await.expect("a verdict");
    // What is left is sent when the server ends.
    let ended = tokio::task::spawn_blocking(move || server.terminate()).await.expect("it ends");
    assert_eq!(ended.code(), Some(0));
    let mut seen = Vec::new();
    while let Ok(Some(span)) = tokio::time::timeout(Duration::from_millis(200), spans.recv()).await {
        seen.extend((span.trace_id == TRACE).then_some(span));
    }
    let names: BTreeSet<_> = seen.iter().map(|span| span.name.as_str()).collect();
    let call = "modqueue.v1.SubmissionService/SubmitComment";
    assert_eq!(names, BTreeSet::from([call, "admit", "judge"]));
    let call = seen.iter().find(|span| span.name == call).expect("it was there");
    assert_eq!(call.parent_span_id, PARENT);
    for station in seen.iter().filter(|span| span.span_id != call.span_id) {
        assert_eq!(station.parent_span_id, call.span_id, "{}", station.name);
    }
    let attributes: BTreeSet<_> = call.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
    for expected in ["rpc.system", "rpc.service", "rpc.method", "rpc.grpc.status_code", "modqueue.request_id"]
    {
        assert!(attributes.contains(expected), "{expected} in {attributes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_keeps_nobody_waiting() {
    let mut server = ServerProcess::start_with(&["--otlp-endpoint", "http://127.0.0.1:9"]);
    server
        .clients()
        .await
        .submission
        .submit_comment(submission("c1", "ann", "a remark"))
        .await
        .expect("a verdict");
    let ended = tokio::task::spawn_blocking(move || server.terminate()).await.expect("it ends");
    assert_eq!(ended.code(), Some(0));
}
