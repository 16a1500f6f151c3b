//! Calls whose transport is sound and whose content is not.

use std::future::poll_fn;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::join_all;
use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use tokio::net::TcpStream;

use super::messages::Call;
use super::{Wire, in_time, noise};

/// Calls in flight at once on one connection.
const IN_FLIGHT: usize = 64;
/// How often so many are sent before the connection is exchanged for a new one.
const TIMES: usize = 8;

/// Codes by which the server says that something is wrong with itself.
const FAULTS: [&str; 3] = ["2", "13", "15"];

const NAMES: [&str; 9] = [
    "authorization",
    "grpc-timeout",
    "grpc-encoding",
    "grpc-accept-encoding",
    "content-type",
    "te",
    "x-noise-bin",
    "traceparent",
    "x-request-id",
];
const VALUES: [&[u8]; 10] = [
    b"",
    b"Bearer",
    b"99999999H",
    b"0n",
    b"1m",
    b"gzip",
    b"application/grpc+json",
    b"\xff\xfe",
    b"00-0-0-zz",
    b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
];

/// What a call got.
enum Got {
    /// It was not answered because the connection had ended.
    Nothing,
    /// An answer or a refusal.
    Refusal,
    /// An answer with a message.
    Message(Bytes),
}

impl Wire {
    /// Sends calls. Each has to be answered in the words of gRPC, and none by a fault of the server. How many were.
    pub(super) async fn send_calls(&mut self) -> u64 {
        let stream = TcpStream::connect(&self.address).await.expect("it accepts");
        let mut builder = h2::client::Builder::new();
        builder.initial_window_size(1 << 20).initial_connection_window_size(1 << 24);
        let (mut client, connection) = builder.handshake(stream).await.expect("it speaks HTTP/2");
        let connection = tokio::spawn(connection);
        let mut answered = 0;
        for _ in 0..TIMES {
            let mut sent = Vec::with_capacity(IN_FLIGHT);
            for _ in 0..IN_FLIGHT {
                if poll_fn(|context| client.poll_ready(context)).await.is_err() {
                    break;
                }
                sent.extend(self.send(&mut client));
            }
            let patient = self.dice.once_in(32);
            let got = join_all(sent.into_iter().map(|(call, answer, sender)| async move {
                let got = read(&call, answer, patient).await;
                drop(sender);
                (call, got)
            }));
            for (call, got) in got.await {
                answered += u64::from(!matches!(got, Got::Nothing));
                if let Got::Message(message) = got
                    && self.dice.once_in(4)
                {
                    self.maker.hear(&call, &message, &mut self.dice);
                }
            }
        }
        connection.abort();
        answered
    }

    /// Sends one call, in pieces now and then, and without an end once in a while.
    fn send(&mut self, client: &mut SendRequest<Bytes>) -> Option<(Call, ResponseFuture, SendStream<Bytes>)> {
        let call = self.call();
        let (request, mut body) = (self.request(&call), Bytes::from(self.body(&call)));
        // Some headers are refused by the generator's own library.
        let (answer, mut sender) = client.send_request(request, false).ok()?;
        while self.dice.once_in(4) && body.len() > 1 {
            let piece = body.split_to(self.dice.below(body.len()));
            let _ = sender.send_data(piece, false);
        }
        let _ = sender.send_data(body, true);
        if self.dice.once_in(64) {
            sender.send_reset(h2::Reason::CANCEL);
            return None;
        }
        Some((call, answer, sender))
    }

    /// A message as gRPC frames it, mostly; some where the call takes a stream of them.
    pub(super) fn body(&mut self, call: &Call) -> Vec<u8> {
        let messages = if call.takes_a_stream || self.dice.once_in(16) { 1 + self.dice.below(4) } else { 1 };
        (0..messages).flat_map(|_| self.framed(call)).collect()
    }

    fn framed(&mut self, call: &Call) -> Vec<u8> {
        let good = self.maker.message(call, &mut self.dice);
        let message = match self.dice.below(8) {
            0 => noise::bytes(&mut self.dice, 200),
            1..5 => noise::mutated(&mut self.dice, good),
            _ => good,
        };
        let length = if self.dice.once_in(16) { self.dice.number() as u32 } else { message.len() as u32 };
        let flag = if self.dice.once_in(16) { self.dice.number() as u8 } else { 0 };
        [&[flag][..], &length.to_be_bytes(), &message].concat()
    }

    fn request(&mut self, call: &Call) -> Request<()> {
        let path = if self.dice.once_in(32) { format!("{}x", call.path) } else { call.path.clone() };
        let role = if self.dice.once_in(16) { self.dice.below(self.tokens.len()) } else { call.role };
        let mut request = Request::post(format!("http://modqueue{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("authorization", format!("Bearer {}", self.tokens[role]))
            .body(())
            .expect("a request");
        if self.dice.once_in(4) {
            self.strew(request.headers_mut());
        }
        request
    }

    fn strew(&mut self, headers: &mut HeaderMap) {
        let noise = noise::bytes(&mut self.dice, 40);
        let value = if self.dice.once_in(2) { self.dice.one_of(&VALUES) } else { &noise };
        let Ok(value) = HeaderValue::from_bytes(value) else { return };
        if self.dice.once_in(16) {
            let names = (0..self.dice.below(200)).map(|number| format!("x-noise-{number}"));
            headers.extend(names.map(|name| (name.parse::<HeaderName>().expect("a name"), value.clone())));
        }
        headers.insert(NAMES[self.dice.below(NAMES.len())], value);
    }
}

/// Reads an answer to its end; of a stream that may go on for ever, the beginning.
async fn read(call: &Call, answer: ResponseFuture, patient: bool) -> Got {
    let answer = match in_time(answer).await.unwrap_or_else(|| panic!("{} is not answered", call.path)) {
        Ok(answer) => answer,
        Err(error) if error.is_reset() => return Got::Refusal,
        Err(_) => return Got::Nothing,
    };
    accept(call, answer.headers());
    let mut body = answer.into_body();
    let whole = whole(call, &mut body);
    let read = match (call.answers_in_a_stream, patient) {
        (false, _) => in_time(whole).await.expect("an answer has an end"),
        (true, false) => whole.now_or_never().unwrap_or_default(),
        (true, true) => tokio::time::timeout(Duration::from_millis(30), whole).await.unwrap_or_default(),
    };
    if read.len() < 5 { Got::Refusal } else { Got::Message(read.slice(5..)) }
}

async fn whole(call: &Call, body: &mut RecvStream) -> Bytes {
    let mut whole = Vec::new();
    while let Some(Ok(data)) = body.data().await {
        let _ = body.flow_control().release_capacity(data.len());
        whole.extend_from_slice(&data);
    }
    if let Ok(Some(trailers)) = body.trailers().await {
        accept(call, &trailers);
    }
    whole.into()
}

fn accept(call: &Call, headers: &HeaderMap) {
    let status = headers.get("grpc-status").and_then(|status| status.to_str().ok());
    let is_fault = status.is_some_and(|status| FAULTS.contains(&status));
    assert!(!is_fault, "a fault of the server at {}: {headers:?}", call.path);
}
