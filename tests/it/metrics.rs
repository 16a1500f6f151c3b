//! What the real server's metrics say after real calls.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use modqueue::proto::v1::watch_decisions_request::Start;
use modqueue::proto::v1::{EscalateCommentRequest, GetCommentRequest, WatchDecisionsRequest};
use tonic::Code;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic_prost::ProstCodec;

use crate::support::clients::submission;
use crate::support::exposition::Exposition;
use crate::support::redis_server::RedisServer;
use crate::support::server_process::ServerProcess;

const POLICY: &str = r#"
mode = "post"
limits = [
  { name = "author", key = ["author"], quota = 1, per = "1h" },
  { name = "section", key = ["thread"], quota = 1, per = "1h", mode = "shadow" },
]
[[keywords]]
name = "house words"
class = "profanity"
weight = 6.0
words = ["gobbledygook"]
"#;

/// Reads the page until it says what is expected of it.
pub fn page_that(server: &ServerProcess, expected: impl Fn(&Exposition) -> bool) -> Exposition {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let page = server.metrics("text/plain");
        let read = Exposition::read(&page);
        if expected(&read) {
            return read;
        }
        assert!(Instant::now() < until, "{page}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Calls of every kind: comments that are published, held and refused twice, a moderator's decision, a reader of
/// the feed, a call without a token and one that is not there.
pub async fn exercise(
    server: &ServerProcess,
) -> tonic::Streaming<modqueue::proto::v1::WatchDecisionsResponse> {
    let mut clients = server.clients().await;
    clients.set_policy(POLICY).await;
    let watch = WatchDecisionsRequest { start: Some(Start::FromNow(true)), ..Default::default() };
    let mut stream = clients.submission.watch_decisions(watch).await.expect("a stream").into_inner();
    assert!(stream.message().await.expect("the opening cursor").is_some());
    for (id, author, text) in [("c1", "ann", "a kind remark"), ("c2", "bob", "sheer gobbledygook")] {
        clients.submission.submit_comment(submission(id, author, text)).await.expect("a verdict");
    }
    for id in ["c3", "c4"] {
        let refused = clients.submission.submit_comment(submission(id, "ann", "more of it")).await;
        assert_eq!(refused.expect_err("a limit").code(), Code::ResourceExhausted);
    }
    let escalate = EscalateCommentRequest { comment_id: "c2".into(), ..Default::default() };
    clients.review.escalate_comment(escalate).await.expect("escalated");
    let mut nobody = Grpc::new(server.channel().await);
    for path in ["/modqueue.v1.SubmissionService/GetComment", "/modqueue.v1.Nothing/There"] {
        nobody.ready().await.expect("it is ready");
        let codec = ProstCodec::<GetCommentRequest, GetCommentRequest>::default();
        let request = tonic::Request::new(GetCommentRequest::default());
        nobody.unary(request, PathAndQuery::from_static(path), codec).await.expect_err("refused");
    }
    stream
}

async fn tells_what_happened(server: ServerProcess) {
    let stream = exercise(&server).await;
    let page = page_that(&server, |page| {
        page.value("modqueue_queue_comments", &[("state", "escalated")]) == Some(1.0)
    });
    let method = |name, code| page.value("modqueue_calls_total", &[("method", name), ("code", code)]);
    assert_eq!(method("SubmitComment", "OK"), Some(2.0));
    assert_eq!(method("SubmitComment", "RESOURCE_EXHAUSTED"), Some(2.0));
    assert_eq!(method("GetComment", "UNAUTHENTICATED"), Some(1.0));
    assert_eq!(method("other", "UNIMPLEMENTED"), Some(1.0));
    assert_eq!(method("WatchDecisions", "OK"), None, "a stream is counted when it ends");
    let is = |name: &str, labels: &[(&str, &str)], value: f64| {
        assert_eq!(page.value(name, labels), Some(value), "{name} {labels:?}");
    };
    is("modqueue_call_duration_seconds_count", &[("method", "SubmitComment")], 4.0);
    is("modqueue_calls_in_flight", &[("method", "WatchDecisions")], 1.0);
    is("modqueue_verdicts_total", &[("site", "default"), ("action", "publish")], 1.0);
    is("modqueue_verdicts_total", &[("site", "default"), ("action", "hold")], 1.0);
    is("modqueue_findings_total", &[("filter", "keywords"), ("rule", "house words")], 1.0);
    is("modqueue_limit_hits_total", &[("limit", "author"), ("outcome", "refused")], 1.0);
    is("modqueue_limit_hits_total", &[("limit", "author"), ("outcome", "shielded")], 1.0);
    is("modqueue_limit_hits_total", &[("limit", "section"), ("outcome", "shadow")], 1.0);
    is("modqueue_feed_followers", &[("site", "default")], 1.0);
    is("modqueue_store_up", &[], 1.0);
    assert!(
        page.value("modqueue_store_operation_duration_seconds_count", &[("operation", "admit")]) >= Some(3.0)
    );
    assert!(page.value("modqueue_queue_oldest_age_seconds", &[("state", "escalated")]) > Some(0.0));
    assert!(page.value("process_resident_memory_bytes", &[]) > Some(1e6));
    drop(stream);
    page_that(&server, |page| {
        let ended = [("method", "WatchDecisions"), ("code", "CANCELLED")];
        page.value("modqueue_calls_total", &ended) == Some(1.0)
            && page.value("modqueue_feed_followers", &[]) == Some(0.0)
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_tell_what_happened_on_the_embedded_store() {
    tells_what_happened(ServerProcess::start()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_tell_what_happened_on_redis() {
    let redis = RedisServer::start();
    tells_what_happened(ServerProcess::start_with(&["--store", &redis.url()])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_is_named_and_explained_as_prometheus_expects() {
    let server = ServerProcess::start();
    let _stream = exercise(&server).await;
    let page = page_that(&server, |page| page.value("modqueue_store_up", &[]) == Some(1.0));
    for name in page.names() {
        let family = page.family(name);
        let kind = page.kinds.get(family).unwrap_or_else(|| panic!("{name} has no TYPE"));
        assert!(page.helps.get(family).is_some_and(|help| help.len() > 10), "{name} has no HELP");
        assert!(family.starts_with("modqueue_") || family.starts_with("process_"), "{name}");
        assert_eq!(kind == "counter", family.ends_with("_total"), "{name} is a {kind}");
        assert!(kind != "histogram" || family.ends_with("_seconds"), "{name} has no unit");
    }
    let open = server.metrics("application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
    assert!(open.ends_with("# EOF\n") && open.contains("# TYPE modqueue_calls counter\n"), "{open}");
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_rules_policies_have_the_label_sets_stay_bounded() {
    let server = ServerProcess::start();
    let mut clients = server.clients().await;
    for round in 0..6 {
        let numbers = (0..60).map(|index| round * 60 + index);
        let patterns = numbers.clone().map(|number| {
            format!("[[patterns]]\nname = 'rule {number}'\npattern = 'word{number}x'\nweight = 0.5\n")
        });
        clients.set_policy(&format!("limits = []\n{}", patterns.collect::<String>())).await;
        let text: Vec<_> = numbers.map(|number| format!("word{number}x")).collect();
        let sent = submission(&format!("c{round}"), "ann", &text.join(" "));
        clients.submission.submit_comment(sent).await.expect("a verdict");
    }
    let page = Exposition::read(&server.metrics("text/plain"));
    let rules: BTreeSet<_> = page.samples.iter().filter_map(|sample| sample.labels.get("rule")).collect();
    assert!(rules.len() <= 257, "{} rules", rules.len());
    assert!(page.value("modqueue_findings_total", &[("rule", "other names")]) > Some(0.0));
    assert!(page.value("modqueue_findings_total", &[("filter", "patterns")]) >= Some(340.0));
}
