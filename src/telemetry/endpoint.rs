//! Metrics over HTTP, for Prometheus to fetch.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use super::Metrics;
use super::page::Format;

const HEADERS_WITHIN: Duration = Duration::from_secs(5);

impl Metrics {
    /// Serves `/metrics` on `address` until the runtime ends, and answers the address bound.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn serve(&self, address: SocketAddr) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind(address).await?;
        let bound = listener.local_addr()?;
        let metrics = self.clone();
        tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => drop(tokio::spawn(answer(stream, metrics.clone()))),
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        });
        Ok(bound)
    }
}

async fn answer(stream: TcpStream, metrics: Metrics) {
    let service = service_fn(move |request| {
        let page = page(&metrics, &request);
        async move { Ok::<_, Infallible>(page) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN);
    if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "a metrics connection broke off");
    }
}

fn page(metrics: &Metrics, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    if request.uri().path() != "/metrics" {
        let mut missing = Response::new(Full::from("the metrics are at /metrics\n"));
        *missing.status_mut() = StatusCode::NOT_FOUND;
        return missing;
    }
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let format = Format::accepted(accepted.unwrap_or_default());
    let mut found = Response::new(Full::from(metrics.render(format)));
    found.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    found
}
