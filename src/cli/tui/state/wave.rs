//! Whole waves: counted, decided, taken back.

use super::{Prompt, State};
use crate::cli::counted::Counted;
use crate::cli::failure::Refusal;
use crate::cli::tui::action::Command;
use crate::proto::v1::DecideMatchingResponse;

impl State {
    pub(super) fn wave_counted(&mut self, id: String, counted: Result<Counted, Refusal>) {
        match counted {
            Ok(Counted { count: ..2, .. }) => self.tell("no other comment that waits is like this one"),
            Ok(counted) if self.prompt == Prompt::None => {
                self.message = None;
                self.prompt = Prompt::Wave { id, counted };
            }
            Ok(Counted { count, .. }) => {
                self.tell(format!("the wave has {count} comments; ask for it again"))
            }
            Err(refusal) => self.warn(format!("the wave cannot be counted: {}", refusal.in_one_line())),
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
        if !progress.decided.is_empty() {
            self.waves.entry(self.wave_step).or_default().extend(progress.decided);
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

    /// The wave is in the queue again; where, the server knows.
    pub(super) fn wave_undone(&mut self, count: usize, refused: Option<Refusal>) -> Vec<Command> {
        self.wave_under_way = false;
        self.decided = self.decided.saturating_sub(count as u64);
        match refused {
            None => self.tell(format!("{count} comments are back")),
            Some(refusal) => {
                let why = refusal.in_one_line();
                self.warn(format!("{count} comments are back; not all of them: {why}"));
            }
        }
        self.reload()
    }
}
