//! The moderators' calls through a real socket.

use std::time::Duration;

use futures_util::future::join_all;
use modqueue::proto::v1::decide_matching_request::Target;
use modqueue::proto::v1::decision_result::Result as Decided;
use modqueue::proto::v1::{
    ActorKind, ApproveCommentRequest, ClaimCommentsRequest, Comment, CommentState, DecideCommentsRequest,
    DecideMatchingRequest, DecideMatchingResponse, DecisionInput, DeferCommentRequest,
    EscalateCommentRequest, GetCommentRequest, GetQueueStatsRequest, HistoryKind, InspectCommentRequest,
    ListCommentsRequest, ListSimilarCommentsRequest, RejectCommentRequest, ReleaseClaimsRequest,
    RenewClaimsRequest, SubmitCommentRequest, Thread, UndoDecisionRequest, WatchQueueRequest,
};
use tonic::{Code, Status};

use crate::support::clients::submission;
use crate::support::service::{Service, fields, info, next, on_each_store, reason};

on_each_store!(
    a_claimed_comment_is_decided_and_the_portal_sees_only_what_it_may,
    a_decision_on_an_old_version_is_refused_with_the_current_one,
    a_claim_keeps_others_away_until_it_ends,
    leases_are_renewed_released_and_lost,
    a_list_is_paged_and_filtered_and_told_what_is_wrong_with_it,
    many_decisions_have_each_their_own_status,
    all_that_match_are_decided_only_when_they_are_as_many_as_shown,
    a_wave_is_listed_counted_and_rejected_at_once,
    a_wave_that_still_grows_is_decided_as_far_as_it_was_counted,
    a_wave_is_decided_whole_however_many_it_has,
    an_undone_decision_leaves_a_history_and_no_record,
    a_deferred_comment_is_not_offered_again_for_a_while,
    the_queue_is_counted_by_section_and_rule,
    a_watched_queue_tells_what_changed,
);

async fn submit(service: &Service, id: &str, text: &str) -> Comment {
    let request = submission(id, &format!("author-of-{id}"), text);
    service.portal().submit_comment(request).await.unwrap().into_inner().comment.unwrap()
}

fn claim(reviewer: &str) -> ClaimCommentsRequest {
    ClaimCommentsRequest { reviewer: reviewer.into(), max_comments: 10, ..Default::default() }
}

fn approve(id: &str, etag: &str) -> ApproveCommentRequest {
    ApproveCommentRequest { comment_id: id.into(), etag: etag.into(), ..Default::default() }
}

fn ids(comments: &[Comment]) -> Vec<&str> {
    comments.iter().map(|comment| comment.id.as_str()).collect()
}

async fn a_claimed_comment_is_decided_and_the_portal_sees_only_what_it_may(service: Service) {
    submit(&service, "c-1", "a comment that waits").await;
    let claimed = service.desk().claim_comments(claim("ada")).await.unwrap().into_inner();
    assert_eq!(ids(&claimed.comments), ["c-1"]);
    let lease = claimed.comments[0].claim.clone().unwrap();
    assert_eq!((lease.claim_id.as_str(), lease.reviewer.as_str()), (claimed.claim_id.as_str(), "ada"));
    let request = RejectCommentRequest {
        comment_id: "c-1".into(),
        etag: claimed.comments[0].etag.clone(),
        claim_id: claimed.claim_id,
        reviewer: "ada".into(),
        reason: "off_topic".into(),
        author_message: "please stay on topic".into(),
        note: "again".into(),
        ..Default::default()
    };
    let rejected = service.desk().reject_comment(request).await.unwrap().into_inner().comment.unwrap();
    assert_eq!(
        (rejected.state(), rejected.etag.as_str(), rejected.claim),
        (CommentState::Rejected, "2", None)
    );
    let decision = rejected.decision.unwrap();
    assert_eq!((decision.actor.as_str(), decision.note.as_str()), ("ada", "again"));
    let request = GetCommentRequest { comment_id: "c-1".into(), ..Default::default() };
    let seen = service.portal().get_comment(request).await.unwrap().into_inner().comment.unwrap();
    let decision = seen.decision.unwrap();
    assert_eq!((decision.actor.as_str(), decision.note.as_str()), ("", ""));
    assert_eq!(
        (decision.author_message.as_str(), decision.actor_kind()),
        ("please stay on topic", ActorKind::Moderator)
    );
}

async fn a_decision_on_an_old_version_is_refused_with_the_current_one(service: Service) {
    submit(&service, "c-1", "a comment that waits").await;
    service.desk().approve_comment(approve("c-1", "1")).await.unwrap();
    let stale = service.desk().approve_comment(approve("c-1", "1")).await.unwrap_err();
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "ETAG_STALE"));
    assert_eq!(info(&stale).metadata["etag"], "2");
    let missing = service.desk().approve_comment(approve("c-9", "")).await.unwrap_err();
    assert_eq!(reason(&missing), "COMMENT_NOT_FOUND");
    let wrong = service.desk().approve_comment(approve("", "first")).await.unwrap_err();
    assert_eq!(fields(&wrong), ["comment_id", "etag"]);
    let escalate = EscalateCommentRequest { comment_id: "c-1".into(), ..Default::default() };
    let escalated = service.desk().escalate_comment(escalate).await.unwrap().into_inner().comment.unwrap();
    assert_eq!(escalated.state(), CommentState::Escalated);
}

async fn a_claim_keeps_others_away_until_it_ends(service: Service) {
    submit(&service, "c-1", "a comment that waits").await;
    service.desk().claim_comments(claim("ada")).await.unwrap();
    let none = service.desk().claim_comments(claim("bob")).await.unwrap().into_inner();
    assert_eq!((none.comments.len(), none.claim_id.as_str(), none.expire_time), (0, "", None));
    let held = service.desk().approve_comment(approve("c-1", "1")).await.unwrap_err();
    assert_eq!((held.code(), reason(&held).as_str()), (Code::FailedPrecondition, "CLAIM_HELD"));
    assert_eq!(info(&held).metadata["reviewer"], "ada");
    service.clock.advance(Duration::from_secs(301));
    let claimed = service.desk().claim_comments(claim("bob")).await.unwrap().into_inner();
    assert_eq!(ids(&claimed.comments), ["c-1"]);
}

async fn leases_are_renewed_released_and_lost(service: Service) {
    for id in ["c-1", "c-2"] {
        submit(&service, id, &format!("the comment {id} that waits")).await;
    }
    let lease = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
    for seconds in [9, 1801] {
        let request = ClaimCommentsRequest { lease_duration: lease(seconds), ..claim("ada") };
        assert_eq!(fields(&service.desk().claim_comments(request).await.unwrap_err()), ["lease_duration"]);
    }
    let claimed = service.desk().claim_comments(claim("ada")).await.unwrap().into_inner();
    let renew = |ids: &[&str]| RenewClaimsRequest {
        claim_id: claimed.claim_id.clone(),
        comment_ids: ids.iter().map(ToString::to_string).collect(),
        lease_duration: lease(600),
        ..Default::default()
    };
    let renewed = service.desk().renew_claims(renew(&[])).await.unwrap().into_inner();
    assert_eq!(renewed.comment_ids, ["c-1", "c-2"]);
    let release = ReleaseClaimsRequest {
        claim_id: claimed.claim_id.clone(),
        comment_ids: vec!["c-1".into()],
        ..Default::default()
    };
    assert_eq!(service.desk().release_claims(release).await.unwrap().into_inner().comment_ids, ["c-1"]);
    let renewed = service.desk().renew_claims(renew(&["c-1", "c-2"])).await.unwrap().into_inner();
    assert_eq!(
        (renewed.comment_ids, renewed.lost_comment_ids),
        (vec!["c-2".to_owned()], vec!["c-1".to_owned()])
    );
    service.clock.advance(Duration::from_secs(601));
    let lost = service.desk().renew_claims(renew(&[])).await.unwrap_err();
    assert_eq!((lost.code(), reason(&lost).as_str()), (Code::FailedPrecondition, "CLAIM_LOST"));
}

async fn list(service: &Service, request: ListCommentsRequest) -> Result<(Vec<String>, String), Status> {
    let page = service.desk().list_comments(request).await?.into_inner();
    Ok((page.comments.into_iter().map(|comment| comment.id).collect(), page.next_page_token))
}

async fn a_list_is_paged_and_filtered_and_told_what_is_wrong_with_it(service: Service) {
    for number in 0..5 {
        submit(&service, &format!("c-{number}"), &format!("waiting comment number {number}")).await;
    }
    service.desk().approve_comment(approve("c-4", "")).await.unwrap();
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let order_by = "create_time".to_owned();
        let request = ListCommentsRequest { page_size: 3, page_token, order_by, ..Default::default() };
        let (page, next) = list(&service, request).await.unwrap();
        seen.extend(page);
        page_token = next;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, ["c-0", "c-1", "c-2", "c-3"]);
    let filtered = |filter: &str| ListCommentsRequest { filter: filter.into(), ..Default::default() };
    assert_eq!(list(&service, filtered("author = \"author-of-c-2\"")).await.unwrap().0, ["c-2"]);
    assert_eq!(list(&service, filtered("state = approved")).await.unwrap().0, ["c-4"]);
    let wrong = ListCommentsRequest {
        filter: "colour = red".into(),
        order_by: "beauty".into(),
        page_size: 501,
        page_token: "rubbish".into(),
        ..Default::default()
    };
    assert_eq!(
        fields(&list(&service, wrong).await.unwrap_err()),
        ["filter", "order_by", "page_size", "page_token"]
    );
}

async fn many_decisions_have_each_their_own_status(service: Service) {
    for id in ["c-1", "c-2", "c-3"] {
        submit(&service, id, &format!("the comment {id} that waits")).await;
    }
    let input = |id: &str, etag: &str, state: CommentState| DecisionInput {
        comment_id: id.into(),
        etag: etag.into(),
        state: state.into(),
        ..Default::default()
    };
    let request = |decisions| DecideCommentsRequest { decisions, ..Default::default() };
    let decisions = vec![
        input("c-1", "1", CommentState::Approved),
        input("c-2", "7", CommentState::Rejected),
        input("c-3", "1", CommentState::Pending),
        input("c-9", "", CommentState::Rejected),
    ];
    let results = service.desk().decide_comments(request(decisions)).await.unwrap().into_inner().results;
    let codes: Vec<_> = results
        .iter()
        .map(|result| match result.result.as_ref().expect("always set") {
            Decided::Comment(comment) => (comment.id.clone(), 0),
            Decided::Error(error) => (result.comment_id.clone(), error.code),
        })
        .collect();
    let expected =
        [("c-1", 0), ("c-2", Code::Aborted as i32), ("c-3", Code::InvalidArgument as i32), ("c-9", 5)];
    assert_eq!(codes, expected.map(|(id, code)| (id.to_owned(), code)));
    let twice = vec![input("c-2", "", CommentState::Approved), input("c-2", "", CommentState::Rejected)];
    let refused = service.desk().decide_comments(request(twice)).await.unwrap_err();
    assert_eq!(fields(&refused), ["decisions[1].comment_id"]);
}

async fn decide_matching(
    service: &Service,
    request: DecideMatchingRequest,
) -> Result<Vec<DecideMatchingResponse>, Status> {
    let mut stream = service.desk().decide_matching(request).await?.into_inner();
    let mut told = Vec::new();
    while let Some(progress) = stream.message().await? {
        told.push(progress);
    }
    Ok(told)
}

async fn all_that_match_are_decided_only_when_they_are_as_many_as_shown(service: Service) {
    for number in 0..120 {
        submit(&service, &format!("c-{number}"), &format!("waiting comment number {number}")).await;
    }
    let request = |expected_count, validate_only| DecideMatchingRequest {
        target: Some(Target::Filter("thread = \"thread-1\"".into())),
        expected_count,
        state: CommentState::Rejected.into(),
        reason: "spam".into(),
        validate_only,
        ..Default::default()
    };
    let counted = decide_matching(&service, request(0, true)).await.unwrap();
    assert_eq!((counted.len(), counted[0].matched_count, counted[0].done), (1, 120, true));
    let refused = decide_matching(&service, request(119, false)).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Aborted, "COUNT_CHANGED"));
    let metadata = info(&refused).metadata;
    assert_eq!((metadata["expected"].as_str(), metadata["matched"].as_str()), ("119", "120"));
    let held = ClaimCommentsRequest { comment_ids: vec!["c-7".into()], ..Default::default() };
    service.desk().claim_comments(held).await.unwrap();
    let told = decide_matching(&service, request(120, false)).await.unwrap();
    let last = told.last().unwrap();
    assert_eq!((last.decided_count, last.failed_count, last.done), (119, 1, true));
    assert!(told.len() > 2 && told[..told.len() - 1].iter().all(|progress| !progress.done));
    let failures: Vec<_> = told.iter().flat_map(|progress| &progress.failures).collect();
    assert_eq!((failures.len(), failures[0].comment_id.as_str()), (1, "c-7"));
    let empty = DecideMatchingRequest { target: Some(Target::Filter(" ".into())), ..request(0, false) };
    assert_eq!(fields(&decide_matching(&service, empty).await.unwrap_err()), ["filter"]);
}

async fn a_wave_is_listed_counted_and_rejected_at_once(service: Service) {
    service.policy("mode = 'pre'\nlimits = []\n").await;
    for number in 0..4 {
        submit(&service, &format!("w-{number}"), "The river road has to stay open, whatever the mayor says")
            .await;
    }
    submit(&service, "c-1", "I would rather talk about the article").await;
    let similar = |page_size, page_token: String| ListSimilarCommentsRequest {
        comment_id: "w-0".into(),
        page_size,
        page_token,
        ..Default::default()
    };
    let first = service.desk().list_similar_comments(similar(2, String::new())).await.unwrap().into_inner();
    assert_eq!(first.total_count, 3);
    let rest =
        service.desk().list_similar_comments(similar(2, first.next_page_token)).await.unwrap().into_inner();
    let near: Vec<_> = first.comments.iter().chain(&rest.comments).collect();
    let near_ids: Vec<_> = near.iter().map(|near| near.comment.as_ref().unwrap().id.as_str()).collect();
    assert_eq!((near_ids, rest.next_page_token.as_str()), (vec!["w-1", "w-2", "w-3"], ""));
    assert!(near.iter().all(|near| near.similarity == 1.0));
    let request = DecideMatchingRequest {
        target: Some(Target::SimilarTo("w-0".into())),
        expected_count: 4,
        state: CommentState::Rejected.into(),
        ..Default::default()
    };
    let told = decide_matching(&service, request).await.unwrap();
    assert_eq!(told.last().unwrap().decided_count, 4);
    assert_eq!(list(&service, ListCommentsRequest::default()).await.unwrap().0, ["c-1"]);
}

const WAVE: &str = "The river road has to stay open, whatever the mayor says";

fn reject_wave_of(id: &str) -> DecideMatchingRequest {
    DecideMatchingRequest {
        target: Some(Target::SimilarTo(id.into())),
        state: CommentState::Rejected.into(),
        ..Default::default()
    }
}

async fn a_wave_that_still_grows_is_decided_as_far_as_it_was_counted(service: Service) {
    submit(&service, "w-0", WAVE).await;
    let counting = DecideMatchingRequest { validate_only: true, ..reject_wave_of("w-0") };
    for number in 1..4 {
        service.clock.advance(Duration::from_secs(1));
        submit(&service, &format!("w-{number}"), WAVE).await;
    }
    let counted = decide_matching(&service, counting.clone()).await.unwrap().pop().unwrap();
    let created_before = counted.newest_create_time;
    let settled = DecideMatchingRequest { created_before, ..counting };
    let settled = decide_matching(&service, settled).await.unwrap().pop().unwrap();
    assert_eq!((counted.matched_count, settled.matched_count), (4, 3));
    submit(&service, "w-4", WAVE).await;
    let unbounded = DecideMatchingRequest { expected_count: 4, ..reject_wave_of("w-0") };
    assert_eq!(reason(&decide_matching(&service, unbounded).await.unwrap_err()), "COUNT_CHANGED");
    let bounded = DecideMatchingRequest { expected_count: 3, created_before, ..reject_wave_of("w-0") };
    assert_eq!(decide_matching(&service, bounded).await.unwrap().pop().unwrap().decided_count, 3);
    assert_eq!(list(&service, ListCommentsRequest::default()).await.unwrap().0, ["w-3", "w-4"]);
}

async fn a_wave_is_decided_whole_however_many_it_has(service: Service) {
    service.policy("limits = []").await;
    let names: Vec<String> = (0..1_100).map(|number| format!("w-{number}")).collect();
    for some in names.chunks(100) {
        join_all(some.iter().map(|name| submit(&service, name, WAVE))).await;
    }
    let request = DecideMatchingRequest { expected_count: 1_100, ..reject_wave_of("w-7") };
    assert_eq!(decide_matching(&service, request).await.unwrap().pop().unwrap().decided_count, 1_100);
    let none = DecideMatchingRequest { validate_only: true, ..reject_wave_of("w-7") };
    assert_eq!(decide_matching(&service, none).await.unwrap().pop().unwrap().matched_count, 0);
}

async fn an_undone_decision_leaves_a_history_and_no_record(service: Service) {
    submit(&service, "c-1", "a comment that waits").await;
    let inspect = InspectCommentRequest { comment_id: "c-1".into(), ..Default::default() };
    service.desk().approve_comment(approve("c-1", "")).await.unwrap();
    let before = service.desk().inspect_comment(inspect.clone()).await.unwrap().into_inner();
    assert_eq!(before.author.unwrap().approved_count, 1);
    let undo = UndoDecisionRequest { comment_id: "c-1".into(), etag: "2".into(), ..Default::default() };
    let undone = service.desk().undo_decision(undo.clone()).await.unwrap().into_inner().comment.unwrap();
    assert_eq!((undone.state(), undone.decision), (CommentState::Pending, None));
    let after = service.desk().inspect_comment(inspect).await.unwrap().into_inner();
    assert_eq!(after.author.unwrap().approved_count, 0);
    let kinds: Vec<_> = after.history.iter().map(|entry| entry.kind()).collect();
    assert_eq!(kinds, [HistoryKind::Submitted, HistoryKind::Approved, HistoryKind::Undone]);
    let nothing = UndoDecisionRequest { etag: String::new(), ..undo };
    let refused = service.desk().undo_decision(nothing).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "STATE_CONFLICT"));
}

async fn a_deferred_comment_is_not_offered_again_for_a_while(service: Service) {
    submit(&service, "c-1", "a hard one").await;
    let defer =
        DeferCommentRequest { comment_id: "c-1".into(), reviewer: "ada".into(), ..Default::default() };
    service.desk().defer_comment(defer.clone()).await.unwrap();
    assert!(service.desk().claim_comments(claim("ada")).await.unwrap().into_inner().comments.is_empty());
    service.clock.advance(Duration::from_secs(3601));
    assert_eq!(service.desk().claim_comments(claim("ada")).await.unwrap().into_inner().comments.len(), 1);
    let missing = DeferCommentRequest { comment_id: "c-9".into(), ..defer };
    assert_eq!(reason(&service.desk().defer_comment(missing).await.unwrap_err()), "COMMENT_NOT_FOUND");
}

async fn the_queue_is_counted_by_section_and_rule(service: Service) {
    service
        .policy(
            "limits = []\n[[keywords]]\nname = 'house'\nclass = 'spam'\nweight = 1.0\nwords = ['bargain']\n",
        )
        .await;
    for (number, section) in ["war", "war", "sports"].into_iter().enumerate() {
        let mut request: SubmitCommentRequest =
            submission(&format!("c-{number}"), "ann", "what a bargain this is");
        let thread = Thread { id: "t".into(), section: section.into(), ..Thread::default() };
        request.comment.as_mut().unwrap().thread = Some(thread);
        service.portal().submit_comment(request).await.unwrap();
    }
    let stats = service.desk().get_queue_stats(GetQueueStatsRequest::default()).await.unwrap().into_inner();
    let stats = stats.stats.unwrap();
    assert_eq!((stats.pending_count, stats.sampled_count, stats.claimed_count), (3, 3, 0));
    assert!(stats.oldest_pending_time.is_some() && stats.oldest_age.is_some());
    let sections: Vec<_> = stats.by_section.iter().map(|named| (named.name.as_str(), named.count)).collect();
    assert_eq!(sections, [("war", 2), ("sports", 1)]);
    let house =
        stats.by_rule.iter().find(|named| named.name == "keywords/house").expect("the rule is counted");
    assert_eq!(house.count, 3);
}

async fn a_watched_queue_tells_what_changed(service: Service) {
    submit(&service, "c-1", "the first comment that waits").await;
    let mut stream = service.desk().watch_queue(WatchQueueRequest::default()).await.unwrap().into_inner();
    let first = next(&mut stream).await;
    assert_eq!((first.stats.unwrap().pending_count, first.changes.len()), (1, 0));
    submit(&service, "c-2", "another comment that waits").await;
    let came_in = next(&mut stream).await;
    assert_eq!(came_in.stats.unwrap().pending_count, 2);
    let changed: Vec<_> = came_in.changes.iter().map(|change| change.comment_id.as_str()).collect();
    assert_eq!((changed, came_in.incomplete), (vec!["c-2"], false));
    service.desk().approve_comment(approve("c-1", "")).await.unwrap();
    let decided = next(&mut stream).await;
    let change = &decided.changes[0];
    assert_eq!(
        (change.comment_id.as_str(), change.state(), change.etag.as_str()),
        ("c-1", CommentState::Approved, "2")
    );
    assert!(!decided.incomplete);
}
