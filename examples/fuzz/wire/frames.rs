//! Bytes that are no HTTP/2, or nearly.

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::http2_frames::{self, *};
use super::{Wire, in_time, noise};

/// Connections at once.
const CONNECTIONS: usize = 16;
/// Sequences on one connection, of which it seldom outlives all.
const SEQUENCES: usize = 16;
/// Frames of one sequence at most.
const LONGEST: usize = 6;

const WINDOW_UPDATE: u8 = 8;
const ACK: u8 = 1;

/// What the pings carry by which the server tells how far it has come.
const MARK: &[u8] = b"so far: ";

impl Wire {
    /// Sends sequences of frames, each with a question behind it whether it was survived. Each is, or ends its connection.
    /// How many were taken in.
    pub(super) async fn send_frames(&mut self) -> u64 {
        let sent: Vec<Vec<u8>> = (0..CONNECTIONS).map(|_| self.sequences()).collect();
        let answers = join_all(sent.iter().map(|bytes| exchange(&self.address, bytes))).await;
        let taken_in = |answer: &Vec<u8>| {
            let survived = survived(answer);
            survived + u64::from(survived < SEQUENCES as u64)
        };
        answers.iter().map(taken_in).sum()
    }

    fn sequences(&mut self) -> Vec<u8> {
        let mut bytes = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
        let mut stream = 1;
        for _ in 0..SEQUENCES {
            if self.dice.once_in(8) {
                for _ in 0..=self.dice.below(LONGEST) {
                    let (kind, frame) = self.frame(stream);
                    bytes.extend(frame);
                    stream += if kind == HEADERS { 2 } else { 0 };
                }
            } else {
                bytes.extend(self.spoiled(stream));
                stream += 2;
            }
            bytes.extend(frame(PING, 0, 0, MARK));
        }
        bytes
    }

    /// A call whose frames are sound, with a spoiled message in pieces, whatever else may come between them, and now and
    /// then no end.
    fn spoiled(&mut self, stream: u32) -> Vec<u8> {
        let call = self.call();
        let headers = http2_frames::call(&call.path, &self.tokens[call.role]);
        let mut bytes = frame(HEADERS, END_HEADERS, stream, &headers);
        let mut rest = self.body(&call);
        while !rest.is_empty() && self.dice.once_in(3) {
            let behind = rest.split_off(self.dice.below(rest.len()));
            bytes.extend(frame(DATA, 0, stream, &rest));
            rest = behind;
            bytes.extend(match self.dice.below(4) {
                0 => frame(WINDOW_UPDATE, 0, stream, &(1 + self.dice.below(1_000) as u32).to_be_bytes()),
                1 => frame(SETTINGS, 0, 0, &[0, 4, 0, 0, self.dice.below(256) as u8, 0]),
                2 => frame(12 + self.dice.below(200) as u8, self.dice.number() as u8, stream, &rest),
                _ => Vec::new(),
            });
        }
        match self.dice.below(8) {
            0 => bytes.extend(frame(RST_STREAM, 0, stream, &[0, 0, 0, self.dice.below(14) as u8])),
            1 => bytes.extend(frame(DATA, 0, stream, &rest)),
            _ => bytes.extend(frame(DATA, END_STREAM, stream, &rest)),
        }
        bytes
    }

    /// A frame on the next stream or another one.
    fn frame(&mut self, next: u32) -> (u8, Vec<u8>) {
        let call = self.call();
        let dice = &mut self.dice;
        let headers = http2_frames::call(&call.path, &self.tokens[call.role]);
        let (kind, flags) = match dice.below(4) {
            0 => (dice.below(12) as u8, dice.number() as u8),
            1 => (DATA, dice.below(2) as u8),
            _ => (HEADERS, END_HEADERS + dice.below(2) as u8),
        };
        let stream = match kind {
            HEADERS if !dice.once_in(4) => next,
            DATA if !dice.once_in(4) => next.saturating_sub(2),
            _ => dice.below(10) as u32,
        };
        let payload = match dice.below(4) {
            _ if kind == HEADERS && dice.once_in(2) => headers,
            0 => noise::mutated(dice, headers),
            1 => noise::bytes(dice, 8),
            _ => noise::bytes(dice, 100),
        };
        let whole = frame(kind, flags, stream, &payload);
        (kind, if dice.once_in(16) { noise::mutated(dice, whole) } else { whole })
    }
}

/// Sends these on a connection of their own and gives back what comes until the server closes it, which it has to.
async fn exchange(address: &str, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.expect("it accepts");
    let (mut reader, mut writer) = stream.split();
    let send = async {
        let _ = writer.write_all(bytes).await;
        let _ = writer.shutdown().await;
    };
    let mut answer = Vec::new();
    let both = async { tokio::join!(send, reader.read_to_end(&mut answer)) };
    let _ = in_time(both).await.expect("the server closes");
    answer
}

/// How many marks came back.
fn survived(mut answer: &[u8]) -> u64 {
    let mut survived = 0;
    while let Some((head, rest)) = answer.split_first_chunk::<9>() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let payload = &rest[..length.min(rest.len())];
        survived += u64::from(head[3] == PING && head[4] & ACK != 0 && payload == MARK);
        answer = &rest[payload.len()..];
    }
    survived
}
