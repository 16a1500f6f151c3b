//! Addresses that are kept hashed: every key, every value and every file is looked at, and what needs addresses still works.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use modqueue::proto::v1::{
    Author, CheckQuotaRequest, CommentDraft, CommentState, ImportCommentsRequest, InspectCommentRequest,
    ReviseCommentRequest, SubmitCommentRequest,
};
use tempfile::TempDir;
use tonic::Status;

use crate::support::clients::{Clients, submission};
use crate::support::redis_server::RedisServer;
use crate::support::scan::{everything, found_in, found_under};
use crate::support::server_process::ServerProcess;
use crate::support::service::reason;

const POLICY: &str = r#"
mode = "post"
limits = [{ name = "address", key = ["address"], quota = 2, per = "1d", ipv4_prefix = 24 }]
[[authors]]
name = "barred networks"
addresses = ["198.51.100.0/24"]
weight = 20.0
"#;

const ADDRESSES: [&str; 4] = ["203.0.113.77", "203.0.113.0", "198.51.100.9", "2001:db8:77::5"];

fn configuration(directory: &TempDir) -> PathBuf {
    let file = directory.path().join("modqueue.toml");
    let key = directory.path().join("addresses.key");
    let source = format!("[retention]\naddresses = 'hashed'\naddress_key = '{}'\n", key.display());
    std::fs::write(&file, source).expect("it can be written");
    file
}

fn from(id: &str, ip_address: &str) -> SubmitCommentRequest {
    let mut request = submission(id, "", &format!("a remark of its own, {id}"));
    let comment = request.comment.as_mut().expect("a comment");
    comment.author = Some(Author { ip_address: ip_address.into(), ..Author::default() });
    request
}

async fn kept_address(clients: &mut Clients, id: &str) -> String {
    let request = InspectCommentRequest { comment_id: id.into(), ..Default::default() };
    let inspected = clients.review.inspect_comment(request).await.expect("a comment").into_inner();
    inspected.comment.expect("a comment").draft.expect("a draft").author.expect("an author").ip_address
}

async fn remaining(clients: &mut Clients, ip_address: &str) -> u32 {
    let request = CheckQuotaRequest { ip_address: ip_address.into(), ..Default::default() };
    let limits = clients.submission.check_quota(request).await.expect("limits").into_inner().limits;
    limits[0].remaining
}

/// Lists and limits see the address, and what is kept is a pseudonym.
async fn works_without_keeping(clients: &mut Clients) {
    clients.set_policy(POLICY).await;
    let mut submit = async |request| -> Result<_, Status> {
        let answer = clients.submission.submit_comment(request).await?.into_inner();
        Ok(answer.comment.expect("a comment"))
    };
    let barred = submit(from("barred", "198.51.100.9")).await.expect("a verdict");
    let findings = &barred.verdict.as_ref().expect("a verdict").findings;
    assert!(findings.iter().any(|finding| finding.rule == "barred networks"), "{findings:?}");
    for id in ["one", "two"] {
        submit(from(id, "203.0.113.77")).await.expect("within the limit");
    }
    let limited =
        submit(from("three", "203.0.113.78")).await.expect_err("the network's two of today are spent");
    assert_eq!(reason(&limited), "RATE_LIMITED");
    submit(from("other", "2001:db8:77::5")).await.expect("another address");
    assert_eq!(remaining(clients, "203.0.113.1").await, 0);
    assert_eq!(remaining(clients, "203.0.114.1").await, 2);
    let (one, two) = (kept_address(clients, "one").await, kept_address(clients, "two").await);
    assert_eq!(one, two, "one address, one pseudonym");
    assert!(one.starts_with("100::"), "{one}");
    assert_ne!(one, kept_address(clients, "other").await);
    let edit =
        CommentDraft { text: "an edit".into(), ..from("two", "203.0.113.77").comment.expect("a comment") };
    let edit = ReviseCommentRequest { comment_id: "two".into(), comment: Some(edit), ..Default::default() };
    clients.submission.revise_comment(edit).await.expect("revised");
    assert_eq!(kept_address(clients, "two").await, one);
    import_from(clients, "past", "203.0.113.77").await;
    assert_eq!(kept_address(clients, "past").await, one);
}

async fn import_from(clients: &mut Clients, id: &str, ip_address: &str) {
    let row = ImportCommentsRequest {
        comment: from(id, ip_address).comment,
        state: CommentState::Approved.into(),
        create_time: Some((SystemTime::now() - Duration::from_hours(1)).into()),
        ..ImportCommentsRequest::default()
    };
    let rows = tokio_stream::iter([row]);
    let answer = clients.policy.import_comments(rows).await.expect("an admin may").into_inner();
    assert_eq!(answer.imported_count, 1, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_of_the_embedded_store_and_its_log_holds_a_hashed_address() {
    let directory = TempDir::new().expect("a directory");
    let file = configuration(&directory);
    let mut server = ServerProcess::start_logging(&["--config", &file.display().to_string()]);
    works_without_keeping(&mut server.clients().await).await;
    let (before, server) = tokio::task::spawn_blocking(move || {
        server.terminate();
        (found_under(&ADDRESSES, &server.data_dir()), server)
    })
    .await
    .expect("it ends");
    assert_eq!(before, Vec::<String>::new());
    assert!(found_in(&ADDRESSES, server.log().as_bytes()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_no_value_and_no_file_of_redis_holds_a_hashed_address() {
    let redis = RedisServer::start_with(&["--appendonly", "yes"]);
    let directory = TempDir::new().expect("a directory");
    let file = configuration(&directory);
    let arguments = ["--config", &file.display().to_string(), "--store", &redis.url()];
    let server = ServerProcess::start_with(&arguments);
    works_without_keeping(&mut server.clients().await).await;
    assert!(found_in(&ADDRESSES, &everything(&redis)).is_empty());
    assert_eq!(found_under(&ADDRESSES, redis.directory()), Vec::<String>::new());
    // A second server with the same key counts the same addresses; one with another key does not know them.
    let second = ServerProcess::start_with(&arguments);
    assert_eq!(remaining(&mut second.clients().await, "203.0.113.5").await, 0);
    std::fs::remove_file(directory.path().join("addresses.key")).expect("it was made");
    let stranger = ServerProcess::start_with(&arguments);
    assert_eq!(remaining(&mut stranger.clients().await, "203.0.113.5").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_kept_is_found_by_the_same_search() {
    let server = ServerProcess::start();
    let mut clients = server.clients().await;
    clients.submission.submit_comment(from("one", "203.0.113.77")).await.expect("a verdict");
    assert_eq!(kept_address(&mut clients, "one").await, "203.0.113.77");
    assert_eq!(found_under(&ADDRESSES, &server.data_dir()).len(), 1);
}
