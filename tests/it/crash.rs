//! `kill -9` in the middle of a stream of submissions: nothing acknowledged is lost, nothing doubled.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use modqueue::proto::v1::{GetCommentRequest, GetQueueStatsRequest, ListCommentsRequest};

use crate::support::clients::{Clients, submission};
use crate::support::redis_server::RedisServer;
use crate::support::server_process::ServerProcess;

const ROUNDS: usize = 3;
const WRITERS: usize = 16;
const ACKNOWLEDGED_A_ROUND: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_on_the_embedded_store_loses_and_doubles_nothing() {
    survive(ServerProcess::start()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_on_redis_loses_and_doubles_nothing() {
    let redis = RedisServer::start();
    survive(ServerProcess::start_with(&["--store", &redis.url()])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_redis_with_appendfsync_always_loses_and_doubles_nothing() {
    let mut redis = RedisServer::start_with(&["--appendonly", "yes", "--appendfsync", "always"]);
    let server = ServerProcess::start_with(&["--store", &redis.url()]);
    let written = Arc::new(Written::default());
    for _ in 0..ROUNDS {
        let writers = write(server.clients().await, &written);
        wait_for(&written, ACKNOWLEDGED_A_ROUND).await;
        redis.kill_hard();
        writers.stop().await;
        redis.restart();
        check(&mut server.clients().await, &written).await;
    }
}

async fn survive(mut server: ServerProcess) {
    let written = Arc::new(Written::default());
    for _ in 0..ROUNDS {
        let writers = write(server.clients().await, &written);
        wait_for(&written, ACKNOWLEDGED_A_ROUND).await;
        server.kill_hard();
        writers.stop().await;
        server.restart();
        check(&mut server.clients().await, &written).await;
    }
}

/// What was sent, and what of it was acknowledged.
#[derive(Default)]
struct Written {
    next: AtomicUsize,
    sent: Mutex<HashSet<usize>>,
    acknowledged: Mutex<HashSet<usize>>,
    acknowledged_this_round: AtomicUsize,
}

struct Writers {
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Writers {
    async fn stop(self) {
        for task in self.tasks {
            task.await.expect("a writer ends with the server");
        }
    }
}

/// Writers that submit until a call fails.
fn write(clients: Clients, written: &Arc<Written>) -> Writers {
    written.acknowledged_this_round.store(0, Ordering::SeqCst);
    let writer = |_| {
        let (mut clients, written) = (clients.clone(), Arc::clone(written));
        tokio::spawn(async move {
            loop {
                let number = written.next.fetch_add(1, Ordering::SeqCst);
                written.sent.lock().unwrap().insert(number);
                if clients.submission.submit_comment(request(number)).await.is_err() {
                    return;
                }
                written.acknowledged.lock().unwrap().insert(number);
                written.acknowledged_this_round.fetch_add(1, Ordering::SeqCst);
            }
        })
    };
    Writers { tasks: (0..WRITERS).map(writer).collect() }
}

fn request(number: usize) -> modqueue::proto::v1::SubmitCommentRequest {
    submission(
        &format!("c-{number}"),
        &format!("reader-{number}"),
        &format!("comment number {number} of many"),
    )
}

async fn wait_for(written: &Written, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while written.acknowledged_this_round.load(Ordering::SeqCst) < count {
        assert!(Instant::now() < deadline, "the server acknowledges too little");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn check(clients: &mut Clients, written: &Written) {
    wait_until_it_answers(clients).await;
    let acknowledged = written.acknowledged.lock().unwrap().clone();
    for number in acknowledged {
        let request = GetCommentRequest { comment_id: format!("c-{number}"), ..GetCommentRequest::default() };
        let found = clients.submission.get_comment(request).await;
        assert!(found.is_ok(), "comment {number} was acknowledged and is lost: {found:?}");
    }
    let sent = written.sent.lock().unwrap().clone();
    for &number in &sent {
        let acknowledged = written.acknowledged.lock().unwrap().contains(&number);
        let answer =
            clients.submission.submit_comment(request(number)).await.expect("a retry is safe").into_inner();
        assert!(answer.replayed || !acknowledged, "comment {number} was taken in twice");
        written.acknowledged.lock().unwrap().insert(number);
    }
    let listed = list_all(clients).await;
    let distinct: HashSet<_> = listed.iter().collect();
    assert_eq!(listed.len(), distinct.len(), "a comment is listed twice");
    assert_eq!(distinct.len(), sent.len());
    let stats = clients.review.get_queue_stats(GetQueueStatsRequest::default()).await.unwrap().into_inner();
    assert_eq!(stats.stats.unwrap().pending_count as usize, sent.len());
}

/// After a restart the store may need a moment; every try is a real call.
async fn wait_until_it_answers(clients: &mut Clients) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while let Err(status) = clients.review.get_queue_stats(GetQueueStatsRequest::default()).await {
        assert!(Instant::now() < deadline, "the store does not come back: {status:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn list_all(clients: &mut Clients) -> Vec<String> {
    let (mut ids, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListCommentsRequest { page_size: 500, page_token, ..ListCommentsRequest::default() };
        let page = clients.review.list_comments(request).await.unwrap().into_inner();
        ids.extend(page.comments.into_iter().map(|comment| comment.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return ids;
        }
    }
}
