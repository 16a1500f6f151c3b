//! Many at once on few comments: whatever order the steps took, what is left tells one story.

use modqueue::domain::{ActorKind, Comment, DecisionEvent, HistoryKind, SiteName, State};
use modqueue::queue::{ClaimRequest, Order, Queue};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![a_crowd_leaves_queue_feed_history_and_authors_in_agreement];

const COMMENTS: u64 = 8;
const MODERATORS: u64 = 8;
const STEPS: u64 = 40;

/// Pseudo-random numbers (SplitMix64, Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % sides
    }
}

fn name(index: u64) -> String {
    format!("c{index}")
}

fn author_of(index: u64) -> String {
    format!("author-{}", index % 3)
}

async fn a_crowd_leaves_queue_feed_history_and_authors_in_agreement(store: Store) {
    for index in 0..COMMENTS {
        let sent = if index % 2 == 0 { admission(&name(index)) } else { published(&name(index)) };
        store.stored(by(&author_of(index), sent)).await;
    }
    let mut tasks = tokio::task::JoinSet::new();
    for moderator in 0..MODERATORS {
        let (handle, site) = (store.handle().await, store.site.clone());
        tasks.spawn(async move {
            let mut dice = Dice(moderator);
            for _ in 0..STEPS {
                step(&*handle, &site, moderator, &mut dice).await;
            }
        });
    }
    tasks.join_all().await;
    let mut comments = Vec::new();
    for index in 0..COMMENTS {
        comments.push(store.comment(&name(index)).await);
    }
    let events = store.events().await;
    assert!(events.len() > 50, "the crowd did too little: {} events", events.len());
    assert!(events.iter().map(|event| event.sequence).eq(1..=events.len() as u64));
    for comment in &comments {
        assert_one_story(&store, comment, &events).await;
    }
    assert_authors_agree(&store, &comments).await;
    assert_queue_agrees(&store, &comments).await;
}

async fn step(queue: &dyn Queue, site: &SiteName, moderator: u64, dice: &mut Dice) {
    let name = name(dice.below(COMMENTS));
    let claim_id = format!("claim-{moderator}");
    match dice.below(8) {
        0..=3 => {
            let ruling = [approve(&name), reject(&name), escalate(&name)][dice.below(3) as usize].clone();
            queue.decide(site, vec![ruling]).await.expect("decide answers");
        }
        4 => drop(queue.undo(site, undo(&name)).await.expect("undo answers")),
        5 => drop(queue.report(site, report(&name, &claim_id)).await.expect("report answers")),
        6 => drop(queue.release(site, &claim_id, &[]).await.expect("release answers")),
        _ => {
            let found = queue.get(site, &[id(&name)]).await.expect("get answers");
            let version = found[0].as_ref().expect("it is there").version;
            let request =
                ClaimRequest { candidates: vec![(id(&name), version)], ..claim(&claim_id, "someone", &[]) };
            queue.claim(site, request).await.expect("claim answers");
        }
    }
}

/// The comment's own events and history lead to where it stands.
async fn assert_one_story(store: &Store, comment: &Comment, events: &[DecisionEvent]) {
    let own: Vec<_> = events.iter().filter(|event| event.comment_id == comment.id).collect();
    assert!(own.is_sorted_by(|before, after| before.version < after.version));
    if let Some(last) = own.last() {
        let heard = (last.published, last.state);
        assert_eq!(heard, (comment.published, comment.state), "the portal knows what the store says");
    }
    let history = store.history(comment.id.as_str()).await;
    assert!(history.is_sorted_by(|before, after| before.version <= after.version));
    let last = history.last().expect("an entry");
    assert_eq!((last.state, last.version), (comment.state, comment.version));
    let steps = history.iter().zip(&history[1..]);
    let told = steps.filter(|(before, after)| match after.kind {
        HistoryKind::Noted => false,
        HistoryKind::Reported => after.state != before.state,
        _ => true,
    });
    let told: Vec<_> = told.map(|(_, entry)| (entry.state, entry.version, entry.time)).collect();
    let heard: Vec<_> = own.iter().map(|event| (event.state, event.version, event.event_time)).collect();
    assert_eq!(told, heard, "{}: one event for each change of state", comment.id);
    let reports = history.iter().filter(|entry| entry.kind == HistoryKind::Reported).count();
    assert_eq!(comment.report_count as usize, reports);
}

/// Each author's record is the sum of the standing decisions of moderators.
async fn assert_authors_agree(store: &Store, comments: &[Comment]) {
    for index in 0..3 {
        let author = author_of(index);
        let standing = |state| {
            let own = comments.iter().filter(|comment| comment.draft.author.id == author);
            let decisions = own.filter_map(|comment| comment.decision.as_ref());
            let counted = decisions.filter(|d| d.actor_kind == ActorKind::Moderator && d.state == state);
            counted.count() as u32
        };
        assert_eq!(
            store.tally(&author).await,
            (standing(State::Approved), standing(State::Rejected)),
            "{author}"
        );
    }
}

/// Every comment is listed in its state, and counted there.
async fn assert_queue_agrees(store: &Store, comments: &[Comment]) {
    let counts = store.counts().await;
    let counted = [counts.pending, counts.escalated, counts.approved, counts.rejected, counts.withdrawn];
    for (state, count) in State::ALL.into_iter().zip(counted) {
        let mut listed = store.listed(state, Order::Risk).await;
        listed.sort();
        let there = comments.iter().filter(|comment| comment.state == state);
        let expected: Vec<_> = there.map(|comment| comment.id.clone()).collect();
        assert_eq!((listed, count), (expected.clone(), expected.len() as u64), "{state:?}");
    }
    let claimed = comments.iter().filter(|comment| comment.claim.is_some()).count() as u64;
    assert_eq!(counts.claimed, claimed);
}
