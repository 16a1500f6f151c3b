//! The decision feed through a real socket.

use std::time::Duration;

use modqueue::proto::v1::list_decisions_request::Start as From;
use modqueue::proto::v1::submission_service_client::SubmissionServiceClient;
use modqueue::proto::v1::watch_decisions_request::Start;
use modqueue::proto::v1::{
    ActorKind, CommentState, DecisionEvent, ListDecisionsRequest, ListDecisionsResponse,
    RejectCommentRequest, SiteStart, SubmitCommentRequest, UndoDecisionRequest, WatchDecisionsRequest,
    WatchDecisionsResponse, site_start,
};
use tonic::{Code, Status, Streaming};

use crate::support::clients::submission;
use crate::support::service::{Kept, OPEN, Service, fields, info, next, on_each_store, reason};

on_each_store!(
    every_decision_is_told_once_in_order_and_from_any_cursor_on,
    a_portal_hears_neither_note_nor_name,
    a_stream_opens_with_its_place_and_goes_on_where_it_broke_off,
    a_cursor_of_another_store_is_told_where_to_begin_again,
);

async fn list(service: &Service, start: From) -> Result<ListDecisionsResponse, Status> {
    let request = ListDecisionsRequest { start: Some(start), page_size: 2, ..Default::default() };
    service.portal().list_decisions(request).await.map(tonic::Response::into_inner)
}

async fn publish(service: &Service, id: &str) {
    let text = match id {
        "c-1" => "My grandmother crossed that bridge every single morning.",
        "c-2" => "The council might have asked those who live beside it.",
        "c-3" => "Rain stopped play, and nobody seemed to mind at all.",
        _ => "Whoever wrote the headline had not read the story below.",
    };
    let request = submission(id, "ann", text);
    let comment = service.portal().submit_comment(request).await.unwrap().into_inner().comment.unwrap();
    assert_eq!(comment.state(), CommentState::Approved);
}

async fn reject(service: &Service, id: &str) {
    let request = RejectCommentRequest {
        comment_id: id.into(),
        reviewer: "ada".into(),
        reason: "spam".into(),
        author_message: "no advertising".into(),
        note: "the third today".into(),
        ..Default::default()
    };
    service.desk().reject_comment(request).await.expect("it can be rejected");
}

async fn watch(service: &Service, start: Start) -> Result<Streaming<WatchDecisionsResponse>, Status> {
    let request = WatchDecisionsRequest { start: Some(start), ..Default::default() };
    service.portal().watch_decisions(request).await.map(tonic::Response::into_inner)
}

async fn every_decision_is_told_once_in_order_and_from_any_cursor_on(service: Service) {
    service.policy(OPEN).await;
    for id in ["c-1", "c-2", "c-3"] {
        publish(&service, id).await;
    }
    let first = list(&service, From::FromOldest(true)).await.unwrap();
    let ids =
        |events: &[DecisionEvent]| events.iter().map(|event| event.comment_id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&first.events), ["c-1", "c-2"]);
    let rest = list(&service, From::Cursor(first.next_cursor)).await.unwrap();
    assert_eq!(ids(&rest.events), ["c-3"]);
    let end = list(&service, From::Cursor(rest.next_cursor.clone())).await.unwrap();
    assert_eq!((end.events, end.next_cursor), (vec![], rest.next_cursor));
    let inside = list(&service, From::Cursor(first.events[0].cursor.clone())).await.unwrap();
    assert_eq!(ids(&inside.events), ["c-2", "c-3"]);
    let now = list(&service, From::FromNow(true)).await.unwrap();
    assert!(now.events.is_empty());
    publish(&service, "c-4").await;
    assert_eq!(ids(&list(&service, From::Cursor(now.next_cursor)).await.unwrap().events), ["c-4"]);
}

async fn a_portal_hears_neither_note_nor_name(service: Service) {
    service.policy(OPEN).await;
    publish(&service, "c-1").await;
    let place = list(&service, From::FromNow(true)).await.unwrap().next_cursor;
    reject(&service, "c-1").await;
    let undo =
        UndoDecisionRequest { comment_id: "c-1".into(), note: "a mistake".into(), ..Default::default() };
    service.desk().undo_decision(undo).await.unwrap();
    let events = list(&service, From::Cursor(place)).await.unwrap().events;
    let [rejected, undone] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(
        (rejected.state(), rejected.previous_state()),
        (CommentState::Rejected, CommentState::Approved)
    );
    assert_eq!((rejected.published, rejected.etag.as_str(), rejected.site.as_str()), (false, "2", "news"));
    let decision = rejected.decision.as_ref().unwrap();
    assert_eq!((decision.reason.as_str(), decision.author_message.as_str()), ("spam", "no advertising"));
    assert_eq!((decision.note.as_str(), decision.actor.as_str()), ("", ""));
    assert_eq!(decision.actor_kind(), ActorKind::Moderator);
    assert_eq!((undone.state(), undone.published), (CommentState::Approved, true));
    assert_eq!(undone.decision.as_ref().unwrap().note, "");
}

async fn a_stream_opens_with_its_place_and_goes_on_where_it_broke_off(service: Service) {
    service.policy(OPEN).await;
    publish(&service, "c-1").await;
    let mut stream = watch(&service, Start::FromNow(true)).await.unwrap();
    let opening = next(&mut stream).await;
    assert_eq!((opening.event, opening.site.as_str()), (None, "news"));
    publish(&service, "c-2").await;
    let told = next(&mut stream).await;
    assert_eq!(told.event.as_ref().unwrap().comment_id, "c-2");
    drop(stream);
    publish(&service, "c-3").await;
    let mut stream = watch(&service, Start::Cursor(told.cursor.clone())).await.unwrap();
    assert_eq!(next(&mut stream).await.cursor, told.cursor);
    assert_eq!(next(&mut stream).await.event.unwrap().comment_id, "c-3");
}

async fn a_cursor_of_another_store_is_told_where_to_begin_again(service: Service) {
    service.policy(OPEN).await;
    publish(&service, "c-1").await;
    let other = Service::start(Kept::Embedded).await;
    other.policy(OPEN).await;
    for id in ["c-1", "c-2", "c-3"] {
        publish(&other, id).await;
    }
    let foreign = list(&other, From::FromNow(true)).await.unwrap().next_cursor;
    let refused = list(&service, From::Cursor(foreign.clone())).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::OutOfRange, "FEED_REWOUND"));
    assert_eq!(reason(&watch(&service, Start::Cursor(foreign)).await.unwrap_err()), "FEED_REWOUND");
    let oldest = info(&refused).metadata["oldest_cursor"].clone();
    assert_eq!(list(&service, From::Cursor(oldest)).await.unwrap().events[0].comment_id, "c-1");
    assert_eq!(fields(&list(&service, From::Cursor("rubbish".into())).await.unwrap_err()), ["cursor"]);
}

#[tokio::test]
async fn an_idle_stream_says_that_it_lives() {
    let service = Service::start_with(Kept::Embedded, "[feed]\nheartbeat_interval = '1s'").await;
    let mut stream = watch(&service, Start::FromNow(true)).await.unwrap();
    let opening = next(&mut stream).await;
    let heartbeat = next(&mut stream).await;
    assert_eq!((heartbeat.event, heartbeat.cursor), (None, opening.cursor));
}

#[tokio::test]
async fn one_stream_follows_several_sites_and_no_site_of_others() {
    let service = Service::start(Kept::Embedded).await;
    let more = |site: &str| SiteStart { site: site.into(), start: Some(site_start::Start::FromNow(true)) };
    let request = |more_sites| WatchDecisionsRequest {
        site: "news".into(),
        start: Some(Start::FromNow(true)),
        more_sites,
    };
    let mut publisher = SubmissionServiceClient::new(service.called("publisher"));
    let mut stream = publisher.watch_decisions(request(vec![more("blog")])).await.unwrap().into_inner();
    let mut sites = [next(&mut stream).await.site, next(&mut stream).await.site];
    sites.sort();
    assert_eq!(sites, ["blog", "news"]);
    let trash =
        SubmitCommentRequest { site: "blog".into(), ..submission("b-1", "ann", "a remark for the blog") };
    publisher.submit_comment(trash).await.unwrap();
    let withdraw = modqueue::proto::v1::WithdrawCommentRequest {
        site: "blog".into(),
        comment_id: "b-1".into(),
        ..Default::default()
    };
    publisher.withdraw_comment(withdraw).await.unwrap();
    let told = next(&mut stream).await;
    assert_eq!((told.site.as_str(), told.event.unwrap().comment_id.as_str()), ("blog", "b-1"));
    let twice = publisher.watch_decisions(request(vec![more("blog"), more("blog")])).await.unwrap_err();
    assert_eq!(fields(&twice), ["more_sites[1].site"]);
    let foreign = service.portal().watch_decisions(request(vec![more("blog")])).await.unwrap_err();
    assert_eq!(reason(&foreign), "SITE_FORBIDDEN");
}

#[tokio::test]
async fn a_cursor_opens_no_other_site() {
    let service = Service::start(Kept::Embedded).await;
    let mut blogger = SubmissionServiceClient::new(service.called("blogger"));
    let now = ListDecisionsRequest { start: Some(From::FromNow(true)), ..Default::default() };
    let blog = blogger.list_decisions(now).await.unwrap().into_inner().next_cursor;
    assert_eq!(fields(&list(&service, From::Cursor(blog.clone())).await.unwrap_err()), ["cursor"]);
    assert_eq!(fields(&watch(&service, Start::Cursor(blog)).await.unwrap_err()), ["cursor"]);
}

#[tokio::test]
async fn a_stopping_server_ends_its_streams_and_says_so() {
    let service = Service::start(Kept::Embedded).await;
    let mut stream = watch(&service, Start::FromNow(true)).await.unwrap();
    next(&mut stream).await;
    let stopped = service.stop();
    let ending = tokio::time::timeout(Duration::from_secs(10), stream.message()).await.expect("it ends");
    let ending = ending.unwrap_err();
    assert_eq!((ending.code(), reason(&ending).as_str()), (Code::Unavailable, "SHUTTING_DOWN"));
    tokio::time::timeout(Duration::from_secs(10), stopped).await.expect("it stops").unwrap();
}
