//! History of another system, through a real socket.

use modqueue::domain::Clock;
use modqueue::proto::v1::policy_service_client::PolicyServiceClient;
use modqueue::proto::v1::{
    ActorKind, CommentDraft, CommentState, Decision, GetActivityRequest, GetAuthorRequest, GetCommentRequest,
    GetRuleStatsRequest, ImportCommentsRequest, ImportCommentsResponse, ListDecisionsRequest,
    UndoDecisionRequest, list_decisions_request::Start,
};
use prost_types::Timestamp as Time;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::support::clients::submission;
use crate::support::service::{Service, fields, on_each_store, reason};

on_each_store!(
    history_comes_in_with_its_decisions_and_portals_hear_nothing_of_it,
    each_bad_row_has_its_own_error_and_the_others_come_in,
    the_same_history_again_is_skipped,
    history_feeds_the_statistics_of_rules_and_moderators,
    what_another_system_decided_by_itself_is_told_by_the_state_alone,
    a_moderator_cannot_import_and_a_site_must_be_the_token_s,
    more_than_one_batch_comes_in_in_one_call,
);

const POLICY: &str = "mode = 'post'
limits = []
learned = false
[[keywords]]
name = 'house'
weight = 6.0
words = ['turnip']
";

/// A comment of two hours ago that `mona` decided on ten minutes later.
fn row(service: &Service, id: &str, text: &str, state: CommentState) -> ImportCommentsRequest {
    let written = service.clock.now().as_millis() / 1000 - 2 * 3600;
    let at = |seconds| Some(Time { seconds, nanos: 0 });
    ImportCommentsRequest {
        comment: Some(submission_of(id, text)),
        state: state.into(),
        decision: Some(Decision {
            state: state.into(),
            reason: "spam".into(),
            actor: "mona".into(),
            actor_kind: ActorKind::Moderator.into(),
            decide_time: at(written + 600),
            ..Decision::default()
        }),
        create_time: at(written),
        ..ImportCommentsRequest::default()
    }
}

fn submission_of(id: &str, text: &str) -> CommentDraft {
    submission(id, "ann", text).comment.expect("a draft")
}

async fn import(
    service: &Service,
    rows: Vec<ImportCommentsRequest>,
) -> Result<ImportCommentsResponse, Status> {
    Ok(service.admin().import_comments(tokio_stream::iter(rows)).await?.into_inner())
}

fn counts(answer: &ImportCommentsResponse) -> (u64, u64, u64) {
    (answer.imported_count, answer.skipped_count, answer.failed_count)
}

async fn history_comes_in_with_its_decisions_and_portals_hear_nothing_of_it(service: Service) {
    let waiting =
        ImportCommentsRequest { decision: None, ..row(&service, "open", "a remark", CommentState::Pending) };
    let rows = vec![row(&service, "spam", "buy turnips", CommentState::Rejected), waiting];
    assert_eq!(counts(&import(&service, rows.clone()).await.expect("it comes in")), (2, 0, 0));

    let get = |id: &str| GetCommentRequest { comment_id: id.into(), ..Default::default() };
    let comment =
        service.portal().get_comment(get("spam")).await.expect("it is here").into_inner().comment.unwrap();
    assert_eq!((comment.state(), comment.published), (CommentState::Rejected, false));
    assert_eq!(comment.create_time, rows[0].create_time);
    let decision = comment.decision.expect("it was decided");
    let asked = rows[0].decision.as_ref().unwrap();
    assert_eq!((decision.reason, decision.decide_time), ("spam".to_owned(), asked.decide_time));
    let all = ListDecisionsRequest { start: Some(Start::FromOldest(true)), ..Default::default() };
    assert_eq!(service.portal().list_decisions(all.clone()).await.expect("a page").into_inner().events, []);

    let author = GetAuthorRequest { author_id: "ann".into(), ..Default::default() };
    let author = service.admin().get_author(author).await.expect("a record").into_inner().author.unwrap();
    assert_eq!((author.approved_count, author.rejected_count), (0, 1));
    let undo = UndoDecisionRequest { comment_id: "spam".into(), ..Default::default() };
    service.desk().undo_decision(undo).await.expect("it can be taken back");
    assert_eq!(service.portal().list_decisions(all).await.expect("a page").into_inner().events.len(), 1);
}

async fn each_bad_row_has_its_own_error_and_the_others_come_in(service: Service) {
    let good = |id: &str| row(&service, id, "a remark", CommentState::Approved);
    let later = Some(Time { seconds: service.clock.now().as_millis() / 1000 + 600, nanos: 0 });
    let decided = |change: fn(&mut Decision)| {
        let mut row = good("x");
        change(row.decision.as_mut().unwrap());
        row
    };
    let rows = vec![
        good("fine"),
        ImportCommentsRequest {
            comment: Some(CommentDraft { id: String::new(), ..submission_of("x", "y") }),
            ..good("x")
        },
        ImportCommentsRequest { state: 0, decision: None, ..good("x") },
        ImportCommentsRequest { create_time: later, decision: None, ..good("x") },
        ImportCommentsRequest { state: CommentState::Pending.into(), ..good("x") },
        decided(|decision| decision.state = CommentState::Rejected.into()),
        decided(|decision| decision.actor.clear()),
        decided(|decision| decision.decide_time = Some(Time { seconds: 1, nanos: 0 })),
        decided(|decision| decision.actor_kind = ActorKind::Portal.into()),
        ImportCommentsRequest { comment: Some(submission_of("fine", "other words")), ..good("x") },
        good("last"),
    ];
    let answer = import(&service, rows).await.expect("the others come in");
    assert_eq!(counts(&answer), (2, 0, 9));
    let told: Vec<_> = answer
        .failures
        .iter()
        .map(|failure| {
            let status = failure.error.as_ref().expect("an error");
            let details = tonic::Status::with_details(
                Code::from(status.code),
                &status.message,
                prost::Message::encode_to_vec(status).into(),
            );
            let field = details
                .get_details_bad_request()
                .map_or_else(|| reason(&details), |_| fields(&details).join(","));
            (failure.index, field)
        })
        .collect();
    let expected = [
        (1, "comment.id"),
        (2, "state"),
        (3, "create_time"),
        (4, "decision"),
        (5, "decision.state"),
        (6, "decision.actor"),
        (7, "decision.decide_time"),
        (8, "decision.actor_kind"),
        (9, "COMMENT_ID_TAKEN"),
    ];
    let told: Vec<_> = told.iter().map(|(index, field)| (*index, field.as_str())).collect();
    assert_eq!(told, expected);
    assert_eq!(answer.failures[8].comment_id, "fine");
}

async fn the_same_history_again_is_skipped(service: Service) {
    let rows = vec![
        row(&service, "a", "one", CommentState::Approved),
        row(&service, "b", "two", CommentState::Rejected),
    ];
    import(&service, rows.clone()).await.expect("it comes in");
    let answer =
        import(&service, [rows, vec![row(&service, "c", "three", CommentState::Approved)]].concat()).await;
    assert_eq!(counts(&answer.expect("it goes on")), (1, 2, 0));
}

async fn history_feeds_the_statistics_of_rules_and_moderators(service: Service) {
    service.policy(POLICY).await;
    let rows = vec![
        row(&service, "wrong", "a turnip is fine", CommentState::Approved),
        row(&service, "right", "buy my turnip", CommentState::Rejected),
    ];
    import(&service, rows).await.expect("it comes in");
    let stats = service.admin().get_rule_stats(GetRuleStatsRequest::default()).await.expect("statistics");
    let house = stats.into_inner().rules.into_iter().find(|rule| rule.rule == "house").expect("it is told");
    assert_eq!(
        (house.hit_count, house.held_count, house.decided_count, house.overturned_count),
        (2, 2, 2, 1)
    );

    let answer = service.admin().get_activity(GetActivityRequest::default()).await.expect("an activity");
    let buckets = answer.into_inner().buckets;
    let sum = |count: fn(&modqueue::proto::v1::ActivityBucket) -> u64| buckets.iter().map(count).sum::<u64>();
    assert_eq!((sum(|b| b.moderator_approved_count), sum(|b| b.moderator_rejected_count)), (1, 1));
    assert_eq!(
        sum(|b| b.published_count + b.held_count + b.rejected_count),
        0,
        "no policy here decided then"
    );
    let waited = buckets.iter().find_map(|bucket| bucket.median_decision_duration).expect("they had waited");
    assert!((600..=612).contains(&waited.seconds), "{waited:?}");
    assert_eq!(buckets.last().unwrap().waiting_count, 0);
}

async fn what_another_system_decided_by_itself_is_told_by_the_state_alone(service: Service) {
    let mut row = row(&service, "a", "a remark", CommentState::Approved);
    let decision = row.decision.as_mut().unwrap();
    (decision.actor_kind, decision.actor) = (ActorKind::Policy.into(), String::new());
    assert_eq!(counts(&import(&service, vec![row]).await.expect("it comes in")), (1, 0, 0));
    let get = GetCommentRequest { comment_id: "a".into(), ..Default::default() };
    let comment = service.portal().get_comment(get).await.expect("it is here").into_inner().comment.unwrap();
    assert_eq!((comment.state(), comment.published, comment.decision), (CommentState::Approved, true, None));
}

async fn a_moderator_cannot_import_and_a_site_must_be_the_token_s(service: Service) {
    let rows = || tokio_stream::iter(vec![row(&service, "a", "a remark", CommentState::Approved)]);
    let refused = PolicyServiceClient::new(service.called("desk")).import_comments(rows()).await.unwrap_err();
    assert_eq!(reason(&refused), "ROLE_MISSING");
    let elsewhere = ImportCommentsRequest {
        site: "blog".into(),
        ..row(&service, "b", "a remark", CommentState::Approved)
    };
    let refused = import(&service, vec![elsewhere]).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

async fn more_than_one_batch_comes_in_in_one_call(service: Service) {
    let rows =
        (0..250).map(|n| row(&service, &format!("c-{n}"), &format!("remark {n}"), CommentState::Approved));
    assert_eq!(counts(&import(&service, rows.collect()).await.expect("it comes in")), (250, 0, 0));
    let get = GetCommentRequest { comment_id: "c-249".into(), ..Default::default() };
    service.portal().get_comment(get).await.expect("the last is here");
}
