//! Leases, and what others do meanwhile.

use super::released;
use crate::cli::tui::action::{Command, Event};
use crate::cli::tui::keymap::Keymap;
use crate::cli::tui::state::samples::*;
use crate::cli::tui::state::{Lease, State};
use crate::proto::v1::*;

#[test]
fn another_moderators_decision_takes_the_comment_off_and_is_told() {
    let mut state = state();
    state.update(changed("c1", CommentState::Rejected));
    assert_eq!((ids(&state), said(&state)), (vec!["c2", "c3"], "c1 is rejected now: someone else decided"));
}

#[test]
fn a_comment_that_came_in_meanwhile_is_counted() {
    let mut state = state();
    state.update(changed("c9", CommentState::Pending));
    assert_eq!(state.arrived, 1);
}

#[test]
fn what_somebody_held_far_down_in_the_queue_is_not_new_when_it_is_free_again() {
    let mut state = state();
    let change = |claim| QueueChange {
        comment_id: "far".into(),
        state: CommentState::Pending.into(),
        claim,
        ..QueueChange::default()
    };
    let changes = vec![change(Some(Claim::default())), change(None)];
    state.update(Event::Watched(Box::new(WatchQueueResponse { changes, ..WatchQueueResponse::default() })));
    assert_eq!(state.arrived, 0);
}

#[test]
fn comments_are_claimed_ahead_once() {
    let mut state = State::new(Keymap::default(), String::new(), false, at(NOW));
    state.begin();
    let commands = state.update(listed(vec![comment("c1", "x"), comment("c2", "y")]));
    assert!(commands.contains(&Command::Claim(vec!["c1".into(), "c2".into()])), "{commands:?}");
    assert!(!press(&mut state, "j").iter().any(|command| matches!(command, Command::Claim(_))));
}

/// A screen of which somebody else holds the first comment.
fn beside_another_moderator() -> State {
    let mut state = State::new(Keymap::default(), String::new(), false, at(NOW));
    state.begin();
    let until = Some(prost_types::Timestamp { seconds: NOW + 300, nanos: 0 });
    let claim = Claim { claim_id: "theirs".into(), expire_time: until, ..Claim::default() };
    let mut comments = vec![comment("c1", "buy"), comment("c2", "now"), comment("c3", "bye")];
    comments[0].claim = Some(claim);
    let commands = state.update(listed(comments));
    assert!(commands.contains(&Command::Claim(vec!["c2".into(), "c3".into()])), "{commands:?}");
    state
}

#[test]
fn what_somebody_else_looks_at_is_passed_over() {
    let mut state = beside_another_moderator();
    assert_eq!(state.queue.current().unwrap().id, "c2");
    press(&mut state, "ka");
    assert_eq!(ids(&state), ["c2", "c3"]);
}

#[test]
fn news_of_ones_own_claim_that_comes_before_the_answer_is_no_loss() {
    let mut state = state();
    state.update(claimed(&["c1"]));
    let claim = |id: &str| Some(Claim { claim_id: id.into(), ..Claim::default() });
    let news = |id: &str| {
        let state = CommentState::Pending.into();
        let change =
            QueueChange { comment_id: "c1".into(), state, claim: claim(id), ..QueueChange::default() };
        Event::Watched(Box::new(WatchQueueResponse {
            changes: vec![change],
            ..WatchQueueResponse::default()
        }))
    };
    state.update(news("lease"));
    assert!(state.leases.on("c1").is_some());
    state.update(news("theirs"));
    assert!(state.leases.on("c1").is_none());
}

#[test]
fn after_a_broken_connection_the_queue_is_listed_anew() {
    let mut state = state();
    state.update(Event::Unwatched(refusal("", "gone")));
    let commands = state.update(Event::Watched(Box::default()));
    assert!(matches!(commands[..], [Command::List { .. }, ..]), "{commands:?}");
}

#[test]
fn what_the_news_does_not_explain_is_looked_at_and_moves_no_row() {
    let mut state = state();
    let incomplete =
        || Event::Watched(Box::new(WatchQueueResponse { incomplete: true, ..WatchQueueResponse::default() }));
    assert!(matches!(state.update(incomplete())[..], [Command::Look { generation: 1, .. }, ..]));
    assert!(!state.update(incomplete()).iter().any(|command| matches!(command, Command::Look { .. })));
    let until = Some(prost_types::Timestamp { seconds: NOW + 300, nanos: 0 });
    let claim = Some(Claim { claim_id: "theirs".into(), expire_time: until, ..Claim::default() });
    let comments = vec![comment("c9", "new"), Comment { claim, ..comment("c2", "hello") }];
    let page = Ok(ListCommentsResponse { comments, ..ListCommentsResponse::default() });
    state.update(Event::Looked { generation: 1, page });
    assert_eq!((ids(&state), state.arrived), (vec!["c1", "c2", "c3"], 1));
    state.leases.forget_asked(&["c2".into()]);
    assert!(state.is_another_s(state.queue.rows.get("c2").unwrap()));
}

#[test]
fn leases_are_renewed_before_they_end() {
    let mut state = state();
    state.update(claimed(&["c1"]));
    assert_eq!(state.update(Event::Tick(at(NOW + 10))), []);
    let renew = Command::Renew { claim_id: "lease".into(), ids: vec!["c1".into()] };
    assert_eq!(state.update(Event::Tick(at(NOW + 200))), [renew]);
}

#[test]
fn a_lost_lease_is_told() {
    let mut state = state();
    state.update(claimed(&["c1"]));
    let renewed = RenewClaimsResponse { lost_comment_ids: vec!["c1".into()], ..Default::default() };
    state.update(Event::Renewed { claim_id: "lease".into(), ids: vec!["c1".into()], renewed: Ok(renewed) });
    assert!(state.leases.on("c1").is_none() && said(&state).contains("was lost"));
}

#[test]
fn a_lease_that_ended_is_told() {
    let mut state = state();
    state.update(claimed(&["c1"]));
    state.update(Event::Tick(at(NOW + 301)));
    assert!(said(&state).contains("was lost"), "{}", said(&state));
}

#[test]
fn somebody_who_left_holds_nothing_for_ever() {
    let mut state = state();
    state.update(Event::Tick(at(NOW + 2_000)));
    state.leases.keep("c1", Lease { claim_id: "x".into(), expires: at(NOW + 2_020) });
    assert_eq!(state.update(Event::Tick(at(NOW + 2_001))), []);
}

#[test]
fn ones_own_leases_do_not_stand_in_the_way_of_a_wave() {
    let mut state = state();
    state.update(claimed(&["c1"]));
    state.update(Event::WaveCounted { id: "c1".into(), counted: Ok(all(2)) });
    let commands = press(&mut state, "a");
    let [Command::DecideWave { claims, .. }] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(claims, &[released(&["c1"])]);
}
