//! Being told to stop: by Ctrl-C or by SIGTERM, politely once and for good the second time.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// How often a command was told to stop.
#[derive(Clone)]
pub struct Stop {
    told: watch::Receiver<u32>,
}

impl Stop {
    /// Listens from now on; signals no longer end the process by themselves.
    pub fn listen() -> io::Result<Self> {
        let (count, told) = watch::channel(0);
        let signals = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::spawn(count_signals(signals, count));
        Ok(Self { told })
    }

    /// Whether it was told to stop.
    pub fn is_asked(&self) -> bool {
        *self.told.borrow() > 0
    }

    /// Returns once it is told to stop, at once if it was before.
    pub async fn asked(&self) {
        self.told(1).await;
    }

    /// Returns once it is told so again.
    pub async fn insisted(&self) {
        self.told(2).await;
    }

    async fn told(&self, times: u32) {
        let mut told = self.told.clone();
        if told.wait_for(|count| *count >= times).await.is_err() {
            // Nobody counts any more: it will not be told.
            std::future::pending::<()>().await;
        }
    }
}

async fn count_signals((mut interrupt, mut terminate): (Signal, Signal), count: watch::Sender<u32>) {
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        count.send_modify(|count| *count += 1);
    }
}
