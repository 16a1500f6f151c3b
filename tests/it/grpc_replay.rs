//! A policy tried on the past, through a real socket.

use std::time::Duration;

use modqueue::proto::v1::replay_policy_response::Message;
use modqueue::proto::v1::{
    Action, ApproveCommentRequest, CommentState, GetCommentRequest, RejectCommentRequest,
    ReplayPolicyRequest, ReplayPolicyResponse, ReplayReport, ReplayRule, WithdrawCommentRequest,
};
use tonic::{Code, Status, Streaming};

use crate::support::clients::submission;
use crate::support::service::{OPEN, Service, fields, next, on_each_store, reason};

on_each_store!(
    a_replay_tells_what_a_policy_would_have_done,
    a_replay_keeps_nothing_and_changes_nothing,
    progress_comes_before_the_report_and_reaches_its_total,
    a_replay_goes_back_as_far_as_it_is_told_and_no_further,
    what_was_known_of_an_author_then_is_what_counts,
    a_replay_without_a_source_tries_the_policy_in_force,
    a_bad_replay_is_refused_before_it_begins,
    a_replay_whose_reader_left_holds_up_nobody,
);

/// Most comments pass, one word is held and another refused.
const STRICT: &str = "mode = 'post'
limits = []
learned = false
[[keywords]]
name = 'house'
class = 'custom'
weight = 6.0
words = ['turnip']
[[keywords]]
name = 'never'
class = 'custom'
weight = 20.0
words = ['parsnip']
";

async fn begin(
    service: &Service,
    request: ReplayPolicyRequest,
) -> Result<Streaming<ReplayPolicyResponse>, Status> {
    Ok(service.admin().replay_policy(request).await?.into_inner())
}

async fn report_of(service: &Service, request: ReplayPolicyRequest) -> ReplayReport {
    let mut stream = begin(service, request).await.expect("a replay");
    loop {
        if let Some(Message::Report(report)) = next(&mut stream).await.message {
            assert!(stream.message().await.expect("it ends well").is_none(), "the report comes last");
            return report;
        }
    }
}

fn by(source: &str) -> ReplayPolicyRequest {
    ReplayPolicyRequest { source: Some(source.into()), ..Default::default() }
}

async fn submit(service: &Service, id: &str, text: &str) {
    service.portal().submit_comment(submission(id, id, text)).await.expect("it is taken in");
}

async fn approve(service: &Service, id: &str) {
    let request = ApproveCommentRequest { comment_id: id.into(), ..Default::default() };
    service.desk().approve_comment(request).await.expect("it is approved");
}

async fn reject(service: &Service, id: &str) {
    let request = RejectCommentRequest { comment_id: id.into(), reason: "spam".into(), ..Default::default() };
    service.desk().reject_comment(request).await.expect("it is rejected");
}

fn rule<'r>(report: &'r ReplayReport, name: &str) -> &'r ReplayRule {
    report.rules.iter().find(|rule| rule.rule == name).unwrap_or_else(|| panic!("no {name} in {report:?}"))
}

async fn a_replay_tells_what_a_policy_would_have_done(service: Service) {
    service.policy(&format!("{OPEN}learned = false\n")).await;
    submit(&service, "fine", "a harmless remark about bridges").await;
    submit(&service, "held", "a remark about a turnip").await;
    submit(&service, "wrong", "another turnip which a moderator likes").await;
    submit(&service, "right", "a parsnip which no moderator likes").await;
    submit(&service, "gone", "a turnip that its author took back").await;
    approve(&service, "wrong").await;
    reject(&service, "right").await;
    let gone = WithdrawCommentRequest { comment_id: "gone".into(), ..Default::default() };
    service.portal().withdraw_comment(gone).await.expect("it is withdrawn");

    let report = report_of(&service, by(STRICT)).await;
    assert_eq!(report.comment_count, 4, "what was withdrawn is left out");
    assert_eq!(
        (report.published_before_count, report.held_before_count, report.rejected_before_count),
        (4, 0, 0)
    );
    assert_eq!(
        (report.published_after_count, report.held_after_count, report.rejected_after_count),
        (1, 2, 1)
    );
    assert_eq!((report.newly_held_count, report.newly_freed_count, report.newly_rejected_count), (2, 0, 1));
    assert_eq!((report.queue_freed_count, report.decided_count), (0, 2));
    assert_eq!(report.agreement_before, Some(0.5), "the approved one was published");
    assert_eq!(
        report.agreement_after,
        Some(0.5),
        "the rejected one would be; a held one agrees with nothing"
    );
    let house = rule(&report, "house");
    assert_eq!((house.hits_before_count, house.hits_after_count, house.approved_hits_after_count), (0, 2, 1));
    assert_eq!(report.rules[0], *house, "the greatest change comes first");
    assert_eq!(report.samples.len(), 3);
    let sample = report.samples.iter().find(|sample| sample.comment_id == "right").expect("a sample");
    let (before, after) = (sample.before.as_ref().unwrap(), sample.after.as_ref().unwrap());
    assert_eq!((before.action(), after.action()), (Action::Publish, Action::Reject));
    assert_eq!(
        (sample.state(), after.findings[0].spans[0].text.as_str()),
        (CommentState::Rejected, "parsnip")
    );
}

async fn a_replay_keeps_nothing_and_changes_nothing(service: Service) {
    service.policy("mode = 'pre'\nlimits = []").await;
    submit(&service, "c-1", "a harmless remark").await;
    let report = report_of(&service, by(OPEN)).await;
    assert_eq!((report.newly_freed_count, report.queue_freed_count), (1, 1));
    let again = report_of(&service, by(OPEN)).await;
    assert_eq!(again, report);
    let get = GetCommentRequest { comment_id: "c-1".into(), ..Default::default() };
    let comment = service.portal().get_comment(get).await.unwrap().into_inner().comment.unwrap();
    assert_eq!((comment.state(), comment.etag.as_str()), (CommentState::Pending, "1"));
}

async fn progress_comes_before_the_report_and_reaches_its_total(service: Service) {
    service.policy(OPEN).await;
    for number in 0..300 {
        submit(&service, &format!("c-{number}"), &format!("remark number {number}")).await;
    }
    let mut stream = begin(&service, by(STRICT)).await.expect("a replay");
    let mut seen = Vec::new();
    let report = loop {
        match next(&mut stream).await.message.expect("always set") {
            Message::Progress(progress) => seen.push((progress.done_count, progress.total_count)),
            Message::Report(report) => break report,
        }
    };
    assert_eq!((seen.first(), seen.last()), (Some(&(0, 300)), Some(&(300, 300))));
    assert!(seen.len() >= 3 && seen.is_sorted(), "{seen:?}");
    assert_eq!(report.comment_count, 300);
}

async fn a_replay_goes_back_as_far_as_it_is_told_and_no_further(service: Service) {
    service.policy(OPEN).await;
    submit(&service, "old", "an old remark").await;
    submit(&service, "decided", "an old remark that is decided today").await;
    service.clock.advance(Duration::from_secs(3 * 86_400));
    approve(&service, "decided").await;
    submit(&service, "new", "a new remark").await;
    service.clock.advance(Duration::from_secs(60));
    submit(&service, "newest", "the newest remark").await;
    let since = |days: i64| ReplayPolicyRequest {
        since: Some(prost_types::Duration { seconds: days * 86_400, nanos: 0 }),
        ..by(STRICT)
    };
    assert_eq!(report_of(&service, since(1)).await.comment_count, 2, "by when they came in");
    assert_eq!(report_of(&service, since(30)).await.comment_count, 4);
    let newest = ReplayPolicyRequest { max_comments: 1, ..by("mode = 'pre'") };
    let report = report_of(&service, newest).await;
    assert_eq!((report.comment_count, report.samples[0].comment_id.as_str()), (1, "newest"));
}

async fn what_was_known_of_an_author_then_is_what_counts(service: Service) {
    service.policy(OPEN).await;
    submit(&service, "ann", "the first remark by somebody new").await;
    approve(&service, "ann").await;
    let source =
        "mode = 'post'\nlimits = []\nlearned = false\nauthor = { new = { from = 1, weight = 9.0 } }\n";
    let report = report_of(&service, by(source)).await;
    assert_eq!(report.newly_held_count, 1, "the approval came later and does not count");
    let new = rule(&report, "new");
    assert_eq!((new.hits_before_count, new.hits_after_count), (1, 1));
}

async fn a_replay_without_a_source_tries_the_policy_in_force(service: Service) {
    service.policy(OPEN).await;
    submit(&service, "c-1", "a remark about a turnip").await;
    service.policy(STRICT).await;
    assert_eq!(report_of(&service, ReplayPolicyRequest::default()).await.newly_held_count, 1);
}

async fn a_bad_replay_is_refused_before_it_begins(service: Service) {
    let refused = begin(&service, by("mode = 'lax'")).await.expect_err("a bad policy");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "POLICY_INVALID"));
    let since = Some(prost_types::Duration { seconds: 0, nanos: 0 });
    let refused = begin(&service, ReplayPolicyRequest { since, ..by("") }).await.expect_err("no time at all");
    assert_eq!(fields(&refused), ["since"]);
}

async fn a_replay_whose_reader_left_holds_up_nobody(service: Service) {
    service.policy(OPEN).await;
    for number in 0..600 {
        submit(&service, &format!("c-{number}"), &format!("remark number {number}")).await;
    }
    for _ in 0..20 {
        let mut left = begin(&service, by(STRICT)).await.expect("a replay");
        next(&mut left).await;
    }
    submit(&service, "meanwhile", "a remark while they are replayed").await;
    assert_eq!(report_of(&service, by(STRICT)).await.comment_count, 601);
}
