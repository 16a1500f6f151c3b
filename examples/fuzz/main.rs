//! Throws made-up texts, policies and calls at what reads them, and stops at the first that breaks a promise.
//!
//! ```text
//! make fuzz SECONDS=600
//! cargo run --release --example fuzz -- texts --seconds 600 --seed 7
//! cargo run --release --example fuzz -- policies --seconds 600
//! TMPDIR=/dev/shm cargo run --release --example fuzz -- wire --seconds 600
//! ```
//!
//! Inputs are samples cut up, spliced and strewn with characters that text handling trips over. The same
//! seed makes the same inputs, so a failure is repeated by its seed and number. There is no guidance by
//! coverage: that needs a nightly compiler, and this project builds on stable. On the wire the seed grows by one with each
//! server, and what a server does at once may come in another order the next time.

mod dice;
// The rest of it is for the tests.
#[allow(dead_code)]
#[path = "../../tests/it/support/http2_frames.rs"]
mod http2_frames;
mod policies;
mod server;
mod texts;
mod wire;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use dice::Dice;

#[derive(Parser)]
#[command(about = "Throws made-up texts, policies and calls at what reads them")]
struct Arguments {
    /// What is fed.
    target: Target,
    /// How long.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Where the chance comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Target {
    /// The views of a text and all filters of a policy.
    Texts,
    /// The reader of policies, and judging by those that it takes.
    Policies,
    /// The gRPC port of a whole service.
    Wire,
}

/// Something that can be fed.
trait Victim {
    /// Makes an input.
    fn make(&mut self, dice: &mut Dice) -> String;

    /// Feeds it, and says which promise was broken.
    ///
    /// # Errors
    /// The promise, in words.
    fn feed(&mut self, input: &str) -> Result<(), String>;
}

fn main() -> ExitCode {
    let Arguments { target, seconds, seed } = Arguments::parse();
    let end = Instant::now() + Duration::from_secs(seconds);
    let outcome = match target {
        Target::Texts => feed(&mut texts::Texts::default(), seed, end),
        Target::Policies => feed(&mut policies::Policies, seed, end),
        Target::Wire => server::feed(seed, end),
    };
    match outcome {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            eprintln!("{broken}");
            ExitCode::FAILURE
        }
    }
}

/// Feeds a victim until `end`.
fn feed(victim: &mut dyn Victim, seed: u64, end: Instant) -> Result<String, String> {
    let mut slowest = Slowest::default();
    let mut executions = 0u64;
    while Instant::now() < end {
        let mut dice = Dice::new(seed, executions);
        let input = victim.make(&mut dice);
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| victim.feed(&input)));
        slowest.note(&input, start.elapsed());
        executions += 1;
        if let Some(broken) = broken(outcome) {
            return Err(format!("input {} of seed {seed}: {broken}\n{input:?}", executions - 1));
        }
    }
    Ok(format!("{executions} executions, nothing broken; {slowest}"))
}

fn broken(outcome: std::thread::Result<Result<(), String>>) -> Option<String> {
    match outcome {
        Ok(Ok(())) => None,
        Ok(Err(broken)) => Some(broken),
        Err(_) => Some("it panicked, as told above".into()),
    }
}

/// The input that took longest for its length; short ones are not counted.
#[derive(Default)]
struct Slowest {
    nanoseconds_a_byte: f64,
    beginning: String,
    bytes: usize,
}

impl Slowest {
    fn note(&mut self, input: &str, took: Duration) {
        let cost = took.as_nanos() as f64 / input.len().max(1_024) as f64;
        if cost > self.nanoseconds_a_byte {
            self.nanoseconds_a_byte = cost;
            self.beginning = input.chars().take(60).collect();
            self.bytes = input.len();
        }
    }
}

impl std::fmt::Display for Slowest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { nanoseconds_a_byte, bytes, beginning } = self;
        write!(f, "the slowest took {nanoseconds_a_byte:.0} ns a byte: {bytes} bytes, {beginning:?} …")
    }
}
