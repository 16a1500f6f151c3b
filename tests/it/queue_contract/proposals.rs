//! Suggested policies wait until one revision settles them.

use modqueue::queue::{MAX_PROPOSALS, Proposal, ProposalDraft, Settled};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_suggestion_comes_back_to_the_byte_and_newest_first,
    of_many_suggested_at_once_each_has_its_own_number,
    a_suggestion_is_settled_by_one_revision,
    a_settlement_that_comes_late_changes_nothing,
    the_oldest_suggestion_makes_way,
];

fn suggestion(source: &str) -> ProposalDraft {
    ProposalDraft {
        source: source.into(),
        base_revision: 3,
        comment: "it misses the \u{202e}wave\n".into(),
        comment_id: Some(id("c-1")),
        proposer: "mona".into(),
    }
}

async fn propose(store: &Store, draft: ProposalDraft) -> Proposal {
    store.queue.propose_policy(&store.site, draft).await.expect("propose_policy answers")
}

async fn proposals(store: &Store, before: u64, limit: usize) -> Vec<Proposal> {
    store.queue.policy_proposals(&store.site, before, limit).await.expect("policy_proposals answers")
}

async fn settle(store: &Store, number: u64, expected: u64) -> Settled {
    let settled = store.queue.settle_proposal(&store.site, number, expected, policy("mode = 'post'")).await;
    settled.expect("settle_proposal answers")
}

async fn a_suggestion_comes_back_to_the_byte_and_newest_first(store: Store) {
    assert!(proposals(&store, u64::MAX, 10).await.is_empty());
    let first = propose(&store, suggestion("# \0 ünïcödé 🌉")).await;
    let bare = ProposalDraft { source: String::new(), comment_id: None, base_revision: 0, ..suggestion("") };
    let second = propose(&store, bare.clone()).await;
    assert_eq!((first.number, second.number, first.applied_revision), (1, 2, None));
    assert_eq!((&first.draft, &second.draft), (&suggestion("# \0 ünïcödé 🌉"), &bare));
    assert_eq!(proposals(&store, u64::MAX, 10).await, [second.clone(), first.clone()]);
    assert_eq!(proposals(&store, u64::MAX, 1).await, [second]);
    assert_eq!(proposals(&store, 2, 10).await, [first]);
    assert!(proposals(&store, 1, 10).await.is_empty() && proposals(&store, 0, 10).await.is_empty());
}

async fn of_many_suggested_at_once_each_has_its_own_number(store: Store) {
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..10 {
        let (handle, site) = (store.handle().await, store.site.clone());
        let draft = suggestion(&format!("# {index}"));
        tasks.spawn(async move { handle.propose_policy(&site, draft).await.expect("answers").number });
    }
    let mut numbers = tasks.join_all().await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
}

async fn a_suggestion_is_settled_by_one_revision(store: Store) {
    propose(&store, suggestion("mode = 'post'")).await;
    let other = propose(&store, suggestion("mode = 'pre'")).await;
    let Settled::Saved(record) = settle(&store, 1, 0).await else { panic!("not saved") };
    assert_eq!((record.revision, &record.draft), (1, &policy("mode = 'post'")));
    assert_eq!(store.queue.policy(&store.site).await.expect("answers"), Some(record));
    let kept = proposals(&store, u64::MAX, 10).await;
    assert_eq!((kept[1].applied_revision, &kept[1].draft), (Some(1), &suggestion("mode = 'post'")));
    assert_eq!(kept[0], other, "the other one is open still");
}

async fn a_settlement_that_comes_late_changes_nothing(store: Store) {
    propose(&store, suggestion("")).await;
    assert_eq!(settle(&store, 1, 7).await, Settled::Conflict);
    assert_eq!(settle(&store, 2, 0).await, Settled::NotOpen);
    assert!(matches!(settle(&store, 1, 0).await, Settled::Saved(_)));
    assert_eq!(settle(&store, 1, 1).await, Settled::NotOpen, "settled already");
    let revisions = store.queue.policy_revisions(&store.site, u64::MAX, 10).await.expect("answers");
    assert_eq!(revisions.len(), 1);
    assert_eq!(proposals(&store, u64::MAX, 1).await[0].applied_revision, Some(1));
}

async fn the_oldest_suggestion_makes_way(store: Store) {
    for _ in 0..=MAX_PROPOSALS {
        propose(&store, suggestion("")).await;
    }
    let kept = proposals(&store, u64::MAX, 1_000).await;
    assert_eq!(kept.len() as u64, MAX_PROPOSALS);
    assert_eq!((kept[0].number, kept.last().map(|last| last.number)), (MAX_PROPOSALS + 1, Some(2)));
    assert_eq!(settle(&store, 1, 0).await, Settled::NotOpen, "it is gone");
}
