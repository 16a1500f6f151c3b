//! Decisions: shown at once, confirmed later, brought back when they fail, taken back on demand.

use super::{Lease, Place, State, Target};
use crate::cli::failure::Refusal;
use crate::cli::output::Outcome;
use crate::cli::tui::action::{Command, Ruling};
use crate::proto::v1::{Comment, DecisionInput};

/// Steps that can be taken back, one after the other.
const UNDO_DEPTH: usize = 200;

/// A decision that the server has not answered yet.
pub(super) struct Flight {
    /// The key press that it belongs to; the later, the higher.
    step: u64,
    place: Place,
    comment: Comment,
    lease: Option<Lease>,
    ruling: Ruling,
    undo: bool,
}

impl Flight {
    /// Whether the comment is on the list again although the server has not answered.
    pub(super) fn is_back(&self) -> bool {
        self.undo
    }
}

/// What can be taken back.
pub(super) struct Done {
    place: Place,
    pub(super) comment: Comment,
    /// The version that a decision made; `None`: the comment was only skipped.
    etag: Option<String>,
}

impl State {
    /// Decides at once on the screen, and asks the server to.
    pub(super) fn rule(&mut self, ruling: Ruling, target: Target) -> Vec<Command> {
        let ids = match target {
            Target::One(id) => vec![id],
            Target::Marked => self.queue.marked_in_order(),
            Target::Wave { id, counted } => {
                self.tell(format!("deciding {counted} …"));
                self.wave_under_way = true;
                self.steps += 1;
                self.wave_step = self.steps;
                let claims = self.leases.release();
                return vec![Command::DecideWave { id, counted, ruling, claims }];
            }
        };
        if let Some(id) = ids.iter().find(|id| self.is_settling(id)) {
            self.warn(format!("{id} is still on its way back; decide it in a moment"));
            return vec![];
        }
        self.steps += 1;
        let inputs: Vec<_> = ids.iter().filter_map(|id| self.take_off(id, &ruling)).collect();
        if inputs.is_empty() {
            self.tell("nothing is marked");
            return vec![];
        }
        self.tell(match ids.as_slice() {
            [id] => format!("{id} {}", ruling.told()),
            ids => format!("{} comments {}", ids.len(), ruling.told()),
        });
        self.last = Some(ruling);
        self.pass_over_claimed();
        vec![Command::Decide(inputs)]
    }

    pub(super) fn repeat(&mut self, id: String) -> Vec<Command> {
        match self.last.clone() {
            Some(ruling) => self.rule(ruling, Target::One(id)),
            None => {
                self.tell("nothing was decided yet that could be repeated");
                vec![]
            }
        }
    }

    /// Takes the comment off the list, remembers how to bring it back, and says what the server is asked.
    fn take_off(&mut self, id: &str, ruling: &Ruling) -> Option<DecisionInput> {
        let (place, comment) = self.queue.remove(id)?;
        let lease = self.leases.drop(id);
        let input = DecisionInput {
            comment_id: id.to_owned(),
            etag: comment.etag.clone(),
            claim_id: lease.as_ref().map(|lease| lease.claim_id.clone()).unwrap_or_default(),
            state: ruling.state.into(),
            reason: ruling.reason.clone(),
            ..DecisionInput::default()
        };
        let flight = Flight { step: self.steps, place, comment, lease, ruling: ruling.clone(), undo: false };
        self.flights.insert(id.to_owned(), flight);
        Some(input)
    }

    /// Whether the server has yet to say what became of a comment that is on the list again.
    pub(super) fn is_settling(&self, id: &str) -> bool {
        self.undoing.contains(id) || self.flights.contains_key(id)
    }

    /// The server's answers; what one key decided is taken back together.
    pub(super) fn confirmed(&mut self, outcomes: Vec<Outcome>) -> Vec<Command> {
        let mut commands = vec![];
        for outcome in outcomes {
            let id = outcome.comment_id;
            let Some(flight) = self.flights.remove(&id) else { continue };
            match outcome.result {
                Ok(comment) if flight.undo => {
                    self.undoing.insert(id.clone());
                    commands.push(Command::Undo { id, etag: comment.etag });
                }
                Ok(comment) => {
                    self.decided += 1;
                    self.forget(&id);
                    let etag = Some(comment.etag);
                    self.can_be_undone(
                        flight.step,
                        Done { place: flight.place, comment: flight.comment, etag },
                    );
                }
                Err(refusal) => self.bring_back(&id, flight, &refusal),
            }
        }
        commands
    }

    fn can_be_undone(&mut self, step: u64, done: Done) {
        self.done.entry(step).or_default().push(done);
        if self.done.len() > UNDO_DEPTH {
            self.done.pop_first();
        }
    }

    fn bring_back(&mut self, id: &str, flight: Flight, refusal: &Refusal) {
        let why = refusal.in_one_line();
        self.leaving = false;
        self.warn(format!("{id} was not {}: {why}", flight.ruling.told()));
        if let Some(lease) = flight.lease.filter(|_| refusal.reason != "CLAIM_LOST") {
            self.leases.keep(id, lease);
        }
        self.queue.rows.put_back(flight.place, flight.comment);
        self.forget(id);
    }

    /// Takes back what the last key decided or skipped, whether the server has answered it or not.
    pub(super) fn undo(&mut self) -> Vec<Command> {
        let waiting = self.flights.iter().filter(|(_, flight)| !flight.undo);
        let waiting: Vec<_> = waiting.map(|(id, flight)| (flight.step, id.clone())).collect();
        let last_waiting = waiting.iter().map(|(step, _)| *step).max();
        let last_done = self.done.last_key_value().map(|(step, _)| *step);
        let last_wave = self.waves.last_key_value().map(|(step, _)| *step);
        let Some(step) = last_waiting.max(last_done).max(last_wave) else {
            self.tell("nothing was decided here that could be taken back");
            return vec![];
        };
        if let Some(wave) = self.waves.remove(&step) {
            self.tell(format!("taking {} decisions back …", wave.len()));
            self.wave_under_way = true;
            return vec![Command::UndoWave(wave)];
        }
        let waiting: Vec<_> = waiting.into_iter().filter(|(of, _)| *of == step).map(|(_, id)| id).collect();
        let batch = self.done.remove(&step).unwrap_or_default();
        self.tell(match (waiting.as_slice(), batch.as_slice()) {
            ([id], []) => format!("{id} is back"),
            ([], [one]) => format!("{} is back", one.comment.id),
            (waiting, batch) => format!("{} comments are back", waiting.len() + batch.len()),
        });
        waiting.iter().for_each(|id| self.undo_in_flight(id));
        batch.into_iter().rev().filter_map(|done| self.undo_done(done)).collect()
    }

    fn undo_done(&mut self, done: Done) -> Option<Command> {
        let id = done.comment.id.clone();
        self.queue.unskip(&id);
        self.queue.rows.put_back(done.place, done.comment);
        let etag = done.etag?;
        self.undoing.insert(id.clone());
        Some(Command::Undo { id, etag })
    }

    fn undo_in_flight(&mut self, id: &str) {
        let Some(flight) = self.flights.get_mut(id) else { return };
        flight.undo = true;
        self.queue.rows.put_back(flight.place, flight.comment.clone());
    }

    pub(super) fn undone(&mut self, outcome: Outcome) {
        let id = outcome.comment_id;
        self.forget(&id);
        self.undoing.remove(&id);
        self.leases.forget_asked(std::slice::from_ref(&id));
        match outcome.result {
            Ok(comment) if !self.queue.holds(comment.state()) => _ = self.queue.remove(&id),
            Ok(comment) => {
                self.decided = self.decided.saturating_sub(1);
                if let Some(row) = self.queue.rows.get_mut(&id) {
                    *row = *comment;
                }
            }
            Err(refusal) => {
                self.queue.remove(&id);
                self.warn(format!("the decision on {id} stands: {}", refusal.in_one_line()));
            }
        }
    }

    /// The server is told; what it says matters only when it refuses.
    pub(super) fn skip(&mut self, id: String) -> Vec<Command> {
        if self.is_settling(&id) {
            self.warn(format!("{id} is still on its way back; skip it in a moment"));
            return vec![];
        }
        self.leases.drop(&id);
        if let Some((place, comment)) = self.queue.skip(&id) {
            self.steps += 1;
            self.can_be_undone(self.steps, Done { place, comment, etag: None });
        }
        self.pass_over_claimed();
        self.tell(format!("{id} skipped for an hour"));
        vec![Command::Skip(id)]
    }

    pub(super) fn was_skipped(&mut self, id: &str, result: Result<(), Refusal>) {
        let Err(refusal) = result else { return };
        let is_it = |done: &Done| done.comment.id == id && done.etag.is_none();
        let step = self.done.iter().find(|(_, batch)| batch.iter().any(is_it)).map(|(step, _)| *step);
        let batch = step.and_then(|step| self.done.remove(&step)).unwrap_or_default();
        batch.into_iter().for_each(|done| _ = self.undo_done(done));
        self.warn(format!("{id} was not skipped: {}", refusal.in_one_line()));
    }
}
