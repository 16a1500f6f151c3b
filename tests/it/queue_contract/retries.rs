//! A call whose answer was lost is safe to send again, with the ids that it had.

use modqueue::domain::State;
use modqueue::queue::{Outcome, Report, Reported, Revision, Ruling, Undo, Withdrawal};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    a_ruling_that_is_sent_again_is_not_decided_twice,
    a_ruling_that_is_sent_again_does_not_undo_the_next,
    an_undo_that_is_sent_again_undoes_nothing_more,
    an_edit_that_is_sent_again_is_made_once,
    a_withdrawal_that_is_sent_again_is_made_once,
    a_report_that_is_sent_again_is_counted_once,
    a_standing_that_is_set_again_is_the_same,
];

/// With and without the version that was looked at.
const SEEN: [Option<u32>; 2] = [Some(1), None];

async fn decide(store: &Store, ruling: Ruling) -> Outcome {
    store.decide(ruling).await
}

async fn a_ruling_that_is_sent_again_is_not_decided_twice(store: Store) {
    for (index, expected) in SEEN.into_iter().enumerate() {
        let name = format!("c{index}");
        store.stored(admission(&name)).await;
        let sent = Ruling { expected, ..approve(&name) };
        let first = decide(&store, sent.clone()).await.expect("decided");
        store.advance(MINUTE);
        assert_eq!(decide(&store, sent).await, Ok(first.clone()), "{expected:?}");
        assert_eq!(store.comment(&name).await, *first);
        assert_eq!(store.history(&name).await.len(), 2);
    }
    assert_eq!(store.events().await.len(), SEEN.len());
    assert_eq!(store.tally("ann").await, (SEEN.len() as u32, 0));
}

async fn a_ruling_that_is_sent_again_does_not_undo_the_next(store: Store) {
    store.stored(admission("a")).await;
    let sent = approve("a");
    decide(&store, sent.clone()).await.expect("decided");
    let next = decide(&store, reject("a")).await;
    assert_eq!(decide(&store, sent).await, next, "the answer tells what is so now");
    assert_eq!(store.comment("a").await.state, State::Rejected);
    assert_eq!((store.events().await.len(), store.tally("ann").await), (2, (0, 1)));
}

async fn an_undo_that_is_sent_again_undoes_nothing_more(store: Store) {
    for (index, expected) in SEEN.into_iter().enumerate() {
        let name = format!("c{index}");
        store.stored(admission(&name)).await;
        store.decided(approve(&name)).await;
        store.decided(reject(&name)).await;
        let sent = Undo { expected: expected.map(|_| 3), ..undo(&name) };
        let first = store.queue.undo(&store.site, sent.clone()).await.expect("undo answers");
        assert_eq!(first.as_ref().expect("undone").state, State::Approved);
        let again = store.queue.undo(&store.site, sent).await.expect("undo answers");
        assert_eq!(again, first, "{expected:?}");
    }
    assert_eq!(store.events().await.len(), 3 * SEEN.len());
    assert_eq!(store.tally("ann").await, (SEEN.len() as u32, 0));
}

async fn an_edit_that_is_sent_again_is_made_once(store: Store) {
    for (index, expected) in SEEN.into_iter().enumerate() {
        let name = format!("c{index}");
        store.stored(admission(&name)).await;
        let sent = Revision { expected, state: State::Approved, ..revision(&name, "new") };
        let first = store.queue.revise(&store.site, sent.clone()).await.expect("revise answers");
        let again = store.queue.revise(&store.site, sent).await.expect("revise answers");
        assert_eq!(again, first, "{expected:?}");
        let history = store.history(&name).await;
        assert_eq!(history.iter().filter(|entry| !entry.previous_text.is_empty()).count(), 1);
    }
    assert_eq!(store.events().await.len(), SEEN.len());
}

async fn a_withdrawal_that_is_sent_again_is_made_once(store: Store) {
    for (index, expected) in SEEN.into_iter().enumerate() {
        let name = format!("c{index}");
        store.stored(admission(&name)).await;
        let sent = Withdrawal { expected, ..withdrawal(&name) };
        let first = store.queue.withdraw(&store.site, sent.clone()).await.expect("withdraw answers");
        let again = store.queue.withdraw(&store.site, sent).await.expect("withdraw answers");
        assert_eq!(again, first, "{expected:?}");
    }
    assert_eq!(store.events().await.len(), SEEN.len());
}

async fn a_report_that_is_sent_again_is_counted_once(store: Store) {
    store.stored(published("a")).await;
    let sent = Report { hide: true, ..report("a", "reader") };
    let first = store.reported(sent.clone()).await;
    match store.report(sent).await {
        Reported::Repeated(comment) => assert_eq!(*comment, first),
        other => panic!("{other:?}"),
    }
    assert_eq!(store.events().await.len(), 2);
}

async fn a_standing_that_is_set_again_is_the_same(store: Store) {
    use modqueue::domain::Standing::Banned;
    for _ in 0..2 {
        let record =
            store.queue.set_standing(&store.site, "ann", Banned).await.expect("set_standing answers");
        assert_eq!((record.standing, record.approved, record.rejected), (Banned, 0, 0));
    }
}
