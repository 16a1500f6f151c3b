//! The service learns from its moderators: seen from outside, through a real socket.

use std::time::{Duration, Instant};

use modqueue::proto::v1::decision_result::Result as Decided;
use modqueue::proto::v1::{
    Action, CommentState, DecideCommentsRequest, DecisionInput, SubmitCommentRequest, UndoDecisionRequest,
    Verdict,
};

use crate::support::clients::{Clients, submission};
use crate::support::redis_server::RedisServer;
use crate::support::server_process::ServerProcess;
use crate::support::service::{Service, on_each_store};

on_each_store!(
    rejections_raise_the_score_of_the_next_and_undoing_them_brings_it_back_exactly,
    one_author_teaches_less_than_many,
    with_accepted_errors_the_filter_publishes_and_rejects_alone_and_draws_a_sample,
);

const PATIENCE: Duration = Duration::from_secs(30);
/// Neither limits nor repeats play a part.
const POLICY: &str = "limits = []\nrepeats = { exact = false, near = false }\nstarter = false\n";

fn spammy(number: usize) -> String {
    format!("We repair garden gnomes in Ulm, offer {number} of {} for gnome lovers", number * 7 + 3)
}

async fn judged(clients: &mut Clients, text: &str) -> Verdict {
    let request = SubmitCommentRequest { validate_only: true, ..submission("", "somebody", text) };
    let response = clients.submission.submit_comment(request).await.expect("it is judged").into_inner();
    response.comment.unwrap().verdict.unwrap()
}

/// Waits until a verdict is as it should be: the learner looks once a second.
async fn judged_until(clients: &mut Clients, text: &str, is_so: impl Fn(&Verdict) -> bool) -> Verdict {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let verdict = judged(clients, text).await;
        if is_so(&verdict) {
            return verdict;
        }
        assert!(Instant::now() < deadline, "it never comes to that: {verdict:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn submitted(clients: &mut Clients, id: &str, author: &str, text: &str) -> Verdict {
    let response = clients.submission.submit_comment(submission(id, author, text)).await;
    response.expect("it is taken in").into_inner().comment.unwrap().verdict.unwrap()
}

async fn decided(clients: &mut Clients, ids: &[String], state: CommentState, reason: &str) {
    for ids in ids.chunks(100) {
        let decision = |id: &String| DecisionInput {
            comment_id: id.clone(),
            state: state.into(),
            reason: reason.into(),
            ..Default::default()
        };
        let decisions = ids.iter().map(decision).collect();
        let request = DecideCommentsRequest { decisions, ..Default::default() };
        let results = clients.review.decide_comments(request).await.expect("they are decided").into_inner();
        assert!(results.results.iter().all(|result| matches!(result.result, Some(Decided::Comment(_)))));
    }
}

/// Submits comments and has a moderator decide upon them.
async fn taught(
    clients: &mut Clients,
    name: &str,
    count: usize,
    (author, text): (impl Fn(usize) -> String, impl Fn(usize) -> String),
    (state, reason): (CommentState, &str),
) -> Vec<String> {
    let ids: Vec<String> = (0..count).map(|number| format!("{name}-{number}")).collect();
    for (number, id) in ids.iter().enumerate() {
        submitted(clients, id, &author(number), &text(number)).await;
    }
    decided(clients, &ids, state, reason).await;
    ids
}

fn own_author(name: &'static str) -> impl Fn(usize) -> String {
    move |number| format!("{name}-{number}")
}

/// The verdict by a newer model than `before`, once the learner has come to rest.
async fn learned(clients: &mut Clients, text: &str, before: &Verdict) -> Verdict {
    let mut newest =
        judged_until(clients, text, |verdict| verdict.model_revision > before.model_revision).await;
    let quiet = Duration::from_millis(2_500);
    let mut since = Instant::now();
    while since.elapsed() < quiet {
        let verdict = judged(clients, text).await;
        if verdict.model_revision != newest.model_revision {
            (newest, since) = (verdict, Instant::now());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    newest
}

async fn rejections_raise_the_score_of_the_next_and_undoing_them_brings_it_back_exactly(service: Service) {
    service.policy(POLICY).await;
    let mut clients = service.clients();
    let next = spammy(1_000);
    let before = judged(&mut clients, &next).await;
    let texts = (own_author("spammer"), spammy);
    let ids = taught(&mut clients, "spam", 30, texts, (CommentState::Rejected, "spam")).await;
    let raised = learned(&mut clients, &next, &before).await;
    assert!(raised.score > before.score + 2.0, "{} and {}", raised.score, before.score);
    assert!(raised.findings.iter().any(|finding| finding.filter == "learned" && finding.rule == "spam"));
    for id in ids {
        let request = UndoDecisionRequest { comment_id: id, ..Default::default() };
        clients.review.undo_decision(request).await.expect("it is undone");
    }
    let back = learned(&mut clients, &next, &raised).await;
    assert_eq!((back.score, &back.findings), (before.score, &before.findings));
}

/// Three made-up words that no other number shares.
fn own_words(number: usize) -> String {
    let syllable = |index: usize| ["ka", "mo", "ri", "su", "te", "lo", "ni"][index % 7];
    let word = |seed: usize| [seed, seed / 7, seed / 49].map(syllable).concat();
    [11, 29, 53].map(|factor| word(number * factor + factor)).join(" ")
}

async fn one_author_teaches_less_than_many(service: Service) {
    service.policy(POLICY).await;
    let mut clients = service.clients();
    let fine = |number| format!("The council met about road {number} and closed it for a week");
    taught(&mut clients, "fine", 40, (own_author("reader"), fine), (CommentState::Approved, "")).await;
    let last = own_words(39);
    let before = learned(&mut clients, &last, &Verdict::default()).await;
    let alone = (|_| "one-author".to_owned(), own_words);
    let ids = taught(&mut clients, "one", 40, alone, (CommentState::Rejected, "spam")).await;
    let by_one = learned(&mut clients, &last, &before).await;
    for id in ids {
        let request = UndoDecisionRequest { comment_id: id, ..Default::default() };
        clients.review.undo_decision(request).await.expect("it is undone");
    }
    let back = learned(&mut clients, &last, &by_one).await;
    assert_eq!(back.score, before.score);
    taught(&mut clients, "many", 40, (own_author("m"), own_words), (CommentState::Rejected, "spam")).await;
    let by_many = learned(&mut clients, &last, &back).await;
    assert!(by_many.score > by_one.score + 0.5, "{} and {}", by_many.score, by_one.score);
}

async fn with_accepted_errors_the_filter_publishes_and_rejects_alone_and_draws_a_sample(service: Service) {
    service.policy(&format!("{POLICY}learned = {{ accept_error = 0.1, audit = 0.0 }}\n")).await;
    let mut clients = service.clients();
    let fine = |number| format!("The council met about road {number} and closed it for a week");
    let before = judged(&mut clients, &fine(1_000)).await;
    assert_eq!(before.action(), Action::Hold, "nothing is decided alone before moderators decided");
    taught(&mut clients, "fine", 60, (own_author("reader"), fine), (CommentState::Approved, "")).await;
    taught(&mut clients, "spam", 60, (own_author("spammer"), spammy), (CommentState::Rejected, "spam")).await;
    let alone = |verdict: &Verdict| verdict.findings.iter().any(|finding| finding.rule == "alone");
    let rejected = |verdict: &Verdict| alone(verdict) && verdict.action() == Action::Reject;
    judged_until(&mut clients, &spammy(1_000), rejected).await;
    let published = |verdict: &Verdict| alone(verdict) && verdict.action() == Action::Publish;
    judged_until(&mut clients, &fine(1_000), published).await;
    let verdict = submitted(&mut clients, "n-1", "newcomer", &fine(1_001)).await;
    assert_eq!(verdict.action(), Action::Publish, "{verdict:?}");
    service.change_policy(&format!("{POLICY}learned = {{ accept_error = 0.1, audit = 1.0 }}\n")).await;
    let verdict = submitted(&mut clients, "n-2", "newcomer", &fine(1_002)).await;
    let audit = verdict.findings.iter().find(|finding| finding.rule == "audit").expect("it is drawn");
    assert!(audit.message.starts_with("Would have been published alone; sampled for review"), "{audit:?}");
    assert_eq!(verdict.action(), Action::Hold);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taught_on_one_server_is_known_on_the_other() {
    let redis = RedisServer::start();
    let servers: Vec<_> = (0..2).map(|_| ServerProcess::start_with(&["--store", &redis.url()])).collect();
    let (mut one, mut other) = (servers[0].clients().await, servers[1].clients().await);
    one.set_policy(POLICY).await;
    let next = spammy(1_000);
    let before = judged(&mut other, &next).await;
    let texts = (own_author("spammer"), spammy);
    taught(&mut one, "spam", 30, texts, (CommentState::Rejected, "spam")).await;
    let on_one = learned(&mut one, &next, &before).await;
    let on_other =
        judged_until(&mut other, &next, |verdict| verdict.model_revision == on_one.model_revision).await;
    assert_eq!((on_other.score, &on_other.findings), (on_one.score, &on_one.findings));
    assert!(on_other.score > before.score + 2.0);
}
