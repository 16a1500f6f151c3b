//! Bytes that nobody should send: a short run of what `make fuzz` does for as long as one likes. What overflows is seen here
//! alone, for which `MODQUEUE_FUZZ_SECONDS=600 cargo test --test it fuzz` takes longer and `MODQUEUE_FUZZ_SEED` begins elsewhere.

// The rest of it makes texts.
#[allow(dead_code)]
#[path = "../../../examples/fuzz/dice.rs"]
mod dice;
#[path = "../../../examples/fuzz/wire/mod.rs"]
mod wire;

use std::time::{Duration, Instant};

use wire::{Executions, ROLES, Wire};

use super::{it_answers, server, stays_flat};
use crate::support::http2_frames;

/// Rounds after which a server makes way for a new one, with the next seed.
const A_SERVER: u32 = 20;

#[tokio::test]
async fn fuzz_nothing_that_is_sent_brings_the_server_down() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let until = Instant::now() + Duration::from_secs(number("MODQUEUE_FUZZ_SECONDS").unwrap_or(5));
    let mut seed = number("MODQUEUE_FUZZ_SEED").unwrap_or(1);
    while Instant::now() < until {
        println!("seed {seed}");
        feed(seed, until).await;
        seed += 1;
    }
}

async fn feed(seed: u64, until: Instant) {
    let server = server("[bounds]\nmax_call_duration = '2s'\n");
    let mut wire = Wire::new(server.address().to_owned(), ROLES.map(|role| server.token(role)), seed);
    stays_flat(&server, async {
        for _ in 0..A_SERVER {
            let Executions { calls, frames } = wire.round().await;
            println!("{calls} calls and {frames} sequences of frames");
            it_answers(&server).await;
            if Instant::now() > until {
                break;
            }
        }
    })
    .await;
    let log = server.log();
    assert!(log.is_empty(), "it complains: {log}");
}
