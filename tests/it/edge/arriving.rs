//! Messages that are announced and do not arrive: memory follows what came, and nobody's place is taken.

use std::time::Duration;

use bytes::Bytes;
use h2::SendStream;
use h2::client::{ResponseFuture, SendRequest};
use http::Request;
use prost::Message;
use tokio::net::TcpStream;

use super::{it_answers, server, stays_flat};
use crate::metrics::page_that;
use crate::support::clients::submission;
use crate::support::exposition::Exposition;
use crate::support::raw_http2::*;
use crate::support::server_process::ServerProcess;
use crate::support::service::reason;

const CALLS: u32 = 200;
/// Bytes that each call announces.
const ANNOUNCED: u32 = 4 << 20;
const SUBMIT: &str = "/modqueue.v1.SubmissionService/SubmitComment";
const SUBMIT_MANY: &str = "/modqueue.v1.SubmissionService/SubmitComments";
const REFLECT: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

/// The first bytes of a message of gRPC that says to have this many more.
fn announced(length: u32) -> Vec<u8> {
    [&[0][..], &length.to_be_bytes(), b"\x12"].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn announcing_much_costs_as_little_as_was_sent() {
    let server = server("");
    let token = server.token("portal");
    let mut connections = Vec::new();
    let before = server.address_space();
    stays_flat(&server, async {
        for path in [SUBMIT, SUBMIT_MANY, REFLECT] {
            let mut connection = RawConnection::open(server.address(), &[]).await;
            for stream in (1..2 * CALLS).step_by(2) {
                let headers = frame(HEADERS, END_HEADERS, stream, &call(path, &token));
                let data = frame(DATA, 0, stream, &announced(ANNOUNCED));
                assert!(connection.send(&[headers, data].concat()).await);
            }
            connections.push(connection);
        }
    })
    .await;
    // Memory that is asked for and not touched occupies nothing. Threads that end meanwhile give some back.
    let asked_for = server.address_space().saturating_sub(before);
    let announced = 3 * CALLS as usize * ANNOUNCED as usize;
    assert!(asked_for < announced / 8, "{} of {} MiB", asked_for >> 20, announced >> 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_message_does_not_come_takes_nobodys_place() {
    let server = server("[bounds]\nmax_portal_calls_per_worker = 2\n");
    let token = server.token("portal");
    let mut connections = Vec::new();
    // Connections are dealt out in turn, so each worker gets half of these.
    for _ in 0..4 {
        let mut connection = RawConnection::open(server.address(), &[]).await;
        for stream in (1..20).step_by(2) {
            let headers = frame(HEADERS, END_HEADERS, stream, &call(SUBMIT, &token));
            assert!(connection.send(&[headers, frame(DATA, 0, stream, &announced(100))].concat()).await);
        }
        connections.push(connection);
    }
    for number in 0..4 {
        let mut clients = server.clients().await;
        let request = submission(&format!("c-{number}"), "ann", &format!("remark {number}"));
        clients.submission.submit_comment(request).await.expect("there is a place");
    }
}

/// Calls on one connection that stay open.
struct Senders {
    client: SendRequest<Bytes>,
    open: Vec<(ResponseFuture, SendStream<Bytes>)>,
}

impl Senders {
    async fn connect(server: &ServerProcess) -> Self {
        let stream = TcpStream::connect(server.address()).await.expect("it accepts");
        let (client, connection) = h2::client::handshake(stream).await.expect("it speaks HTTP/2");
        tokio::spawn(connection);
        Self { client, open: Vec::new() }
    }

    /// Begins a call and sends this much of its message.
    async fn begin(&mut self, path: &str, token: &str, bytes: Vec<u8>) {
        let request = Request::post(format!("http://modqueue{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("authorization", format!("Bearer {token}"))
            .body(())
            .expect("a request");
        let mut client = self.client.clone().ready().await.expect("the connection is open");
        let (answer, mut sender) = client.send_request(request, false).expect("the call is made");
        sender.send_data(bytes.into(), false).expect("the bytes are sent");
        self.open.push((answer, sender));
    }

    /// How many calls the server has ended, once no more are coming.
    async fn ended(&mut self) -> usize {
        let mut ended = 0;
        for (answer, _) in self.open.drain(..) {
            let Ok(answer) = tokio::time::timeout(Duration::from_millis(500), answer).await else { continue };
            let mut body = answer.expect("it is answered in words").into_body();
            let trailers = tokio::time::timeout(Duration::from_millis(500), body.trailers()).await;
            let trailers = trailers.ok().and_then(Result::ok).flatten();
            ended += usize::from(trailers.is_some_and(|trailers| trailers["grpc-status"] == "8"));
        }
        ended
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_may_have_so_much_on_its_way_and_no_more() {
    const STREAMS: usize = 60;
    let server = server(
        "[bounds]\nmax_message_bytes = 1048576\nmax_arriving_bytes_per_token = 4194304\nmax_call_duration = '5s'\n",
    );
    let token = server.token("portal");
    let most = [announced(1 << 20), vec![7; 900 << 10]].concat();
    let mut senders = Senders::connect(&server).await;
    stays_flat(&server, async {
        for _ in 0..STREAMS {
            senders.begin(SUBMIT_MANY, &token, most.clone()).await;
        }
        let mut clients = server.clients().await;
        let small = clients.submission.submit_comment(submission("c-1", "ann", "a remark")).await;
        small.expect("what comes in one piece needs no room");
        let large = || async {
            let mut submission_service = server.clients().await.submission;
            let request = submission("c-2", "ann", &"x".repeat(500 << 10));
            reason(&submission_service.submit_comment(request).await.expect_err("a text too long"))
        };
        // Those that came together may have refused one another, and left room for some more.
        let full = async {
            while large().await != "TOO_MANY_CALLS" {
                senders.begin(SUBMIT_MANY, &token, most.clone()).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(4), full).await.expect("there is no room at last");
    })
    .await;
    assert!(senders.ended().await >= STREAMS - 4);
    drop(senders);
    let again = async {
        loop {
            let mut clients = server.clients().await;
            let large =
                clients.submission.submit_comment(submission("c-2", "ann", &"x".repeat(500 << 10))).await;
            if reason(&large.expect_err("a text too long")) == "FIELD_INVALID" {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), again).await.expect("room is given back");
    it_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_in_the_middle_of_its_call_is_no_fault_of_the_server() {
    let server = server("");
    let token = server.token("portal");
    let mut connection = RawConnection::open(server.address(), &[]).await;
    let headers = frame(HEADERS, END_HEADERS, 1, &call(SUBMIT, &token));
    let message = submission("c-1", "ann", "a remark").encode_to_vec();
    let message = [&[0][..], &(message.len() as u32).to_be_bytes(), &message].concat();
    // The call is not at its end, and what the server said stays unread, so that the connection does not end but breaks.
    assert!(connection.push(&[headers, frame(DATA, 0, 1, &message)].concat()).await);
    let in_flight = |page: &Exposition| {
        page.value("modqueue_calls_in_flight", &[("method", "SubmitComment")]) == Some(1.0)
    };
    page_that(&server, in_flight);
    drop(connection);
    let ended = |page: &Exposition, code| {
        let labels = [("method", "SubmitComment"), ("code", code)];
        page.value("modqueue_calls_total", &labels).unwrap_or(0.0)
    };
    // Whether the break or an end is seen is a race. The message was whole, so after an end the call is carried out.
    let outcomes = ["OK", "CANCELLED", "UNKNOWN"];
    let page = page_that(&server, |page| outcomes.iter().any(|code| ended(page, code) > 0.0));
    assert_eq!(ended(&page, "UNKNOWN"), 0.0);
}
