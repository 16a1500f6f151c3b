//! The log of the real server: one line a failed call, found by its id, and nothing that tells who anybody is.

use std::time::Instant;

use modqueue::proto::v1::{AddNoteRequest, Author, GetCommentRequest, SubmitCommentRequest};
use serde_json::Value;
use tonic::service::interceptor::InterceptedService;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::support::clients::{Bearer, Clients, submission};
use crate::support::server_process::ServerProcess;

/// What people wrote and what tells who they are.
const PERSONAL: [&str; 9] = [
    "quokkaword",
    "Zebedee",
    "zebedee@example.org",
    "203.0.113.77",
    "author-4711",
    "wombatnote",
    "stolen-secret",
    "section-of-his-own",
    "Lynx/9",
];

const ONE_AN_HOUR: &str =
    "limits = [{ name = 'address', key = ['address', 'author'], quota = 1, per = '1h' }]\n";

fn personal(id: &str) -> SubmitCommentRequest {
    let mut request = submission(id, "", "says the quokkaword to all");
    let comment = request.comment.as_mut().expect("a comment");
    comment.author = Some(Author {
        id: "author-4711".into(),
        display_name: "Zebedee".into(),
        email: "zebedee@example.org".into(),
        ip_address: "203.0.113.77".into(),
        user_agent: "Lynx/9".into(),
        ..Author::default()
    });
    comment.thread.as_mut().expect("a thread").section = "section-of-his-own".into();
    request
}

fn with_id<T>(message: T, request_id: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("x-request-id", request_id.parse().expect("plain ASCII"));
    request
}

/// The id that a failed call has, which it tells twice.
fn told_id(status: &Status) -> String {
    let in_details = status.get_details_request_info().expect("RequestInfo").request_id;
    assert_eq!(status.metadata().get("x-request-id").expect("an id"), in_details.as_str());
    assert!(status.get_details_error_info().is_some(), "the other details are still there");
    in_details
}

/// Calls that fail in as many ways as personal data could get into a message.
async fn fail_in_many_ways(clients: &mut Clients) -> Vec<Status> {
    clients.set_policy(ONE_AN_HOUR).await;
    clients.submission.submit_comment(personal("c1")).await.expect("a verdict");
    let limited = clients.submission.submit_comment(with_id(personal("c2"), "caller-1")).await;
    let shielded = clients.submission.submit_comment(with_id(personal("c3"), "not@well formed")).await;
    let mut wrong = personal("c4");
    wrong.comment.as_mut().expect("a comment").id = "quokkaword zebedee@example.org".into();
    let invalid = clients.submission.submit_comment(wrong).await;
    let mut other = personal("c1");
    other.comment.as_mut().expect("a comment").text = "another quokkaword".into();
    let taken = clients.submission.submit_comment(other).await;
    let note =
        AddNoteRequest { comment_id: "missing".into(), note: "wombatnote".into(), ..Default::default() };
    let missing = clients.review.add_note(note).await;
    [limited, shielded, invalid, taken]
        .into_iter()
        .map(|refused| refused.expect_err("refused"))
        .chain([missing.expect_err("there is no such comment")])
        .collect()
}

/// A server that logs as it does by default, with these settings.
fn server(settings: &str) -> ServerProcess {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("modqueue.toml");
    std::fs::write(&file, settings).expect("it can be written");
    ServerProcess::start_logging(&["--config", &file.display().to_string()])
}

async fn tells_failures_and_nobody(format: &str) -> String {
    let mut server = server(&format!("log_format = '{format}'\n[telemetry]\nslow_call = '1h'\n"));
    let mut clients = server.clients().await;
    let refused = fail_in_many_ways(&mut clients).await;
    let ids: Vec<_> = refused.iter().map(told_id).collect();
    assert_eq!(ids[0], "caller-1", "a well-formed id is kept");
    assert_eq!(ids[1].len(), 26, "and any other replaced");
    let channel = server.channel().await;
    let mut thief = modqueue::proto::v1::submission_service_client::SubmissionServiceClient::new(
        InterceptedService::new(channel, Bearer::new("stolen-secret")),
    );
    let unknown = thief.get_comment(GetCommentRequest::default()).await.expect_err("an unknown token");
    assert_eq!(unknown.code(), Code::Unauthenticated);
    told_id(&unknown);
    let good = clients.submission.get_comment(with_id(
        GetCommentRequest { comment_id: "c1".into(), ..Default::default() },
        "caller-2",
    ));
    assert_eq!(good.await.expect("a comment").metadata().get("x-request-id").expect("an id"), "caller-2");
    drop((clients, thief));
    let (server, log) = tokio::task::spawn_blocking(move || {
        server.terminate();
        let log = server.log();
        (server, log)
    })
    .await
    .expect("it ends");
    drop(server);
    for word in PERSONAL {
        assert!(!log.contains(word), "{word} in\n{log}");
    }
    for id in ids {
        assert_eq!(log.matches(&id).count(), 1, "one line about {id} in\n{log}");
    }
    assert!(!log.contains("caller-2"), "a call that went well leaves no line");
    log
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_for_people_tells_failures_and_nobody() {
    let log = tells_failures_and_nobody("text").await;
    let line = log.lines().find(|line| line.contains("caller-1")).expect("a line");
    assert!(line.contains("a call failed") && line.contains("RATE_LIMITED"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_for_machines_tells_failures_and_nobody() {
    let log = tells_failures_and_nobody("json").await;
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let line = lines.iter().find(|line| line["request_id"] == "caller-1").expect("a line");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["service"], "modqueue.v1.SubmissionService");
    assert_eq!(line["method"], "SubmitComment");
    assert_eq!(line["code"], "RESOURCE_EXHAUSTED");
    assert_eq!(line["reason"], "RATE_LIMITED");
    assert!(line["millis"].is_number() && line["timestamp"].is_string(), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_call_has_a_line_and_a_flood_of_failures_is_no_flood_of_lines() {
    let mut server = server("log_format = 'json'\n[telemetry]\nslow_call = '1ms'\n");
    let mut clients = server.clients().await;
    // Three thousand distinct words, all looked at by all filters: no debug or release build does that in a millisecond.
    let text: String = (0..3_000).map(|index| format!("word{index} ")).collect();
    let slow = clients.submission.submit_comment(with_id(submission("c1", "ann", &text), "slow-1"));
    slow.await.expect("a verdict");
    let began = Instant::now();
    for _ in 0..1_000 {
        let missing = GetCommentRequest { comment_id: "missing".into(), ..Default::default() };
        clients.submission.get_comment(missing).await.expect_err("there is no such comment");
    }
    let seconds = began.elapsed().as_secs() + 1;
    drop(clients);
    let log = tokio::task::spawn_blocking(move || {
        server.terminate();
        server.log()
    });
    let log = log.await.expect("it ends");
    let slow: Vec<_> = log.lines().filter(|line| line.contains("slow-1")).collect();
    assert!(slow.len() == 1 && slow[0].contains("WARN") && slow[0].contains("a call was slow"), "{log}");
    let failed = log.lines().filter(|line| line.contains("NOT_FOUND")).count() as u64;
    assert!((50..=100 + 100 * seconds).contains(&failed), "{failed} lines in {seconds} s");
}
