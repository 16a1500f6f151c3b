//! What is too large, unreadable or not there, through a real socket.

use modqueue::proto::v1::decision_result::Result as Decided;
use modqueue::proto::v1::{
    ClaimCommentsRequest, Comment, CommentDraft, CommentState, DecideCommentsRequest, DecisionInput,
    GetCommentRequest, GetCommentResponse, ListCommentsRequest, SubmitCommentRequest, SubmitCommentsRequest,
    WithdrawCommentRequest,
};
use prost::Message;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

use crate::support::service::{Kept, Service, fields, reason};

/// The smallest bound that the configuration takes.
const BOUND: usize = 64 << 10;
const SETTINGS: &str = "[bounds]\nmax_message_bytes = 65536";
const COMMENTS: usize = 12;

/// A service with more text in its queue than one message holds.
async fn full_service() -> Service {
    let service = Service::start_with(Kept::Embedded, SETTINGS).await;
    service.policy("limits = []").await;
    for number in 0..COMMENTS {
        let text = format!("number {number} {}", "lorem ipsum dolor ".repeat(600));
        let comment = Some(CommentDraft { id: format!("c-{number:02}"), text, ..CommentDraft::default() });
        let request = SubmitCommentRequest { comment, ..SubmitCommentRequest::default() };
        service.portal().submit_comment(request).await.expect("it is within its bounds");
    }
    service
}

fn ids(comments: &[Comment]) -> Vec<String> {
    comments.iter().map(|comment| comment.id.clone()).collect()
}

#[tokio::test]
async fn no_page_is_larger_than_a_message_may_be() {
    let service = full_service().await;
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListCommentsRequest { page_token, page_size: 500, ..ListCommentsRequest::default() };
        let page = service.desk().list_comments(request).await.unwrap().into_inner();
        assert!(page.encoded_len() <= BOUND && !page.comments.is_empty(), "{}", page.encoded_len());
        seen.extend(ids(&page.comments));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), COMMENTS);
}

#[tokio::test]
async fn what_was_claimed_and_does_not_fit_is_free_for_others() {
    let service = full_service().await;
    let mut seen = Vec::new();
    for reviewer in ["ada", "bob", "eve", "kim", "lou", "mia"] {
        let request =
            ClaimCommentsRequest { max_comments: 100, reviewer: reviewer.into(), ..Default::default() };
        let claimed = service.desk().claim_comments(request).await.unwrap().into_inner();
        assert!(claimed.encoded_len() <= BOUND);
        seen.extend(ids(&claimed.comments));
    }
    seen.sort();
    assert_eq!(seen.len(), COMMENTS, "each was offered once: {seen:?}");
}

#[tokio::test]
async fn every_outcome_of_a_bulk_decision_arrives() {
    let service = full_service().await;
    let input = |number| DecisionInput {
        comment_id: format!("c-{number:02}"),
        state: CommentState::Approved.into(),
        ..DecisionInput::default()
    };
    let request =
        DecideCommentsRequest { decisions: (0..COMMENTS).map(input).collect(), ..Default::default() };
    let answer = service.desk().decide_comments(request).await.unwrap().into_inner();
    assert!(answer.encoded_len() <= BOUND);
    assert_eq!(answer.results.len(), COMMENTS);
    for result in answer.results {
        let Some(Decided::Comment(comment)) = result.result else { panic!("{result:?}") };
        assert_eq!((comment.state(), comment.etag.as_str()), (CommentState::Approved, "2"));
    }
}

#[tokio::test]
async fn a_message_beyond_the_bound_is_the_requests_fault() {
    let service = Service::start_with(Kept::Embedded, SETTINGS).await;
    let comment = Some(CommentDraft { text: "x".repeat(BOUND), ..CommentDraft::default() });
    let request = SubmitCommentRequest { comment: comment.clone(), ..SubmitCommentRequest::default() };
    let refused = service.portal().submit_comment(request).await.unwrap_err();
    assert_eq!((refused.code(), fields(&refused)), (Code::InvalidArgument, vec!["request".to_owned()]));
    let request = SubmitCommentsRequest { comment, ..SubmitCommentsRequest::default() };
    let mut answers =
        service.portal().submit_comments(tokio_stream::once(request)).await.unwrap().into_inner();
    assert_eq!(fields(&answers.message().await.unwrap_err()), ["request"]);
}

#[tokio::test]
async fn a_message_that_cannot_be_read_is_the_requests_fault() {
    let service = Service::start(Kept::Embedded).await;
    let strange = prost_types::Timestamp { seconds: 7, nanos: 7 };
    let refused = call(&service, "/modqueue.v1.SubmissionService/GetComment", strange).await.unwrap_err();
    assert_eq!((refused.code(), fields(&refused)), (Code::InvalidArgument, vec!["request".to_owned()]));
}

#[tokio::test]
async fn a_call_that_nobody_has_says_so() {
    let service = Service::start(Kept::Embedded).await;
    let request = GetCommentRequest::default();
    let refused = call(&service, "/modqueue.v1.SubmissionService/Sing", request).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unimplemented, "NOT_IMPLEMENTED"));
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let service = Service::start(Kept::Embedded).await;
    let request = WithdrawCommentRequest {
        comment_id: "c-1".into(),
        etag: "a later field".into(),
        ..Default::default()
    };
    let refused = call(&service, "/modqueue.v1.SubmissionService/GetComment", request).await.unwrap_err();
    assert_eq!(reason(&refused), "COMMENT_NOT_FOUND", "the message was read");
}

async fn call<M: Message + 'static>(service: &Service, path: &'static str, message: M) -> Result<(), Status> {
    let mut client = Grpc::new(service.called("portal"));
    client.ready().await.expect("the service is there");
    let codec = ProstCodec::<M, GetCommentResponse>::default();
    let path = PathAndQuery::from_static(path);
    client.unary(Request::new(message), path, codec).await.map(|_: tonic::Response<GetCommentResponse>| ())
}
