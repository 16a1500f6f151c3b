//! Generated sequences of operations: each store does what the reference does, and both the same.
//!
//! The clocks of the stores that are compared are one, and move by whole minutes while everything
//! that ends does so on half ones: a slow machine changes no answer.

mod call;
mod operation;

use modqueue::domain::ManualClock;
use modqueue::queue::REPEAT_WINDOW;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::support::backend::{Backend, runtime};
use crate::support::portrait::{Sitters, portrait};
use crate::support::samples::MINUTE;
use crate::support::store::Store;
use call::without_times;
use operation::{AUTHORS, COMMENTS, FINGERPRINTS, Operation, REVIEWERS, operations};

const CASES: u32 = 48;

#[test]
fn redis_does_what_the_reference_does() {
    compare(Backend::Redis, Backend::Reference);
}

#[test]
fn embedded_does_what_the_reference_does() {
    compare(Backend::Embedded, Backend::Reference);
}

#[test]
fn redis_and_embedded_do_the_same() {
    compare(Backend::Redis, Backend::Embedded);
}

/// Runs generated sequences on two stores. `PROPTEST_CASES` asks for another number of them.
fn compare(left: Backend, right: Backend) {
    let cases = std::env::var("PROPTEST_CASES").map_or(CASES, |cases| cases.parse().expect("a number"));
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2000, ..Config::default() };
    let runtime = runtime();
    let run = |sequence: Vec<Operation>| runtime.block_on(run_on_both(left, right, sequence));
    if let Err(failure) = TestRunner::new(config).run(&operations(), run) {
        panic!("{left:?} (left) and {right:?} (right): {failure}");
    }
}

async fn run_on_both(left: Backend, right: Backend, sequence: Vec<Operation>) -> Result<(), TestCaseError> {
    let clock = ManualClock::default();
    let (left, right) = (left.open_at(&clock).await, right.open_at(&clock).await);
    for (step, operation) in sequence.iter().enumerate() {
        clock.advance(MINUTE);
        let calls = operation.calls(&right, step).await;
        for call in calls {
            let answers = (call.answer(&left).await, call.answer(&right).await);
            prop_assert_eq!(answers.0, answers.1, "step {}: {:?}", step, call);
        }
    }
    // Which comments are alike is only promised within the window in which repeats are counted.
    let alike = clock.offset_millis() < REPEAT_WINDOW.as_millis() as i64;
    let portraits = (portrait_of(&left, alike).await, portrait_of(&right, alike).await);
    for (left, right) in portraits.0.iter().zip(&portraits.1) {
        prop_assert_eq!(left, right);
    }
    prop_assert_eq!(portraits.0.len(), portraits.1.len());
    Ok(())
}

async fn portrait_of(store: &Store, alike: bool) -> Vec<String> {
    let sitters = Sitters {
        comments: &COMMENTS,
        authors: &AUTHORS,
        reviewers: &REVIEWERS,
        fingerprints: &FINGERPRINTS,
    };
    let mut lines = portrait(&*store.queue, &store.site, &sitters).await;
    lines.retain(|line| alike || !line.contains(" is like "));
    lines.iter().map(|line| without_times(line)).collect()
}
