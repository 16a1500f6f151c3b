//! How much one token may have in flight, and for how long.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use modqueue::proto::v1::watch_decisions_request::Start;
use modqueue::proto::v1::{
    CommentDraft, GetCommentRequest, ListCommentsRequest, SubmitCommentsRequest, WatchDecisionsRequest,
};
use prost::Message;
use tokio::net::TcpStream;
use tonic::{Code, Request};
use tonic_types::StatusExt;

use super::server;
use crate::support::clients::submission;
use crate::support::redis_server::RedisServer;
use crate::support::service::{Kept, Service, fields, reason};

fn watch() -> WatchDecisionsRequest {
    WatchDecisionsRequest { start: Some(Start::FromNow(true)), ..WatchDecisionsRequest::default() }
}

#[tokio::test]
async fn a_token_has_so_many_streams_and_no_more() {
    let service = Service::start_with(Kept::Embedded, "[bounds]\nmax_streams_per_token = 2\n").await;
    let first = service.portal().watch_decisions(watch()).await.expect("a stream");
    let _second = service.portal().watch_decisions(watch()).await.expect("a stream");
    let refused = service.portal().watch_decisions(watch()).await.expect_err("a third");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::ResourceExhausted, "TOO_MANY_CALLS"));
    assert!(refused.get_details_retry_info().is_some() && refused.get_details_quota_failure().is_some());
    let get = GetCommentRequest { comment_id: "c".into(), ..GetCommentRequest::default() };
    let call = service.portal().get_comment(get).await;
    assert_eq!(call.expect_err("no such comment").code(), Code::NotFound, "calls are counted apart");
    drop(first);
    let again = async { while service.portal().watch_decisions(watch()).await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(10), again).await.expect("a stream that ended is free again");
}

#[tokio::test]
async fn a_page_has_no_more_than_the_bound() {
    let service = Service::start_with(Kept::Embedded, "[bounds]\nmax_page_size = 3\n").await;
    let request = ListCommentsRequest { page_size: 4, ..ListCommentsRequest::default() };
    let refused = service.desk().list_comments(request).await.expect_err("too many");
    assert_eq!(fields(&refused), ["page_size"]);
    assert!(refused.message().contains("from 1 to 3"), "{refused:?}");
    service
        .desk()
        .list_comments(ListCommentsRequest::default())
        .await
        .expect("the default is within the bound");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_takes_longer_than_the_server_lets_it() {
    let redis = RedisServer::start();
    let settings = "[bounds]\nmax_call_duration = '1s'\nstore_timeout = '10s'\n";
    let server = server(&format!("store = '{}'\n{settings}", redis.url()));
    let mut clients = server.clients().await;
    clients.submission.submit_comment(submission("c-1", "ann", "a remark")).await.expect("a verdict");
    redis.freeze();
    let late = clients.submission.submit_comment(submission("c-2", "ann", "another")).await;
    redis.thaw();
    let late = late.expect_err("nobody answers");
    assert_eq!((late.code(), reason(&late).as_str()), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"));
    let mut request = Request::new(submission("c-3", "ann", "a third"));
    request.metadata_mut().insert("grpc-timeout", "soon".parse().expect("plain ASCII"));
    let strange = clients.submission.submit_comment(request).await.expect_err("that is no time");
    assert_eq!(fields(&strange), ["grpc-timeout"]);
}

/// Some clients send each message of a stream as it comes, in a frame of its own, and more of them than the server has read.
#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_short_comments_go_through_one_bulk_stream() {
    const COMMENTS: usize = 4_000;
    let server = server("");
    let stream = TcpStream::connect(server.address()).await.expect("it accepts");
    let (mut client, connection) = h2::client::handshake(stream).await.expect("it speaks HTTP/2");
    tokio::spawn(connection);
    let request = http::Request::post("http://modqueue/modqueue.v1.SubmissionService/SubmitComments")
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("authorization", format!("Bearer {}", server.token("portal")));
    let request = request.body(()).expect("a request");
    let (answer, mut sender) = client.send_request(request, false).expect("a stream");
    let comment = Some(CommentDraft { text: "ok".into(), ..CommentDraft::default() });
    let message = SubmitCommentsRequest { comment, ..SubmitCommentsRequest::default() }.encode_to_vec();
    let framed = [&[0][..], &(message.len() as u32).to_be_bytes(), &message].concat();
    for _ in 0..COMMENTS {
        sender.send_data(framed.clone().into(), false).expect("the stream is open");
    }
    sender.send_data(Bytes::new(), true).expect("the stream is open");
    let mut answers = answer.await.expect("an answer").into_body();
    while let Some(data) = answers.data().await {
        let taken = data.expect("the stream goes on").len();
        answers.flow_control().release_capacity(taken).expect("it was taken");
    }
    let trailers = answers.trailers().await.expect("the stream goes on").expect("an end");
    assert_eq!(trailers.get("grpc-status").expect("a status"), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_lists_at_once_take_no_thread_each() {
    let server = server("");
    let mut clients = server.clients().await;
    for number in 0..50 {
        let text = format!("number {number} {}", "lorem ipsum dolor ".repeat(500));
        let request = submission(&format!("c-{number}"), &format!("a-{number}"), &text);
        clients.submission.submit_comment(request).await.expect("a verdict");
    }
    let before = server.threads();
    let lists = (0..100).map(|_| {
        let (server, mut review) = (&server, clients.review.clone());
        async move {
            let listed = review.list_comments(ListCommentsRequest::default()).await;
            (listed.is_ok(), server.threads())
        }
    });
    let (listed, threads): (Vec<_>, Vec<_>) = join_all(lists).await.into_iter().unzip();
    assert!(listed.into_iter().filter(|listed| *listed).count() > 20, "most are not refused");
    let most = threads.into_iter().max().unwrap_or_default();
    assert!(most <= before + 2 * 4, "two workers with four threads each, beside {before}: {most}");
}
