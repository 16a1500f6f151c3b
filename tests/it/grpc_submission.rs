//! The portal's calls through a real socket.

use std::time::Duration;

use modqueue::proto::v1::submit_comments_response::Result as Submitted;
use modqueue::proto::v1::{
    Action, ApproveCommentRequest, Author, CheckQuotaRequest, Comment, CommentDraft, CommentState,
    GetCommentRequest, LimitMode, ReportCommentRequest, ReviseCommentRequest, SubmitCommentRequest,
    SubmitCommentsRequest, WithdrawCommentRequest,
};
use tonic::Code;
use tonic_types::StatusExt;

use crate::support::clients::submission;
use crate::support::service::{OPEN, Service, fields, info, on_each_store, reason};

on_each_store!(
    a_comment_has_its_verdict_at_once_and_its_retry_finds_the_first,
    an_id_belongs_to_one_content,
    a_request_id_makes_a_call_without_an_id_safe_to_repeat,
    trying_out_keeps_and_spends_nothing,
    a_limit_refuses_with_all_that_is_needed_to_come_back,
    new_authors_may_have_a_limit_of_their_own,
    what_a_limit_refuses_and_repeats_spend_nothing,
    a_bulk_stream_answers_in_order_each_with_its_own_status,
    an_edit_is_judged_anew_on_the_version_that_was_edited,
    a_withdrawn_comment_is_gone_for_good,
    a_report_counts_once_a_reader,
);

const PERMISSIVE: &str = "mode = 'post'\nlimits = []\n[[keywords]]\nname = 'house'\nclass = 'spam'\nweight = 9.0\n\
                          words = ['forbidden']\n";

async fn submit(service: &Service, request: SubmitCommentRequest) -> Result<(Comment, bool), tonic::Status> {
    let answer = service.portal().submit_comment(request).await?.into_inner();
    Ok((answer.comment.expect("a comment"), answer.replayed))
}

fn get(id: &str) -> GetCommentRequest {
    GetCommentRequest { comment_id: id.into(), ..Default::default() }
}

async fn a_comment_has_its_verdict_at_once_and_its_retry_finds_the_first(service: Service) {
    service.policy(PERMISSIVE).await;
    let request = submission("c-1", "ann", "This is förbidden and forbidden twice");
    let (comment, replayed) = submit(&service, request.clone()).await.unwrap();
    assert!(!replayed);
    assert_eq!((comment.id.as_str(), comment.site.as_str(), comment.etag.as_str()), ("c-1", "news", "1"));
    assert_eq!((comment.state(), comment.published), (CommentState::Pending, false));
    let verdict = comment.verdict.clone().unwrap();
    assert_eq!((verdict.action(), verdict.policy_revision), (Action::Hold, 1));
    let house = verdict.findings.iter().find(|finding| finding.rule == "house").expect("the word is found");
    let span = house.spans.last().unwrap();
    let text = &comment.draft.as_ref().unwrap().text;
    assert_eq!(&text[span.start as usize..span.end as usize], span.text);
    let (again, replayed) = submit(&service, request).await.unwrap();
    assert!(replayed);
    assert_eq!(again, comment);
    let got = service.portal().get_comment(get("c-1")).await.unwrap().into_inner().comment;
    assert_eq!(got, Some(comment));
}

async fn an_id_belongs_to_one_content(service: Service) {
    submit(&service, submission("c-1", "ann", "the first text")).await.unwrap();
    let refused = submit(&service, submission("c-1", "ann", "another text")).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::AlreadyExists, "COMMENT_ID_TAKEN"));
    assert_eq!(refused.get_details_resource_info().unwrap().resource_name, "c-1");
    let missing = service.portal().get_comment(get("c-2")).await.unwrap_err();
    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "COMMENT_NOT_FOUND"));
}

async fn a_request_id_makes_a_call_without_an_id_safe_to_repeat(service: Service) {
    let request = SubmitCommentRequest { request_id: "r-1".into(), ..submission("", "ann", "said once") };
    let (first, _) = submit(&service, request.clone()).await.unwrap();
    let (second, replayed) = submit(&service, request).await.unwrap();
    assert!(replayed);
    assert_eq!(first.id, second.id);
    let without = submission("", "ann", "said once more");
    let (third, _) = submit(&service, without.clone()).await.unwrap();
    let (fourth, replayed) = submit(&service, without).await.unwrap();
    assert!(!replayed);
    assert_ne!(third.id, fourth.id);
}

async fn trying_out_keeps_and_spends_nothing(service: Service) {
    service
        .policy("mode = 'post'\n[[limits]]\nname = 'author'\nkey = ['author']\nquota = 1\nper = '1h'\n")
        .await;
    let trial = SubmitCommentRequest { validate_only: true, ..submission("c-1", "ann", "only a question") };
    for _ in 0..3 {
        let (comment, _) = submit(&service, trial.clone()).await.unwrap();
        assert_eq!((comment.id.as_str(), comment.state()), ("c-1", CommentState::Approved));
    }
    assert_eq!(service.portal().get_comment(get("c-1")).await.unwrap_err().code(), Code::NotFound);
    submit(&service, submission("c-1", "ann", "only a question")).await.expect("nothing was spent");
}

async fn a_limit_refuses_with_all_that_is_needed_to_come_back(service: Service) {
    let limit = "[[limits]]\nname = 'author'\nkey = ['author']\nquota = 2\nper = '1h'\nburst = 2\n";
    service.policy(&format!("mode = 'post'\n{limit}")).await;
    let quota = CheckQuotaRequest { author_id: "ann".into(), ..Default::default() };
    for (number, remaining) in [(1, 2), (2, 1), (3, 0)] {
        let limits = service.portal().check_quota(quota.clone()).await.unwrap().into_inner().limits;
        assert_eq!((limits[0].name.as_str(), limits[0].remaining), ("author", remaining));
        assert_eq!((limits[0].key.as_str(), limits[0].mode()), ("author=ann", LimitMode::Enforce));
        assert_eq!(limits[0].retry_after.unwrap().seconds > 0, remaining == 0);
        let submitted = submit(&service, submission(&format!("c-{number}"), "ann", "a flood of words")).await;
        assert_eq!(submitted.is_ok(), remaining > 0);
    }
    let refused = submit(&service, submission("c-9", "ann", "a flood of words")).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::ResourceExhausted, "RATE_LIMITED"));
    assert_eq!(info(&refused).metadata["limit"], "author");
    let retry = refused.get_details_retry_info().unwrap().retry_delay.unwrap();
    assert!(retry > Duration::ZERO && retry <= Duration::from_secs(1800), "{retry:?}");
    let violation = refused.get_details_quota_failure().unwrap().violations.remove(0);
    assert_eq!(violation.subject, "limit author, key author=ann");
    assert_eq!(violation.description, "2 a 1h, burst 2");
    let (_, replayed) = submit(&service, submission("c-1", "ann", "a flood of words")).await.unwrap();
    assert!(replayed, "a known id has its first answer, whatever the limits say");
    service.clock.advance(retry);
    submit(&service, submission("c-9", "ann", "a flood of words")).await.expect("the time has come");
}

/// Two comments a day for new authors; an approved one sets their author free.
const BEGINNERS: &str = "mode = 'pre'\n[[limits]]\nname = 'beginners'\nkey = ['author']\nquota = 2\nper = '1d'\n\
                         authors = ['new']\n";

async fn quota_names(service: &Service, author: &str) -> Vec<(String, u32)> {
    let request = CheckQuotaRequest { author_id: author.into(), ..Default::default() };
    let limits = service.portal().check_quota(request).await.unwrap().into_inner().limits;
    limits.into_iter().map(|limit| (limit.name, limit.remaining)).collect()
}

async fn new_authors_may_have_a_limit_of_their_own(service: Service) {
    service.policy(BEGINNERS).await;
    for id in ["c-1", "c-2"] {
        submit(&service, submission(id, "ann", &format!("a remark, {id}"))).await.unwrap();
    }
    assert_eq!(quota_names(&service, "ann").await, [("beginners".to_owned(), 0)]);
    for _ in 0..3 {
        let refused = submit(&service, submission("c-3", "ann", "a third")).await.unwrap_err();
        assert_eq!(
            (reason(&refused).as_str(), &*info(&refused).metadata["limit"]),
            ("RATE_LIMITED", "beginners")
        );
    }
    let approval = ApproveCommentRequest { comment_id: "c-1".into(), ..Default::default() };
    service.desk().approve_comment(approval).await.unwrap();
    assert_eq!(quota_names(&service, "ann").await, []);
    submit(&service, submission("c-3", "ann", "a third")).await.expect("ann is new no more");
    assert_eq!(quota_names(&service, "bob").await, [("beginners".to_owned(), 2)]);
}

async fn what_a_limit_refuses_and_repeats_spend_nothing(service: Service) {
    service.policy("[[limits]]\nname = 'slow'\nkey = ['author']\nquota = 1\nper = '1h'\n").await;
    let first = submission("c-1", "ann", "the first");
    submit(&service, first.clone()).await.unwrap();
    for _ in 0..5 {
        let refused = submit(&service, submission("c-2", "ann", "the second")).await.unwrap_err();
        assert_eq!(reason(&refused), "RATE_LIMITED");
        let (_, replayed) = submit(&service, first.clone()).await.expect("a known id has its answer");
        assert!(replayed);
        let draft = submission("", "ann", "what would become of this?").comment;
        let trial = SubmitCommentRequest { comment: draft, validate_only: true, ..Default::default() };
        submit(&service, trial).await.expect("trying out is not limited");
    }
    service.clock.advance(Duration::from_secs(3601));
    submit(&service, submission("c-2", "ann", "the second")).await.expect("the end did not move");
}

async fn a_bulk_stream_answers_in_order_each_with_its_own_status(service: Service) {
    service.policy(OPEN).await;
    let request = |number: usize| {
        let text =
            if number % 10 == 3 { String::new() } else { format!("comment number {number} of the stream") };
        let SubmitCommentRequest { site, comment, .. } = submission(&format!("c-{number}"), "ann", &text);
        SubmitCommentsRequest { site, comment, ..Default::default() }
    };
    let requests: Vec<_> = (0..500).map(request).chain([SubmitCommentsRequest::default()]).collect();
    let mut answers =
        service.portal().submit_comments(tokio_stream::iter(requests)).await.unwrap().into_inner();
    let mut count = 0;
    while let Some(answer) = answers.message().await.unwrap() {
        assert_eq!(answer.index, count);
        match answer.result.expect("always set") {
            Submitted::Accepted(accepted) => {
                assert_eq!(answer.comment_id, format!("c-{count}"));
                assert_eq!(accepted.comment.unwrap().id, answer.comment_id);
            }
            Submitted::Error(error) => {
                assert!(count % 10 == 3 || count == 500, "{count}: {error:?}");
                assert_eq!(error.code, Code::InvalidArgument as i32);
                assert_eq!(error.details.len(), 2, "ErrorInfo and BadRequest");
            }
        }
        count += 1;
    }
    assert_eq!(count, 501);
}

async fn an_edit_is_judged_anew_on_the_version_that_was_edited(service: Service) {
    service.policy(PERMISSIVE).await;
    let (before, _) = submit(&service, submission("c-1", "ann", "a harmless remark")).await.unwrap();
    assert_eq!(before.state(), CommentState::Approved);
    let edit = |etag: &str, draft: CommentDraft| ReviseCommentRequest {
        comment_id: "c-1".into(),
        comment: Some(draft),
        etag: etag.into(),
        ..Default::default()
    };
    let draft = submission("", "ann", "now with forbidden words").comment.unwrap();
    let revised = service.portal().revise_comment(edit("1", draft.clone())).await.unwrap().into_inner();
    let revised = revised.comment.unwrap();
    assert_eq!((revised.state(), revised.etag.as_str()), (CommentState::Pending, "2"));
    let stale = service.portal().revise_comment(edit("1", draft.clone())).await.unwrap_err();
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "ETAG_STALE"));
    assert_eq!(info(&stale).metadata["etag"], "2");
    let moved =
        CommentDraft { author: Some(Author { id: "bob".into(), ..Author::default() }), ..draft.clone() };
    assert_eq!(
        fields(&service.portal().revise_comment(edit("", moved)).await.unwrap_err()),
        ["comment.author.id"]
    );
    let renamed = CommentDraft { id: "c-2".into(), ..draft };
    assert_eq!(
        fields(&service.portal().revise_comment(edit("", renamed)).await.unwrap_err()),
        ["comment.id"]
    );
}

async fn a_withdrawn_comment_is_gone_for_good(service: Service) {
    submit(&service, submission("c-1", "ann", "I regret this")).await.unwrap();
    let request = WithdrawCommentRequest { comment_id: "c-1".into(), ..Default::default() };
    for _ in 0..2 {
        let withdrawn = service.portal().withdraw_comment(request.clone()).await.unwrap().into_inner();
        assert_eq!(withdrawn.comment.unwrap().state(), CommentState::Withdrawn);
    }
    let edit = ReviseCommentRequest {
        comment_id: "c-1".into(),
        comment: submission("", "ann", "I take it back").comment,
        ..Default::default()
    };
    let refused = service.portal().revise_comment(edit).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "STATE_CONFLICT"));
    assert_eq!(info(&refused).metadata["state"], "withdrawn");
    assert_eq!(refused.get_details_precondition_failure().unwrap().violations[0].subject, "c-1");
}

async fn a_report_counts_once_a_reader(service: Service) {
    submit(&service, submission("c-1", "ann", "please look at this")).await.unwrap();
    let report = |reporter: &str| ReportCommentRequest {
        comment_id: "c-1".into(),
        reporter_id: reporter.into(),
        reason: "spam".into(),
        ..Default::default()
    };
    for (reporter, count, repeated) in [("r1", 1, false), ("r1", 1, true), ("r2", 2, false)] {
        let answer = service.portal().report_comment(report(reporter)).await.unwrap().into_inner();
        assert_eq!((answer.comment.unwrap().report_count, answer.replayed), (count, repeated));
    }
    let refused = service.portal().report_comment(ReportCommentRequest::default()).await.unwrap_err();
    assert_eq!(fields(&refused), ["comment_id", "reporter_id"]);
}
