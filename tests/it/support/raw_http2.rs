//! HTTP/2 by hand, to send what no client library would.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub use super::http2_frames::*;

/// A connection that was opened with the preface and these settings.
pub struct RawConnection(TcpStream);

impl RawConnection {
    pub async fn open(address: &str, settings: &[(u16, u32)]) -> Self {
        let mut stream = TcpStream::connect(address).await.expect("it accepts");
        let payload: Vec<u8> = settings
            .iter()
            .flat_map(|(key, value)| [&key.to_be_bytes()[..], &value.to_be_bytes()[..]].concat())
            .collect();
        // The server may have closed it already; whoever reads on will see.
        let _ = stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &payload)].concat()).await;
        Self(stream)
    }

    /// Sends as much as the server takes, reading what comes meanwhile; false when it closed the connection.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        let (mut reader, mut writer) = self.0.split();
        let mut sink = vec![0; 64 << 10];
        let mut sent = 0;
        while sent < bytes.len() {
            tokio::select! {
                written = writer.write(&bytes[sent..]) => match written {
                    Ok(count) if count > 0 => sent += count,
                    _ => return false,
                },
                read = reader.read(&mut sink) => if !matches!(read, Ok(1..)) {
                    return false;
                },
            }
        }
        true
    }

    /// Sends without reading anything; false when the server takes no more for a moment.
    pub async fn push(&mut self, bytes: &[u8]) -> bool {
        timeout(Duration::from_millis(500), self.0.write_all(bytes)).await.is_ok_and(|sent| sent.is_ok())
    }

    /// Whether the server closes the connection within `span`, whatever it sends before.
    pub async fn is_closed_within(&mut self, span: Duration) -> bool {
        let mut sink = vec![0; 64 << 10];
        let closed = async { while matches!(self.0.read(&mut sink).await, Ok(1..)) {} };
        timeout(span, closed).await.is_ok()
    }
}
