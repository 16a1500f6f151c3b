//! Beyond what can be borne, calls wait a moment or are refused at once, and moderators keep their own places.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use modqueue::proto::v1::review_service_client::ReviewServiceClient;
use modqueue::proto::v1::submission_service_client::SubmissionServiceClient;
use modqueue::proto::v1::{ListCommentsRequest, SubmitCommentResponse};
use tokio::task::JoinHandle;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

use super::server;
use crate::support::clients::{Bearer, Called, submission};
use crate::support::redis_server::RedisServer;
use crate::support::server_process::ServerProcess;
use crate::support::service::reason;

const PLACES: usize = 4;

/// A server with few places whose store does not answer, and a connection to the worker that has them.
struct Frozen {
    redis: RedisServer,
    server: ServerProcess,
    channel: Channel,
}

async fn frozen(bounds: &str) -> Frozen {
    let redis = RedisServer::start();
    let server = server(&format!(
        "store = '{}'\n[bounds]\nmax_portal_calls_per_worker = {PLACES}\nstore_timeout = '10s'\n{bounds}",
        redis.url()
    ));
    let channel = server.channel().await;
    let mut submissions = SubmissionServiceClient::new(calling(&channel, &server.token("portal")));
    submissions.submit_comment(submission("first", "ann", "a remark")).await.expect("a verdict");
    redis.freeze();
    Frozen { redis, server, channel }
}

fn calling(channel: &Channel, token: &str) -> Called {
    InterceptedService::new(channel.clone(), Bearer::new(token))
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_beyond_the_places_are_refused_at_once_and_moderators_have_their_own() {
    let Frozen { redis, server, channel } = frozen("").await;
    let mut submissions = SubmissionServiceClient::new(calling(&channel, &server.token("portal")));
    let mut review = ReviewServiceClient::new(calling(&channel, &server.token("moderator")));
    let began = Instant::now();
    let calls = (0..40).map(|number| {
        let mut submissions = submissions.clone();
        async move {
            let request = submission(&format!("c-{number}"), &format!("a-{number}"), "a remark of the flood");
            let answer = submissions.submit_comment(request).await;
            (answer, began.elapsed())
        }
    });
    let flood = tokio::spawn(join_all(calls.collect::<Vec<_>>()));
    let moderator = tokio::spawn(async move { review.list_comments(ListCommentsRequest::default()).await });
    tokio::time::sleep(Duration::from_secs(2)).await;
    redis.thaw();
    moderator.await.expect("no panic").expect("a moderator's call waits for the store, and is not refused");
    let mut admitted = 0;
    for (answer, after) in flood.await.expect("no panic") {
        match answer {
            Ok(_) => admitted += 1,
            Err(refused) => {
                assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unavailable, "OVERLOADED"));
                assert!(refused.get_details_retry_info().is_some());
                assert!(
                    after < Duration::from_millis(1900),
                    "refused without waiting for the store: {after:?}"
                );
            }
        }
    }
    assert_eq!(admitted, PLACES, "one connection is served by one worker, which has so many places");
    submissions.submit_comment(submission("c-x", "bob", "later")).await.expect("the flood is over");
}

/// A [`Frozen`] server that has all the calls that it may have, and those calls.
async fn crowded() -> (Frozen, JoinHandle<Vec<Result<Response<SubmitCommentResponse>, Status>>>) {
    let frozen = frozen("target_wait = '10s'\n").await;
    let submissions = SubmissionServiceClient::new(calling(&frozen.channel, &frozen.server.token("portal")));
    let calls = (0..PLACES + PLACES / 2).map(|number| {
        let mut submissions = submissions.clone();
        async move {
            let request = submission(&format!("c-{number}"), &format!("a-{number}"), "a remark of the flood");
            submissions.submit_comment(request).await
        }
    });
    let flood = tokio::spawn(join_all(calls.collect::<Vec<_>>()));
    tokio::time::sleep(Duration::from_millis(500)).await;
    (frozen, flood)
}

fn is_overloaded(refused: &Status) -> bool {
    (refused.code(), reason(refused).as_str()) == (Code::Unavailable, "OVERLOADED")
}

#[tokio::test(flavor = "multi_thread")]
async fn while_all_places_are_taken_calls_are_turned_away_before_they_are_looked_at() {
    let (Frozen { redis, server, channel }, flood) = crowded().await;
    let mut stranger = SubmissionServiceClient::new(calling(&channel, "no-such-token"));
    let refused = stranger.submit_comment(submission("late", "bob", "a remark")).await;
    let refused = refused.expect_err("those who may wait do");
    assert!(is_overloaded(&refused), "{refused:?}");
    assert!(refused.get_details_retry_info().is_some());
    assert!(refused.get_details_request_info().is_none(), "nothing was looked at");
    let page = server.metrics("text/plain");
    let counted = "method=\"SubmitComment\",code=\"UNAVAILABLE\"";
    assert!(page.contains(counted), "{counted} in {page}");
    redis.thaw();
    let answers = flood.await.expect("no panic");
    assert!(answers.iter().all(Result::is_ok), "who waited came in: {answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_repeat_a_refused_call_at_once_are_kept_from_making_refusals_all_there_is() {
    let (Frozen { redis, server, channel }, flood) = crowded().await;
    let submissions = SubmissionServiceClient::new(calling(&channel, &server.token("portal")));
    let until = Instant::now() + Duration::from_secs(1);
    let stubborn = (0..PLACES).map(|number| {
        let mut submissions = submissions.clone();
        async move {
            let mut refusals = 0;
            while Instant::now() < until {
                let again = submission(&format!("again-{number}"), "bob", "a remark");
                let refused = submissions.submit_comment(again).await.expect_err("those who may wait do");
                assert!(is_overloaded(&refused), "{refused:?}");
                refusals += 1;
            }
            refusals
        }
    });
    let refusals = join_all(stubborn.collect::<Vec<_>>()).await;
    assert!(refusals.iter().all(|refusals| *refusals <= 6), "five a second each: {refusals:?}");
    let mut hurried = tonic::Request::new(submission("hurried", "bob", "a remark"));
    hurried.set_timeout(Duration::from_millis(150));
    let refused = submissions.clone().submit_comment(hurried).await.expect_err("those who may wait do");
    assert!(is_overloaded(&refused), "it is told before its client gives up: {refused:?}");
    redis.thaw();
    flood.await.expect("no panic");
}
