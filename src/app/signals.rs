//! What the service is told while it runs, by signals, and what it tells the service manager (systemd's notify protocol).

use std::future::pending;
use std::io;

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Interval, interval};

use super::{Reloaded, Reloader};
use crate::config::Config;

/// The signals that are heeded: SIGTERM and SIGINT stop, SIGHUP reloads.
pub struct Signals {
    terminated: Signal,
    interrupted: Signal,
    hung_up: Signal,
}

impl Signals {
    /// Heeds the signals from now on; those that come before [`Signals::until_stop`] wait.
    ///
    /// # Errors
    /// The system's.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminated: signal(SignalKind::terminate())?,
            interrupted: signal(SignalKind::interrupt())?,
            hung_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits until it is told to stop.
    pub async fn stopped(&mut self) {
        either(&mut self.terminated, &mut self.interrupted).await;
    }

    /// Says that the service is ready, and waits until it is told to stop. `read` reads the configuration again; its
    /// mistakes are logged, and change nothing.
    pub async fn until_stop(
        mut self,
        mut reloader: Reloader,
        read: impl Fn() -> Result<Config, Vec<String>>,
    ) {
        let mut watchdog = sd_notify::watchdog_enabled().map(|within| interval(within / 2));
        tell(&[NotifyState::Ready]);
        loop {
            tokio::select! {
                () = either(&mut self.terminated, &mut self.interrupted) => break,
                _ = self.hung_up.recv() => reload(&mut reloader, &read),
                () = next(&mut watchdog) => tell(&[NotifyState::Watchdog]),
            }
        }
        tell(&[NotifyState::Stopping]);
        tracing::info!("stopping; calls in flight may finish");
    }
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}

async fn next(watchdog: &mut Option<Interval>) {
    match watchdog {
        Some(ticks) => drop(ticks.tick().await),
        None => pending().await,
    }
}

fn reload(reloader: &mut Reloader, read: &impl Fn() -> Result<Config, Vec<String>>) {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "the service manager is not told of the reload"),
    }
    match read() {
        Ok(config) => match reloader.reload(config) {
            Ok(reloaded) => log(reloaded),
            Err(error) => {
                tracing::error!(%error, "the configuration was not taken over; the last good one stays");
            }
        },
        Err(mistakes) => {
            for mistake in &mistakes {
                tracing::error!("{mistake}");
            }
            tracing::error!("the configuration was not taken over; the last good one stays");
        }
    }
    tell(&[NotifyState::Ready]);
}

fn log(Reloaded { known, revoked, needs_restart }: Reloaded) {
    tracing::info!(
        known,
        revoked,
        "the configuration was read again: callers and certificates are as it says"
    );
    if needs_restart {
        tracing::warn!("other settings have changed as well; they take effect at the next start");
    }
}

/// Without a service manager, nobody listens and nothing is said.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager does not listen");
    }
}
