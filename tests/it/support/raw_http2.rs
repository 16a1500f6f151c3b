//! HTTP/2 by hand, to send what no client library would.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const CONTINUATION: u8 = 9;

pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// One frame.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A field of a header, neither compressed nor remembered.
pub fn field(name: &str, value: &str) -> Vec<u8> {
    let mut field = vec![0];
    for part in [name, value] {
        assert!(part.len() < 127, "a longer length takes more than one byte");
        field.push(part.len() as u8);
        field.extend(part.bytes());
    }
    field
}

/// The headers of a call.
pub fn call(path: &str, token: &str) -> Vec<u8> {
    let bearer = format!("Bearer {token}");
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "modqueue"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
        ("authorization", &bearer),
    ];
    fields.iter().flat_map(|(name, value)| field(name, value)).collect()
}

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
