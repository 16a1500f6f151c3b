//! An erased author leaves nothing behind that can be read.

use modqueue::domain::{AuthorRecord, HistoryKind, Standing, State};
use modqueue::queue::{Erasure, Order, Report};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    comments_in_every_state_go_with_all_that_hangs_on_them,
    the_record_and_the_standing_go,
    events_stay_and_no_longer_tell_of_the_author,
    reports_stay_and_no_longer_name_the_reader,
    others_keep_everything,
    an_erasure_is_told_again_and_begins_anew_when_there_is_more,
    more_comments_than_a_step_takes_are_erased,
];

async fn erase(store: &Store, author_id: &str) -> Erasure {
    store.queue.erase_author(&store.site, author_id).await.expect("erase_author answers")
}

async fn comments_in_every_state_go_with_all_that_hangs_on_them(store: Store) {
    for name in ["pending", "escalated", "approved", "rejected", "withdrawn"] {
        store.stored(admission(name)).await;
    }
    store.decided(escalate("escalated")).await;
    store.decided(approve("approved")).await;
    store.decided(reject("rejected")).await;
    store.queue.withdraw(&store.site, withdrawal("withdrawn")).await.expect("answers").expect("withdrawn");
    store.queue.revise(&store.site, revision("pending", "new")).await.expect("answers").expect("revised");
    store.claim(claim("k", "rita", &["escalated"])).await;
    assert_eq!(erase(&store, "ann").await.comments, 5);
    for state in State::ALL {
        assert!(store.listed(state, Order::Risk).await.is_empty(), "{state:?}");
    }
    assert_eq!(store.counts().await, Default::default());
    assert_eq!(store.find("pending").await, None);
    assert!(store.history("pending").await.is_empty());
    store.stored(by("bob", admission("pending"))).await;
    assert_eq!(store.history_kinds("pending").await, [HistoryKind::Submitted]);
}

async fn the_record_and_the_standing_go(store: Store) {
    store.stored(admission("a")).await;
    store.decided(approve("a")).await;
    store.queue.set_standing(&store.site, "ann", Standing::Banned).await.expect("answers");
    erase(&store, "ann").await;
    assert_eq!(store.author("ann").await, AuthorRecord::default());
}

async fn events_stay_and_no_longer_tell_of_the_author(store: Store) {
    store.stored_all([published("a"), by("bob", published("b"))]).await;
    store.decided(reject("a")).await;
    let before = store.events().await;
    erase(&store, "ann").await;
    let after = store.events().await;
    assert_eq!(after.len(), before.len());
    for (was, is) in before.iter().zip(&after) {
        assert_eq!(
            (is.sequence, &is.event_id, &is.comment_id),
            (was.sequence, &was.event_id, &was.comment_id)
        );
        assert_eq!((is.state, is.version, is.event_time), (was.state, was.version, was.event_time));
        let told = if was.author_id == "ann" { "" } else { &was.author_id };
        assert_eq!(is.author_id, told);
    }
    assert!(after.iter().all(|event| event.decision.author_message.is_empty()));
    store.stored(by("bob", published("c"))).await;
    assert_eq!(store.events().await.last().expect("an event").sequence, after.len() as u64 + 1);
}

async fn reports_stay_and_no_longer_name_the_reader(store: Store) {
    store.stored(by("bob", published("a"))).await;
    store.reported(Report { hide: true, ..report("a", "ann") }).await;
    erase(&store, "ann").await;
    assert_eq!(store.comment("a").await.report_count, 1);
    let history = store.history("a").await;
    assert!(history.iter().all(|entry| entry.actor != "ann"), "{history:?}");
    assert!(store.events().await.iter().all(|event| event.decision.actor != "ann"));
}

async fn others_keep_everything(store: Store) {
    store.stored_all([admission("a"), by("bob", admission("b")), by("", admission("c"))]).await;
    store.decided(approve("b")).await;
    let (before, history) = (store.comment("b").await, store.history("b").await);
    erase(&store, "ann").await;
    erase(&store, "nobody").await;
    assert_eq!(store.comment("b").await, before);
    assert_eq!(store.history("b").await, history);
    assert_eq!(store.tally("bob").await, (1, 0));
    assert_eq!(store.comment("c").await.state, State::Pending);
}

async fn an_erasure_is_told_again_and_begins_anew_when_there_is_more(store: Store) {
    store.stored_all([admission("a"), admission("b")]).await;
    let first = erase(&store, "ann").await;
    assert_eq!(first.comments, 2);
    assert!(first.complete_time.is_some());
    store.advance(HOUR);
    assert_eq!(erase(&store, "ann").await, first);
    store.stored(admission("c")).await;
    let second = erase(&store, "ann").await;
    assert_eq!(second.comments, 1);
    assert!(second.start_time > first.start_time);
}

async fn more_comments_than_a_step_takes_are_erased(store: Store) {
    let names: Vec<String> = (0..230).map(|index| format!("c{index}")).collect();
    store.stored_all(names.iter().map(|name| published(name))).await;
    assert_eq!(erase(&store, "ann").await.comments, 230);
    assert_eq!(store.counts().await.approved, 0);
    assert!(store.events().await.iter().all(|event| event.author_id.is_empty()));
}
