//! Go's channels.
//!
//! [`Chan`] is both directions, [`Sender`] and [`Receiver`] one each; all three are one word and name the same
//! channel. The algorithm is Go's `hchan`, in `core`; the handles are in `handle`, the waiting operations in `send` and
//! `recv`, the forms for ordinary threads in `blocking`, `Stream` in `stream`.

mod blocking;
mod core;
mod door;
mod error;
mod handle;
mod recv;
mod send;
mod stream;
#[cfg(all(test, not(go_loom)))]
mod tests;
mod wakers;

pub(crate) use self::core::{Core, Outcome, Owned, RECEIVABLE, SENDABLE, set_forget_timer};
pub(crate) use self::door::Door;
pub use self::error::{TryRecvError, TrySendError};
pub(crate) use self::handle::TimerChan;
pub(crate) use self::handle::capacity;
pub use self::handle::{Chan, Receiver, Sender};
pub use self::recv::Recv;
pub use self::send::Send;
pub(crate) use self::wakers::Wakers;
