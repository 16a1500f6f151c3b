//! What stands around a comment: its author's others, its thread, its wave.

use crossterm::event::{KeyCode, KeyEvent};

use super::keys::moved;
use super::queue::quoted;
use super::{Prompt, State};
use crate::cli::failure::Refusal;
use crate::cli::tui::action::{Command, Relation};
use crate::proto::v1::Comment;

/// Comments that stand around one.
#[derive(Debug, Clone, PartialEq)]
pub struct Around {
    /// The comment in the middle.
    pub id: String,
    /// What they have in common with it.
    pub relation: Relation,
    /// They; `None` while they are on their way.
    pub comments: Option<Vec<Comment>>,
    /// Which one the cursor is on.
    pub cursor: usize,
}

impl State {
    /// Opens the list, which fills when the answer comes.
    pub(super) fn look_around(&mut self, relation: Relation) -> Vec<Command> {
        let Some(comment) = self.queue.current() else { return vec![] };
        let draft = comment.draft.clone().unwrap_or_default();
        let (author, thread) = (draft.author.unwrap_or_default().id, draft.thread.unwrap_or_default().id);
        let (name, value) = match relation {
            Relation::Author => ("author", author),
            Relation::Thread => ("thread", thread),
            Relation::Wave => ("", comment.id.clone()),
        };
        if value.is_empty() {
            self.tell(if name == "author" {
                "a guest has no other comments"
            } else {
                "this comment is in no thread"
            });
            return vec![];
        }
        let id = comment.id.clone();
        let filter = format!("{name} = {}", quoted(&value));
        self.prompt = Prompt::Around(Around { id: id.clone(), relation, comments: None, cursor: 0 });
        vec![Command::LookAround { id, relation, filter }]
    }

    /// Takes the list in, if it is still open.
    pub(super) fn found_around(
        &mut self,
        id: &str,
        relation: Relation,
        comments: Result<Vec<Comment>, Refusal>,
    ) {
        let Prompt::Around(around) = &mut self.prompt else { return };
        if around.id != id || around.relation != relation {
            return;
        }
        match comments {
            Ok(comments) => around.comments = Some(comments),
            Err(refusal) => {
                self.prompt = Prompt::None;
                self.warn(format!("they cannot be listed: {}", refusal.in_one_line()));
            }
        }
    }

    /// Enter goes to the comment, when it is in the queue that is open.
    pub(super) fn around_key(&mut self, key: KeyEvent, mut around: Around) {
        let comments = around.comments.as_deref().unwrap_or_default();
        match (key.code, comments.get(around.cursor)) {
            (KeyCode::Enter, Some(comment)) if self.queue.rows.get(&comment.id).is_some() => {
                self.queue.rows.select(&comment.id);
            }
            (KeyCode::Enter, Some(comment)) => self.tell(format!("{} is not in this list", comment.id)),
            (KeyCode::Up | KeyCode::Down | KeyCode::Char('j' | 'k'), _) => {
                around.cursor = moved(key.code, around.cursor, comments.len().max(1));
                self.prompt = Prompt::Around(around);
            }
            _ => {}
        }
    }
}
