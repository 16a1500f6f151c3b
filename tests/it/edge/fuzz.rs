//! Bytes that nobody should send, from a seeded generator: noise, frames, malformed messages and metadata.
//!
//! A short run is part of every test run. A long one: `MODQUEUE_FUZZ_SECONDS=3600 cargo test --test it fuzz`, with
//! `MODQUEUE_FUZZ_SEED` to begin where another ended; a failure tells its seed.

use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::client::SendRequest;
use http::{HeaderValue, Request};
use modqueue::proto::FILE_DESCRIPTOR_SET;
use prost::Message;
use tokio::net::TcpStream;

use super::{it_answers, server, stays_flat};
use crate::support::clients::submission;
use crate::support::raw_http2::{RawConnection, call, frame};
use crate::support::server_process::ServerProcess;

/// Calls on one connection before it is exchanged for a new one.
const A_CONNECTION: u32 = 50;

/// A small generator (xorshift*), so that a seed is all that has to be told.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 11) as usize % bound
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.next() as u8).collect()
    }

    fn one_of<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        &values[self.below(values.len())]
    }

    /// Some bytes changed, put in, taken out or repeated.
    fn mutated(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            match self.below(5) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, self.next() as u8),
                2 => bytes.extend(self.bytes(64)),
                3 => bytes.extend(bytes[at..].to_vec()),
                _ if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                _ => {}
            }
        }
        bytes
    }
}

/// The paths of all calls, taken from the descriptors so that a new one cannot be forgotten.
fn paths() -> Vec<String> {
    let set = prost_types::FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).expect("the descriptors");
    let services = set.file.into_iter().flat_map(|file| file.service);
    let calls = services.flat_map(|service| {
        let path = format!("/modqueue.v1.{}", service.name());
        service.method.into_iter().map(move |method| format!("{path}/{}", method.name()))
    });
    calls.collect()
}

/// What the fuzzer knows of a server.
struct Target<'a> {
    server: &'a ServerProcess,
    paths: Vec<String>,
    tokens: Vec<String>,
    dice: Dice,
}

impl Target<'_> {
    /// A message as gRPC frames it, mostly.
    fn body(&mut self) -> Vec<u8> {
        let good = submission("fuzz", "ann", "a remark").encode_to_vec();
        let message = if self.dice.below(2) == 0 { self.dice.mutated(good) } else { self.dice.bytes(200) };
        let length = if self.dice.below(8) == 0 { self.dice.next() as u32 } else { message.len() as u32 };
        let flag = if self.dice.below(8) == 0 { self.dice.next() as u8 } else { 0 };
        [&[flag][..], &length.to_be_bytes(), &message].concat()
    }

    fn request(&mut self) -> Request<()> {
        let path = self.dice.one_of(&self.paths).clone();
        let path = if self.dice.below(16) == 0 { format!("{path}x") } else { path };
        let token = self.dice.one_of(&self.tokens).clone();
        let mut request = Request::post(format!("http://modqueue{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("authorization", format!("Bearer {token}"))
            .body(())
            .expect("a request");
        const NAMES: [&str; 8] = [
            "authorization",
            "grpc-timeout",
            "grpc-encoding",
            "grpc-accept-encoding",
            "content-type",
            "te",
            "x-noise-bin",
            "traceparent",
        ];
        const VALUES: [&[u8]; 8] = [
            b"",
            b"Bearer",
            b"99999999H",
            b"0n",
            b"gzip",
            b"application/grpc+json",
            b"\xff\xfe",
            b"00-0-0-zz",
        ];
        if self.dice.below(3) == 0 {
            let name = *self.dice.one_of(&NAMES);
            let noise = self.dice.bytes(40);
            let value = if self.dice.below(2) == 0 { *self.dice.one_of(&VALUES) } else { &noise };
            if let Ok(value) = HeaderValue::from_bytes(value) {
                request.headers_mut().insert(name, value);
            }
        }
        request
    }

    /// Bytes that are no HTTP/2, or nearly.
    async fn noise(&mut self) {
        let mut connection = RawConnection::open(self.server.address(), &[]).await;
        let token = self.dice.one_of(&self.tokens).clone();
        let path = self.dice.one_of(&self.paths).clone();
        for _ in 0..self.dice.below(20) {
            let (kind, flags) = (self.dice.below(12) as u8, self.dice.next() as u8);
            let stream = self.dice.below(10) as u32;
            let payload = match self.dice.below(3) {
                0 => call(&path, &token),
                1 => self.dice.mutated(call(&path, &token)),
                _ => self.dice.bytes(100),
            };
            let whole = frame(kind, flags, stream, &payload);
            let bytes = if self.dice.below(4) == 0 { self.dice.mutated(whole) } else { whole };
            if !connection.push(&bytes).await {
                return;
            }
        }
    }

    /// Calls whose transport is sound and whose content is not. Each has to be answered in the words of gRPC, and none by
    /// a fault of the server.
    async fn calls(&mut self) {
        let stream = TcpStream::connect(self.server.address()).await.expect("it accepts");
        let (client, connection) = h2::client::handshake(stream).await.expect("it speaks HTTP/2");
        let connection = tokio::spawn(connection);
        let mut client: SendRequest<Bytes> = client;
        for _ in 0..A_CONNECTION {
            let (request, body) = (self.request(), self.body());
            let Ok(ready) = client.ready().await else { break };
            client = ready;
            // Some headers are refused by the generator's own library.
            let Ok((answer, mut sender)) = client.send_request(request, false) else { continue };
            let _ = sender.send_data(body.into(), true);
            // A stream has no end of its own; whatever comes within the moment is looked at.
            let answer = tokio::time::timeout(Duration::from_secs(10), answer).await.expect("it is answered");
            let Ok(answer) = answer else { continue };
            let status = answer.headers().get("grpc-status").and_then(|status| status.to_str().ok());
            let message = answer.headers().get("grpc-message");
            assert_ne!(status, Some("13"), "a fault of the server: {message:?}");
        }
        connection.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fuzz_nothing_that_is_sent_brings_the_server_down() {
    let number = |name| std::env::var(name).ok().and_then(|text: String| text.parse::<u64>().ok());
    let until = Instant::now() + Duration::from_secs(number("MODQUEUE_FUZZ_SECONDS").unwrap_or(5));
    let mut seed = number("MODQUEUE_FUZZ_SEED").unwrap_or(1).max(1);
    let server = server("[bounds]\nmax_call_duration = '2s'\n");
    let tokens = ["portal", "moderator", "admin"].map(|role| server.token(role)).to_vec();
    let mut target = Target { server: &server, paths: paths(), tokens, dice: Dice(seed) };
    stays_flat(&server, async {
        while Instant::now() < until {
            target.dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
            for _ in 0..10 {
                target.noise().await;
            }
            target.calls().await;
            it_answers(&server).await;
            println!("seed {seed} is through");
            seed += 1;
        }
    })
    .await;
}
