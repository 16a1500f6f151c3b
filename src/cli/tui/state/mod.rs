//! The screen's state: events in, commands out. It knows no terminal, no network and no clock.

mod answers;
mod around;
mod decide;
mod fix;
mod holding;
mod keys;
mod leases;
mod news;
mod prompt;
mod queue;
mod rows;
#[cfg(test)]
pub(super) mod samples;
mod tally;
#[cfg(test)]
mod tests;
mod wave;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

pub use self::around::Around;
use self::decide::{Done, Flight};
pub use self::fix::{Fix, Spot, Trial, spots};
pub use self::leases::{Lease, Leases};
pub use self::prompt::{Input, Prompt, REASONS, Target};
pub use self::queue::{Kind, Queue};
pub use self::rows::{Place, Rows};
use super::action::{Command, Event, Ruling};
use super::keymap::Keymap;
use crate::proto::v1::{DecidedComment, InspectCommentResponse, QueueStats};

/// Comments that are read ahead of the selection.
const READ_AHEAD: usize = 4;

/// Pages that are kept; beyond, all but the one on the screen are forgotten.
const MAX_PAGES: usize = 200;

/// How the comment's text stands on the screen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scroll {
    /// Lines that it is moved up by.
    pub at: u16,
    /// Lines that it can be moved up by at most.
    pub reach: u16,
}

/// One line for the moderator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What is said.
    pub text: String,
    /// Whether something went wrong.
    pub bad: bool,
}

/// Everything that is drawn, and what it takes to know what to do next.
pub struct State {
    /// The list.
    pub queue: Queue,
    /// What is held.
    pub leases: Leases,
    /// Comments with what is beside them.
    pub pages: HashMap<String, InspectCommentResponse>,
    /// The keys.
    pub keymap: Keymap,
    /// What is asked of the moderator.
    pub prompt: Prompt,
    /// The last thing to say.
    pub message: Option<Message>,
    /// The queue's counts.
    pub stats: Option<QueueStats>,
    /// Lines that the text is moved up by.
    pub scroll: u16,
    /// Lines that it can be moved up by at most; the view knows, since it has wrapped them.
    pub reach: u16,
    /// Which place of the findings was gone to, of all of them in order.
    pub focus: Option<usize>,
    /// Whether the text shall be moved so that this place is seen.
    pub seek: bool,
    /// The time, to the second.
    pub now: Timestamp,
    /// Whether nothing may be changed.
    pub readonly: bool,
    /// Decisions that the server confirmed.
    pub decided: u64,
    /// Comments that came in since the queue was listed.
    pub arrived: u64,
    /// Why the queue cannot be watched, while that is so.
    pub unwatched: Option<String>,
    /// Whether the review is over.
    pub over: bool,
    flights: HashMap<String, Flight>,
    undoing: HashSet<String>,
    /// By step.
    done: BTreeMap<u64, Vec<Done>>,
    /// Whole waves, by step.
    waves: BTreeMap<u64, Vec<DecidedComment>>,
    /// The step of the wave that is under way.
    wave_step: u64,
    /// Keys that decided or skipped something.
    steps: u64,
    last: Option<Ruling>,
    last_reason: usize,
    wave_under_way: bool,
    /// Notes and policies that the server has not answered yet.
    writing: usize,
    /// Whether the review ends as soon as nothing is under way.
    leaving: bool,
    refused_of_wave: Option<String>,
    /// A filter that the server did not understand, to be typed on.
    refused_filter: Option<String>,
    /// Comments that somebody was seen to hold: nothing new has come in when they are free again.
    once_held: HashSet<String>,
    asked: HashSet<String>,
    trials: u64,
    active: Timestamp,
}

impl State {
    /// A screen that has asked for nothing yet.
    pub fn new(keymap: Keymap, filter: String, readonly: bool, now: Timestamp) -> Self {
        Self {
            queue: Queue::new(filter),
            leases: Leases::default(),
            pages: HashMap::new(),
            keymap,
            prompt: Prompt::None,
            message: None,
            stats: None,
            scroll: 0,
            reach: 0,
            focus: None,
            seek: false,
            trials: 0,
            now,
            readonly,
            decided: 0,
            arrived: 0,
            unwatched: None,
            over: false,
            flights: HashMap::new(),
            undoing: HashSet::new(),
            done: BTreeMap::new(),
            waves: BTreeMap::new(),
            wave_step: 0,
            steps: 0,
            last: None,
            last_reason: 0,
            wave_under_way: false,
            writing: 0,
            leaving: false,
            refused_of_wave: None,
            refused_filter: None,
            once_held: HashSet::new(),
            asked: HashSet::new(),
            active: now,
        }
    }

    /// What to ask for at the beginning.
    pub fn begin(&mut self) -> Vec<Command> {
        vec![self.queue.reload()]
    }

    /// Takes in what happened; answers what is to be done about it.
    pub fn update(&mut self, event: Event) -> Vec<Command> {
        let before = self.queue.current().map(|comment| comment.id.clone());
        let ticked = matches!(event, Event::Tick(_));
        let mut commands = self.take(event);
        if self.queue.current().map(|comment| &comment.id) != before.as_ref() {
            (self.scroll, self.focus) = (0, None);
        }
        if self.leaving && !self.over && self.unanswered() == 0 {
            commands.extend(self.end());
        }
        if !self.over && !ticked {
            commands.extend(self.look_ahead());
        }
        commands
    }

    fn take(&mut self, event: Event) -> Vec<Command> {
        match event {
            Event::Key(key) => {
                self.active = self.now;
                return self.key(key);
            }
            Event::Pasted(text) => self.prompt.paste(&text),
            Event::Resized => {}
            Event::Ended => return self.end(),
            Event::Tick(now) => return self.tick(now),
            Event::Listed { generation, page } => return self.listed(generation, page),
            Event::Looked { generation, page } => self.looked(generation, page),
            Event::Inspected { id, page } => self.inspected(&id, page),
            Event::Claimed { ids, claimed } => return self.claimed(&ids, claimed),
            Event::Renewed { claim_id, ids, renewed } => self.renewed(&claim_id, &ids, renewed),
            Event::Decided(outcomes) => return self.confirmed(outcomes),
            Event::Skipped { id, result } => self.was_skipped(&id, result),
            Event::Undone(outcome) => self.undone(outcome),
            Event::Noted(outcome) => self.noted(outcome),
            Event::Around { id, relation, comments } => self.found_around(&id, relation, comments),
            Event::PolicyRead(policy) => self.policy_read(policy),
            Event::MayChange { serial, authority } => self.may_change(serial, authority),
            Event::Replayed { serial, replayed } => self.replayed(serial, replayed),
            Event::Settled(settled) => self.settled(settled),
            Event::WaveCounted { id, counted } => self.wave_counted(id, counted),
            Event::WaveDecided(progress) => return self.wave_decided(progress),
            Event::WaveUndone { count, refused } => return self.wave_undone(count, refused),
            Event::Watched(watched) => return self.watched(*watched),
            Event::Unwatched(refusal) => self.unwatched = Some(refusal.in_one_line()),
        }
        vec![]
    }

    /// The next pages, what is beside the next comments, and the leases on them.
    fn look_ahead(&mut self) -> Vec<Command> {
        let mut commands: Vec<_> = self.queue.more().into_iter().collect();
        for comment in self.queue.rows.from_selected().take(READ_AHEAD) {
            if !self.is_settling(&comment.id)
                && !self.pages.contains_key(&comment.id)
                && self.asked.insert(comment.id.clone())
            {
                commands.push(Command::Inspect(comment.id.clone()));
            }
        }
        if !self.readonly && !self.wave_under_way && !self.queue.is_relisting() {
            commands.extend(self.leases.ahead(self.queue.rows.from_selected(), self.now));
        }
        commands
    }

    /// Takes in how the text stands; the view knows, since it has wrapped it.
    pub fn stands(&mut self, scroll: Scroll) {
        (self.scroll, self.reach, self.seek) = (scroll.at, scroll.reach, false);
    }

    /// How many comments the whole queue has, where all of it is listed and the server has told.
    pub fn waiting(&self) -> Option<u64> {
        let stats = self.stats.as_ref().filter(|_| self.queue.lists_all())?;
        Some(match self.queue.kind {
            Kind::Pending => stats.pending_count,
            Kind::Escalated => stats.escalated_count,
        })
    }

    /// How many decisions are on their way.
    pub fn under_way(&self) -> usize {
        self.flights.len()
    }

    /// Everything that changes something and that the server has not answered.
    fn unanswered(&self) -> usize {
        self.flights.len() + self.undoing.len() + self.writing + usize::from(self.wave_under_way)
    }

    /// The page of the comment that is looked at.
    pub fn page(&self) -> Option<&InspectCommentResponse> {
        self.pages.get(&self.queue.current()?.id)
    }

    fn tell(&mut self, text: impl Into<String>) {
        self.message = Some(Message { text: text.into(), bad: false });
    }

    fn warn(&mut self, text: impl Into<String>) {
        self.message = Some(Message { text: text.into(), bad: true });
    }

    /// What is beside a comment is read again when it is looked at.
    fn forget(&mut self, id: &str) {
        self.pages.remove(id);
        self.asked.remove(id);
    }
}
