//! Most comments take one trip to the store, and no verdict is the worse for it: two servers on one Redis, each of which
//! expects what the other one has changed.

use modqueue::proto::v1::{Action, AuthorStanding, SetAuthorStandingRequest, Verdict};

use crate::metrics::page_that;
use crate::support::clients::{Clients, submission};
use crate::support::redis_server::RedisServer;
use crate::support::server_process::ServerProcess;

const POLICY: &str = "mode = 'post'\nlimits = []\nlearned = false\n";
const TRIPS: &str = "modqueue_store_operation_duration_seconds_count";

async fn judged(clients: &mut Clients, id: &str, author: &str, text: &str) -> Verdict {
    let answer = clients.submission.submit_comment(submission(id, author, text)).await;
    answer.expect("a verdict").into_inner().comment.expect("a comment").verdict.expect("a verdict")
}

async fn say(clients: &mut Clients, author_id: &str, standing: AuthorStanding) {
    let request = SetAuthorStandingRequest {
        author_id: author_id.into(),
        standing: standing.into(),
        ..SetAuthorStandingRequest::default()
    };
    clients.policy.set_author_standing(request).await.expect("an admin may");
}

/// How often the server asked the store what it knows, and to take a comment in.
fn trips(server: &ServerProcess, admissions: f64) -> (f64, f64) {
    let count = |page: &crate::support::exposition::Exposition, operation| {
        page.value(TRIPS, &[("operation", operation)]).unwrap_or(0.0)
    };
    let page = page_that(server, |page| count(page, "admit") >= admissions);
    (count(&page, "recall"), count(&page, "admit"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_as_expected_takes_one_trip() {
    let server = ServerProcess::start();
    let mut clients = server.clients().await;
    clients.set_policy(POLICY).await;
    for number in 0..20 {
        let words: Vec<_> = (0..12).map(|word| format!("word{}", number * 12 + word)).collect();
        let text = words.join(" ");
        judged(&mut clients, &format!("c{number}"), &format!("author-{}", number % 7), &text).await;
    }
    assert_eq!(trips(&server, 20.0), (0.0, 20.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_author_is_judged_by_what_was_said_elsewhere_a_moment_ago() {
    let redis = RedisServer::start();
    let start = || ServerProcess::start_with(&["--store", &redis.url()]);
    let (here, there) = (start(), start());
    let (mut here_clients, mut there_clients) = (here.clients().await, there.clients().await);
    here_clients.set_policy(POLICY).await;
    judged(&mut there_clients, "c1", "ann", "a kind remark").await;
    let standings = [
        (AuthorStanding::Banned, Action::Reject),
        (AuthorStanding::Trusted, Action::Publish),
        (AuthorStanding::Watched, Action::Hold),
        (AuthorStanding::Counted, Action::Publish),
    ];
    for (number, (standing, expected)) in standings.into_iter().enumerate() {
        say(&mut here_clients, "ann", standing).await;
        let id = format!("after-{number}");
        let verdict = judged(&mut there_clients, &id, "ann", &format!("remark {number}")).await;
        assert_eq!(verdict.action(), expected, "{standing:?}: {verdict:?}");
    }
    // Each change was noticed by the admission itself.
    assert_eq!(trips(&there, 9.0), (0.0, 9.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wave_over_two_servers_is_told_by_its_true_count() {
    const WAVE: &str = "Earn five hundred dollars a day from home, write to me for the details";
    let redis = RedisServer::start();
    let start = || ServerProcess::start_with(&["--store", &redis.url()]);
    let (here, there) = (start(), start());
    let mut clients = [here.clients().await, there.clients().await];
    clients[0].set_policy(POLICY).await;
    for number in 0..12 {
        let (id, author) = (format!("c{number}"), format!("author-{number}"));
        let verdict = judged(&mut clients[number % 2], &id, &author, WAVE).await;
        let told = verdict.findings.iter().find(|finding| finding.filter == "repeats");
        let expected = (number >= 2).then(|| format!("The same text was sent {number} times"));
        match (told, expected) {
            (Some(told), Some(expected)) => assert!(told.message.starts_with(&expected), "{told:?}"),
            (None, None) => {}
            other => panic!("comment {number}: {other:?}"),
        }
    }
}
