//! The embedded store and its file: opened again, cut off from power, on a full disk.

use std::path::Path;
use std::sync::Arc;

use futures_util::future::join_all;
use modqueue::domain::{Clock, CommentId, ManualClock, State};
use modqueue::queue::embedded::EmbeddedQueue;
use modqueue::queue::{Admitted, Order, Queue, QueueError};
use tempfile::TempDir;

use crate::support::backend::{Backend, run, runtime};
use crate::support::power_cut::{Chance, Disk};
use crate::support::samples::*;
use crate::support::store::Store;
use crate::support::workload::{Workload, assert_whole};

#[test]
fn everything_is_there_when_the_store_is_opened_again() {
    run(Backend::Embedded, |store: Store| async {
        store.stored_all(["a", "b", "c"].map(admission)).await;
        store.stored(published("p")).await;
        store.decided(reject("b")).await;
        assert_eq!(store.claim(claim("lease", "mona", &["a"])).await, ids(&["a"]));
        store.queue.defer(&store.site, "mona", &id("c"), HOUR).await.unwrap();
        store.queue.save_policy(&store.site, 0, policy("mode = \"post\"")).await.unwrap().unwrap();
        let before =
            (all(&store).await, store.events().await, store.counts().await, store.history("b").await);
        let generation = store.queue.feed(&store.site, 0, 1).await.unwrap().generation;
        let store = store.reopen().await;
        let after = (all(&store).await, store.events().await, store.counts().await, store.history("b").await);
        assert_eq!(after, before);
        assert_eq!(store.queue.feed(&store.site, 0, 1).await.unwrap().generation, generation);
        assert_eq!(store.queue.deferred(&store.site, "mona").await.unwrap(), ids(&["c"]));
        assert_eq!(store.queue.policy(&store.site).await.unwrap().unwrap().revision, 1);
        assert_eq!(store.tally("ann").await, (0, 1));
    });
}

#[test]
fn a_lease_outlives_a_restart() {
    run(Backend::Embedded, |store: Store| async {
        store.stored(admission("a")).await;
        store.claim(claim("first", "mona", &["a"])).await;
        let store = store.reopen().await;
        assert_eq!(store.claim(claim("second", "otto", &["a"])).await, []);
        store.advance(11 * MINUTE);
        assert_eq!(store.claim(claim("second", "otto", &["a"])).await, ids(&["a"]));
    });
}

#[test]
fn time_does_not_run_backwards_when_the_clock_does() {
    runtime().block_on(async {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("queue.redb");
        let ahead = ManualClock::default();
        ahead.advance(HOUR);
        let queue = EmbeddedQueue::open(&path, Arc::new(ahead)).unwrap();
        let first = stored(&queue, "a").await;
        drop(queue);
        let queue = EmbeddedQueue::open(&path, Arc::new(ManualClock::default())).unwrap();
        let second = stored(&queue, "b").await;
        assert!(second.create_time >= first.create_time);
        assert!(ManualClock::default().now() < second.create_time);
    });
}

#[test]
fn a_second_opening_of_the_same_file_is_refused_with_the_remedy() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("queue.redb");
    let first = open(&path).unwrap();
    let message = open(&path).map(drop).unwrap_err().to_string();
    assert!(message.contains("another process has it open; stop it or choose another --store"), "{message}");
    assert!(message.contains(path.to_str().unwrap()), "{message}");
    drop(first);
    open(&path).unwrap();
}

#[test]
fn a_file_that_is_no_store_is_left_alone_and_named() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("notes.txt");
    let notes = "milk, bread, ".repeat(1_000);
    std::fs::write(&path, &notes).unwrap();
    let message = open(&path).map(drop).unwrap_err().to_string();
    assert!(message.contains("not a modqueue store") && message.contains("notes.txt"), "{message}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), notes);
    let message = open(directory.path()).map(drop).unwrap_err().to_string();
    assert!(message.contains("is a directory; name a file in it"), "{message}");
}

#[cfg(unix)]
#[test]
fn the_file_and_its_new_directories_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("data/site/queue.redb");
    let _queue = open(&path).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
}

#[test]
fn a_power_cut_at_any_moment_loses_nothing_acknowledged_and_leaves_nothing_half_done() {
    for seed in 0..150 {
        let mut chance = Chance(seed);
        let disk = Disk::default();
        disk.cut_after(chance.below(600) as u32);
        let mut workload = Workload::new(seed);
        runtime().block_on(workload.run_until_it_fails(&disk));
        let left = disk.after_power_cut(seed);
        let left = if chance.one_in(3) { cut_while_opening(left, &mut chance) } else { left };
        runtime().block_on(async {
            let queue = open_on(&left).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            workload.assert_kept(&queue).await;
            assert_whole(&queue, &workload.attempted()).await;
            stored(&queue, "afterwards").await;
        });
    }
}

#[test]
fn a_full_disk_refuses_with_a_sentence_and_serves_again_when_there_is_room() {
    for blocks in [0, 1, 7, 40, 100] {
        let disk = Disk::default();
        let mut workload = Workload::new(blocks);
        runtime().block_on(async {
            let queue = open_on(&disk).unwrap();
            workload.run(&queue, 20).await.expect("there is room at first");
            disk.set_room(Some(blocks as usize));
            let error = workload.run(&queue, 100_000).await.expect_err("the disk is full");
            assert!(error.to_string().contains("the disk is full"), "{error}");
            assert!(matches!(error, QueueError::Unavailable { .. }), "it passes once there is room: {error}");
            workload.assert_kept(&queue).await;
            disk.set_room(None);
            workload.run(&queue, 20).await.expect("there is room again");
            workload.assert_kept(&queue).await;
            assert_whole(&queue, &workload.attempted()).await;
        });
        runtime().block_on(async {
            let queue = open_on(&disk).unwrap();
            workload.assert_kept(&queue).await;
        });
    }
}

#[test]
fn a_damaged_file_is_served_or_refused_with_a_sentence() {
    const PAGE: usize = 4096;
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("queue.redb");
    runtime().block_on(async {
        let queue = open(&path).unwrap();
        let names: Vec<String> = (0..300).map(|number| format!("c{number}")).collect();
        join_all(names.iter().map(|name| stored(&queue, name))).await;
    });
    let whole = std::fs::read(&path).unwrap();
    let mut refused = 0;
    for page in (1..whole.len() / PAGE).step_by(4) {
        let mut damaged = whole.clone();
        damaged[page * PAGE..][..PAGE].fill(0);
        std::fs::write(&path, damaged).unwrap();
        if let Err(error) = open(&path) {
            assert!(error.to_string().contains("from a backup"), "page {page}: {error}");
            refused += 1;
        }
    }
    assert!(refused > 3, "{refused}");
}

#[test]
fn the_file_does_not_grow_with_every_author_that_is_erased() {
    runtime().block_on(async {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("queue.redb");
        let queue = open(&path).unwrap();
        let length = || std::fs::metadata(&path).unwrap().len();
        let (site, mut lengths) = (site("default"), Vec::new());
        for round in 0..6 {
            for number in 0..20 {
                stored(&queue, &format!("{round}-{number}")).await;
            }
            let erasure = queue.erase_author(&site, "ann").await.unwrap();
            assert!(erasure.complete_time.is_some());
            lengths.push(length());
        }
        assert!(lengths[5] < 2 * lengths[0], "{lengths:?}");
    });
}

#[test]
fn clones_share_one_engine_across_runtimes() {
    let directory = TempDir::new().unwrap();
    let queue = open(&directory.path().join("queue.redb")).unwrap();
    let worker = |name: &'static str| {
        let queue = queue.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async { stored(&queue, name).await });
        })
    };
    for worker in ["a", "b", "c"].map(worker) {
        worker.join().unwrap();
    }
    let page = runtime().block_on(queue.page(&site("default"), &query(State::Pending, Order::Risk)));
    assert_eq!(page.unwrap().comments.len(), 3);
}

/// Lets the power go again while the store is being repaired.
fn cut_while_opening(disk: Disk, chance: &mut Chance) -> Disk {
    disk.cut_after(chance.below(40) as u32);
    drop(open_on(&disk));
    disk.after_power_cut(chance.below(u64::MAX))
}

fn open(path: &Path) -> Result<EmbeddedQueue, QueueError> {
    EmbeddedQueue::open(path, Arc::new(ManualClock::default()))
}

fn open_on(disk: &Disk) -> Result<EmbeddedQueue, QueueError> {
    EmbeddedQueue::open_on(disk.clone(), Arc::new(ManualClock::default()))
}

async fn stored(queue: &EmbeddedQueue, name: &str) -> modqueue::domain::Comment {
    match queue.admit(&site("default"), admission(name)).await.unwrap() {
        Admitted::Stored { comment, .. } => *comment,
        other => panic!("not stored: {other:?}"),
    }
}

async fn all(store: &Store) -> Vec<(State, Vec<CommentId>)> {
    let mut listed = Vec::new();
    for state in State::ALL {
        listed.push((state, store.listed(state, Order::Risk).await));
    }
    listed
}
