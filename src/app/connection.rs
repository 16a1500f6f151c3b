//! One connection: a socket that is closed when nothing goes on on it, in the clear or under TLS.
//!
//! HTTP/2 keeps a connection open for as long as the client answers pings, or sends some: neither is a reason to keep it.
//! What counts is known to [`Presence`]: no call for `max_connection_idle`, or an answer of which nothing was taken for
//! `answer_patience`. Then this socket reads as ended, and the protocol above lets go of all that it held.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;
use tonic::transport::server::Connected;

use super::cork::Corked;
use crate::config::Bounds;
use crate::rpc::auth::{ClientCertificate, Peer};
use crate::rpc::door::Presence;

/// A handshake takes two trips; whoever needs longer is not waiting for an answer.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the client has to take the last answers once nothing more will be written.
const FAREWELL: Duration = Duration::from_secs(2);

/// A connection that was accepted, on its way to a worker.
pub(super) struct Accepted {
    pub(super) stream: std::net::TcpStream,
    /// Its place among the connections of this process.
    pub(super) place: OwnedSemaphorePermit,
}

/// A connection that is served.
pub(super) type Connection = Corked<Transport>;

/// What carries it.
pub(super) enum Transport {
    Plain(Socket),
    Encrypted(Box<TlsStream<Socket>>),
}

/// Its socket, with an eye on whether anything goes on.
pub(super) struct Socket {
    stream: TcpStream,
    presence: Arc<Presence>,
    idle: Duration,
    patience: Duration,
    look: Pin<Box<Sleep>>,
    is_over: bool,
    /// The end of the farewell, once all is written.
    farewell: Option<Pin<Box<Sleep>>>,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    /// Takes a connection into the runtime that this is called on, and shakes hands when there is TLS.
    pub(super) async fn open(
        accepted: Accepted,
        bounds: &Bounds,
        tls: Option<Arc<ServerConfig>>,
    ) -> io::Result<Self> {
        let socket = Socket::new(accepted, bounds)?;
        let Some(tls) = tls else { return Ok(Self::new(Transport::Plain(socket))) };
        let encrypted = timeout(HANDSHAKE, TlsAcceptor::from(tls).accept(socket)).await??;
        Ok(Self::new(Transport::Encrypted(Box::new(encrypted))))
    }
}

impl Connected for Connection {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        match self.get_ref() {
            Transport::Plain(socket) => Peer::new(Arc::clone(&socket.presence), None),
            Transport::Encrypted(stream) => {
                let (socket, session) = stream.get_ref();
                let certificate = session.peer_certificates().and_then(<[_]>::first);
                Peer::new(Arc::clone(&socket.presence), certificate.map(ClientCertificate::read))
            }
        }
    }
}

impl Socket {
    fn new(accepted: Accepted, bounds: &Bounds) -> io::Result<Self> {
        let (idle, patience) = (bounds.max_connection_idle, bounds.answer_patience);
        Ok(Self {
            stream: TcpStream::from_std(accepted.stream)?,
            presence: Presence::new(bounds.max_streams_per_connection),
            idle,
            patience,
            look: Box::pin(sleep(idle.min(patience))),
            is_over: false,
            farewell: None,
            _place: accepted.place,
        })
    }

    /// Looks whether it is time to close, and has itself woken when it may be.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        while !self.is_over && self.look.as_mut().poll(context).is_ready() {
            match self.presence.left(self.idle, self.patience) {
                Some(Duration::ZERO) => self.is_over = true,
                left => {
                    let next = left.unwrap_or(Duration::MAX).min(self.idle).min(self.patience);
                    self.look.as_mut().reset(Instant::now() + next);
                }
            }
        }
        self.is_over
    }

    /// Waits until the client has closed its side, too. To close a socket on which something is unread throws away what the
    /// client has not taken yet, and it does send while it takes: the windows that it opens.
    fn say_farewell(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let farewell = self.farewell.get_or_insert_with(|| Box::pin(sleep(FAREWELL)));
        let mut unread = [0; 4096];
        while farewell.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut unread);
            match ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                _ => break,
            }
        }
        Poll::Ready(())
    }

    /// Writes on, unless it is over and the client takes nothing: then there is nobody to write to.
    fn written<T>(
        self: Pin<&mut Self>,
        write: impl FnOnce(Pin<&mut TcpStream>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let this = self.get_mut();
        match write(Pin::new(&mut this.stream)) {
            Poll::Pending if this.is_over => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            written => written,
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_over(context) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut this.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.written(|stream| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.written(|stream| stream.poll_write_vectored(context, parts))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.written(|stream| stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.farewell.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        }
        this.say_farewell(context).map(Ok)
    }
}

/// Does the same on either kind of stream.
macro_rules! on_either {
    ($transport:expr, $stream:ident => $do:expr) => {
        match $transport.get_mut() {
            Transport::Plain($stream) => {
                let $stream = Pin::new($stream);
                $do
            }
            Transport::Encrypted($stream) => {
                let $stream = Pin::new($stream);
                $do
            }
        }
    };
}

impl AsyncRead for Transport {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        on_either!(self, stream => stream.poll_read(context, buffer))
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        on_either!(self, stream => stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        on_either!(self, stream => stream.poll_write_vectored(context, parts))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Encrypted(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_either!(self, stream => stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_either!(self, stream => stream.poll_shutdown(context))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn what_was_written_arrives_though_the_client_sends_on_until_the_end() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let hour = Duration::from_secs(3600);
        let mut socket = Socket {
            stream,
            presence: Presence::new(1),
            idle: hour,
            patience: hour,
            look: Box::pin(sleep(hour)),
            is_over: false,
            farewell: None,
            _place: Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap(),
        };
        client.write_all(b"unread").await.unwrap();
        let mut written = 0;
        while let Ok(taken) = socket.stream.try_write(&[7; 64 << 10]) {
            written += taken;
        }
        let served = tokio::spawn(async move { socket.shutdown().await });
        let mut answer = Vec::new();
        client.write_all(b"more").await.unwrap();
        client.read_to_end(&mut answer).await.expect("the connection is not reset");
        assert!(written > 0 && answer.len() == written, "{} of {written}", answer.len());
        drop(client);
        served.await.unwrap().unwrap();
    }
}
