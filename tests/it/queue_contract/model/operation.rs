//! What may be done, drawn at random from few names, so that operations meet.

use std::time::Duration;

use modqueue::domain::{Action, AuthorRecord, Decision, Draft, Standing, State, Timestamp};
use modqueue::limit::{Charge, LimitMode};
use modqueue::queue::{
    Admission, ClaimRequest, Grounds, Import, ModelChange, Report, Revision, Ruling, Teaching, Undo,
    Withdrawal,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::call::Call;
use crate::support::samples::*;
use crate::support::store::Store;

pub const COMMENTS: [&str; 5] = ["a", "b", "c", "d", "e"];
pub const AUTHORS: [&str; 3] = ["ann", "bob", ""];
pub const REVIEWERS: [&str; 2] = ["rita", "sven"];
pub const FINGERPRINTS: [u64; 3] = [1, 2, u64::MAX];
const CLAIMS: [&str; 3] = ["x", "y", "z"];
const HALF_A_MINUTE: Duration = Duration::from_secs(30);

/// Something to do. What depends on the state of the stores is settled when it is done.
#[derive(Debug, Clone)]
pub enum Operation {
    Admit {
        comment: &'static str,
        author: &'static str,
        text: &'static str,
        verdict: Judged,
        admit: Admit,
    },
    Import {
        comments: Vec<&'static str>,
        author: &'static str,
        text: &'static str,
        states: Vec<(State, bool)>,
        waiting_cap: u64,
    },
    Revise {
        comment: &'static str,
        seen: Seen,
        text: &'static str,
        verdict: Judged,
    },
    Withdraw {
        comment: &'static str,
        seen: Seen,
    },
    Report {
        comment: &'static str,
        reader: &'static str,
        hide: bool,
    },
    Claim {
        claim: &'static str,
        reviewer: &'static str,
        comments: Vec<&'static str>,
    },
    Renew {
        claim: &'static str,
        comments: Vec<&'static str>,
    },
    Release {
        claim: &'static str,
        comments: Vec<&'static str>,
    },
    Defer {
        reviewer: &'static str,
        comment: &'static str,
    },
    Decide {
        rulings: Vec<(&'static str, Seen, &'static str, State)>,
    },
    Undo {
        comment: &'static str,
        seen: Seen,
    },
    Note {
        comment: &'static str,
    },
    SetStanding {
        author: &'static str,
        standing: Standing,
    },
    SavePolicy {
        expected: u64,
    },
    Teach {
        behind: u64,
        whole: bool,
        lessons: Vec<(&'static str, bool)>,
    },
    Sweep,
    Wait {
        minutes: u32,
    },
    /// What the next operation asks is asked twice with the same ids.
    Twice(Box<Operation>),
}

/// What a verdict comes to.
#[derive(Debug, Clone)]
pub struct Judged {
    state: State,
    tier: u8,
    fingerprints: Vec<u64>,
}

/// Under which conditions a comment may come in.
#[derive(Debug, Clone)]
pub struct Admit {
    charges: Vec<usize>,
    grounds: Option<(Seen, Vec<u32>)>,
    waiting_cap: u64,
}

/// The version that was looked at.
#[derive(Debug, Clone, Copy)]
pub enum Seen {
    Any,
    Current,
    Older,
}

/// A sequence of them.
pub fn operations() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..50)
}

fn operation() -> impl Strategy<Value = Operation> {
    let once = prop_oneof![8 => coming_in(), 5 => leases(), 8 => deciding(), 3 => around()];
    prop_oneof![
        8 => once.clone(),
        1 => once.prop_map(|operation| Operation::Twice(Box::new(operation))),
    ]
}

fn coming_in() -> BoxedStrategy<Operation> {
    let admit = (comment(), select(&AUTHORS[..]), text(), judged(), admit()).prop_map(
        |(comment, author, text, verdict, admit)| Operation::Admit { comment, author, text, verdict, admit },
    );
    let revise = (comment(), seen(), text(), judged())
        .prop_map(|(comment, seen, text, verdict)| Operation::Revise { comment, seen, text, verdict });
    let withdraw = (comment(), seen()).prop_map(|(comment, seen)| Operation::Withdraw { comment, seen });
    let report = (comment(), select(vec!["r1", "r2", "r3"]), any::<bool>())
        .prop_map(|(comment, reader, hide)| Operation::Report { comment, reader, hide });
    let states = prop::collection::vec((select(&State::ALL[..]), any::<bool>()), COMMENTS.len());
    let import = (comments(1), select(&AUTHORS[..]), text(), states, select(vec![2, 1000])).prop_map(
        |(comments, author, text, states, waiting_cap)| Operation::Import {
            comments,
            author,
            text,
            states,
            waiting_cap,
        },
    );
    prop_oneof![12 => admit, 2 => import, 3 => revise, 1 => withdraw, 4 => report].boxed()
}

fn leases() -> BoxedStrategy<Operation> {
    let claim = (select(&CLAIMS[..]), select(&REVIEWERS[..]), comments(1))
        .prop_map(|(claim, reviewer, comments)| Operation::Claim { claim, reviewer, comments });
    let renew =
        (select(&CLAIMS[..]), comments(0)).prop_map(|(claim, comments)| Operation::Renew { claim, comments });
    let release = (select(&CLAIMS[..]), comments(0))
        .prop_map(|(claim, comments)| Operation::Release { claim, comments });
    let defer = (select(&REVIEWERS[..]), comment())
        .prop_map(|(reviewer, comment)| Operation::Defer { reviewer, comment });
    prop_oneof![4 => claim, 1 => renew, 1 => release, 1 => defer].boxed()
}

fn deciding() -> BoxedStrategy<Operation> {
    let state = select(vec![State::Approved, State::Rejected, State::Escalated]);
    let ruling = (seen(), prop_oneof![2 => Just(""), 1 => select(&CLAIMS[..])], state);
    let rulings = (comments(1), prop::collection::vec(ruling, 1..4));
    let decide = rulings.prop_map(|(comments, rulings)| {
        let pair = |(comment, (seen, claim, state))| (comment, seen, claim, state);
        Operation::Decide { rulings: comments.into_iter().zip(rulings).map(pair).collect() }
    });
    let undo = (comment(), seen()).prop_map(|(comment, seen)| Operation::Undo { comment, seen });
    let note = comment().prop_map(|comment| Operation::Note { comment });
    prop_oneof![5 => decide, 3 => undo, 1 => note].boxed()
}

fn around() -> BoxedStrategy<Operation> {
    let standing = select(vec![Standing::Counted, Standing::Trusted, Standing::Banned]);
    let set_standing = (select(&AUTHORS[..2]), standing)
        .prop_map(|(author, standing)| Operation::SetStanding { author, standing });
    let save_policy = (0u64..4).prop_map(|expected| Operation::SavePolicy { expected });
    let lessons = prop::collection::vec((comment(), any::<bool>()), 0..3);
    let teach = (select(vec![0, 0, 1]), any::<bool>(), lessons)
        .prop_map(|(behind, whole, lessons)| Operation::Teach { behind, whole, lessons });
    let wait = select(vec![3, 11, 7 * 60, 3 * 24 * 60]).prop_map(|minutes| Operation::Wait { minutes });
    prop_oneof![1 => set_standing, 1 => save_policy, 2 => teach, 2 => Just(Operation::Sweep), 3 => wait]
        .boxed()
}

fn comment() -> impl Strategy<Value = &'static str> + Clone {
    select(&COMMENTS[..])
}

fn comments(least: usize) -> impl Strategy<Value = Vec<&'static str>> + Clone {
    subsequence(&COMMENTS[..], least..=COMMENTS.len()).prop_shuffle()
}

fn text() -> impl Strategy<Value = &'static str> + Clone {
    select(vec!["one text", "another text"])
}

fn seen() -> impl Strategy<Value = Seen> + Clone {
    prop_oneof![2 => Just(Seen::Any), 3 => Just(Seen::Current), 1 => Just(Seen::Older)]
}

fn judged() -> impl Strategy<Value = Judged> + Clone {
    let state = select(vec![State::Pending, State::Pending, State::Approved, State::Rejected]);
    let fingerprints = subsequence(&FINGERPRINTS[..], 0..=FINGERPRINTS.len());
    (state, 0u8..=31, fingerprints).prop_map(|(state, tier, fingerprints)| Judged {
        state,
        tier,
        fingerprints,
    })
}

fn admit() -> impl Strategy<Value = Admit> + Clone {
    let charges = subsequence(vec![0, 1, 2, 3], 0..=4);
    let below = prop::collection::vec(select(vec![1, 2, 3, u32::MAX]), FINGERPRINTS.len());
    let grounds = prop::option::of((seen(), below));
    (charges, grounds, select(vec![2, 1000, 1000])).prop_map(|(charges, grounds, waiting_cap)| Admit {
        charges,
        grounds,
        waiting_cap,
    })
}

/// The limits that admissions may be charged for.
fn charges(author: &str) -> [Charge; 4] {
    let every = |minutes: u32| minutes * MINUTE + HALF_A_MINUTE;
    let in_mode = |mode, charge| Charge { mode, ..charge };
    [
        charge("author", author, 2, every(5)),
        charge("site", "all", 3, every(2)),
        in_mode(LimitMode::Hold, charge("calm", author, 1, every(9))),
        in_mode(LimitMode::Shadow, charge("trial", "all", 1, every(20))),
    ]
}

impl Seen {
    async fn version(self, store: &Store, comment: &str) -> Option<u32> {
        let current = store.find(comment).await.map_or(1, |comment| comment.version);
        match self {
            Self::Any => None,
            Self::Current => Some(current),
            Self::Older => Some(current - 1),
        }
    }
}

impl Operation {
    /// The calls that this comes to, given what is so in `store`.
    pub async fn calls(&self, store: &Store, step: usize) -> Vec<Call> {
        match self {
            Self::Twice(operation) => {
                let call = operation.call(store, step).await;
                vec![call.clone(), call]
            }
            operation => vec![operation.call(store, step).await],
        }
    }

    async fn call(&self, store: &Store, step: usize) -> Call {
        let event_id = format!("event-{step}");
        match self.clone() {
            Self::Admit { comment, author, text, verdict, admit } => {
                Call::Admit(admission_of(store, event_id, (comment, author, text), verdict, admit).await)
            }
            Self::Import { comments, author, text, states, waiting_cap } => {
                let imports = comments.into_iter().zip(states);
                let import = |(comment, (state, decided))| import_of(comment, author, text, state, decided);
                Call::Import(waiting_cap, imports.map(import).collect())
            }
            Self::Revise { comment, seen, text, verdict } => Call::Revise(Revision {
                expected: seen.version(store, comment).await,
                state: verdict.state,
                tier: verdict.tier,
                fingerprints: verdict.fingerprints,
                event_id,
                ..revision(comment, text)
            }),
            Self::Withdraw { comment, seen } => {
                let expected = seen.version(store, comment).await;
                Call::Withdraw(Withdrawal { expected, event_id, ..withdrawal(comment) })
            }
            Self::Report { comment, reader, hide } => {
                Call::Report(Report { hide, event_id, ..report(comment, reader) })
            }
            Self::Claim { claim, reviewer, comments } => {
                Call::Claim(claim_of(store, claim, reviewer, comments).await)
            }
            Self::Renew { claim, comments } => Call::Renew(claim, ids(&comments), LEASE),
            Self::Release { claim, comments } => Call::Release(claim, ids(&comments)),
            Self::Defer { reviewer, comment } => match store.find(comment).await {
                Some(found) if found.state.is_waiting() => Call::Defer(reviewer, id(comment), LEASE),
                _ => Call::Wait(Duration::ZERO),
            },
            Self::Decide { rulings } => Call::Decide(rulings_of(store, event_id, rulings).await),
            Self::Undo { comment, seen } => {
                let expected = seen.version(store, comment).await;
                Call::Undo(Undo { expected, event_id, ..undo(comment) })
            }
            Self::Note { comment } => Call::Note(note(comment, &format!("note {step}"))),
            Self::SetStanding { author, standing } => Call::SetStanding(author, standing),
            Self::SavePolicy { expected } => Call::SavePolicy(expected, policy(&format!("# {step}"))),
            Self::Teach { behind, whole, lessons } => {
                Call::Teach(teaching_of(store, step, behind, whole, lessons).await)
            }
            Self::Sweep => Call::Sweep(13 * HOUR + HALF_A_MINUTE),
            Self::Wait { minutes } => Call::Wait(minutes * MINUTE),
            Self::Twice(_) => unreachable!("twice is only ever once"),
        }
    }
}

const LEASE: Duration = Duration::from_secs(5 * 60 + 30);

async fn admission_of(
    store: &Store,
    event_id: String,
    (comment, author, text): (&str, &str, &str),
    judged: Judged,
    admit: Admit,
) -> Admission {
    let all = charges(author);
    let record = store.author(author).await;
    let grounds = admit.grounds.map(|(seen, seen_below)| Grounds {
        author: AuthorRecord { version: record.version + u32::from(matches!(seen, Seen::Older)), ..record },
        seen_below: seen_below[..judged.fingerprints.len()].to_vec(),
    });
    let admission = Admission {
        draft: draft(text),
        verdict: verdict(Action::Hold, f64::from(judged.tier)),
        state: judged.state,
        tier: judged.tier,
        fingerprints: judged.fingerprints,
        event_id,
        charges: admit.charges.iter().map(|&index| all[index].clone()).collect(),
        grounds,
        waiting_cap: admit.waiting_cap,
        ..admission(comment)
    };
    by(author, admission)
}

/// A comment of long ago; what waits or was withdrawn was decided by nobody.
fn import_of(comment: &str, author_id: &str, text: &str, state: State, decided: bool) -> Import {
    let decides = decided && !matches!(state, State::Pending | State::Withdrawn);
    let decision = decides
        .then(|| Decision { decide_time: Timestamp(1_600_000_060_000), ..ruling(comment, state).decision });
    let draft = Draft { author: author(author_id), ..draft(text) };
    Import { draft, decision, ..import(comment, state) }
}

async fn claim_of(
    store: &Store,
    claim_id: &str,
    reviewer: &str,
    comments: Vec<&'static str>,
) -> ClaimRequest {
    let mut candidates = Vec::new();
    for (index, comment) in comments.into_iter().enumerate() {
        let seen = if index == 3 { Seen::Older } else { Seen::Current };
        candidates.push((id(comment), seen.version(store, comment).await.expect("a version")));
    }
    ClaimRequest { candidates, lease: LEASE, ..claim(claim_id, reviewer, &[]) }
}

async fn teaching_of(
    store: &Store,
    step: usize,
    behind: u64,
    whole: bool,
    lessons: Vec<(&'static str, bool)>,
) -> Teaching {
    let stored = store.queue.model(&store.site, None).await.expect("model answers");
    let bytes = format!("step {step}").into_bytes();
    let lesson = |(comment, keep): (&str, bool)| (id(comment), keep.then(|| bytes.clone()));
    Teaching {
        revision: stored.revision.saturating_sub(behind),
        cursor: stored.cursor,
        learned_to: stored.newest_event,
        lessons: lessons.into_iter().map(lesson).collect(),
        change: if whole { ModelChange::Whole(bytes.clone()) } else { ModelChange::Added(bytes.clone()) },
    }
}

async fn rulings_of(
    store: &Store,
    event_id: String,
    rulings: Vec<(&'static str, Seen, &'static str, State)>,
) -> Vec<Ruling> {
    let mut calls = Vec::new();
    for (index, (comment, seen, claim_id, state)) in rulings.into_iter().enumerate() {
        let expected = seen.version(store, comment).await;
        let event_id = format!("{event_id}-{index}");
        calls.push(Ruling { expected, claim_id: claim_id.into(), event_id, ..ruling(comment, state) });
    }
    calls
}
