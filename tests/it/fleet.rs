//! Several servers over one Redis behave as one.

use std::time::{Duration, Instant};

use modqueue::proto::v1::CheckQuotaRequest;
use tonic::Code;

use crate::support::clients::{Clients, submission};
use crate::support::redis_server::RedisServer;
use crate::support::server_process::ServerProcess;

const SERVERS: usize = 4;
const SUBMISSIONS: usize = 2_000;
const QUOTA: u32 = 100;

/// A hundred an author a day: nothing comes back while the test runs.
const POLICY: &str = r#"
[[limits]]
name = "daily"
key = ["author"]
quota = 100
per = "1d"
burst = 100
"#;

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_submissions_over_four_servers_pass_a_limit_of_a_hundred_exactly_a_hundred_times() {
    let redis = RedisServer::start();
    let servers: Vec<_> =
        (0..SERVERS).map(|_| ServerProcess::start_with(&["--store", &redis.url()])).collect();
    let mut fleet = Vec::new();
    for server in &servers {
        fleet.push(server.clients().await);
    }
    fleet[0].set_policy(POLICY).await;
    for clients in &mut fleet {
        wait_for_the_policy(clients).await;
    }
    let calls = (0..SUBMISSIONS).map(|number| {
        let mut clients = fleet[number % SERVERS].clone();
        tokio::spawn(async move {
            let request = submission(&format!("c{number}"), "ann", &format!("remark number {number}"));
            clients.submission.submit_comment(request).await.map(|_| ()).map_err(|status| status.code())
        })
    });
    let mut admitted = 0;
    for call in calls.collect::<Vec<_>>() {
        match call.await.expect("a call ends") {
            Ok(()) => admitted += 1,
            Err(code) => assert_eq!(code, Code::ResourceExhausted),
        }
    }
    assert_eq!(admitted, QUOTA);
}

/// A server that did not get the policy itself sees it within moments.
async fn wait_for_the_policy(clients: &mut Clients) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let request = CheckQuotaRequest { author_id: "ann".into(), ..CheckQuotaRequest::default() };
        let limits = clients.submission.check_quota(request).await.expect("a quota").into_inner().limits;
        if limits.iter().any(|limit| limit.name == "daily" && limit.remaining == QUOTA) {
            return;
        }
        assert!(Instant::now() < deadline, "the new policy does not arrive: {limits:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
