//! A link that takes its time: it passes on what comes in, later; and nothing at all while it is held.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// A link to a server. It ends with its runtime.
pub struct SlowLink {
    address: SocketAddr,
    held: watch::Sender<bool>,
}

impl SlowLink {
    /// Opens a link on which a question and its answer take `round_trip` longer.
    pub async fn open(server: &str, round_trip: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let (held, gate) = watch::channel(false);
        let server = server.to_owned();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(&server).await.expect("the server answers");
                let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
                tokio::spawn(carry(from_near, to_far, round_trip / 2, gate.clone()));
                tokio::spawn(carry(from_far, to_near, round_trip / 2, gate.clone()));
            }
        });
        Self { address, held }
    }

    /// Where to connect to.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Holds everything back, until told otherwise.
    pub fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }
}

/// Reading goes on while what was read travels, so that it is latency that is added and nothing is made narrower.
async fn carry(
    mut from: impl AsyncRead + Unpin + Send + 'static,
    mut to: impl AsyncWrite + Unpin,
    latency: Duration,
    mut gate: watch::Receiver<bool>,
) {
    let (send, mut parts) = unbounded_channel();
    tokio::spawn(async move {
        let mut part = [0; 16_384];
        while let Ok(length @ 1..) = from.read(&mut part).await {
            if send.send((Instant::now() + latency, part[..length].to_vec())).is_err() {
                break;
            }
        }
    });
    while let Some((due, part)) = parts.recv().await {
        sleep_until(due).await;
        let open = gate.wait_for(|held| !held).await.is_ok();
        if !open || to.write_all(&part).await.is_err() {
            break;
        }
    }
}
