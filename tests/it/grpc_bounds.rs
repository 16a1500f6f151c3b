//! What is too large, unreadable or not there, through a real socket.

use modqueue::proto::v1::decision_result::Result as Decided;
use modqueue::proto::v1::export_author_response::Item;
use modqueue::proto::v1::{
    AddNoteRequest, ClaimCommentsRequest, Comment, CommentDraft, CommentState, DecideCommentsRequest,
    DecisionInput, ExportAuthorRequest, GetCommentRequest, GetCommentResponse, HistoryEntry, HistoryKind,
    InspectCommentRequest, ListCommentsRequest, SubmitCommentRequest, SubmitCommentsRequest,
    WithdrawCommentRequest,
};
use prost::Message;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

use crate::support::clients::submission;
use crate::support::service::{Kept, Service, fields, reason};

/// The smallest bound that the configuration takes.
const BOUND: usize = 64 << 10;
const SETTINGS: &str = "[bounds]\nmax_message_bytes = 65536";
const COMMENTS: usize = 12;
const NOTES: usize = 20;

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

/// A service with one comment, by ann, about which moderators said more than one message holds.
async fn much_noted() -> Service {
    let service = Service::start_with(Kept::Embedded, SETTINGS).await;
    service.portal().submit_comment(submission("c-1", "ann", "a comment that waits")).await.unwrap();
    for number in 0..NOTES {
        let note = format!("{number:4096}");
        let request = AddNoteRequest { comment_id: "c-1".into(), note, ..AddNoteRequest::default() };
        service.desk().add_note(request).await.unwrap();
    }
    service
}

fn notes(history: &[HistoryEntry]) -> Vec<usize> {
    let notes = history.iter().filter(|entry| entry.kind() == HistoryKind::Noted);
    notes.map(|entry| entry.note.trim().parse().unwrap()).collect()
}

#[tokio::test]
async fn a_history_larger_than_a_message_is_shown_from_its_end() {
    let service = much_noted().await;
    let request = InspectCommentRequest { comment_id: "c-1".into(), ..InspectCommentRequest::default() };
    let page = service.desk().inspect_comment(request).await.unwrap().into_inner();
    assert!(page.encoded_len() <= BOUND, "{}", page.encoded_len());
    let seen = notes(&page.history);
    assert!(seen.len() > 10 && seen.len() == page.history.len(), "{seen:?}");
    assert_eq!(seen, (NOTES - seen.len()..NOTES).collect::<Vec<_>>());
    assert_eq!(page.omitted_history_count as usize + seen.len(), NOTES + 1, "with how it came in");
}

#[tokio::test]
async fn a_history_larger_than_a_message_is_exported_in_parts() {
    let service = much_noted().await;
    let request = ExportAuthorRequest { author_id: "ann".into(), ..ExportAuthorRequest::default() };
    let mut export = service.admin().export_author(request).await.unwrap().into_inner();
    let mut parts = Vec::new();
    while let Some(message) = export.message().await.unwrap() {
        assert!(message.encoded_len() <= BOUND, "{}", message.encoded_len());
        if let Some(Item::Comment(part)) = message.item {
            parts.push(part);
        }
    }
    let comments: Vec<_> = parts.iter().map(|part| part.comment.clone().unwrap()).collect();
    assert!(comments.iter().all(|comment| comment.id == "c-1"));
    let whole: Vec<_> = comments.iter().map(|comment| comment.draft.is_some()).collect();
    assert_eq!(whole, [true, false], "the text comes once");
    let history: Vec<_> = parts.into_iter().flat_map(|part| part.history).collect();
    assert_eq!(notes(&history), (0..NOTES).collect::<Vec<_>>());
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
    for path in ["/modqueue.v1.SubmissionService/Sing", "/modqueue.SubmissionService/GetComment"] {
        let refused = call(&service, path, GetCommentRequest::default()).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unimplemented, "NOT_IMPLEMENTED"));
    }
}

#[tokio::test]
async fn who_compresses_is_told_not_to() {
    let service = Service::start(Kept::Embedded).await;
    let mut request = Request::new(GetCommentRequest::default());
    request.metadata_mut().insert("grpc-encoding", "gzip".parse().unwrap());
    let refused = service.portal().get_comment(request).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unimplemented, "NOT_IMPLEMENTED"));
    assert!(refused.message().contains("without compression"), "{}", refused.message());
    assert_eq!(refused.metadata().get("grpc-accept-encoding").unwrap(), "identity");
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
