//! What the past comes to in figures, through a real socket.

use std::time::Duration;

use modqueue::proto::v1::{
    ActivityBucket, ApproveCommentRequest, EscalateCommentRequest, GetActivityRequest, GetActivityResponse,
    GetRuleStatsRequest, RejectCommentRequest, ReportCommentRequest, RuleStats, UndoDecisionRequest,
    WithdrawCommentRequest,
};
use prost_types::{Duration as Span, Timestamp as Time};
use tonic::Code;

use crate::support::clients::submission;
use crate::support::service::{Service, fields, on_each_store};

on_each_store!(
    each_rule_tells_its_hits_and_how_often_it_was_overturned,
    a_rule_on_trial_is_counted_and_an_undone_decision_is_not,
    rules_without_hits_are_told_and_those_of_the_past_stay,
    rule_statistics_keep_to_their_period,
    activity_tells_what_came_in_and_what_was_decided_step_by_step,
    activity_tells_who_decided_after_how_long_and_what_was_overturned,
    a_comment_waits_in_every_step_until_it_is_decided,
    the_learned_filter_is_held_against_what_moderators_decided,
    a_limit_that_holds_is_counted_by_name,
    a_period_that_makes_no_sense_is_refused_with_its_fields,
);

const POLICY: &str = "mode = 'post'
limits = []
learned = false
author = { new = false, trusted = { from = 1, weight = -2.0 } }
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
[[keywords]]
name = 'trial'
class = 'custom'
weight = 9.0
shadow = true
words = ['swede']
";

async fn submit(service: &Service, id: &str, author: &str, text: &str) {
    service.portal().submit_comment(submission(id, author, text)).await.expect("it is taken in");
}

async fn approve(service: &Service, id: &str) {
    let request =
        ApproveCommentRequest { comment_id: id.into(), reviewer: "ada".into(), ..Default::default() };
    service.desk().approve_comment(request).await.expect("it is approved");
}

async fn reject(service: &Service, id: &str) {
    let request = RejectCommentRequest {
        comment_id: id.into(),
        reviewer: "ben".into(),
        reason: "other".into(),
        ..Default::default()
    };
    service.desk().reject_comment(request).await.expect("it is rejected");
}

async fn rules(service: &Service, request: GetRuleStatsRequest) -> Vec<RuleStats> {
    service.admin().get_rule_stats(request).await.expect("statistics").into_inner().rules
}

async fn rule(service: &Service, name: &str) -> RuleStats {
    let rules = rules(service, GetRuleStatsRequest::default()).await;
    rules.iter().find(|rule| rule.rule == name).unwrap_or_else(|| panic!("no {name} in {rules:?}")).clone()
}

fn now(service: &Service) -> i64 {
    use modqueue::domain::Clock;
    service.clock.now().as_millis().div_euclid(1000)
}

/// The last `steps` hours, this very second included.
async fn activity(service: &Service, steps: i64) -> GetActivityResponse {
    let to = now(service) + 1;
    let request = GetActivityRequest {
        from: Some(Time { seconds: to - steps * 3600, nanos: 0 }),
        to: Some(Time { seconds: to, nanos: 0 }),
        ..Default::default()
    };
    service.admin().get_activity(request).await.expect("an activity").into_inner()
}

fn counts(bucket: &ActivityBucket) -> [u64; 5] {
    [
        bucket.published_count,
        bucket.held_count,
        bucket.rejected_count,
        bucket.moderator_approved_count,
        bucket.moderator_rejected_count,
    ]
}

const HOUR: Duration = Duration::from_secs(3600);

async fn each_rule_tells_its_hits_and_how_often_it_was_overturned(service: Service) {
    service.policy(POLICY).await;
    submit(&service, "right", "a", "a turnip which no moderator likes").await;
    submit(&service, "wrong", "b", "a turnip which a moderator likes").await;
    submit(&service, "open", "c", "a turnip that nobody has looked at").await;
    submit(&service, "both", "d", "a turnip and a parsnip and a turnip").await;
    submit(&service, "gone", "e", "a turnip that its author took back").await;
    reject(&service, "right").await;
    approve(&service, "wrong").await;
    approve(&service, "both").await;
    let gone = WithdrawCommentRequest { comment_id: "gone".into(), ..Default::default() };
    service.portal().withdraw_comment(gone).await.expect("it is withdrawn");

    let house = rule(&service, "house").await;
    assert_eq!(
        (house.hit_count, house.published_count, house.held_count, house.rejected_count),
        (4, 0, 3, 1),
        "a comment counts once, a withdrawn one never"
    );
    assert_eq!((house.decided_count, house.overturned_count, house.shadow), (3, 2, false));
    let never = rule(&service, "never").await;
    assert_eq!((never.filter.as_str(), never.hit_count, never.overturned_count), ("keywords", 1, 1));
    let first = &rules(&service, GetRuleStatsRequest::default()).await[0];
    assert_eq!(first.rule, "house", "most hits first");
}

async fn a_rule_on_trial_is_counted_and_an_undone_decision_is_not(service: Service) {
    service.policy(POLICY).await;
    submit(&service, "c-1", "a", "a swede").await;
    submit(&service, "c-2", "b", "another swede").await;
    submit(&service, "c-3", "c", "yet another swede").await;
    for id in ["c-1", "c-2"] {
        approve(&service, id).await;
    }
    reject(&service, "c-3").await;
    let undo = UndoDecisionRequest { comment_id: "c-2".into(), ..Default::default() };
    service.desk().undo_decision(undo).await.expect("it is undone");
    let trial = rule(&service, "trial").await;
    assert_eq!((trial.hit_count, trial.published_count, trial.shadow), (3, 3, true));
    assert_eq!((trial.decided_count, trial.overturned_count), (2, 1));
}

async fn rules_without_hits_are_told_and_those_of_the_past_stay(service: Service) {
    service.policy(POLICY).await;
    submit(&service, "praise", "fan", "nothing to see").await;
    approve(&service, "praise").await;
    submit(&service, "trusted", "fan", "a swede by somebody trusted").await;
    reject(&service, "trusted").await;
    let trusted = rule(&service, "trusted").await;
    assert_eq!(
        (trusted.hit_count, trusted.overturned_count),
        (1, 1),
        "rejected though the rule spoke for it"
    );
    let quiet = rule(&service, "house").await;
    assert_eq!((quiet.hit_count, quiet.decided_count), (0, 0));
    service.policy("mode = 'post'\nlimits = []\n").await;
    assert!(rule(&service, "trial").await.shadow, "it is not there any more, and was on trial");
    let rules = rules(&service, GetRuleStatsRequest::default()).await;
    assert!(rules.iter().all(|rule| rule.rule != "house"), "what is gone and found nothing is nothing");
    let names = |filter: &str| rules.iter().filter(|rule| rule.filter == filter).count();
    assert!(names("shape") > 5 && names("links") > 5 && names("repeats") == 2 && names("learned") == 3);
}

async fn rule_statistics_keep_to_their_period(service: Service) {
    service.policy(POLICY).await;
    submit(&service, "old", "a", "an old turnip").await;
    service.clock.advance(3 * HOUR);
    let border = Some(Time { seconds: now(&service) - 3600, nanos: 0 });
    submit(&service, "new", "b", "a new turnip").await;
    approve(&service, "old").await;
    let hits = |rules: Vec<RuleStats>| {
        let house = rules.into_iter().find(|rule| rule.rule == "house").expect("it is in the policy");
        (house.hit_count, house.decided_count)
    };
    let before = GetRuleStatsRequest { to: border, ..Default::default() };
    let after = GetRuleStatsRequest { from: border, ..Default::default() };
    assert_eq!(hits(rules(&service, before).await), (1, 1));
    assert_eq!(hits(rules(&service, after).await), (1, 0));
}

async fn activity_tells_what_came_in_and_what_was_decided_step_by_step(service: Service) {
    service.policy(POLICY).await;
    submit(&service, "fine", "a", "a harmless remark").await;
    submit(&service, "held", "b", "a turnip").await;
    submit(&service, "bad", "c", "a parsnip").await;
    service.clock.advance(HOUR);
    submit(&service, "next", "d", "another remark").await;
    approve(&service, "held").await;
    let report = ReportCommentRequest {
        comment_id: "fine".into(),
        reporter_id: "r".into(),
        reason: "rude".into(),
        ..Default::default()
    };
    service.portal().report_comment(report).await.expect("it is reported");
    let escalate = EscalateCommentRequest { comment_id: "fine".into(), ..Default::default() };
    service.desk().escalate_comment(escalate).await.expect("it is escalated");
    service.clock.advance(HOUR);
    reject(&service, "fine").await;
    let undo = UndoDecisionRequest { comment_id: "held".into(), ..Default::default() };
    service.desk().undo_decision(undo).await.expect("it is undone");

    let buckets = activity(&service, 3).await.buckets;
    let all: Vec<_> = buckets.iter().map(counts).collect();
    assert_eq!(all, [[1, 1, 1, 0, 0], [1, 0, 0, 1, 0], [0, 0, 0, 0, 1]]);
    let others = |bucket: &ActivityBucket| {
        [bucket.escalated_count, bucket.undone_count, bucket.reported_count, bucket.overturned_count]
    };
    assert_eq!(buckets.iter().map(others).collect::<Vec<_>>(), [[0; 4], [1, 0, 1, 0], [0, 1, 0, 1]]);
    let starts: Vec<_> = buckets.iter().map(|bucket| bucket.start_time.expect("a start").seconds).collect();
    assert_eq!((starts[1] - starts[0], starts[2] - starts[1]), (3600, 3600));
}

async fn activity_tells_who_decided_after_how_long_and_what_was_overturned(service: Service) {
    service.policy(POLICY).await;
    submit(&service, "slow", "a", "a slow turnip").await;
    service.clock.advance(2 * HOUR);
    for number in 0..4 {
        submit(&service, &format!("quick-{number}"), "b", &format!("turnip number {number}")).await;
    }
    submit(&service, "bad", "c", "a parsnip").await;
    service.clock.advance(Duration::from_secs(60));
    for number in 0..4 {
        approve(&service, &format!("quick-{number}")).await;
    }
    reject(&service, "slow").await;
    approve(&service, "bad").await;

    let bucket = activity(&service, 1).await.buckets.remove(0);
    let by: Vec<_> = bucket.by_reviewer.iter().map(|count| (count.name.as_str(), count.count)).collect();
    assert_eq!(by, [("ada", 5), ("ben", 1)]);
    assert_eq!(bucket.overturned_count, 1, "the policy had rejected it");
    let seconds = |span: Option<Span>| span.expect("comments were decided").seconds;
    let (median, slow) = (seconds(bucket.median_decision_duration), seconds(bucket.slow_decision_duration));
    assert!((60..=63).contains(&median), "{median}");
    assert!((7_260..=7_410).contains(&slow), "{slow}");
}

async fn a_comment_waits_in_every_step_until_it_is_decided(service: Service) {
    service.policy(POLICY).await;
    submit(&service, "early", "a", "an early turnip").await;
    submit(&service, "forgotten", "b", "a turnip that waits for ever").await;
    service.clock.advance(2 * HOUR);
    submit(&service, "late", "c", "a late turnip").await;
    service.clock.advance(HOUR);
    approve(&service, "early").await;
    let waiting = |activity: GetActivityResponse| {
        activity.buckets.iter().map(|bucket| bucket.waiting_count).collect::<Vec<_>>()
    };
    assert_eq!(waiting(activity(&service, 5).await), [0, 2, 2, 3, 2]);
    assert_eq!(waiting(activity(&service, 2).await), [3, 2], "what came in before is counted");
}

async fn the_learned_filter_is_held_against_what_moderators_decided(service: Service) {
    service.policy("mode = 'pre'\nlimits = []\n").await;
    let spam = "Lovely tune! Please visit my channel and subscribe, I give away a free phone every week";
    submit(&service, "spam", "a", spam).await;
    submit(&service, "fine", "b", "The bridge was closed for repairs again on Monday.").await;
    submit(&service, "open", "c", "Nobody has looked at this remark about the bridge yet.").await;
    reject(&service, "spam").await;
    approve(&service, "fine").await;
    let bins = activity(&service, 1).await.calibration;
    let shares: Vec<_> = bins.iter().map(|bin| (bin.count, bin.observed)).collect();
    assert_eq!(shares, [(1, 0.0), (1, 1.0)], "by ascending probability, the undecided one left out");
    assert!(bins[0].predicted < 0.3 && bins[1].predicted > 0.7, "{bins:?}");
}

async fn a_limit_that_holds_is_counted_by_name(service: Service) {
    let limit =
        "[[limits]]\nname = 'pace'\nkey = ['author']\nquota = 1\nper = '1h'\nburst = 1\nmode = 'hold'\n";
    service.policy(&format!("mode = 'post'\n{limit}")).await;
    for number in 0..3 {
        submit(&service, &format!("c-{number}"), "ann", &format!("remark number {number}")).await;
    }
    let bucket = activity(&service, 1).await.buckets.remove(0);
    assert_eq!((bucket.published_count, bucket.held_count), (1, 2));
    assert_eq!((bucket.by_limit[0].name.as_str(), bucket.by_limit[0].count), ("pace", 2));
}

async fn a_period_that_makes_no_sense_is_refused_with_its_fields(service: Service) {
    let at = |seconds| Some(Time { seconds, nanos: 0 });
    let step = |seconds| Some(Span { seconds, nanos: 0 });
    let asked = |from, to, step| GetActivityRequest { from, to, step, ..Default::default() };
    for (request, named) in [
        (asked(at(20_000), at(10_000), None), vec!["to"]),
        (asked(at(10_000), at(10_000), None), vec!["to"]),
        (asked(at(0), at(60 * 1_001), step(60)), vec!["step"]),
        (asked(at(0), at(3600), step(59)), vec!["step"]),
        (asked(at(i64::MAX), at(i64::MAX), step(-1)), vec!["to", "from", "step"]),
    ] {
        let refused = service.admin().get_activity(request).await.expect_err("no sense");
        assert_eq!(
            (refused.code(), fields(&refused)),
            (Code::InvalidArgument, named.iter().map(|name| name.to_string()).collect::<Vec<_>>())
        );
    }
    let all = asked(at(0), at(60 * 1_000), step(60));
    assert_eq!(
        service.admin().get_activity(all).await.expect("just in time").into_inner().buckets.len(),
        1_000
    );
    let backwards = GetRuleStatsRequest { from: at(9), to: at(8), ..Default::default() };
    let refused = service.admin().get_rule_stats(backwards).await.expect_err("no sense");
    assert_eq!(fields(&refused), ["to"]);
}
