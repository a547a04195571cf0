//! A connection whose other end must take its answers at a least pace.
//!
//! A client that reads a byte a second would keep an answer of megabytes in memory for days. The writer is done long
//! before; this is about the memory and the connection. A silent line of pokes owes nothing: only what waits to be
//! taken counts.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// The least pace of a reader.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// How long nothing at all may be taken.
    pub(crate) grace: Duration,
    /// Bytes a second in the long run.
    pub(crate) per_second: u32,
}

impl Pace {
    /// The slowest line a phone may have: a whole answer of 4 MiB takes a quarter of an hour.
    pub(crate) const PHONE: Self = Self {
        grace: Duration::from_secs(30),
        per_second: 4_096,
    };
}

/// A stream with that pace.
pub(crate) struct Paced<S> {
    stream: S,
    pace: Pace,
    /// When patience ends; only while something waits to be taken.
    until: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    /// `stream`, whose reader keeps `pace`.
    pub(crate) const fn new(stream: S, pace: Pace) -> Self {
        Self {
            stream,
            pace,
            until: None,
        }
    }

    /// What a write came to: progress earns time, none costs it.
    fn judged(
        &mut self,
        context: &mut Context<'_>,
        wrote: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let pace = self.pace;
        match wrote {
            Poll::Ready(Ok(taken)) => {
                if let Some(until) = &mut self.until {
                    let taken = u32::try_from(taken).unwrap_or(u32::MAX);
                    let earned = Duration::from_secs(1) * taken / pace.per_second.max(1);
                    // Whoever was quick before gets no longer pause for it.
                    let latest = sleep(pace.grace).deadline();
                    let deadline = (until.deadline() + earned).min(latest);
                    until.as_mut().reset(deadline);
                }
                Poll::Ready(Ok(taken))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let until = self
                    .until
                    .get_or_insert_with(|| Box::pin(sleep(pace.grace)));
                ready!(until.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            // A new request: the last answer was taken.
            self.until = None;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judged(context, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.judged(context, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    /// More than any of the pipes here holds.
    const ANSWER: usize = 1 << 20;

    /// Sends an answer to a reader that takes `taken` bytes every `pause`; what came of it, and after how long.
    async fn sent_to(taken: usize, pause: Duration) -> (io::Result<()>, Duration) {
        let (ours, mut theirs) = duplex(16 * 1_024);
        let reader = tokio::spawn(async move {
            let mut bytes = vec![0; taken];
            while theirs.read(&mut bytes).await.is_ok_and(|read| read > 0) {
                tokio::time::sleep(pause).await;
            }
        });
        let mut paced = Paced::new(ours, Pace::PHONE);
        let clock = sleep(Duration::ZERO).deadline();
        let sent = paced.write_all(&[7; ANSWER]).await;
        let took = sleep(Duration::ZERO).deadline() - clock;
        drop(paced);
        reader.await.unwrap();
        (sent, took)
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_of_a_byte_a_second_is_let_go_after_the_grace() {
        let (sent, took) = sent_to(1, Duration::from_secs(1)).await;
        assert_eq!(sent.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(took < Pace::PHONE.grace * 2, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_line_that_keeps_the_pace_gets_everything_however_long_it_takes() {
        let (sent, took) = sent_to(8 * 1_024, Duration::from_secs(1)).await;
        sent.unwrap();
        assert!(took > Pace::PHONE.grace * 3, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_stops_after_a_quick_start_gets_the_grace_and_no_more() {
        let (ours, mut theirs) = duplex(16 * 1_024);
        let mut paced = Paced::new(ours, Pace::PHONE);
        let (quick, sent) = tokio::join!(
            async {
                let mut half = vec![0; ANSWER / 2];
                theirs.read_exact(&mut half).await
            },
            async { paced.write_all(&[7; ANSWER]).await }
        );
        quick.unwrap();
        assert_eq!(sent.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    /// The same over the system's own sockets, whose buffers hold megabytes; a hurried pace saves the half minute.
    #[tokio::test]
    async fn a_real_socket_that_is_read_a_byte_at_a_time_is_let_go() {
        let hurried = Pace {
            grace: Duration::from_millis(100),
            per_second: 1 << 30,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let reader = tokio::spawn(async move {
            let mut theirs = tokio::net::TcpStream::connect(address).await.unwrap();
            let mut every = tokio::time::interval(Duration::from_millis(10));
            while theirs.read(&mut [0]).await.is_ok_and(|read| read > 0) {
                every.tick().await;
            }
        });
        let (ours, _) = listener.accept().await.unwrap();
        let mut paced = Paced::new(ours, hurried);
        let sent = paced.write_all(&vec![7; 64 * ANSWER]).await;
        assert_eq!(sent.unwrap_err().kind(), io::ErrorKind::TimedOut);
        reader.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_line_owes_nothing() {
        let (ours, mut theirs) = duplex(1_024);
        let mut paced = Paced::new(ours, Pace::PHONE);
        for _ in 0..3 {
            tokio::time::sleep(Pace::PHONE.grace * 10).await;
            paced.write_all(b"poke").await.unwrap();
            theirs.read_exact(&mut [0; 4]).await.unwrap();
        }
    }
}
