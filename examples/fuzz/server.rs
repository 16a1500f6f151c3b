//! A whole service in this process, for the wire.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use modqueue::app::Application;
use modqueue::config::{Overrides, load};
use tokio::sync::oneshot;

use super::wire::{Executions, ROLES, Wire};

/// Rounds after which a server makes way for a new one.
const A_SERVER: u32 = 20;

const SETTINGS: &str =
    "listen = '127.0.0.1:0'\nmetrics_listen = 'off'\nworkers = 1\n[bounds]\nmax_call_duration = '2s'\n";

/// Panics of any thread, those that the service survives among them.
static PANICS: AtomicU64 = AtomicU64::new(0);

/// Feeds one server after the other until `end`, each with a seed of its own.
pub fn feed(first: u64, end: Instant) -> Result<String, String> {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Relaxed);
        tell(panic);
    }));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let (mut seed, mut sum) = (first, Executions::default());
    while Instant::now() < end {
        let fed = catch_unwind(AssertUnwindSafe(|| runtime.block_on(feed_one(seed, end))));
        let fed = fed.ok().filter(|_| PANICS.load(Relaxed) == 0);
        let fed = fed.ok_or_else(|| format!("seed {seed}: it panicked, as told above"))?;
        sum.calls += fed.calls;
        sum.frames += fed.frames;
        seed += 1;
    }
    let Executions { calls, frames } = sum;
    Ok(format!(
        "{calls} calls and {frames} sequences of frames by seeds {first} to {}, nothing broken",
        seed - 1
    ))
}

async fn feed_one(seed: u64, end: Instant) -> Executions {
    let directory = tempfile::tempdir().expect("a directory");
    let overrides = Overrides { data_dir: Some(directory.path().into()), ..Overrides::default() };
    let config = load(SETTINGS, &overrides).expect("a good configuration");
    let application = Application::build(config).await.expect("it starts");
    let made = application.made_tokens().expect("none are configured").directory.clone();
    let token = |role| std::fs::read_to_string(made.join(role)).expect("a made token").trim().to_owned();
    let mut wire = Wire::new(application.addr().to_string(), ROLES.map(token), seed);
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(application.run_until(async { drop(stopped.await) }));
    let mut sum = Executions::default();
    for _ in 0..A_SERVER {
        let fed = wire.round().await;
        sum.calls += fed.calls;
        sum.frames += fed.frames;
        if Instant::now() > end {
            break;
        }
    }
    drop(stop);
    running.await.expect("it ends in peace");
    sum
}
