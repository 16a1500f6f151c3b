//! The terminal: taken over at the beginning, given back at the end whatever happens.

use std::io::{self, Stdout, Write};
use std::panic;
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, KeyEventKind};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::backend::CrosstermBackend;
use tokio::sync::mpsc::UnboundedSender;

use super::action::Event;

/// Where the screen is drawn.
pub type Screen = ratatui::Terminal<CrosstermBackend<Stdout>>;

/// The terminal while it is ours. Dropping it gives it back.
pub struct Terminal {
    /// Where to draw.
    pub screen: Screen,
}

impl Terminal {
    /// Takes the terminal over; a panic gives it back before it is told.
    pub fn open() -> io::Result<Self> {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            give_back();
            before(info);
        }));
        enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
        Ok(Self { screen: Screen::new(CrosstermBackend::new(io::stdout()))? })
    }

    /// Puts a text into the terminal's clipboard by OSC 52; base64 keeps whatever it holds from the terminal.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        let mut out = io::stdout();
        write!(out, "\u{1b}]52;c;{}\u{7}", STANDARD.encode(text))?;
        out.flush()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Nothing can be done where this fails.
fn give_back() {
    let _ = disable_raw_mode();
    let _ = execute!(io::stdout(), DisableBracketedPaste, LeaveAlternateScreen, crossterm::cursor::Show);
}

/// Reads keys on a thread of their own, which ends with the process or with the screen.
pub fn read_keys(events: UnboundedSender<Event>) {
    thread::spawn(move || {
        while let Ok(input) = event::read() {
            let event = match input {
                event::Event::Key(key) if key.kind != KeyEventKind::Release => Event::Key(key),
                event::Event::Paste(text) => Event::Pasted(text),
                event::Event::Resize(..) => Event::Resized,
                _ => continue,
            };
            if events.send(event).is_err() {
                break;
            }
        }
    });
}
