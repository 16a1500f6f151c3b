//! What one operation of each store costs, alone and waited for: a comment in, a page, a claim given back, a decision.
//!
//! `cargo bench --bench store`; needs `redis-server`, which it starts on a socket of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use modqueue::domain::{
    Action, ActorKind, CommentId, Decision, Draft, ManualClock, SiteName, State, Timestamp, Verdict, new_id,
};
use modqueue::queue::embedded::EmbeddedQueue;
use modqueue::queue::redis::{RedisOptions, RedisQueue};
use modqueue::queue::{Admission, ClaimRequest, Order, PageQuery, Queue, Ruling};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Comments that wait before anything is measured.
const WAITING: u64 = 10_000;
const TEXT: &str = "I read the whole piece twice and I still don't see how the council wants to pay for it. \
    The bridge was closed for most of last summer, and now they tell us it'll happen again in May.";

/// A store with its runtime and its site.
struct Bench {
    runtime: Runtime,
    queue: Arc<dyn Queue>,
    site: SiteName,
    next: AtomicU64,
}

impl Bench {
    fn over(runtime: Runtime, queue: Arc<dyn Queue>) -> Self {
        let site = SiteName::new("bench").expect("a site name");
        let bench = Self { runtime, queue, site, next: AtomicU64::new(0) };
        bench.runtime.block_on(async {
            let admissions = (0..WAITING).map(|_| bench.admit());
            futures_util::future::join_all(admissions).await;
        });
        bench
    }

    async fn admit(&self) -> CommentId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = CommentId::new(&format!("c-{number}")).expect("a comment id");
        let admission = admission(id.clone(), number);
        self.queue.admit(&self.site, admission).await.expect("a comment comes in");
        id
    }

    async fn page(&self) -> Vec<(CommentId, u32)> {
        let query = PageQuery { state: State::Pending, order: Order::Risk, after: None, limit: 50 };
        let page = self.queue.page(&self.site, &query).await.expect("a page");
        page.comments.into_iter().map(|comment| (comment.id, comment.version)).collect()
    }

    async fn claim_and_release(&self, candidates: &[(CommentId, u32)]) {
        let claim_id = new_id();
        let request = ClaimRequest {
            claim_id: claim_id.clone(),
            reviewer: "rita".into(),
            candidates: candidates.to_vec(),
            lease: Duration::from_secs(60),
        };
        self.queue.claim(&self.site, request).await.expect("a claim");
        self.queue.release(&self.site, &claim_id, &[]).await.expect("a release");
    }

    async fn approve(&self, id: CommentId) {
        let ruling =
            Ruling { id, expected: None, claim_id: String::new(), decision: approval(), event_id: new_id() };
        self.queue.decide(&self.site, vec![ruling]).await.expect("a decision");
    }
}

fn admission(id: CommentId, number: u64) -> Admission {
    Admission {
        id,
        draft: Draft { text: format!("{TEXT} {number}"), ..Draft::default() },
        verdict: Verdict {
            action: Action::Hold,
            score: 4.5,
            findings: Vec::new(),
            finding_count: 0,
            policy_revision: 0,
            model_revision: 0,
            learned_probability: None,
        },
        state: State::Pending,
        tier: 4,
        fingerprints: vec![number],
        event_id: new_id(),
        charges: Vec::new(),
        grounds: None,
        waiting_cap: u64::MAX,
    }
}

fn approval() -> Decision {
    Decision {
        state: State::Approved,
        reason: String::new(),
        author_message: String::new(),
        note: String::new(),
        actor: "rita".into(),
        actor_kind: ActorKind::Moderator,
        decide_time: Timestamp(0),
    }
}

/// Ends the server with the benchmark.
struct Redis(Child);

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_redis(directory: &Path) -> (Redis, String) {
    let socket = directory.join("redis.sock");
    let server = Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--unixsocket"])
        .arg(&socket)
        .arg("--dir")
        .arg(directory)
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server starts; install it with apt-get install redis-server");
    while !socket.exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    (Redis(server), format!("redis+unix://{}", socket.display()))
}

fn operations(criterion: &mut Criterion, name: &str, bench: &Bench) {
    let mut group = criterion.benchmark_group(name);
    group.bench_function("admit", |timer| timer.iter(|| bench.runtime.block_on(bench.admit())));
    group.bench_function("page of 50", |timer| timer.iter(|| bench.runtime.block_on(bench.page())));
    let candidates = bench.runtime.block_on(bench.page());
    group.bench_function("claim 50 and release", |timer| {
        timer.iter(|| bench.runtime.block_on(bench.claim_and_release(&candidates)));
    });
    group.bench_function("approve", |timer| {
        timer.iter_custom(|count| {
            bench.runtime.block_on(async {
                let ids = futures_util::future::join_all((0..count).map(|_| bench.admit())).await;
                let started = Instant::now();
                for id in ids {
                    bench.approve(id).await;
                }
                started.elapsed()
            })
        });
    });
    group.finish();
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn stores(criterion: &mut Criterion) {
    let directory = TempDir::with_prefix("modqueue-bench-").expect("a directory");
    let embedded =
        EmbeddedQueue::open(&directory.path().join("queue.redb"), Arc::new(ManualClock::default()));
    operations(criterion, "embedded", &Bench::over(runtime(), Arc::new(embedded.expect("the store opens"))));
    let (_server, url) = start_redis(directory.path());
    let runtime = runtime();
    let redis = runtime.block_on(RedisQueue::connect(RedisOptions::new(&url)));
    operations(criterion, "redis", &Bench::over(runtime, Arc::new(redis.expect("redis answers"))));
}

criterion_group!(benches, stores);
criterion_main!(benches);
