//! What a policy in force does to comments, over real servers: trials, places with rules of their own, and news of it.

use std::time::{Duration, Instant};

use modqueue::domain::{ManualClock, SiteName};
use modqueue::policy::Policies;
use modqueue::proto::v1::{
    Action, CommentDraft, FindingEffect, GetPolicyRequest, GetRuleStatsRequest, SubmitCommentRequest, Thread,
    UpdatePolicyRequest, Verdict,
};
use tonic::{Code, Status};

use crate::support::clients::{Clients, submission};
use crate::support::redis_server::RedisServer;
use crate::support::reference::Reference;
use crate::support::samples::policy;
use crate::support::server_process::ServerProcess;
use crate::support::service::{Service, on_each_store, reason};

on_each_store!(
    rules_of_every_kind_on_trial_are_found_and_counted_and_do_nothing,
    a_place_can_be_stricter_than_the_site_and_a_thread_has_the_last_word,
);

/// Every kind of rule on trial, each strong enough to reject alone.
const TRIALS: &str = "mode = 'post'
limits = []
learned = false
starter = false
author = { new = false, guest = { weight = 50.0, action = 'reject', shadow = true } }
links = { any = { weight = 50.0, action = 'reject', shadow = true } }
shape = { capitals = { weight = 50.0, action = 'reject', shadow = true } }
[[keywords]]
name = 'house'
weight = 50.0
action = 'reject'
shadow = true
words = ['turnip']
[[patterns]]
name = 'order'
pattern = 'ORD-[0-9]{4}'
weight = 50.0
action = 'reject'
shadow = true
";

const LOUD: &str =
    "EVERYBODY LISTEN: TURNIPS WITH A DISCOUNT FOR ORDER ORD-1234 AT HTTPS://TURNIPS.EXAMPLE.COM";

fn by_a_guest(id: &str, text: &str) -> SubmitCommentRequest {
    let comment = CommentDraft { id: id.into(), text: text.into(), ..CommentDraft::default() };
    SubmitCommentRequest { comment: Some(comment), ..SubmitCommentRequest::default() }
}

async fn verdict(service: &Service, request: SubmitCommentRequest) -> Verdict {
    let answer = service.portal().submit_comment(request).await.expect("it is taken in").into_inner();
    answer.comment.expect("a comment").verdict.expect("a verdict")
}

async fn rules_of_every_kind_on_trial_are_found_and_counted_and_do_nothing(service: Service) {
    service.policy(TRIALS).await;
    let judged = verdict(&service, by_a_guest("trial", LOUD)).await;
    let mut found: Vec<_> =
        judged.findings.iter().map(|finding| format!("{}/{}", finding.filter, finding.rule)).collect();
    found.sort();
    let trials = ["author/guest", "keywords/house", "links/any", "patterns/order", "shape/capitals"];
    assert_eq!(found, trials);
    assert!(judged.findings.iter().all(|finding| finding.effect() == FindingEffect::Shadow));
    assert_eq!((judged.action(), judged.score), (Action::Publish, 0.0));

    let stats = service.admin().get_rule_stats(GetRuleStatsRequest::default()).await.expect("statistics");
    let stats = stats.into_inner().rules;
    let counted = stats.iter().filter(|rule| rule.hit_count == 1 && rule.published_count == 1 && rule.shadow);
    assert_eq!(counted.count(), trials.len(), "{stats:?}");

    service.policy(&TRIALS.replace("shadow = true", "shadow = false")).await;
    let judged = verdict(&service, by_a_guest("earnest", LOUD)).await;
    assert_eq!((judged.action(), judged.score), (Action::Reject, 250.0));
}

const PLACES: &str = "mode = 'post'
limits = []
learned = false
author = { new = false }
repeats = { exact = false, near = false }
thresholds = { hold = 5.0, reject = 15.0 }
[[keywords]]
name = 'house'
weight = 3.0
words = ['turnip']
[[overrides]]
section = 'war'
thresholds = { hold = 2.0, reject = 3.0 }
[[overrides]]
thread = 'truce'
thresholds = { hold = 10.0, reject = 20.0 }
[[overrides]]
thread = 'closed'
mode = 'pre'
[[overrides]]
section = 'quiet'
[[overrides.limits]]
name = 'pace'
key = ['section']
quota = 1
per = '1h'
burst = 1
";

async fn submit_to(
    service: &Service,
    id: &str,
    section: &str,
    thread: &str,
    text: &str,
) -> Result<Action, Status> {
    let mut request = submission(id, id, text);
    let place = Thread { id: thread.into(), section: section.into(), ..Thread::default() };
    request.comment.as_mut().expect("a draft").thread = Some(place);
    let answer = service.portal().submit_comment(request).await?.into_inner();
    Ok(answer.comment.expect("a comment").verdict.expect("a verdict").action())
}

async fn a_place_can_be_stricter_than_the_site_and_a_thread_has_the_last_word(service: Service) {
    service.policy(PLACES).await;
    let cases = [
        ("sports", "match", "a turnip", Action::Publish),
        ("war", "front", "a turnip", Action::Reject),
        ("war", "front", "a harmless remark", Action::Publish),
        ("war", "truce", "a turnip", Action::Publish),
        ("sports", "truce", "a turnip", Action::Publish),
        ("sports", "closed", "a harmless remark", Action::Hold),
        ("war", "closed", "a turnip", Action::Reject),
    ];
    for (number, (section, thread, text, action)) in cases.into_iter().enumerate() {
        let judged = submit_to(&service, &format!("c-{number}"), section, thread, text).await;
        assert_eq!(judged.expect("it is taken in"), action, "{text} in {section}/{thread}");
    }
    submit_to(&service, "first", "quiet", "a", "one remark").await.expect("the first passes");
    let refused = submit_to(&service, "second", "quiet", "b", "another remark").await.expect_err("too fast");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::ResourceExhausted, "RATE_LIMITED"));
    submit_to(&service, "third", "sports", "b", "a remark elsewhere").await.expect("it holds there alone");
}

/// Waits until a server judges `a turnip` like this; it is asked without keeping anything.
async fn wait_for(clients: &mut Clients, action: Action, revision: u64) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let request = SubmitCommentRequest { validate_only: true, ..submission("", "ann", "a turnip") };
        let answer = clients.submission.submit_comment(request).await.expect("a verdict").into_inner();
        let verdict = answer.comment.expect("a comment").verdict.expect("a verdict");
        if (verdict.action(), verdict.policy_revision) == (action, revision) {
            return;
        }
        assert!(Instant::now() < deadline, "revision {revision} does not arrive: {verdict:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_policy_reaches_the_other_servers_and_a_bad_one_none() {
    let redis = RedisServer::start();
    let servers = [(); 2].map(|()| ServerProcess::start_with(&["--store", &redis.url()]));
    let (mut here, mut there) = (servers[0].clients().await, servers[1].clients().await);
    here.set_policy(PLACES).await;
    wait_for(&mut there, Action::Publish, 1).await;
    there.set_policy(&PLACES.replace("weight = 3.0", "weight = 6.0")).await;
    wait_for(&mut here, Action::Hold, 2).await;

    let bad = UpdatePolicyRequest { source: "mode = 'lax'".into(), ..UpdatePolicyRequest::default() };
    let refused = here.policy.update_policy(bad).await.expect_err("it is bad");
    assert_eq!(reason(&refused), "POLICY_INVALID");
    for clients in [&mut here, &mut there] {
        wait_for(clients, Action::Hold, 2).await;
        let policy = clients.policy.get_policy(GetPolicyRequest::default()).await.expect("a policy");
        assert_eq!(policy.into_inner().policy.expect("a policy").revision, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_redis_was_emptied_its_own_policy_is_in_force_and_can_be_changed() {
    let redis = RedisServer::start();
    let servers = [(); 2].map(|()| ServerProcess::start_with(&["--store", &redis.url()]));
    let (mut here, mut there) = (servers[0].clients().await, servers[1].clients().await);
    here.set_policy(PLACES).await;
    here.set_policy(&PLACES.replace("weight = 3.0", "weight = 50.0")).await;
    for clients in [&mut here, &mut there] {
        wait_for(clients, Action::Reject, 2).await;
    }
    let mut connection =
        ::redis::Client::open(redis.url()).expect("an address").get_connection().expect("it answers");
    ::redis::cmd("FLUSHALL").exec(&mut connection).expect("it is emptied");
    for clients in [&mut here, &mut there] {
        wait_for(clients, Action::Hold, 0).await;
    }
    here.set_policy(PLACES).await;
    for clients in [&mut here, &mut there] {
        wait_for(clients, Action::Publish, 1).await;
    }
}

#[tokio::test]
async fn a_policy_of_a_newer_version_is_looked_at_once_and_the_last_good_one_stays() {
    let site = SiteName::new("news").expect("a name");
    let queue = Reference::default().with_clock(&ManualClock::default());
    let policies = Policies::new([site.clone()]);
    let revision = || policies.current(&site).expect("it is served").revision();
    queue.save_policy(&site, 0, policy("mode = 'post'")).await.unwrap();
    policies.begin(&site, &*queue).await.unwrap();
    queue.save_policy(&site, 1, policy("not_yet_invented = true")).await.unwrap();
    assert!(policies.is_news(&site, 2));
    policies.refresh(&site, &*queue).await.unwrap();
    assert_eq!((revision(), policies.is_news(&site, 2)), (1, false));
    queue.save_policy(&site, 2, policy("mode = 'pre'")).await.unwrap();
    assert!(policies.is_news(&site, 3));
    policies.refresh(&site, &*queue).await.unwrap();
    assert_eq!((revision(), policies.is_news(&site, 3)), (3, false));
}
