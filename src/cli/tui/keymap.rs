//! Which key does what. The help and the footer are made from it, so they cannot be wrong.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::Action;

/// A key that is bound.
#[derive(Debug, Clone)]
pub struct Binding {
    /// What it does.
    pub action: Action,
    /// The action's name in the configuration file.
    pub name: &'static str,
    /// What it does, for people.
    pub help: &'static str,
    /// The key.
    pub key: Key,
    /// Further keys that always do the same.
    also: &'static [Key],
}

/// A key with or without Control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    code: KeyCode,
    control: bool,
}

const fn plain(c: char) -> Key {
    Key { code: KeyCode::Char(c), control: false }
}

const fn control(c: char) -> Key {
    Key { code: KeyCode::Char(c), control: true }
}

const fn named(code: KeyCode) -> Key {
    Key { code, control: false }
}

type Row = (Action, &'static str, Key, &'static [Key], &'static str);

const DEFAULTS: &[Row] = &[
    (Action::Approve, "approve", plain('a'), &[], "approve"),
    (Action::Reject, "reject", plain('r'), &[], "reject, for a reason"),
    (Action::Escalate, "escalate", plain('e'), &[], "escalate to a senior"),
    (Action::Skip, "skip", plain('s'), &[], "skip for an hour"),
    (Action::Undo, "undo", plain('u'), &[], "take the last decision back"),
    (Action::Repeat, "repeat", plain('.'), &[], "decide as the last time"),
    (Action::Note, "note", plain('n'), &[], "note for other moderators"),
    (Action::Mark, "mark", plain(' '), &[], "mark or unmark"),
    (Action::ApproveMarked, "approve-marked", plain('A'), &[], "approve all that is marked"),
    (Action::RejectMarked, "reject-marked", plain('R'), &[], "reject all that is marked"),
    (Action::DecideWave, "wave", plain('W'), &[], "decide the wave, counted"),
    (Action::Next, "next", plain('j'), &[named(KeyCode::Down)], "the comment below"),
    (Action::Previous, "previous", plain('k'), &[named(KeyCode::Up)], "the comment above"),
    (Action::First, "first", plain('g'), &[named(KeyCode::Home)], "the first comment"),
    (Action::Last, "last", plain('G'), &[named(KeyCode::End)], "the last comment loaded"),
    (Action::ScrollDown, "scroll-down", plain('J'), &[named(KeyCode::PageDown)], "further down in the text"),
    (Action::ScrollUp, "scroll-up", plain('K'), &[named(KeyCode::PageUp)], "further up in the text"),
    (Action::Search, "search", plain('/'), &[], "search the texts"),
    (Action::Filter, "filter", plain('f'), &[], "filter, such as score >= 5"),
    (Action::Clear, "clear", named(KeyCode::Esc), &[], "end search and filter"),
    (Action::Thread, "thread", plain('t'), &[], "this thread alone, or not"),
    (Action::Order, "order", plain('o'), &[], "order: risk, oldest, newest"),
    (Action::NextQueue, "next-queue", plain(']'), &[], "the other queue"),
    (Action::Reload, "reload", control('r'), &[named(KeyCode::F(5))], "list the queue anew"),
    (Action::NextSpot, "next-span", named(KeyCode::Tab), &[], "the next place found"),
    (Action::Fix, "fix", plain('x'), &[], "change the rule behind it"),
    (Action::AuthorComments, "author", plain('i'), &[], "the author's comments"),
    (Action::ThreadComments, "thread-comments", plain('T'), &[], "the thread's comments"),
    (Action::WaveComments, "wave-comments", plain('w'), &[], "the comments like it"),
    (Action::Links, "links", plain('l'), &[], "list the links"),
    (Action::Copy, "copy", plain('y'), &[], "copy the text"),
    (Action::CopyId, "copy-id", plain('Y'), &[], "copy the id"),
    (Action::Help, "help", plain('?'), &[named(KeyCode::F(1))], "this help"),
    (Action::Quit, "quit", plain('q'), &[control('c')], "quit and give back claims"),
];

/// All keys.
#[derive(Debug, Clone)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

impl Default for Keymap {
    fn default() -> Self {
        let binding = |&(action, name, key, also, help): &Row| Binding { action, name, help, key, also };
        Self { bindings: DEFAULTS.iter().map(binding).collect() }
    }
}

impl Keymap {
    /// The usual keys with some bound otherwise. An unknown action, an unknown key, and a key with two actions are
    /// refused, each by name.
    pub fn with(changes: &BTreeMap<String, String>) -> Result<Self, String> {
        let mut keymap = Self::default();
        for (name, key) in changes {
            let known = || DEFAULTS.iter().map(|row| row.1).collect::<Vec<_>>().join(", ");
            let binding = keymap.bindings.iter_mut().find(|binding| binding.name == name);
            let binding =
                binding.ok_or_else(|| format!("[keys] has no action `{name}`; there are: {}", known()))?;
            binding.key = Key::parse(key).ok_or_else(|| {
                format!(
                    "[keys] {name} = \"{key}\" is no key; write one as in x, X, space, enter, tab, f2, ctrl-x"
                )
            })?;
        }
        keymap.without_conflict()
    }

    fn without_conflict(self) -> Result<Self, String> {
        for (place, binding) in self.bindings.iter().enumerate() {
            let twice = |other: &&Binding| other.key == binding.key || other.also.contains(&binding.key);
            let mut others = self.bindings.iter().enumerate().filter(|(at, _)| *at != place);
            if let Some((_, other)) = others.find(|(_, other)| twice(other)) {
                let key = binding.key.name();
                return Err(format!(
                    "[keys] `{key}` is bound to `{}` and `{}`; bind one of them to another key",
                    binding.name, other.name
                ));
            }
        }
        Ok(self)
    }

    /// What a key does.
    pub fn action(&self, event: &KeyEvent) -> Option<Action> {
        let key = Key::of(event);
        let found = self.bindings.iter().find(|binding| binding.key == key || binding.also.contains(&key));
        found.map(|binding| binding.action)
    }

    /// The key of an action.
    pub fn key(&self, action: Action) -> String {
        self.bindings.iter().find(|one| one.action == action).map(|one| one.key.name()).unwrap_or_default()
    }

    /// Every binding, in the order of the help.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }
}

impl Binding {
    /// Every key that does it.
    pub fn all(&self) -> impl Iterator<Item = Key> {
        std::iter::once(self.key).chain(self.also.iter().copied())
    }

    /// The keys, as the help names them.
    pub fn keys(&self) -> String {
        self.all().map(|key| key.name()).collect::<Vec<_>>().join(" ")
    }
}

impl Key {
    /// What was pressed. Shift is part of the character.
    fn of(event: &KeyEvent) -> Self {
        Self { code: event.code, control: event.modifiers.contains(KeyModifiers::CONTROL) }
    }

    /// The event of pressing it.
    pub fn event(self) -> KeyEvent {
        let modifiers = if self.control { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
        KeyEvent::new(self.code, modifiers)
    }

    fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("ctrl-") {
            return Self::parse(rest).filter(|key| !key.control).map(|key| Self { control: true, ..key });
        }
        let mut chars = text.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => KeyCode::Char(c),
            _ => named_code(text)?,
        };
        Some(Self { code, control: false })
    }

    /// The name of the key in the configuration file.
    pub fn name(&self) -> String {
        let name = match self.code {
            KeyCode::Char(' ') => "space".to_owned(),
            KeyCode::Char(c) => c.to_string(),
            KeyCode::Down => "↓".to_owned(),
            KeyCode::Up => "↑".to_owned(),
            KeyCode::PageDown => "pgdn".to_owned(),
            KeyCode::PageUp => "pgup".to_owned(),
            code => code.to_string().to_lowercase().replace(' ', ""),
        };
        if self.control { format!("ctrl-{name}") } else { name }
    }
}

fn named_code(name: &str) -> Option<KeyCode> {
    Some(match name {
        "space" => KeyCode::Char(' '),
        "esc" => KeyCode::Esc,
        "enter" => KeyCode::Enter,
        "tab" => KeyCode::Tab,
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "insert" => KeyCode::Insert,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        _ => {
            let number = name.strip_prefix('f')?.parse().ok()?;
            return (1..=12).contains(&number).then_some(KeyCode::F(number));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(pairs: &[(&str, &str)]) -> Result<Keymap, String> {
        let pairs = pairs.iter().map(|&(name, key)| (name.to_owned(), key.to_owned()));
        Keymap::with(&pairs.collect())
    }

    fn pressed(c: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
    }

    #[test]
    fn the_usual_keys_have_no_conflict() {
        assert!(Keymap::default().without_conflict().is_ok());
    }

    #[test]
    fn a_key_that_is_bound_otherwise_does_the_other_thing() {
        let keymap = changed(&[("approve", "z")]).unwrap();
        assert_eq!(keymap.action(&pressed('z')), Some(Action::Approve));
        assert_eq!(keymap.action(&pressed('a')), None);
    }

    #[test]
    fn an_unknown_action_is_refused_with_those_that_there_are() {
        assert!(changed(&[("aprove", "x")]).unwrap_err().contains("there are: approve, reject"));
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        assert!(changed(&[("approve", "hyper-x")]).unwrap_err().contains("hyper-x"));
    }

    #[test]
    fn one_key_for_two_actions_is_refused() {
        let error = changed(&[("approve", "r")]).unwrap_err();
        assert!(error.contains("`approve`") && error.contains("`reject`"), "{error}");
    }

    #[test]
    fn two_actions_can_change_places() {
        assert!(changed(&[("approve", "r"), ("reject", "a")]).is_ok());
    }
}
