//! A message on its way in, kept here until it is there whole.
//!
//! The library makes room for as many bytes as a message announces before any of them came, and announcing costs the sender
//! five bytes. Here memory follows what arrived: a message goes on only when its last byte is there. Those that come in one
//! piece, nearly all, pass through as they are; the pieces of others are put together and counted against whoever
//! sends them.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

use super::room::Taken;
use crate::rpc::status;

/// One byte for the compression and four for the length.
const HEADER: usize = 5;

type Arrived = Option<Result<Frame<Bytes>, Status>>;

/// The body of a request, in whole messages.
pub struct Arriving {
    inner: Body,
    /// The largest message that the service reads.
    most: usize,
    /// What is there of a message that is not whole.
    part: BytesMut,
    /// What was looked at ahead.
    ahead: Option<Arrived>,
    /// As much as the largest of its messages that came in pieces: the library keeps a buffer of that size while it reads.
    taken: Taken,
}

impl Arriving {
    /// A body whose pieces are counted by `taken`.
    pub fn new(inner: Body, most: usize, taken: Taken) -> Self {
        Self { inner, most, part: BytesMut::new(), ahead: None, taken }
    }

    /// Waits until the first message, or what comes instead of it, is there.
    pub async fn first(&mut self) {
        let first = poll_fn(|context| self.poll_next(context)).await;
        self.ahead = Some(first);
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Arrived> {
        loop {
            let next = match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                Some(Err(_)) => return Poll::Ready(Some(Err(status::message_given_up()))),
                None if !self.part.is_empty() => return Poll::Ready(Some(Err(self.cut_off()))),
                end => return Poll::Ready(end),
            };
            match next.into_data() {
                Ok(piece) => match self.take_in(piece) {
                    Ok(whole) if whole.is_empty() => {}
                    Ok(whole) => return Poll::Ready(Some(Ok(Frame::data(whole)))),
                    Err(refused) => return Poll::Ready(Some(Err(refused))),
                },
                Err(_) if !self.part.is_empty() => return Poll::Ready(Some(Err(self.cut_off()))),
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
    }

    /// One more piece; what may go on because of it.
    fn take_in(&mut self, mut piece: Bytes) -> Result<Bytes, Status> {
        if !self.part.is_empty() {
            self.keep(&piece)?;
            if whole(&self.part, self.most) == 0 {
                return Ok(Bytes::new());
            }
            piece = std::mem::take(&mut self.part).freeze();
        }
        let whole = piece.split_to(whole(&piece, self.most));
        if !piece.is_empty() {
            self.keep(&piece)?;
        }
        Ok(whole)
    }

    fn keep(&mut self, piece: &[u8]) -> Result<(), Status> {
        self.part.extend_from_slice(piece);
        self.taken.at_least(self.part.capacity()).map_err(|exhausted| {
            self.part = BytesMut::new();
            status::too_many_calls(exhausted)
        })
    }

    fn cut_off(&mut self) -> Status {
        self.part = BytesMut::new();
        status::message_cut_off()
    }
}

/// How many of the bytes are whole messages. One that the service will not read counts as whole, whatever is there of
/// it: the library says so best.
fn whole(bytes: &[u8], most: usize) -> usize {
    let mut end = 0;
    while let Some(mut length) = bytes.get(end + 1..end + HEADER) {
        let length = length.get_u32() as usize;
        if length > most {
            return bytes.len();
        }
        if bytes.len() - end < HEADER + length {
            break;
        }
        end += HEADER + length;
    }
    end
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Arrived> {
        let this = self.get_mut();
        match this.ahead.take() {
            Some(ahead) => Poll::Ready(ahead),
            None => this.poll_next(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ahead.is_none() && self.part.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http_body_util::{BodyExt, StreamBody};

    use super::super::room::Room;
    use super::*;

    const MOST: usize = 100;

    fn message(length: usize) -> Vec<u8> {
        [&[0][..], &(length as u32).to_be_bytes(), &vec![7; length]].concat()
    }

    fn arriving(bytes: &[u8], a_piece: usize, room: usize) -> Arriving {
        let pieces: Vec<Result<_, Status>> =
            bytes.chunks(a_piece).map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece)))).collect();
        let inner = Body::new(StreamBody::new(stream::iter(pieces)));
        Arriving::new(inner, MOST, Taken::new(Room::new("a", room)))
    }

    /// What is passed on, frame by frame.
    fn passed_on(mut body: Arriving) -> (Vec<Vec<u8>>, Option<Status>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut frames = vec![];
            while let Some(frame) = body.frame().await {
                match frame {
                    Ok(frame) => frames.push(frame.into_data().unwrap().to_vec()),
                    Err(refused) => return (frames, Some(refused)),
                }
            }
            (frames, None)
        })
    }

    #[test]
    fn whole_messages_go_on_however_they_were_cut() {
        let bytes = [message(40), message(0), message(100), message(3)].concat();
        for a_piece in 1..=bytes.len() {
            let (frames, refused) = passed_on(arriving(&bytes, a_piece, 10_000));
            assert!(refused.is_none(), "{refused:?}");
            assert_eq!(frames.concat(), bytes, "pieces of {a_piece}");
            for frame in frames {
                assert_eq!(whole(&frame, MOST), frame.len());
            }
        }
    }

    #[test]
    fn a_message_that_does_not_arrive_goes_nowhere_and_its_end_is_told() {
        for kept in 1..message(40).len() {
            let (frames, refused) = passed_on(arriving(&message(40)[..kept], 10, 10_000));
            assert!(frames.is_empty());
            assert!(refused.unwrap().message().contains("ends before"));
        }
    }

    #[test]
    fn one_that_is_too_large_is_left_to_the_library_at_its_first_bytes() {
        let announced = &message(MOST + 1)[..HEADER];
        let (frames, refused) = passed_on(arriving(announced, 1, 10_000));
        assert!(refused.is_none());
        assert_eq!(frames.concat(), announced);
        let behind = [message(3), announced.to_vec()].concat();
        assert_eq!(passed_on(arriving(&behind, behind.len(), 10_000)).0.concat(), behind);
    }

    #[test]
    fn more_pieces_than_there_is_room_for_are_refused() {
        let (frames, refused) = passed_on(arriving(&message(100), 10, 64));
        assert!(frames.is_empty());
        assert!(refused.unwrap().message().contains("64 bytes"));
        let whole = passed_on(arriving(&message(100), 200, 64));
        assert_eq!(whole.0.len(), 1, "what comes in one piece needs no room");
    }
}
