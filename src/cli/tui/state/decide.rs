//! Decisions: shown at once, confirmed later, brought back when they fail, taken back on demand.

use super::{Lease, Place, State, Target};
use crate::cli::failure::Refusal;
use crate::cli::output::Outcome;
use crate::cli::tui::action::{Command, Ruling};
use crate::proto::v1::{Comment, CommentState, DecideMatchingResponse, DecisionInput};

/// Calls that can be taken back, one after the other.
const UNDO_DEPTH: usize = 200;

/// A decision that the server has not answered yet.
pub(super) struct Flight {
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

/// A decision that can be taken back.
pub(super) struct Done {
    place: Place,
    pub(super) comment: Comment,
    /// The version that the decision made; `None` while it is not confirmed.
    etag: Option<String>,
}

impl State {
    /// Decides at once on the screen, and asks the server to.
    pub(super) fn rule(&mut self, ruling: Ruling, target: Target) -> Vec<Command> {
        let ids = match target {
            Target::One(id) => vec![id],
            Target::Marked => self.queue.marked_in_order(),
            Target::Wave { id, count } => {
                self.tell(format!("deciding {count} comments …"));
                self.wave_under_way = true;
                let claims = self.leases.release();
                return vec![Command::DecideWave { id, count, ruling, claims }];
            }
        };
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
        self.flights
            .insert(id.to_owned(), Flight { place, comment, lease, ruling: ruling.clone(), undo: false });
        Some(input)
    }

    /// The server's answers to one call; those of one call are taken back together.
    pub(super) fn confirmed(&mut self, outcomes: Vec<Outcome>) -> Vec<Command> {
        let (mut done, mut commands) = (vec![], vec![]);
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
                    done.push(Done {
                        place: flight.place,
                        comment: flight.comment,
                        etag: Some(comment.etag),
                    });
                }
                Err(refusal) => self.bring_back(&id, flight, &refusal),
            }
        }
        if !done.is_empty() {
            self.done.push_back(done);
            if self.done.len() > UNDO_DEPTH {
                self.done.pop_front();
            }
        }
        commands
    }

    fn bring_back(&mut self, id: &str, flight: Flight, refusal: &Refusal) {
        let why = refusal.in_one_line();
        self.warn(format!("{id} was not {}: {why}", flight.ruling.told()));
        if let Some(lease) = flight.lease.filter(|_| refusal.reason != "CLAIM_LOST") {
            self.leases.keep(id, lease);
        }
        self.queue.rows.put_back(flight.place, flight.comment);
        self.forget(id);
    }

    /// Takes the last decision back, the ones that are not confirmed yet first.
    pub(super) fn undo(&mut self) -> Vec<Command> {
        let waiting: Vec<_> =
            self.flights.iter().filter(|(_, flight)| !flight.undo).map(|(id, _)| id.clone()).collect();
        if !waiting.is_empty() {
            waiting.iter().for_each(|id| self.undo_in_flight(id));
            return vec![];
        }
        let Some(batch) = self.done.pop_back() else {
            self.tell("nothing was decided here that could be taken back");
            return vec![];
        };
        self.tell(match batch.as_slice() {
            [one] => format!("{} is back", one.comment.id),
            batch => format!("{} comments are back", batch.len()),
        });
        let mut commands = vec![];
        for done in batch.into_iter().rev() {
            let id = done.comment.id.clone();
            self.undoing.insert(id.clone());
            self.queue.rows.put_back(done.place, done.comment);
            commands.push(Command::Undo { id, etag: done.etag.unwrap_or_default() });
        }
        commands
    }

    fn undo_in_flight(&mut self, id: &str) {
        let Some(flight) = self.flights.get_mut(id) else { return };
        flight.undo = true;
        self.queue.rows.put_back(flight.place, flight.comment.clone());
        self.tell(format!("{id} is back"));
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

    pub(super) fn skip(&mut self, id: String) -> Vec<Command> {
        let lease = self.leases.drop(&id);
        if let Some((place, comment)) = self.queue.skip(&id) {
            let ruling = Ruling::plain(CommentState::Unspecified);
            self.flights.insert(id.clone(), Flight { place, comment, lease, ruling, undo: true });
        }
        self.tell(format!("{id} skipped for an hour"));
        vec![Command::Skip(id)]
    }

    pub(super) fn was_skipped(&mut self, id: &str, result: Result<(), Refusal>) {
        let Some(flight) = self.flights.remove(id) else { return };
        if let Err(refusal) = result {
            self.queue.unskip(id);
            self.queue.rows.put_back(flight.place, flight.comment);
            self.warn(format!("{id} was not skipped: {}", refusal.in_one_line()));
        }
    }

    pub(super) fn wave_decided(&mut self, progress: Result<DecideMatchingResponse, Refusal>) -> Vec<Command> {
        let progress = match progress {
            Ok(progress) => progress,
            Err(refusal) => {
                self.wave_under_way = false;
                self.warn(format!("the wave was not decided: {}", refusal.in_one_line()));
                return self.reload();
            }
        };
        if let Some(failure) = progress.failures.last() {
            let why = failure.error.as_ref().map(|error| Refusal::from(error).in_one_line());
            self.refused_of_wave = Some(format!("{}: {}", failure.comment_id, why.unwrap_or_default()));
        }
        let told = format!("{} of {} decided", progress.decided_count, progress.matched_count);
        if !progress.done {
            self.tell(format!("{told} …"));
            return vec![];
        }
        self.wave_under_way = false;
        self.decided += progress.decided_count;
        match self.refused_of_wave.take() {
            Some(why) => self.warn(format!("{told}, {} refused; {why}", progress.failed_count)),
            None => self.tell(told),
        }
        self.reload()
    }
}
