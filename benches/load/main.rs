//! Load over a real socket: an empty call and `SubmitComment`, in alternating rounds of one run.
//!
//! The figure that counts is the ratio of the two, since machines differ and are noisy. Bodies are
//! encoded before each round, each with a text, an author and an address of its own, and sent over
//! HTTP/2 with as little work as can be, so that the server is what is measured. Started by
//! `benches/run.sh`.
//!
//! `--overload 4` and `--stubborn 5000` measure something else: see [`overload`].

mod overload;
mod socket;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bytes::{BufMut, Bytes, BytesMut};
use clap::Parser;
use h2::client::SendRequest;
use http::{HeaderValue, Method, Request};
use modqueue::proto::v1::{Author, CommentDraft, SubmitCommentRequest, Thread};
use prost::Message;
use socket::Gathering;
use tokio::net::TcpStream;

#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// Where the server listens
    #[arg(long)]
    address: SocketAddr,
    /// File with a portal's token
    #[arg(long)]
    token_file: PathBuf,
    /// Connections
    #[arg(long, default_value_t = 10)]
    connections: usize,
    /// Calls in flight on each
    #[arg(long, default_value_t = 10)]
    streams: usize,
    /// Seconds a round
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Rounds of each kind
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Offer this many times what can be borne, and see what is left of it
    #[arg(long, value_name = "TIMES")]
    overload: Option<f64>,
    /// Have this many calls in flight, each refused one repeated at once, and see what is left of the peak
    #[arg(long, value_name = "CALLS", conflicts_with = "overload")]
    stubborn: Option<usize>,
    /// File with a moderator's token, for the moderator's calls under overload
    #[arg(long)]
    moderator_token_file: Option<PathBuf>,
    /// The server's process, to measure what each second of its CPU brings under overload
    #[arg(long)]
    server_pid: Option<u32>,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// What is called.
#[derive(Clone)]
struct Kind {
    name: &'static str,
    path: &'static str,
    /// The message of the call with this number.
    message: fn(u64) -> Vec<u8>,
    token: Option<HeaderValue>,
}

/// More calls a second than one machine answers; as many bodies are made for each round.
const MOST_A_SECOND: u64 = 60_000;

/// The bodies of a round, each handed out once before any comes again.
#[derive(Clone)]
struct Supply {
    bodies: Arc<Vec<Bytes>>,
    next: Arc<AtomicU64>,
}

impl Supply {
    fn next(&self) -> Bytes {
        let number = self.next.fetch_add(1, Ordering::Relaxed) as usize;
        self.bodies[number % self.bodies.len()].clone()
    }
}

/// One round's result.
struct Round {
    rate: f64,
    latencies: Vec<Duration>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let token = bearer(&arguments.token_file)?;
    let kinds = [
        Kind {
            name: "empty call",
            path: "/grpc.health.v1.Health/Check",
            message: |_| Vec::new(),
            token: None,
        },
        Kind {
            name: "SubmitComment",
            path: "/modqueue.v1.SubmissionService/SubmitComment",
            message: |number| submission(number).encode_to_vec(),
            token: Some(token),
        },
    ];
    if let Some(times) = arguments.overload {
        return overload::measure(&arguments, &kinds[1], times);
    }
    if let Some(calls) = arguments.stubborn {
        return overload::measure_stubborn(&arguments, &kinds[1], calls);
    }
    let mut results: [Vec<Round>; 2] = Default::default();
    for _ in 0..arguments.rounds {
        for (kind, results) in kinds.iter().zip(&mut results) {
            results.push(round(&arguments, kind)?);
        }
    }
    let medians = results.each_mut().map(|rounds| median(rounds.iter().map(|round| round.rate).collect()));
    for (kind, (rounds, rate)) in kinds.iter().zip(results.iter().zip(medians)) {
        let mut latencies: Vec<_> = rounds.iter().flat_map(|round| &round.latencies).collect();
        latencies.sort_unstable();
        let quantile =
            |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        let (name, half, most) = (kind.name, quantile(0.5), quantile(0.99));
        println!("{name:<14} {rate:>9.0} calls/s   p50 {half:>6.2} ms   p99 {most:>6.2} ms");
    }
    println!("ratio          {:>9.2}", medians[1] / medians[0]);
    Ok(())
}

fn bearer(file: &Path) -> anyhow::Result<HeaderValue> {
    let token = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(HeaderValue::from_str(&format!("Bearer {}", token.trim()))?)
}

/// Drives one kind for a round, over two threads with a runtime each.
fn round(arguments: &Arguments, kind: &Kind) -> anyhow::Result<Round> {
    let first = getrandom::u64().context("drawing a number")? >> 16;
    let count = arguments.seconds * MOST_A_SECOND;
    let bodies: Arc<Vec<Bytes>> =
        Arc::new((first..first + count).map(|n| framed(&(kind.message)(n))).collect());
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let until = started + Duration::from_secs(arguments.seconds);
    let threads: Vec<_> = (0..2)
        .map(|thread| {
            let connections = arguments.connections / 2 + usize::from(thread < arguments.connections % 2);
            let (arguments, kind) = (arguments.clone(), kind.clone());
            let supply = Supply { bodies: Arc::clone(&bodies), next: Arc::clone(&next) };
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(drive(&arguments, &kind, connections, until, &supply))
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for thread in threads {
        latencies.extend(thread.join().expect("a load thread panicked")?);
    }
    Ok(Round { rate: latencies.len() as f64 / started.elapsed().as_secs_f64(), latencies })
}

async fn connect(address: SocketAddr) -> anyhow::Result<SendRequest<Bytes>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (client, connection) = h2::client::Builder::new()
        .initial_window_size(1 << 20)
        .initial_connection_window_size(1 << 24)
        .handshake(Gathering(stream))
        .await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn drive(
    arguments: &Arguments,
    kind: &Kind,
    connections: usize,
    until: Instant,
    supply: &Supply,
) -> anyhow::Result<Vec<Duration>> {
    let mut callers = Vec::new();
    for _ in 0..connections {
        let client = connect(arguments.address).await?;
        for _ in 0..arguments.streams {
            let (client, kind, supply) = (client.clone(), kind.clone(), supply.clone());
            let repeats_refused = arguments.stubborn.is_some();
            callers.push(tokio::spawn(async move {
                call_until(client, &kind, until, &supply, repeats_refused).await
            }));
        }
    }
    let mut latencies = Vec::new();
    for caller in callers {
        latencies.extend(caller.await??);
    }
    Ok(latencies)
}

async fn call_until(
    client: SendRequest<Bytes>,
    kind: &Kind,
    until: Instant,
    supply: &Supply,
    repeats_refused: bool,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    let mut client = client;
    while Instant::now() < until {
        let body = supply.next();
        let started = Instant::now();
        client = client.ready().await?;
        let status = call(&mut client, kind, body).await?;
        if repeats_refused && status == "14" {
            continue;
        }
        ensure!(status == "0", "{} answered grpc-status {status:?}", kind.name);
        latencies.push(started.elapsed());
    }
    Ok(latencies)
}

/// Makes a call and takes its whole answer; its grpc-status.
async fn call(client: &mut SendRequest<Bytes>, kind: &Kind, body: Bytes) -> anyhow::Result<HeaderValue> {
    let (response, mut sender) = client.send_request(request(kind)?, false)?;
    sender.send_data(body, true)?;
    let response = response.await?;
    let mut status = response.headers().get("grpc-status").cloned();
    let mut body = response.into_body();
    while let Some(part) = body.data().await {
        let length = part?.len();
        body.flow_control().release_capacity(length)?;
    }
    if let Some(trailers) = body.trailers().await? {
        status = trailers.get("grpc-status").cloned();
    }
    status.context("the answer has no grpc-status")
}

fn request(kind: &Kind) -> anyhow::Result<Request<()>> {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("http://modqueue{}", kind.path))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    if let Some(token) = &kind.token {
        request = request.header("authorization", token);
    }
    Ok(request.body(())?)
}

/// A comment of about 300 bytes with an author and an address of its own.
fn submission(number: u64) -> SubmitCommentRequest {
    const SYLLABLES: [&str; 16] = [
        "ba", "no", "ri", "tel", "mun", "sa", "ker", "lo", "vid", "pan", "gu", "dor", "mi", "ses", "tra",
        "fel",
    ];
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let syllable = |shift: u32| SYLLABLES[(state >> shift & 15) as usize];
        [syllable(8), syllable(24), if state >> 40 & 1 == 0 { "" } else { syllable(48) }].concat()
    };
    let text: Vec<String> = (0..44).map(|_| word()).collect();
    SubmitCommentRequest {
        comment: Some(CommentDraft {
            thread: Some(Thread { id: format!("article-{}", number % 50), ..Thread::default() }),
            author: Some(Author {
                id: format!("reader-{number}"),
                ip_address: format!("2001:db8:{:x}:{:x}::1", number >> 16 & 0xffff, number & 0xffff),
                ..Author::default()
            }),
            text: format!("Well, {}.", text.join(" ")),
            ..CommentDraft::default()
        }),
        ..SubmitCommentRequest::default()
    }
}

fn framed(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(message.len() + 5);
    frame.put_u8(0);
    frame.put_u32(message.len() as u32);
    frame.put_slice(message);
    frame.freeze()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
