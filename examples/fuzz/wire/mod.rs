//! The wire: whatever comes to the gRPC port, the server answers or refuses it and goes on.
//!
//! Calls whose content is spoiled go over sound connections, many in flight at once; beside them come sequences of frames that
//! are no HTTP/2, or nearly. The messages are those of the contract, filled by its descriptors, with ids, etags and
//! tokens that earlier answers told.

mod calls;
mod frames;
mod messages;
mod noise;

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;

use super::dice::Dice;
use messages::{Call, Maker};

/// The roles whose tokens are used, in the order of [`Wire`]'s.
pub const ROLES: [&str; 3] = ["portal", "moderator", "admin"];

/// What was answered or refused.
#[derive(Default, Clone, Copy)]
pub struct Executions {
    /// Calls.
    pub calls: u64,
    /// Sequences of frames.
    pub frames: u64,
}

/// What is known of a server.
pub struct Wire {
    address: String,
    tokens: [String; 3],
    calls: Vec<Call>,
    maker: Maker,
    dice: Dice,
}

/// Seconds that the server has for an answer.
const PATIENCE: u32 = 30;

/// What comes in time. The seconds are those in which this process runs: one that was stopped meanwhile has not waited.
async fn in_time<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..PATIENCE {
        if let Ok(output) = timeout(Duration::from_secs(1), future.as_mut()).await {
            return Some(output);
        }
    }
    None
}

impl Wire {
    /// A server at this address whose tokens, one for each of [`ROLES`], are these.
    pub fn new(address: String, tokens: [String; 3], seed: u64) -> Self {
        Self { address, tokens, calls: messages::calls(), maker: Maker::default(), dice: Dice::new(seed, 0) }
    }

    /// One of the calls; seldom the one that has the store's whole file written over.
    fn call(&mut self) -> Call {
        let drawn = loop {
            let call = &self.calls[self.dice.below(self.calls.len())];
            if !call.path.ends_with("/EraseAuthor") || self.dice.once_in(50) {
                break call;
            }
        };
        drawn.clone()
    }

    /// Sends some hundred calls and sequences of frames.
    ///
    /// # Panics
    /// When one is neither answered nor refused, or by a fault of the server.
    pub async fn round(&mut self) -> Executions {
        Executions { calls: self.send_calls().await, frames: self.send_frames().await }
    }
}
