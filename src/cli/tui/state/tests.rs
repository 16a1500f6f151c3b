//! What keys and answers do, without a terminal and without a server.

use crossterm::event::KeyCode;

use super::samples::*;
use super::{Prompt, State};
use crate::cli::tui::action::{Authority, Command, Event, Relation, Settled};
use crate::cli::tui::keymap::Keymap;
use crate::proto::v1::*;

fn released(ids: &[&str]) -> Command {
    Command::Release { claim_id: "lease".into(), ids: ids.iter().map(|&id| id.into()).collect() }
}

fn decisions(commands: &[Command]) -> Vec<DecisionInput> {
    let decide = |command: &Command| match command {
        Command::Decide(inputs) => inputs.clone(),
        _ => vec![],
    };
    commands.iter().flat_map(decide).collect()
}

#[test]
fn approving_takes_the_comment_off_at_once_and_asks_for_exactly_the_version_that_was_seen() {
    let mut state = state();
    let asked = decisions(&press(&mut state, "a"));
    assert_eq!(ids(&state), ["c2", "c3"]);
    assert_eq!((asked[0].comment_id.as_str(), asked[0].etag.as_str()), ("c1", "c1-1"));
    assert_eq!(asked[0].state(), CommentState::Approved);
}

#[test]
fn a_decision_is_made_under_the_lease_that_is_held() {
    let mut state = state();
    state.update(claimed(&["c1"]));
    assert_eq!(decisions(&press(&mut state, "a"))[0].claim_id, "lease");
}

#[test]
fn a_refused_decision_brings_the_comment_back_to_its_place_with_the_reason() {
    let mut state = state();
    press(&mut state, "ja");
    state.update(Event::Decided(vec![refused("c2", refusal("CLAIM_HELD", "eve holds it"))]));
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
    assert_eq!(state.queue.current().unwrap().id, "c2");
    assert_eq!(said(&state), "c2 was not approved: eve holds it");
}

#[test]
fn what_cannot_be_read_or_claimed_does_not_hide_why_a_decision_failed() {
    let mut state = state();
    press(&mut state, "a");
    state.update(Event::Decided(vec![refused("c1", refusal("", "no route"))]));
    state.update(Event::Inspected { id: "c1".into(), page: Err(refusal("", "no route")) });
    state.update(Event::Claimed { ids: vec!["c1".into()], claimed: Err(refusal("", "no route")) });
    assert_eq!(said(&state), "c1 was not approved: no route");
}

#[test]
fn a_comment_that_is_back_is_read_again() {
    let mut state = state();
    press(&mut state, "a");
    let commands = state.update(Event::Decided(vec![refused("c1", refusal("ETAG_STALE", "changed"))]));
    assert!(commands.contains(&Command::Inspect("c1".into())), "{commands:?}");
}

#[test]
fn rejecting_asks_for_the_reason_and_remembers_it() {
    let mut state = state();
    assert_eq!(decisions(&press(&mut state, "r")), []);
    assert_eq!(decisions(&press(&mut state, "h"))[0].reason, "hate");
    press(&mut state, "r");
    let asked = decisions(&state.update(key(KeyCode::Enter)));
    assert_eq!((asked[0].comment_id.as_str(), asked[0].reason.as_str()), ("c2", "hate"));
}

#[test]
fn leaving_the_reasons_decides_nothing() {
    let mut state = state();
    press(&mut state, "r");
    assert_eq!(state.update(key(KeyCode::Esc)), []);
    assert_eq!((ids(&state).len(), &state.prompt), (3, &Prompt::None));
}

#[test]
fn the_dot_decides_as_the_last_time() {
    let mut state = state();
    press(&mut state, "rs");
    let asked = decisions(&press(&mut state, "."));
    assert_eq!((asked[0].comment_id.as_str(), asked[0].reason.as_str()), ("c2", "spam"));
}

#[test]
fn what_is_marked_is_decided_together_and_taken_back_together() {
    let mut state = state();
    assert_eq!(decisions(&press(&mut state, "  A")).len(), 2);
    let outcomes = ["c1", "c2"].map(|id| decided(id, CommentState::Approved));
    state.update(Event::Decided(outcomes.to_vec()));
    assert_eq!((ids(&state), state.decided), (vec!["c3"], 2));
    press(&mut state, "u");
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
}

#[test]
fn undo_names_the_version_that_the_decision_made() {
    let mut state = state();
    press(&mut state, "a");
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    let undo = Command::Undo { id: "c1".into(), etag: "c1-2".into() };
    assert!(press(&mut state, "u").contains(&undo));
}

#[test]
fn undo_before_the_answer_waits_for_it_and_then_takes_the_decision_back() {
    let mut state = state();
    press(&mut state, "a");
    assert!(!press(&mut state, "u").iter().any(|command| matches!(command, Command::Undo { .. })));
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
    let commands = state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert!(commands.contains(&Command::Undo { id: "c1".into(), etag: "c1-2".into() }));
}

#[test]
fn undo_takes_back_one_key_at_a_time_even_before_the_answers() {
    let mut state = state();
    press(&mut state, "aa");
    press(&mut state, "u");
    assert_eq!(ids(&state), ["c2", "c3"]);
    press(&mut state, "u");
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
}

#[test]
fn undo_follows_the_order_of_the_keys_and_not_that_of_the_answers() {
    let mut state = state();
    press(&mut state, "aa");
    state.update(Event::Decided(vec![decided("c2", CommentState::Approved)]));
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert!(press(&mut state, "u").contains(&Command::Undo { id: "c2".into(), etag: "c2-2".into() }));
}

#[test]
fn a_skip_can_be_taken_back() {
    let mut state = state();
    press(&mut state, "su");
    assert_eq!((ids(&state), said(&state)), (vec!["c1", "c2", "c3"], "c1 is back"));
    state.update(Event::Skipped { id: "c1".into(), result: Err(refusal("", "no")) });
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
}

#[test]
fn a_comment_that_is_on_its_way_back_is_not_decided_before_the_server_has_answered() {
    let mut state = state();
    press(&mut state, "au");
    assert_eq!(decisions(&press(&mut state, "rs")), []);
    assert_eq!(said(&state), "c1 is still on its way back; decide it in a moment");
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert_eq!(decisions(&press(&mut state, "rs")), []);
    state.update(Event::Undone(decided("c1", CommentState::Pending)));
    assert_eq!(decisions(&press(&mut state, "rs"))[0].etag, "c1-2");
}

#[test]
fn late_news_of_a_decision_does_not_take_an_undone_comment_off_again() {
    let mut state = state();
    press(&mut state, "a");
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert!(!press(&mut state, "u").contains(&Command::Inspect("c1".into())));
    state.update(changed("c1", CommentState::Approved));
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
}

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
fn a_new_search_gives_back_what_it_does_not_list() {
    let mut state = state();
    state.update(claimed(&["c1", "c2"]));
    press(&mut state, "/bye");
    state.update(key(KeyCode::Enter));
    let page = ListCommentsResponse { comments: vec![comment("c2", "x")], ..ListCommentsResponse::default() };
    let commands = state.update(Event::Listed { generation: 2, page: Ok(page) });
    assert!(commands.contains(&released(&["c1"])), "{commands:?}");
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
    state.leases.keep("c1", super::Lease { claim_id: "x".into(), expires: at(NOW + 2_020) });
    assert_eq!(state.update(Event::Tick(at(NOW + 2_001))), []);
}

#[test]
fn a_wave_is_counted_before_it_can_be_decided() {
    let mut state = state();
    assert!(press(&mut state, "W").contains(&Command::CountWave("c1".into())));
    state.update(Event::WaveCounted { id: "c1".into(), count: Ok(17) });
    assert_eq!(state.prompt, Prompt::Wave { id: "c1".into(), count: 17 });
    let commands = press(&mut state, "rs");
    let decided = commands.iter().any(|command| matches!(command, Command::DecideWave { count: 17, .. }));
    assert!(decided, "{commands:?}");
}

#[test]
fn a_wave_is_taken_back_as_a_whole() {
    let mut state = state();
    press(&mut state, "a");
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    state.update(Event::WaveCounted { id: "c2".into(), count: Ok(2) });
    press(&mut state, "a");
    let one = |id: &str| DecidedComment { comment_id: id.into(), etag: "7".into() };
    let progress = |decided: Vec<DecidedComment>, done| {
        let (matched_count, decided_count) = (2, 2);
        let response =
            DecideMatchingResponse { matched_count, decided_count, done, decided, ..Default::default() };
        Event::WaveDecided(Ok(response))
    };
    state.update(progress(vec![one("c2"), one("c9")], false));
    state.update(progress(vec![], true));
    assert_eq!(state.decided, 3);
    assert!(press(&mut state, "u").contains(&Command::UndoWave(vec![one("c2"), one("c9")])));
    let commands = state.update(Event::WaveUndone { count: 2, refused: None });
    assert!(matches!(commands[..], [Command::List { .. }, ..]) && state.decided == 1, "{commands:?}");
    assert!(press(&mut state, "u").contains(&Command::Undo { id: "c1".into(), etag: "c1-2".into() }));
}

#[test]
fn ones_own_leases_do_not_stand_in_the_way_of_a_wave() {
    let mut state = state();
    state.update(claimed(&["c1"]));
    state.update(Event::WaveCounted { id: "c1".into(), count: Ok(2) });
    let commands = press(&mut state, "a");
    let [Command::DecideWave { claims, .. }] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(claims, &[released(&["c1"])]);
}

#[test]
fn a_read_only_review_claims_and_decides_nothing() {
    let mut state = State::new(Keymap::default(), String::new(), true, at(NOW));
    state.begin();
    let mut commands = state.update(listed(vec![comment("c1", "x")]));
    commands.extend(press(&mut state, "areu.sWnAR"));
    assert_eq!(commands, [Command::Inspect("c1".into())]);
    assert!(said(&state).contains("read-only"));
}

#[test]
fn a_filter_keeps_to_the_queue_that_is_open() {
    let mut state = state();
    press(&mut state, "fscore > 5");
    let commands = state.update(key(KeyCode::Enter));
    let filters = commands.iter().filter_map(|command| match command {
        Command::List { filter, .. } => Some(filter.as_str()),
        _ => None,
    });
    assert_eq!(filters.collect::<Vec<_>>(), ["(score > 5) AND state = pending"]);
}

#[test]
fn a_page_of_an_earlier_search_is_ignored() {
    let mut state = state();
    press(&mut state, "o");
    state.update(listed(vec![comment("old", "x")]));
    assert_eq!(ids(&state), ["c1", "c2", "c3"]);
}

#[test]
fn what_is_pasted_is_text_and_never_keys() {
    let mut state = state();
    assert_eq!(decisions(&state.update(Event::Pasted("aaa".into()))), []);
    press(&mut state, "n");
    state.update(Event::Pasted("two\nlines".into()));
    let commands = state.update(key(KeyCode::Enter));
    assert!(commands.contains(&Command::Note { id: "c1".into(), text: "two lines".into() }));
}

#[test]
fn a_skip_that_is_refused_brings_the_comment_back() {
    let mut state = state();
    assert!(press(&mut state, "s").contains(&Command::Skip("c1".into())));
    assert_eq!(ids(&state), ["c2", "c3"]);
    state.update(Event::Skipped { id: "c1".into(), result: Err(refusal("", "no")) });
    assert_eq!((ids(&state), said(&state)), (vec!["c1", "c2", "c3"], "c1 was not skipped: no"));
}

#[test]
fn quitting_gives_the_leases_back() {
    let mut state = state();
    state.update(claimed(&["c1", "c2"]));
    assert_eq!(press(&mut state, "q"), [released(&["c1", "c2"])]);
    assert!(state.over);
}

#[test]
fn quitting_waits_for_what_the_server_has_not_answered_yet() {
    let mut state = state();
    state.update(claimed(&["c1", "c2"]));
    press(&mut state, "aq");
    assert!(!state.over && said(&state).contains("q again leaves at once"), "{}", said(&state));
    let commands = state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert_eq!((state.over, commands), (true, vec![released(&["c2"])]));
}

#[test]
fn quitting_twice_waits_for_nothing() {
    let mut state = state();
    press(&mut state, "aqq");
    assert!(state.over);
}

#[test]
fn a_decision_that_fails_while_quitting_is_told_and_another_key_goes_on() {
    let mut state = state();
    press(&mut state, "aq");
    state.update(Event::Decided(vec![refused("c1", refusal("", "no route"))]));
    assert_eq!((state.over, said(&state)), (false, "c1 was not approved: no route"));
    press(&mut state, "aqj");
    state.update(Event::Decided(vec![decided("c1", CommentState::Approved)]));
    assert!(!state.over);
}

#[test]
fn keys_in_an_empty_queue_do_no_harm() {
    let mut state = State::new(Keymap::default(), String::new(), false, at(NOW));
    state.begin();
    state.update(listed(vec![]));
    assert_eq!(decisions(&press(&mut state, "aejkgGJKylYtsu. AW")), []);
}

#[test]
fn a_search_is_about_the_text_and_a_filter_stays_beside_it() {
    let mut state = state();
    press(&mut state, "fscore > 5");
    state.update(key(KeyCode::Enter));
    press(&mut state, "/say \"x\"");
    let commands = state.update(key(KeyCode::Enter));
    let asked = commands.iter().find_map(|command| match command {
        Command::List { filter, .. } => Some(filter.as_str()),
        _ => None,
    });
    assert_eq!(asked, Some("(score > 5) AND text : \"say \\\"x\\\"\" AND state = pending"));
    state.update(key(KeyCode::Esc));
    assert_eq!((state.queue.filter.as_str(), state.queue.search.as_str()), ("", ""));
}

#[test]
fn a_list_around_a_comment_fills_when_it_comes_and_leads_to_its_comments() {
    let mut state = state();
    assert!(press(&mut state, "w").iter().any(|command| matches!(command, Command::LookAround { .. })));
    let comments = Ok(vec![comment("c3", "bye"), comment("far", "bye")]);
    state.update(Event::Around { id: "c1".into(), relation: Relation::Wave, comments });
    state.update(key(KeyCode::Enter));
    assert_eq!(state.queue.current().unwrap().id, "c3");
}

#[test]
fn a_list_that_was_closed_does_not_open_again_when_it_comes() {
    let mut state = state();
    press(&mut state, "w");
    state.update(key(KeyCode::Esc));
    state.update(Event::Around { id: "c1".into(), relation: Relation::Wave, comments: Ok(vec![]) });
    assert_eq!(state.prompt, Prompt::None);
}

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

#[test]
fn every_key_of_the_key_map_asks_for_something_or_changes_what_is_seen() {
    for binding in Keymap::default().bindings() {
        for pressed in binding.all() {
            let mut state = state();
            state.queue.rows.get_mut("c2").unwrap().draft = Some(CommentDraft {
                text: "see https://portal.example".into(),
                author: Some(Author { id: "ann".into(), ..Author::default() }),
                thread: Some(Thread { id: "t".into(), ..Thread::default() }),
                ..CommentDraft::default()
            });
            press(&mut state, " ");
            (state.reach, state.scroll, state.queue.search) = (50, 25, "e".into());
            let before = (state.prompt.clone(), state.scroll, state.focus, state.queue.rows.rank());
            let commands = state.update(Event::Key(pressed.event()));
            let after = (state.prompt.clone(), state.scroll, state.focus, state.queue.rows.rank());
            let told = state.message.is_some() || state.over;
            assert!(!commands.is_empty() || before != after || told, "{}", binding.name);
        }
    }
}
