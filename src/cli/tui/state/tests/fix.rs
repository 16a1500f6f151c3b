//! From the finding to the fix.

use crossterm::event::KeyCode;

use crate::cli::tui::action::{Authority, Command, Event, Settled};
use crate::cli::tui::state::samples::*;
use crate::cli::tui::state::{Prompt, State};
use crate::proto::v1::*;

/// A screen that tries a change of the rule that marked `buy` in `c1`.
fn trying() -> (State, u64) {
    let mut state = state();
    assert!(press(&mut state, "x").contains(&Command::ReadPolicy));
    let source = "[[keywords]]\nname = \"money\"\nwords = [\"buy\"]\n";
    let policy = Policy { source: source.into(), etag: "p1".into(), revision: 4, ..Policy::default() };
    state.update(Event::PolicyRead(Ok(Box::new(policy))));
    let commands = state.update(key(KeyCode::Enter));
    let Some(Command::TryPolicy { serial, source, etag }) = commands.first() else { panic!("{commands:?}") };
    assert!(source.contains("allow = [\"buy now\"]") && etag == "p1", "{source}");
    (state, *serial)
}

#[test]
fn a_change_of_the_policy_is_made_only_after_it_is_known_who_may_make_it() {
    let (mut state, serial) = trying();
    assert_eq!(state.update(key(KeyCode::Enter)), []);
    state.update(Event::MayChange { serial, authority: Ok(Authority::Propose) });
    let commands = state.update(key(KeyCode::Enter));
    let [Command::SettlePolicy { authority, revision, comment_id, .. }] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    assert_eq!((*authority, *revision, comment_id.as_str()), (Authority::Propose, 4, "c1"));
    state.update(Event::Settled(Ok(Settled::Proposed("p-7".into()))));
    assert!(said(&state).contains("proposal p-7"));
}

#[test]
fn what_a_change_would_have_done_is_told_and_of_an_earlier_trial_nothing() {
    let (mut state, serial) = trying();
    let report = |serial, queue_freed_count| {
        let report = ReplayReport { queue_freed_count, ..ReplayReport::default() };
        let message = Some(replay_policy_response::Message::Report(report));
        Event::Replayed { serial, replayed: Ok(ReplayPolicyResponse { message }) }
    };
    state.update(report(serial + 1, 9));
    let freed = |state: &State| match &state.prompt {
        Prompt::Fix(fix) => {
            fix.trial.as_ref().and_then(|trial| Some(trial.report.as_ref()?.queue_freed_count))
        }
        _ => None,
    };
    assert_eq!(freed(&state), None);
    state.update(report(serial, 3));
    assert_eq!(freed(&state), Some(3));
}

#[test]
fn a_change_that_the_server_refuses_is_not_offered_any_longer() {
    let (mut state, serial) = trying();
    state.update(Event::MayChange { serial, authority: Err(refusal("POLICY_INVALID", "no")) });
    assert_eq!((&state.prompt, said(&state)), (&Prompt::None, "the policy cannot be changed so: no"));
}
