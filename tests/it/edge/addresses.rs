//! Addresses that an attacker invents cost no memory.
//!
//! `MODQUEUE_ADDRESSES=1000000 cargo test --test it invented` tries a million.

use modqueue::proto::v1::submit_comments_response::Result as Submitted;
use modqueue::proto::v1::{Author, CommentDraft, SubmitCommentsRequest};
use tokio_stream::StreamExt;

use super::server;
use crate::support::clients::submission;

const DEFAULT: u64 = 20_000;
const ALLOWED: usize = 32 << 20;

/// The site takes one comment a day, so that what grows can only be what is remembered of keys.
const POLICY: &str = r#"
[[limits]]
name = "address"
key = ["address"]
quota = 5
per = "1m"
[[limits]]
name = "site"
key = ["site"]
quota = 1
per = "1d"
"#;

fn invented(number: u64) -> SubmitCommentsRequest {
    let ip_address = format!("2001:db8:{:x}:{:x}::1", number >> 16, number & 0xffff);
    let author = Some(Author { ip_address, ..Author::default() });
    let comment = Some(CommentDraft { text: "buy".into(), author, ..CommentDraft::default() });
    SubmitCommentsRequest { comment, ..SubmitCommentsRequest::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn invented_addresses_are_refused_and_leave_no_trace() {
    let count =
        std::env::var("MODQUEUE_ADDRESSES").ok().and_then(|text| text.parse().ok()).unwrap_or(DEFAULT);
    let server = server("");
    let mut clients = server.clients().await;
    clients.set_policy(POLICY).await;
    clients
        .submission
        .submit_comment(submission("first", "ann", "the one of today"))
        .await
        .expect("a verdict");
    let mut flood = async |from, to| {
        let requests = tokio_stream::iter((from..to).map(invented));
        let answers = clients.submission.submit_comments(requests).await.expect("a stream").into_inner();
        let refused = answers.filter(|answer| {
            let answer = answer.as_ref().expect("the stream goes on");
            matches!(&answer.result, Some(Submitted::Error(error)) if error.message.contains("\"site\""))
        });
        assert_eq!(refused.fold(0, |count, _| count + 1).await, to - from);
    };
    flood(0, 2_000).await;
    let before = server.memory();
    flood(2_000, count).await;
    let after = server.memory();
    assert!(after < before + ALLOWED, "from {} to {} KiB", before >> 10, after >> 10);
}
