//! `modctl review`: the full-screen review.
//!
//! Keys and answers are events; [`state`] turns them into what is drawn and what is asked; [`effects`] asks the server
//! in the background; [`view`] draws. The loop here never waits for the server.

pub mod action;
pub mod effects;
pub mod keymap;
pub mod state;
pub mod view;

mod policy_desk;
mod terminal;

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{MissedTickBehavior, interval};

use self::action::{Command, Event};
use self::effects::Effects;
use self::keymap::Keymap;
use self::policy_desk::PolicyDesk;
use self::state::State;
use self::terminal::{Terminal, read_keys};
use super::failure::Failure;
use super::session::Session;

/// What a review is begun with.
pub struct Options {
    /// The keys.
    pub keymap: Keymap,
    /// Which comments; empty: all that wait.
    pub filter: String,
    /// Whether nothing may be changed.
    pub readonly: bool,
}

/// Reviews until the moderator quits. The connection is made before the terminal is taken over, so that a failure is
/// told as every command tells it.
pub async fn run(options: Options, session: &Session) -> Result<(), Failure> {
    let (events, inbox) = unbounded_channel();
    let desk = PolicyDesk {
        moderator: session.policy_for_moderators().await?,
        admin: session.policy().await.ok(),
        site: session.site(),
        reviewer: session.reviewer(),
        patience: session.timeout(),
        events: events.clone(),
    };
    let effects = Effects {
        service: session.review().await?,
        desk,
        site: session.site(),
        reviewer: session.reviewer(),
        patience: session.timeout(),
        events: events.clone(),
    };
    let mut state = State::new(options.keymap, options.filter, options.readonly, Timestamp::now());
    let colour = session.output.screen.colour;
    let mut terminal = Terminal::open()?;
    read_keys(events);
    effects.watch();
    let farewell = review(&mut state, &mut terminal, &effects, inbox, colour).await;
    drop(terminal);
    effects.farewell(farewell?).await;
    Ok(())
}

/// Draws, waits for something to happen, and takes in all that has happened meanwhile before drawing again.
async fn review(
    state: &mut State,
    terminal: &mut Terminal,
    effects: &Effects,
    mut inbox: UnboundedReceiver<Event>,
    colour: bool,
) -> io::Result<Vec<Command>> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut commands = state.begin();
    loop {
        if state.over {
            return Ok(commands);
        }
        for command in commands.drain(..) {
            match command {
                Command::Copy(text) => terminal.copy(&text)?,
                command => effects.perform(command),
            }
        }
        terminal.screen.draw(|frame| state.stands(view::draw(frame, state, colour)))?;
        let event = tokio::select! {
            event = inbox.recv() => event,
            _ = seconds.tick() => Some(Event::Tick(Timestamp::now())),
            _ = hangup.recv() => Some(Event::Ended),
            _ = terminate.recv() => Some(Event::Ended),
        };
        let mut next = event;
        while let Some(event) = next {
            commands.extend(state.update(event));
            next = if state.over { None } else { inbox.try_recv().ok() };
        }
    }
}
