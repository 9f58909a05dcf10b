//! The three handles of a channel.

use std::cmp::Ordering as CmpOrdering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::Location;
use std::ptr;
use std::sync::Arc;

use super::core::TIMER;
use super::{Core, Outcome, Recv, Send, TryRecvError, TrySendError};
use crate::goroutine::spare;
use crate::share::Share;
use crate::shim::{Lazy, LazyArc};
use crate::texts;

/// A channel of `T`, for sending and receiving.
///
/// A handle is one word; clones name the same channel and compare equal. Dropping handles never closes the channel: a
/// receive from a channel that nobody can send to any more waits for ever, as in Go, and is then part of the deadlock
/// report. `Default` is the nil channel.
///
/// # Go
/// `chan T`. `Chan::new()` is `make(chan T)`, `Chan::buffered(n)` is `make(chan T, n)`, `Chan::nil()` is a nil channel.
/// `while let Some(v) = ch.recv().await` is `for v := range ch`.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let ch = Chan::buffered(2);
/// assert!(ch.try_send("a").is_ok() && ch.try_send("b").is_ok());
/// ch.close();
/// assert_eq!(ch.try_recv(), Ok("a"));
/// assert_eq!(ch.len(), 1);
/// ```
pub struct Chan<T> {
    /// The channel.
    core: LazyArc<Core<T>>,
}

/// The sending half of a channel.
///
/// # Go
/// `chan<- T`.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let ch = Chan::buffered(1);
/// let tx: Sender<i32> = ch.sender();
/// assert!(tx.try_send(1).is_ok());
/// assert_eq!(ch.try_recv(), Ok(1));
/// ```
pub struct Sender<T> {
    /// The channel.
    core: LazyArc<Core<T>>,
}

/// The receiving half of a channel; also a `Stream` of the channel's values.
///
/// # Go
/// `<-chan T`.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let ch = Chan::buffered(1);
/// let rx: Receiver<i32> = ch.receiver();
/// assert!(ch.try_send(1).is_ok());
/// assert_eq!(rx.try_recv(), Ok(1));
/// ```
pub struct Receiver<T> {
    /// The channel.
    core: LazyArc<Core<T>>,
}

/// A reference to a timer's channel that is not counted.
pub(crate) struct TimerChan<T> {
    /// The channel.
    core: *const Core<T>,
}

// SAFETY: the reference is nothing but the right to ask for a handle.
unsafe impl<T: std::marker::Send> std::marker::Send for TimerChan<T> {}

impl<T> TimerChan<T> {
    /// A handle, unless the last one is gone.
    ///
    /// # Safety
    /// The channel has not told its timer of its end yet, and cannot until this has returned.
    pub(crate) unsafe fn upgrade(&self) -> Option<Chan<T>> {
        // SAFETY: the channel tells when it begins to be dropped, so it has not been to the end.
        unsafe { LazyArc::upgrade(self.core) }.map(|core| Chan { core })
    }
}

/// The largest buffer in bytes, as in Go on 64-bit machines.
const MAX_BYTES: u128 = 1 << 47;

/// Checks a capacity: `None` if Go's `make` would panic.
pub(crate) const fn capacity<T>(n: i128) -> Option<usize> {
    // A value of no size still counts, so that the recipe's bits stay free.
    let size = if size_of::<T>() == 0 { 1 } else { size_of::<T>() } as u128;
    if n < 0 || n as u128 > MAX_BYTES / size { None } else { Some(n as usize) }
}

impl<T> Chan<T> {
    /// An unbuffered channel: each send meets a receive.
    ///
    /// # Go
    /// `make(chan T)`
    #[must_use]
    pub const fn new() -> Chan<T> {
        Chan { core: LazyArc::new(0) }
    }

    /// A channel that buffers `n` values.
    ///
    /// # Go
    /// `make(chan T, n)`
    ///
    /// # Panics
    /// With Go's `makechan: size out of range` if the buffer would exceed 2^47 bytes; at compile time in a constant.
    #[must_use]
    #[track_caller]
    pub const fn buffered(n: usize) -> Chan<T> {
        match capacity::<T>(n as i128) {
            Some(n) => Chan { core: LazyArc::new(n) },
            None => panic!("makechan: size out of range"),
        }
    }

    /// The nil channel: every send and receive waits for ever, a select never chooses it.
    ///
    /// # Go
    /// `var ch chan T`
    #[must_use]
    pub const fn nil() -> Chan<T> {
        Chan { core: LazyArc::nil() }
    }

    /// The channel of a timer: one value is buffered, but `len` and `cap` are 0.
    pub(crate) fn timer() -> Chan<T> {
        Chan { core: LazyArc::from_arc(Arc::new(Core::make(TIMER | 1))) }
    }

    /// The sending half.
    #[must_use]
    pub fn sender(&self) -> Sender<T> {
        Sender { core: self.core.clone() }
    }

    /// The receiving half.
    #[must_use]
    pub fn receiver(&self) -> Receiver<T> {
        Receiver { core: self.core.clone() }
    }

    /// The receiving half, of a channel that carries no data and is asked for it again and again.
    #[inline]
    pub(crate) fn receiver_again(&self) -> Receiver<T> {
        let core = self.core.pointer();
        if spare::take(core.cast()) {
            // SAFETY: the thread kept a handle of this channel, whose count is now this one's.
            return Receiver { core: unsafe { LazyArc::from_count(core) } };
        }
        self.receiver()
    }

    /// Whether nobody else has a handle of it.
    pub(crate) fn is_last(&self) -> bool {
        self.core.handles() == Some(1)
    }

    /// A reference that does not keep the channel; `None` for nil.
    pub(crate) fn uncounted(&self) -> Option<TimerChan<T>> {
        self.core().map(|core| TimerChan { core })
    }

    /// How many receives wait.
    pub(crate) fn waiting_receivers(&self) -> usize {
        self.core.get().map_or(0, Core::waiting_receivers)
    }
}

/// Gives handles up that the thread kept.
///
/// # Safety
/// The object is a `Core<T>`, and so many of its counts are the caller's.
unsafe fn give_up<T>(object: *const (), counts: u32) {
    // SAFETY: the caller's promise.
    unsafe { LazyArc::give_up(object.cast::<Core<T>>(), counts) };
}

impl<T> Drop for Receiver<T> {
    #[inline]
    fn drop(&mut self) {
        // Of channels without data only, such as those of contexts: see `goroutine::spare`.
        if const { size_of::<T>() == 0 && !std::mem::needs_drop::<T>() }
            && let Some(core) = self.core.counted()
            // SAFETY: the handle's count is given away, and it forgets it.
            && unsafe { spare::keep(core.cast(), give_up::<T>) }
        {
            self.core.forget_count();
        }
    }
}

/// What every handle has.
macro_rules! any_handle {
    ($name:ident, $text:literal) => {
        impl<T> $name<T> {
            /// The channel, `None` for nil.
            #[inline]
            pub(crate) fn core(&self) -> Option<&Core<T>> {
                self.core.get()
            }

            /// The handle's word.
            #[inline]
            pub(crate) fn lazy(&self) -> &LazyArc<Core<T>> {
                &self.core
            }

            /// How many values are buffered; senders that wait do not count. 0 for nil.
            ///
            /// # Go
            /// `len(ch)`
            #[must_use]
            pub fn len(&self) -> usize {
                self.core().map_or(0, Core::visible_len)
            }

            /// Whether nothing is buffered.
            ///
            /// # Go
            /// `len(ch) == 0`
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// How many values the channel buffers. 0 for nil.
            ///
            /// # Go
            /// `cap(ch)`
            #[must_use]
            pub fn cap(&self) -> usize {
                self.core().map_or(0, Core::visible_capacity)
            }

            /// Whether this is the nil channel.
            ///
            /// # Go
            /// `ch == nil`
            #[must_use]
            pub fn is_nil(&self) -> bool {
                self.core.is_nil()
            }
        }

        impl<T> Clone for $name<T> {
            fn clone(&self) -> $name<T> {
                $name { core: self.core.clone() }
            }
        }

        impl<T> Share for $name<T> {
            fn share(&self) -> $name<T> {
                self.clone()
            }
        }

        impl<T> Default for $name<T> {
            /// The nil channel.
            fn default() -> $name<T> {
                $name { core: LazyArc::nil() }
            }
        }

        impl<T> PartialEq for $name<T> {
            /// Whether both name the same channel.
            fn eq(&self, other: &$name<T>) -> bool {
                ptr::eq(self.core.pointer(), other.core.pointer())
            }
        }

        impl<T> Eq for $name<T> {}

        impl<T> PartialOrd for $name<T> {
            fn partial_cmp(&self, other: &$name<T>) -> Option<CmpOrdering> {
                Some(self.cmp(other))
            }
        }

        impl<T> Ord for $name<T> {
            /// An order that only serves to sort and to index.
            fn cmp(&self, other: &$name<T>) -> CmpOrdering {
                self.core.pointer().addr().cmp(&other.core.pointer().addr())
            }
        }

        impl<T> Hash for $name<T> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.core.pointer().addr().hash(state);
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if self.is_nil() {
                    return f.write_str(concat!($text, "(nil)"));
                }
                f.debug_struct($text)
                    .field("address", &self.core.pointer())
                    .field("len", &self.len())
                    .field("cap", &self.cap())
                    .finish()
            }
        }
    };
}

any_handle!(Chan, "Chan");
any_handle!(Sender, "Sender");
any_handle!(Receiver, "Receiver");

/// What the handles that send have.
macro_rules! sending_handle {
    ($name:ident) => {
        impl<T> $name<T> {
            /// Sends `value`, waiting until a receiver takes it or the buffer has room. For ever on the nil channel.
            ///
            /// # Go
            /// `ch <- value`
            ///
            /// # Panics
            /// With Go's `send on closed channel` if the channel is or becomes closed; the panic's place is the caller's.
            ///
            /// # Cancel safety
            /// A future that is dropped either has sent the value or drops it unsent; it never does both.
            ///
            /// # Examples
            /// ```
            /// use go::prelude::*;
            ///
            /// #[go::main]
            /// async fn main() {
            ///     let ch = Chan::buffered(1);
            ///     ch.send(1).await;
            ///     assert_eq!(ch.recv().await, Some(1));
            /// }
            /// ```
            #[inline]
            #[track_caller]
            pub fn send(&self, value: T) -> Send<'_, T> {
                Send::new(self.lazy(), value, Location::caller())
            }

            /// Sends `value` if that needs no waiting: the buffer has room or a receiver waits.
            ///
            /// # Go
            /// `select { case ch <- value: default: }`
            ///
            /// # Errors
            /// Gives the value back if the send would have to wait.
            ///
            /// # Panics
            /// With Go's `send on closed channel`.
            #[track_caller]
            pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
                let mut value = Some(value);
                match self.core().map(|core| core.try_send(&mut value)) {
                    Some(Outcome::Done(())) => Ok(()),
                    Some(Outcome::Closed) => texts::throw(texts::SEND_ON_CLOSED, Location::caller()),
                    Some(Outcome::Wait) | None => match value {
                        Some(value) => Err(TrySendError { value }),
                        None => Ok(()),
                    },
                }
            }

            /// Closes the channel: receives get what is buffered, then nothing; waiting receives end now.
            ///
            /// # Go
            /// `close(ch)`
            ///
            /// # Panics
            /// With Go's `close of closed channel` or `close of nil channel`.
            #[track_caller]
            pub fn close(&self) {
                match self.core().map(Core::close) {
                    Some(true) => {}
                    Some(false) => texts::throw(texts::CLOSE_OF_CLOSED, Location::caller()),
                    None => texts::throw(texts::CLOSE_OF_NIL, Location::caller()),
                }
            }
        }
    };
}

sending_handle!(Chan);
sending_handle!(Sender);

/// What the handles that receive have.
macro_rules! receiving_handle {
    ($name:ident) => {
        impl<T> $name<T> {
            /// Receives a value, waiting for one; `None` once the channel is closed and drained. For ever on the nil
            /// channel.
            ///
            /// # Go
            /// `v, ok := <-ch`
            ///
            /// # Cancel safety
            /// A future that is dropped has received nothing: a value that was handed to it goes to the next receiver.
            ///
            /// # Examples
            /// ```
            /// use go::prelude::*;
            ///
            /// #[go::main]
            /// async fn main() {
            ///     let ch = Chan::buffered(1);
            ///     ch.send(7).await;
            ///     ch.close();
            ///     assert_eq!(ch.recv().await, Some(7));
            ///     assert_eq!(ch.recv().await, None);
            /// }
            /// ```
            #[inline]
            #[track_caller]
            pub fn recv(&self) -> Recv<'_, T> {
                Recv::new(self.lazy(), Location::caller())
            }

            /// Receives a value if that needs no waiting.
            ///
            /// # Go
            /// `select { case v, ok := <-ch: default: }`
            ///
            /// # Errors
            /// Says whether the receive would have to wait or the channel is closed and drained.
            pub fn try_recv(&self) -> Result<T, TryRecvError> {
                match self.core().map(Core::try_receive) {
                    Some(Outcome::Done(value)) => Ok(value),
                    Some(Outcome::Closed) => Err(TryRecvError::Closed),
                    Some(Outcome::Wait) | None => Err(TryRecvError::Empty),
                }
            }
        }
    };
}

receiving_handle!(Chan);
receiving_handle!(Receiver);

impl<T> From<Chan<T>> for Sender<T> {
    fn from(ch: Chan<T>) -> Sender<T> {
        Sender { core: ch.core }
    }
}

impl<T> From<Chan<T>> for Receiver<T> {
    fn from(ch: Chan<T>) -> Receiver<T> {
        Receiver { core: ch.core }
    }
}

impl<T> From<&Chan<T>> for Sender<T> {
    fn from(ch: &Chan<T>) -> Sender<T> {
        ch.sender()
    }
}

impl<T> From<&Chan<T>> for Receiver<T> {
    fn from(ch: &Chan<T>) -> Receiver<T> {
        ch.receiver()
    }
}

impl<T> PartialEq<Sender<T>> for Chan<T> {
    fn eq(&self, other: &Sender<T>) -> bool {
        ptr::eq(self.core.pointer(), other.core.pointer())
    }
}

impl<T> PartialEq<Receiver<T>> for Chan<T> {
    fn eq(&self, other: &Receiver<T>) -> bool {
        ptr::eq(self.core.pointer(), other.core.pointer())
    }
}
