//! What is written to a connection within one turn of its task goes out together.
//!
//! HTTP/2 flushes behind every message of more than 256 bytes, so that each answer of a busy connection would be a system
//! call and a packet of its own: a sixth of the server's work. Here a flush only asks for another turn. By then all answers
//! that were ready have been written, and the next read, with which every turn begins, sends them first.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that wait at most; more go out at once, and who writes waits for that.
const ROOM: usize = 16 << 10;

/// A stream whose writes wait for one another.
pub(super) struct Corked<S> {
    stream: S,
    waiting: BytesMut,
    /// Whether bytes have left `waiting` that the stream itself may still hold.
    is_unflushed: bool,
    /// Whether the stream took no more when it was last offered some; it wakes the task when it does.
    is_blocked: bool,
}

impl<S: AsyncWrite + Unpin> Corked<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, waiting: BytesMut::new(), is_unflushed: false, is_blocked: false }
    }

    pub(super) fn get_ref(&self) -> &S {
        &self.stream
    }

    /// Sends all that waits.
    fn send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = self.offer(context);
        self.is_blocked = sent.is_pending();
        sent
    }

    fn offer(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.waiting.is_empty() {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &self.waiting))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.waiting.advance(sent);
            self.is_unflushed = true;
        }
        // An idle connection keeps no buffer.
        self.waiting = BytesMut::new();
        if self.is_unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(context))?;
            self.is_unflushed = false;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Corked<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Poll::Ready(sent) = this.send(context) {
            sent?;
        }
        Pin::new(&mut this.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Corked<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.waiting.len() >= ROOM {
            ready!(this.send(context))?;
        }
        let before = this.waiting.len();
        for part in parts {
            let room = ROOM - this.waiting.len();
            this.waiting.extend_from_slice(&part[..part.len().min(room)]);
        }
        Poll::Ready(Ok(this.waiting.len() - before))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_blocked {
            return this.send(context);
        }
        if !this.waiting.is_empty() {
            context.waker().wake_by_ref();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.send(context))?;
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    use super::*;

    /// Counts how often it is woken.
    #[derive(Default)]
    struct Turns(AtomicUsize);

    impl Wake for Turns {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes as many bytes as it has room for; never has any to read.
    struct Peer {
        room: usize,
        writes: Vec<usize>,
        is_shut: bool,
    }

    impl AsyncRead for Peer {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    impl AsyncWrite for Peer {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            if self.room == 0 {
                return Poll::Pending;
            }
            let taken = bytes.len().min(self.room);
            self.room -= taken;
            self.writes.push(taken);
            Poll::Ready(Ok(taken))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.is_shut = true;
            Poll::Ready(Ok(()))
        }
    }

    struct Bench {
        corked: Corked<Peer>,
        turns: Arc<Turns>,
    }

    impl Bench {
        fn with_room(room: usize) -> Self {
            let peer = Peer { room, writes: Vec::new(), is_shut: false };
            Self { corked: Corked::new(peer), turns: Arc::default() }
        }

        fn poll<T>(
            &mut self,
            act: impl FnOnce(Pin<&mut Corked<Peer>>, &mut Context<'_>) -> Poll<T>,
        ) -> Poll<T> {
            let waker = Waker::from(Arc::clone(&self.turns));
            act(Pin::new(&mut self.corked), &mut Context::from_waker(&waker))
        }

        /// How much of so many bytes was taken; `None` when it has to wait.
        fn write(&mut self, length: usize) -> Option<usize> {
            match self.poll(|corked, context| corked.poll_write(context, &vec![0; length])) {
                Poll::Ready(taken) => Some(taken.unwrap()),
                Poll::Pending => None,
            }
        }

        fn is_flushed(&mut self) -> bool {
            self.poll(|corked, context| corked.poll_flush(context)).is_ready()
        }

        fn read(&mut self) {
            let read = self.poll(|corked, context| corked.poll_read(context, &mut ReadBuf::new(&mut [0; 8])));
            assert!(read.is_pending());
        }

        fn writes(&self) -> &[usize] {
            &self.corked.get_ref().writes
        }

        fn turns(&self) -> usize {
            self.turns.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn what_is_flushed_in_one_turn_leaves_in_one_write_in_the_next() {
        let mut bench = Bench::with_room(usize::MAX);
        for _ in 0..3 {
            assert_eq!(bench.write(700), Some(700));
            assert!(bench.is_flushed());
        }
        assert!(bench.writes().is_empty() && bench.turns() > 0);
        bench.read();
        assert_eq!(bench.writes(), [2100]);
        let turns = bench.turns();
        assert!(bench.is_flushed());
        assert_eq!(bench.turns(), turns, "nothing waits, so no turn is asked for");
    }

    #[test]
    fn more_than_there_is_room_for_goes_out_at_once() {
        let mut bench = Bench::with_room(usize::MAX);
        assert_eq!(bench.write(ROOM + 1), Some(ROOM));
        assert_eq!(bench.write(1), Some(1));
        assert_eq!(bench.writes(), [ROOM]);
    }

    #[test]
    fn a_reader_that_takes_nothing_holds_the_writer_up_and_costs_no_turns() {
        let mut bench = Bench::with_room(100);
        assert_eq!(bench.write(ROOM), Some(ROOM));
        assert!(bench.is_flushed());
        let turns = bench.turns();
        bench.read();
        assert!(!bench.is_flushed() && !bench.is_flushed());
        assert_eq!((bench.write(200), bench.write(200)), (Some(100), None));
        assert_eq!(bench.turns(), turns);
        bench.corked.stream.room = usize::MAX;
        assert!(bench.is_flushed());
        assert_eq!(bench.writes(), [100, ROOM]);
    }

    #[test]
    fn the_end_comes_after_what_waits() {
        let mut bench = Bench::with_room(10);
        bench.write(30);
        let shut = |bench: &mut Bench| bench.poll(|corked, context| corked.poll_shutdown(context)).is_ready();
        assert!(!shut(&mut bench) && !bench.corked.get_ref().is_shut);
        bench.corked.stream.room = 20;
        assert!(shut(&mut bench) && bench.corked.get_ref().is_shut);
        assert_eq!(bench.writes(), [10, 20]);
    }
}
