//! Tokens, roles and sites through a real socket, and the services beside ours.

use modqueue::proto::v1::policy_service_client::PolicyServiceClient;
use modqueue::proto::v1::review_service_client::ReviewServiceClient;
use modqueue::proto::v1::submission_service_client::SubmissionServiceClient;
use modqueue::proto::v1::{
    AddNoteRequest, EraseAuthorRequest, GetActivityRequest, GetCommentRequest, GetPolicyRequest,
    GetQueueStatsRequest, SubmitCommentRequest, UpdatePolicyRequest,
};
use tonic::service::interceptor::InterceptedService;
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

use crate::support::clients::{Bearer, submission};
use crate::support::service::{Kept, Service, fields, info, reason};

#[tokio::test]
async fn without_a_known_token_no_service_answers() {
    let service = Service::start(Kept::Embedded).await;
    let channel = service.channel.clone();
    let missing =
        SubmissionServiceClient::new(channel.clone()).get_comment(GetCommentRequest::default()).await;
    let missing = missing.unwrap_err();
    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::Unauthenticated, "TOKEN_MISSING"));
    let called = InterceptedService::new(channel, Bearer::new("guessed"));
    let unknown =
        ReviewServiceClient::new(called.clone()).get_queue_stats(GetQueueStatsRequest::default()).await;
    assert_eq!(reason(&unknown.unwrap_err()), "TOKEN_UNKNOWN");
    let unknown = PolicyServiceClient::new(called).get_activity(GetActivityRequest::default()).await;
    assert_eq!(reason(&unknown.unwrap_err()), "TOKEN_UNKNOWN");
}

#[tokio::test]
async fn no_role_opens_another_service() {
    let service = Service::start(Kept::Embedded).await;
    for token in ["desk", "admin"] {
        let mut client = SubmissionServiceClient::new(service.called(token));
        let refused = client.get_comment(GetCommentRequest::default()).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::PermissionDenied, "ROLE_MISSING"),
            "{token}"
        );
        assert_eq!(info(&refused).metadata["role"], "portal");
    }
    for token in ["portal", "admin"] {
        let mut client = ReviewServiceClient::new(service.called(token));
        let refused = client.get_queue_stats(GetQueueStatsRequest::default()).await.unwrap_err();
        assert_eq!(reason(&refused), "ROLE_MISSING", "{token}");
    }
    let mut client = PolicyServiceClient::new(service.called("portal"));
    assert_eq!(reason(&client.get_policy(GetPolicyRequest::default()).await.unwrap_err()), "ROLE_MISSING");
}

#[tokio::test]
async fn a_moderator_may_read_the_policy_and_not_change_it() {
    let service = Service::start(Kept::Embedded).await;
    let mut client = PolicyServiceClient::new(service.called("desk"));
    client.get_policy(GetPolicyRequest::default()).await.expect("a moderator may look");
    let refused = client.update_policy(UpdatePolicyRequest::default()).await.unwrap_err();
    assert_eq!(reason(&refused), "ROLE_MISSING");
    let refused = client.erase_author(EraseAuthorRequest::default()).await.unwrap_err();
    assert_eq!(reason(&refused), "ROLE_MISSING");
}

#[tokio::test]
async fn a_bound_token_sees_its_own_site_alone() {
    let service = Service::start(Kept::Embedded).await;
    let on = |site: &str| SubmitCommentRequest {
        site: site.into(),
        ..submission("c-1", "ann", "a text for one site")
    };
    let mut blogger = SubmissionServiceClient::new(service.called("blogger"));
    let submitted = blogger.submit_comment(on("")).await.unwrap().into_inner().comment.unwrap();
    assert_eq!(submitted.site, "blog");
    for site in ["news", "nowhere"] {
        let refused = blogger.submit_comment(on(site)).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::PermissionDenied, "SITE_FORBIDDEN"),
            "{site}"
        );
    }
    let request = GetCommentRequest { comment_id: "c-1".into(), ..Default::default() };
    assert_eq!(service.portal().get_comment(request).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn a_token_for_all_sites_names_the_one_it_means() {
    let service = Service::start(Kept::Embedded).await;
    let mut publisher = SubmissionServiceClient::new(service.called("publisher"));
    let on = |site: &str| SubmitCommentRequest {
        site: site.into(),
        ..submission("c-1", "ann", "a text for one site")
    };
    assert_eq!(fields(&publisher.submit_comment(on("")).await.unwrap_err()), ["site"]);
    let unknown = publisher.submit_comment(on("nowhere")).await.unwrap_err();
    assert_eq!((unknown.code(), reason(&unknown).as_str()), (Code::NotFound, "SITE_UNKNOWN"));
    publisher.submit_comment(on("news")).await.expect("the site is there");
}

#[tokio::test]
async fn only_a_token_that_may_acts_for_another_moderator() {
    let service = Service::start(Kept::Embedded).await;
    service.portal().submit_comment(submission("c-1", "ann", "a text to talk about")).await.unwrap();
    let note = |reviewer: &str| AddNoteRequest {
        comment_id: "c-1".into(),
        note: "look here".into(),
        reviewer: reviewer.into(),
        ..Default::default()
    };
    service.desk().add_note(note("ada")).await.expect("the desk acts for its people");
    let mut eve = ReviewServiceClient::new(service.called("eve"));
    let refused = eve.add_note(note("ada")).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::PermissionDenied, "REVIEWER_FORBIDDEN"));
    eve.add_note(note("eve")).await.expect("its own name");
    eve.add_note(note("")).await.expect("no name");
}

#[tokio::test]
async fn health_and_reflection_need_no_token() {
    let service = Service::start(Kept::Embedded).await;
    let mut health = HealthClient::new(service.channel.clone());
    for name in
        ["", "modqueue.v1.SubmissionService", "modqueue.v1.ReviewService", "modqueue.v1.PolicyService"]
    {
        let mut watch = health
            .watch(HealthCheckRequest { service: name.into() })
            .await
            .expect("it is known")
            .into_inner();
        while crate::support::service::next(&mut watch).await.status() != ServingStatus::Serving {}
    }
    let described = describe(&service, MessageRequest::ListServices(String::new())).await;
    let Some(MessageResponse::ListServicesResponse(services)) = described.message_response else {
        panic!("no services")
    };
    let names: Vec<_> = services.service.into_iter().map(|service| service.name).collect();
    assert!(names.contains(&"modqueue.v1.SubmissionService".to_owned()), "{names:?}");
    for symbol in ["modqueue.v1.Verdict", "google.rpc.QuotaFailure", "grpc.health.v1.Health"] {
        let described = describe(&service, MessageRequest::FileContainingSymbol(symbol.into())).await;
        let found = matches!(described.message_response, Some(MessageResponse::FileDescriptorResponse(_)));
        assert!(found, "{symbol}");
    }
}

async fn describe(service: &Service, request: MessageRequest) -> ServerReflectionResponse {
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(request) };
    let mut client = ServerReflectionClient::new(service.channel.clone());
    let answers = client.server_reflection_info(Request::new(tokio_stream::once(request))).await;
    answers.expect("reflection answers").into_inner().message().await.unwrap().expect("an answer")
}
