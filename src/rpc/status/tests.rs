use super::*;
use crate::config::Role;
use crate::domain::{CommentId, Cursor, SiteName, State};
use crate::feed::FeedError;
use crate::limit::{Charge, LimitMode, Quota};
use crate::pipeline::SubmitError;
use crate::policy::Mistake;
use crate::queue::{QueueError, Refusal};

fn id() -> CommentId {
    CommentId::new("c-17").unwrap()
}

fn site() -> SiteName {
    SiteName::new("news").unwrap()
}

fn violation(field: &str, description: &str) -> Violation {
    Violation { field: field.into(), description: description.into() }
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().expect("every error carries ErrorInfo").reason
}

fn metadata(status: &Status, key: &str) -> String {
    status.get_details_error_info().unwrap().metadata.remove(key).unwrap_or_default()
}

fn charge() -> Charge {
    let quota = Quota::new(10, Duration::from_secs(60), 5).unwrap();
    Charge { limit: "author".into(), key: "author=42".into(), quota, mode: LimitMode::Enforce }
}

fn cursor() -> Cursor {
    Cursor { site: site(), generation: 7, sequence: 4, tag: 0 }
}

fn unavailable() -> QueueError {
    QueueError::Unavailable { detail: "redis://:secret@10.0.0.7 refused".into() }
}

#[test]
fn every_error_of_the_contract_has_its_code_and_its_reason() {
    let until = Timestamp(1_767_323_045_000);
    let oldest = cursor;
    let table = [
        (invalid(vec![violation("comment.text", "is required")]), Code::InvalidArgument, "FIELD_INVALID"),
        (token_missing(), Code::Unauthenticated, "TOKEN_MISSING"),
        (token_unknown(), Code::Unauthenticated, "TOKEN_UNKNOWN"),
        (revoked(), Code::Unauthenticated, "TOKEN_UNKNOWN"),
        (certificate_unknown(), Code::Unauthenticated, "CERTIFICATE_UNKNOWN"),
        (role_missing("shop", &[Role::Admin]), Code::PermissionDenied, "ROLE_MISSING"),
        (site_forbidden("shop", "blog"), Code::PermissionDenied, "SITE_FORBIDDEN"),
        (reviewer_forbidden("desk", "ada"), Code::PermissionDenied, "REVIEWER_FORBIDDEN"),
        (site_unknown("blog"), Code::NotFound, "SITE_UNKNOWN"),
        (refused(&id(), Refusal::Missing), Code::NotFound, "COMMENT_NOT_FOUND"),
        (submit(&site(), SubmitError::Taken(id())), Code::AlreadyExists, "COMMENT_ID_TAKEN"),
        (refused(&id(), Refusal::Stale { current: 3 }), Code::Aborted, "ETAG_STALE"),
        (
            refused(&id(), Refusal::Held { reviewer: "ada".into(), until }),
            Code::FailedPrecondition,
            "CLAIM_HELD",
        ),
        (
            refused(&id(), Refusal::State { current: State::Withdrawn }),
            Code::FailedPrecondition,
            "STATE_CONFLICT",
        ),
        (claim_lost("k"), Code::FailedPrecondition, "CLAIM_LOST"),
        (count_changed(12, 15), Code::Aborted, "COUNT_CHANGED"),
        (submit(&site(), SubmitError::Full { cap: 9 }), Code::ResourceExhausted, "QUEUE_FULL"),
        (feed(FeedError::Expired { oldest: oldest() }), Code::OutOfRange, "FEED_EXPIRED"),
        (feed(FeedError::Rewound { oldest: oldest() }), Code::OutOfRange, "FEED_REWOUND"),
        (feed(FeedError::OtherSite), Code::InvalidArgument, "FIELD_INVALID"),
        (feed(FeedError::SlowReader), Code::Aborted, "FEED_SLOW_READER"),
        (queue(unavailable()), Code::Unavailable, "STORE_UNAVAILABLE"),
        (queue(QueueError::Failed { detail: "disk full".into() }), Code::Internal, "STORE_FAILED"),
        (policy_conflict(8), Code::Aborted, "POLICY_CONFLICT"),
        (revision_not_found(99), Code::NotFound, "POLICY_REVISION_NOT_FOUND"),
        (proposal_not_found("p"), Code::NotFound, "PROPOSAL_NOT_FOUND"),
        (deadline_exceeded(), Code::DeadlineExceeded, "DEADLINE_EXCEEDED"),
        (shutting_down(), Code::Unavailable, "SHUTTING_DOWN"),
        (internal("a fault"), Code::Internal, "INTERNAL"),
    ];
    for (status, code, expected) in table {
        assert_eq!((status.code(), reason(&status).as_str()), (code, expected));
        assert_eq!(status.get_details_error_info().unwrap().domain, "modqueue");
    }
}

#[test]
fn a_limit_tells_which_one_its_quota_and_when_to_come_back() {
    let retry_after = Duration::from_millis(2_500);
    let status = submit(&site(), SubmitError::Limited { charge: Box::new(charge()), retry_after });
    assert_eq!(reason(&status), "RATE_LIMITED");
    assert_eq!(status.get_details_retry_info().unwrap().retry_delay, Some(retry_after));
    let quota = status.get_details_quota_failure().unwrap().violations.remove(0);
    assert_eq!(quota.subject, "limit author, key author=42");
    assert_eq!(quota.description, "10 a 1m, burst 5");
}

#[test]
fn a_stale_etag_brings_the_current_one_and_an_old_cursor_the_oldest() {
    assert_eq!(metadata(&refused(&id(), Refusal::Stale { current: 3 }), "etag"), "3");
    let expired = feed(FeedError::Expired { oldest: cursor() });
    assert_eq!(Cursor::decode(&metadata(&expired, "oldest_cursor")), Some(cursor()));
}

#[test]
fn a_held_claim_tells_by_whom_and_until_when() {
    let held = Refusal::Held { reviewer: "ada".into(), until: Timestamp(1_767_323_045_000) };
    let status = refused(&id(), held);
    assert_eq!(metadata(&status, "reviewer"), "ada");
    assert_eq!(metadata(&status, "until"), "2026-01-02T03:04:05Z");
    assert_eq!(status.get_details_precondition_failure().unwrap().violations[0].subject, "c-17");
}

#[test]
fn what_the_driver_said_reaches_no_client() {
    for error in [
        unavailable(),
        QueueError::Failed { detail: "secret at 10.0.0.7".into() },
        QueueError::Damaged { what: "secret".into(), detail: "10.0.0.7".into() },
    ] {
        let status = queue(error);
        let sent = [status.message().as_bytes(), status.details()].concat();
        let sent = String::from_utf8_lossy(&sent);
        assert!(!sent.contains("secret") && !sent.contains("10.0.0.7"), "{sent}");
    }
    assert_eq!(queue(unavailable()).get_details_retry_info().unwrap().retry_delay, Some(STORE_RETRY));
}

#[test]
fn all_wrong_fields_are_told_at_once() {
    let status = invalid(vec![violation("a", "is required"), violation("b.c", "is too long")]);
    let fields = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(fields.iter().map(|told| told.field.as_str()).collect::<Vec<_>>(), ["a", "b.c"]);
    assert_eq!(status.message(), "a: is required; b.c: is too long");
}

#[test]
fn no_list_of_mistakes_outgrows_a_header() {
    let many = (0..1_000).map(|index| violation(&format!("decisions[{index}].etag"), "is wrong")).collect();
    let status = invalid(many);
    let in_base64 = status.details().len() * 4 / 3;
    assert!(status.message().len() + in_base64 < 6_000, "{in_base64}");
    let last = status.get_details_bad_request().unwrap().field_violations.pop().unwrap();
    assert!(last.description.contains("more fields are wrong"), "{last:?}");
}

#[test]
fn a_mistake_in_a_policy_is_told_by_line_and_column() {
    let mistake = Mistake { line: 12, column: 8, field: "hold".into(), message: "must be a number".into() };
    let status = policy_invalid("source", vec![mistake]);
    let told = status.get_details_bad_request().unwrap().field_violations.remove(0);
    assert_eq!((told.field.as_str(), told.description.as_str()), ("source:12:8", "hold: must be a number"));
    assert_eq!((metadata(&status, "line"), metadata(&status, "column")), ("12".into(), "8".into()));
}

#[test]
fn a_status_inside_an_answer_is_the_same_as_on_its_own() {
    let status = refused(&id(), Refusal::Stale { current: 3 });
    let message = to_message(&status);
    assert_eq!((message.code, message.message.as_str()), (Code::Aborted as i32, status.message()));
    assert_eq!(message.encode_to_vec(), status.details());
    let bare = to_message(&Status::new(Code::Cancelled, "gone"));
    assert_eq!((bare.code, bare.message.as_str()), (Code::Cancelled as i32, "gone"));
}

#[test]
fn what_the_library_refuses_is_told_in_our_words() {
    for (bare, reason_told) in [
        (Status::new(Code::Internal, "failed to decode Protobuf message"), "FIELD_INVALID"),
        (Status::new(Code::OutOfRange, "decoded message length too large"), "FIELD_INVALID"),
        (Status::new(Code::Unimplemented, ""), "NOT_IMPLEMENTED"),
    ] {
        assert!(is_bare(&bare));
        let told = explained(bare);
        assert!(!is_bare(&told));
        assert_eq!(reason(&told), reason_told);
    }
    assert!(!is_bare(&token_missing()));
}
