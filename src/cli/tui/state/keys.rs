//! Keys: what they do while nothing is open, and in each prompt.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use linkify::LinkFinder;

use super::queue::quoted;
use super::{Input, Prompt, REASONS, State, Target};
use crate::cli::counted::Counted;
use crate::cli::harmless::one_line;
use crate::cli::tui::action::{Action, Command, Relation, Ruling};
use crate::proto::v1::CommentState;

/// Lines that one key scrolls by.
const SCROLL: u16 = 5;

impl State {
    pub(super) fn key(&mut self, key: KeyEvent) -> Vec<Command> {
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
            return self.quit();
        }
        self.leaving &= self.keymap.action(&key) == Some(Action::Quit);
        match std::mem::replace(&mut self.prompt, Prompt::None) {
            Prompt::None => {
                let action = self.keymap.action(&key);
                action.map(|action| self.act(action)).unwrap_or_default()
            }
            Prompt::Help => vec![],
            Prompt::Reason { cursor, target } => self.reason_key(key, cursor, target),
            Prompt::Note { id, input } => self.note_key(key, id, input),
            Prompt::Search(input) => self.search_key(key, input, Prompt::Search),
            Prompt::Filter(input) => self.search_key(key, input, Prompt::Filter),
            Prompt::Links { links, cursor } => self.links_key(key, links, cursor),
            Prompt::Wave { id, counted } => self.wave_key(key, id, counted),
            Prompt::Around(around) => {
                self.around_key(key, around);
                vec![]
            }
            Prompt::Fix(fix) => self.fix_key(key, fix),
        }
    }

    /// Does what a key asks for.
    pub fn act(&mut self, action: Action) -> Vec<Command> {
        self.message = None;
        if self.readonly && action.changes() {
            self.warn("this review is read-only; start it without --readonly to decide");
            return vec![];
        }
        match action {
            Action::Next => self.queue.step(1),
            Action::Previous => self.queue.step(-1),
            Action::First => self.queue.rows.select_rank(0),
            Action::Last => self.queue.rows.select_rank(usize::MAX),
            Action::ScrollDown => self.scroll = self.scroll.saturating_add(SCROLL).min(self.reach),
            Action::ScrollUp => self.scroll = self.scroll.min(self.reach).saturating_sub(SCROLL),
            Action::Help => self.prompt = Prompt::Help,
            Action::Search => self.prompt = Prompt::Search(Input::new(self.queue.search.clone())),
            Action::Filter => {
                let filter = self.refused_filter.take().unwrap_or_else(|| self.queue.filter.clone());
                self.prompt = Prompt::Filter(Input::new(filter));
            }
            Action::Clear => return self.clear(),
            Action::Quit => return self.quit(),
            Action::Reload => {
                self.tell("the queue is listed anew");
                return self.reload();
            }
            Action::Order => return self.order(),
            Action::NextQueue => return self.next_queue(),
            Action::Undo => return self.undo(),
            Action::ApproveMarked => return self.rule(Ruling::plain(CommentState::Approved), Target::Marked),
            Action::RejectMarked => self.ask_reason(Target::Marked),
            _ => return self.act_on_current(action),
        }
        vec![]
    }

    fn act_on_current(&mut self, action: Action) -> Vec<Command> {
        let Some(id) = self.queue.current().map(|comment| comment.id.clone()) else {
            self.tell("there is no comment here");
            return vec![];
        };
        match action {
            Action::Approve => return self.rule(Ruling::plain(CommentState::Approved), Target::One(id)),
            Action::Escalate => return self.rule(Ruling::plain(CommentState::Escalated), Target::One(id)),
            Action::Reject => self.ask_reason(Target::One(id)),
            Action::Repeat => return self.repeat(id),
            Action::Skip => return self.skip(id),
            Action::Note => self.prompt = Prompt::Note { id, input: Input::default() },
            Action::Mark => self.mark(id),
            Action::DecideWave => {
                self.tell("counting the wave …");
                return vec![Command::CountWave(id)];
            }
            Action::Thread => return self.thread(),
            Action::NextSpot => self.next_spot(),
            Action::Fix => return self.begin_fix(),
            Action::AuthorComments => return self.look_around(Relation::Author),
            Action::ThreadComments => return self.look_around(Relation::Thread),
            Action::WaveComments => return self.look_around(Relation::Wave),
            Action::Links => self.list_links(),
            Action::Copy => return self.copy_text(),
            Action::CopyId => return self.copy(id),
            _ => {}
        }
        vec![]
    }

    /// Ends the review once the server has answered all that was decided; asked again, at once.
    fn quit(&mut self) -> Vec<Command> {
        if self.unanswered() == 0 || self.leaving {
            return self.end();
        }
        self.leaving = true;
        self.prompt = Prompt::None;
        let key = self.keymap.key(Action::Quit);
        self.tell(format!("waiting for the server to confirm; {key} again leaves at once"));
        vec![]
    }

    /// Ends the review.
    pub(super) fn end(&mut self) -> Vec<Command> {
        self.over = true;
        self.leases.release()
    }

    pub(super) fn reload(&mut self) -> Vec<Command> {
        self.arrived = 0;
        self.pages.clear();
        self.asked.clear();
        vec![self.queue.reload()]
    }

    fn order(&mut self) -> Vec<Command> {
        self.queue.next_order();
        self.tell(format!("order: {}", self.queue.order()));
        vec![self.queue.restart()]
    }

    fn next_queue(&mut self) -> Vec<Command> {
        use super::Kind::{Escalated, Pending};
        self.queue.kind = if self.queue.kind == Pending { Escalated } else { Pending };
        self.queue.marked.clear();
        self.arrived = 0;
        vec![self.queue.restart()]
    }

    fn thread(&mut self) -> Vec<Command> {
        let thread = self.queue.current().and_then(|comment| comment.draft.as_ref()?.thread.clone());
        let Some(thread) = thread.filter(|thread| !thread.id.is_empty()) else {
            self.tell("this comment is in no thread");
            return vec![];
        };
        self.queue.narrow(format!("thread = {}", quoted(&thread.id)));
        vec![self.queue.reload()]
    }

    fn mark(&mut self, id: String) {
        if !self.queue.marked.remove(&id) {
            self.queue.marked.insert(id);
        }
        self.queue.step(1);
    }

    fn ask_reason(&mut self, target: Target) {
        if target == Target::Marked && self.queue.marked.is_empty() {
            self.tell("nothing is marked");
            return;
        }
        self.prompt = Prompt::Reason { cursor: self.last_reason, target };
    }

    fn copy_text(&mut self) -> Vec<Command> {
        let draft = self.queue.current().and_then(|comment| comment.draft.as_ref());
        let text = draft.map(|draft| draft.text.clone()).unwrap_or_default();
        self.copy(text)
    }

    fn copy(&mut self, text: String) -> Vec<Command> {
        self.tell(format!("copied {} characters", text.chars().count()));
        vec![Command::Copy(text)]
    }

    fn list_links(&mut self) {
        let Some(draft) = self.queue.current().and_then(|comment| comment.draft.clone()) else { return };
        let mut finder = LinkFinder::new();
        finder.url_must_have_scheme(false);
        let mut links: Vec<_> = finder.links(&draft.text).map(|link| link.as_str().to_owned()).collect();
        links.extend(draft.author.map(|author| author.url));
        links.extend(draft.thread.map(|thread| thread.url));
        links.retain(|link| !link.is_empty());
        if links.is_empty() {
            self.tell("there are no links here");
        } else {
            self.prompt = Prompt::Links { links, cursor: 0 };
        }
    }

    fn reason_key(&mut self, key: KeyEvent, cursor: usize, target: Target) -> Vec<Command> {
        let picked = match key.code {
            KeyCode::Esc => return vec![],
            KeyCode::Enter => Some(cursor),
            KeyCode::Char(c) => REASONS.iter().position(|(letter, _)| *letter == c),
            _ => None,
        };
        if let Some(place) = picked {
            self.last_reason = place;
            let reason = REASONS[place].1.to_owned();
            return self.rule(Ruling { state: CommentState::Rejected, reason }, target);
        }
        self.prompt = Prompt::Reason { cursor: moved(key.code, cursor, REASONS.len()), target };
        vec![]
    }

    fn note_key(&mut self, key: KeyEvent, id: String, mut input: Input) -> Vec<Command> {
        let text = input.text().trim().to_owned();
        match key.code {
            KeyCode::Esc => {}
            KeyCode::Enter if text.is_empty() => self.tell("an empty note is not written"),
            KeyCode::Enter => {
                self.tell("writing the note …");
                self.writing += 1;
                return vec![Command::Note { id, text }];
            }
            _ => {
                typed(key, &mut input);
                self.prompt = Prompt::Note { id, input };
            }
        }
        vec![]
    }

    /// A search or a filter that is typed; `again` is the prompt that it is typed in.
    fn search_key(&mut self, key: KeyEvent, mut input: Input, again: fn(Input) -> Prompt) -> Vec<Command> {
        match key.code {
            KeyCode::Esc => return vec![],
            KeyCode::Enter => {}
            _ => {
                typed(key, &mut input);
                self.prompt = again(input);
                return vec![];
            }
        }
        let text = input.text().trim().to_owned();
        match again(input) {
            Prompt::Search(_) => self.queue.search = text,
            _ => self.queue.filter = text,
        }
        self.queue.marked.clear();
        vec![self.queue.restart()]
    }

    fn clear(&mut self) -> Vec<Command> {
        if self.queue.filter.is_empty() && self.queue.search.is_empty() {
            return vec![];
        }
        self.queue.filter.clear();
        self.queue.search.clear();
        vec![self.queue.reload()]
    }

    fn links_key(&mut self, key: KeyEvent, links: Vec<String>, cursor: usize) -> Vec<Command> {
        match key.code {
            KeyCode::Enter | KeyCode::Char('y') => {
                let link = links[cursor].clone();
                self.tell(format!("copied {}", one_line(&link)));
                vec![Command::Copy(link)]
            }
            KeyCode::Up | KeyCode::Down | KeyCode::Char('j' | 'k') => {
                let cursor = moved(key.code, cursor, links.len());
                self.prompt = Prompt::Links { links, cursor };
                vec![]
            }
            _ => vec![],
        }
    }

    fn wave_key(&mut self, key: KeyEvent, id: String, counted: Counted) -> Vec<Command> {
        let target = Target::Wave { id: id.clone(), counted: counted.clone() };
        match key.code {
            KeyCode::Char('a') => self.rule(Ruling::plain(CommentState::Approved), target),
            KeyCode::Char('e') => self.rule(Ruling::plain(CommentState::Escalated), target),
            KeyCode::Char('r') => {
                self.ask_reason(target);
                vec![]
            }
            KeyCode::Esc | KeyCode::Char('q' | 'n') => {
                self.tell("nothing was decided");
                vec![]
            }
            _ => {
                self.prompt = Prompt::Wave { id, counted };
                vec![]
            }
        }
    }
}

/// Where the cursor of a list goes.
pub(super) fn moved(code: KeyCode, cursor: usize, length: usize) -> usize {
    match code {
        KeyCode::Up | KeyCode::Char('k') => cursor.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => (cursor + 1).min(length - 1),
        _ => cursor,
    }
}

fn typed(key: KeyEvent, input: &mut Input) {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Backspace => input.erase(),
        KeyCode::Char('w') if control => input.erase_word(),
        KeyCode::Char('u') if control => input.clear(),
        KeyCode::Char(c) if !control => input.insert(c),
        _ => {}
    }
}
