//! More than can be borne: calls come at a rate that does not wait for the answers (an open loop), as readers do.
//!
//! First the peak is found, by callers that wait for each answer. Then a multiple of it is offered for as long. What counts
//! is the goodput: calls that were taken in and answered within a second of the moment at which they were due. A moderator
//! calls meanwhile, twenty times a second. The generator shares the machine with the server, so what it takes is missing
//! there: the ratio errs against the server. On a machine that does other things as well, `--server-pid` gives the ratio that
//! counts: what a second of the server's CPU brings, under overload and at the peak.
//!
//! Stubborn callers wait for each answer (a closed loop), and repeat a refused call at once, whatever they are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::Bytes;
use h2::client::SendRequest;
use modqueue::proto::v1::ListCommentsRequest;
use prost::Message;

use super::{Arguments, Kind, bearer, call, connect, framed, median, round};

/// An answer after this comes too late: the reader has gone.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(1);
/// Between two rounds.
const REST: Duration = Duration::from_secs(3);
/// A moderator's calls.
const GLANCE: Duration = Duration::from_millis(50);
/// In flight on a connection of stubborn callers.
const STUBBORN_STREAMS: usize = 100;

/// What became of the calls.
#[derive(Default)]
struct Fates {
    done: AtomicU64,
    late: AtomicU64,
    refused: AtomicU64,
    unsent: AtomicU64,
    waiting: AtomicU64,
}

pub fn measure(arguments: &Arguments, kind: &Kind, times: f64) -> anyhow::Result<()> {
    let (mut ratios, mut by_cpu, mut refusals) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..arguments.rounds {
        // What the last flood taught the server has grown old by then.
        std::thread::sleep(REST);
        let before = cpu(arguments)?;
        let peak = round(arguments, kind)?.rate;
        let between = cpu(arguments)?;
        let (fates, mut glances) = offer(arguments, kind, peak * times)?;
        let after = cpu(arguments)?;
        let seconds = arguments.seconds as f64;
        let [done, late, refused, unsent] = [&fates.done, &fates.late, &fates.refused, &fates.unsent]
            .map(|fate| fate.load(Relaxed) as f64 / seconds);
        glances.sort_unstable();
        let slowest = glances.get(glances.len().saturating_sub(1) * 99 / 100).copied().unwrap_or_default();
        println!(
            "peak {peak:.0}/s   offered {:.0}/s   done {done:.0}/s   late {late:.0}/s   refused {refused:.0}/s   \
             not sent {unsent:.0}/s   moderator: {} calls, p99 {slowest:.1?}",
            peak * times,
            glances.len(),
        );
        ratios.push(done / peak);
        if let (Some(before), Some(between), Some(after)) = (before, between, after) {
            let a_submission = (between - before) / (peak * seconds);
            by_cpu.push(done * seconds / (after - between) * a_submission);
            refusals.push(((after - between) / seconds - done * a_submission) / refused / a_submission);
        }
    }
    println!("goodput at {times} times the load, of the peak: {:.2} (median)", median(ratios));
    if !by_cpu.is_empty() {
        println!("the same for each second of the server's CPU: {:.2} (median)", median(by_cpu));
        println!(
            "CPU of the server for a refusal, of that for a submission: {:.2} (median)",
            median(refusals)
        );
    }
    Ok(())
}

pub fn measure_stubborn(arguments: &Arguments, kind: &Kind, calls: usize) -> anyhow::Result<()> {
    let connections = calls.div_ceil(STUBBORN_STREAMS);
    let crowd = Arguments { connections, streams: STUBBORN_STREAMS, ..arguments.clone() };
    let mut ratios = Vec::new();
    for _ in 0..arguments.rounds {
        std::thread::sleep(REST);
        let (peak, done) = (round(arguments, kind)?.rate, round(&crowd, kind)?.rate);
        println!("peak {peak:.0}/s   done {done:.0}/s");
        ratios.push(done / peak);
    }
    println!("goodput with {calls} stubborn calls in flight, of the peak: {:.2} (median)", median(ratios));
    Ok(())
}

/// Ticks of CPU that the server has used, if it is named.
fn cpu(arguments: &Arguments) -> anyhow::Result<Option<f64>> {
    let Some(pid) = arguments.server_pid else { return Ok(None) };
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name before may have spaces, and ends with a parenthesis.
    let (_, numbers) = stat.rsplit_once(')').context("/proc/PID/stat is cut off")?;
    let ticks = numbers.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(Some(ticks.sum::<Result<f64, _>>()?))
}

/// Offers `rate` calls a second over two threads; what became of them, and how long the moderator waited.
fn offer(arguments: &Arguments, kind: &Kind, rate: f64) -> anyhow::Result<(Arc<Fates>, Vec<Duration>)> {
    let fates = Arc::new(Fates::default());
    let until = Instant::now() + Duration::from_secs(arguments.seconds);
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let (arguments, kind, fates) = (arguments.clone(), kind.clone(), Arc::clone(&fates));
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(flood(&arguments, &kind, rate / 2.0, until, &fates))
            })
        })
        .collect();
    let glances = match &arguments.moderator_token_file {
        Some(file) => {
            let kind = Kind {
                name: "ListComments",
                path: "/modqueue.v1.ReviewService/ListComments",
                message: |_| ListCommentsRequest { page_size: 10, ..Default::default() }.encode_to_vec(),
                token: Some(bearer(file)?),
            };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(glance(arguments, &kind, until))?
        }
        None => vec![],
    };
    for thread in threads {
        thread.join().expect("a load thread panicked")?;
    }
    Ok((fates, glances))
}

async fn flood(
    arguments: &Arguments,
    kind: &Kind,
    rate: f64,
    until: Instant,
    fates: &Arc<Fates>,
) -> anyhow::Result<()> {
    let mut clients = Vec::new();
    for _ in 0..(arguments.connections / 2).max(1) {
        clients.push(connect(arguments.address).await?);
    }
    let (began, first, mut sent) = (Instant::now(), getrandom::u64()? >> 16, 0u64);
    let mut ticks = tokio::time::interval(TICK);
    let mut last = Instant::now();
    while Instant::now() < until {
        ticks.tick().await;
        last = Instant::now();
        let due = (began.elapsed().as_secs_f64() * rate) as u64;
        while sent < due {
            let client = clients[sent as usize % clients.len()].clone();
            let body = framed(&(kind.message)(first + sent));
            sent += 1;
            // More than a second's worth waits here already: those readers are gone as well.
            if fates.waiting.load(Relaxed) as f64 > 2.0 * rate {
                fates.unsent.fetch_add(1, Relaxed);
                continue;
            }
            fates.waiting.fetch_add(1, Relaxed);
            tokio::spawn(one(client, kind.clone(), body, last, Arc::clone(fates)));
        }
    }
    tokio::time::sleep_until((last + PATIENCE).into()).await;
    Ok(())
}

async fn one(client: SendRequest<Bytes>, kind: Kind, body: Bytes, due: Instant, fates: Arc<Fates>) {
    let fate = match tokio::time::timeout_at((due + PATIENCE).into(), client.ready()).await {
        Ok(Ok(mut client)) => match call(&mut client, &kind, body).await {
            Ok(status) if status == "0" && due.elapsed() <= PATIENCE => &fates.done,
            Ok(status) if status == "0" => &fates.late,
            _ => &fates.refused,
        },
        _ => &fates.unsent,
    };
    fate.fetch_add(1, Relaxed);
    fates.waiting.fetch_sub(1, Relaxed);
}

async fn glance(arguments: &Arguments, kind: &Kind, until: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut client = connect(arguments.address).await?;
    let mut took = Vec::new();
    while Instant::now() < until {
        let began = Instant::now();
        client = client.ready().await?;
        let status = call(&mut client, kind, framed(&(kind.message)(0))).await?;
        anyhow::ensure!(status == "0", "a moderator was refused: {status:?}");
        took.push(began.elapsed());
        tokio::time::sleep(GLANCE).await;
    }
    Ok(took)
}
