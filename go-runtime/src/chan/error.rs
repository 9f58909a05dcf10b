//! Why an attempt that does not wait failed.

use std::fmt;

/// Why [`Chan::try_send`](super::Chan::try_send) did not send; gives the value back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TrySendError<T> {
    /// The value that was not sent.
    pub value: T,
}

impl<T> fmt::Debug for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrySendError { .. }")
    }
}

impl<T> fmt::Display for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the send would have to wait: the buffer is full or nobody receives")
    }
}

impl<T> std::error::Error for TrySendError<T> {}

/// Why [`Chan::try_recv`](super::Chan::try_recv) received nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TryRecvError {
    /// The receive would have to wait.
    Empty,
    /// The channel is closed and drained.
    Closed,
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TryRecvError::Empty => "the receive would have to wait: nothing is buffered and nobody sends",
            TryRecvError::Closed => "the channel is closed and drained",
        })
    }
}

impl std::error::Error for TryRecvError {}
