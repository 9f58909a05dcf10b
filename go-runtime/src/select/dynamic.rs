//! The form of select whose number of cases is known only at run time.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll};

use super::case::Case;
use super::engine::{self, DEFAULT, Select};
use super::recv::{RecvCase, RecvOutput};
use super::send::SendCase;
use super::storage::{Parts, Slot, Storage};
use crate::chan::{Chan, Receiver, Sender};

/// One case of [`cases`]: a send or a receive of a channel of `T`.
///
/// A case may be used again in another select, except for a send whose value is gone.
///
/// # Go
/// `reflect.SelectCase`
pub struct Op<'a, T> {
    /// The operation.
    form: Form<'a, T>,
}

/// The operation of an [`Op`].
enum Form<'a, T> {
    /// A receive.
    Recv(Pin<Box<RecvCase<'a, T>>>),
    /// A send.
    Send(Pin<Box<SendCase<'a, T>>>),
}

impl<T> Op<'_, T> {
    /// What the chosen receive received: `None` if the channel is closed and drained, or if this was not chosen.
    pub fn received(&mut self) -> Option<T> {
        match &mut self.form {
            Form::Recv(case) => case.as_mut().output().and_then(RecvOutput::received),
            Form::Send(_) => None,
        }
    }

    /// The value of a send that has not sent it.
    pub fn unsent(&mut self) -> Option<T> {
        match &mut self.form {
            Form::Recv(_) => None,
            Form::Send(case) => case.as_mut().unsent(),
        }
    }
}

impl<T> fmt::Debug for Op<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::Recv(case) => case.fmt(f),
            Form::Send(case) => case.fmt(f),
        }
    }
}

mod sealed {
    //! What a user cannot implement.

    use super::{Case, Location, Op, Pin};

    /// A case without its type.
    pub trait AsCase {
        /// The case, fit for a select.
        fn as_case(&mut self) -> Pin<&mut (dyn Case + '_)>;
    }

    /// A channel that can be received from.
    pub trait AsReceiver<T> {
        /// The receive.
        fn recv_op(&self, place: &'static Location<'static>) -> Op<'_, T>;
    }

    /// A channel that can be sent to.
    pub trait AsSender<T> {
        /// The send.
        fn send_op(&self, value: T, place: &'static Location<'static>) -> Op<'_, T>;
    }
}

use sealed::{AsCase, AsReceiver, AsSender};

/// Anything that [`cases`] can choose: an [`Op`], or a boxed one (`Box<dyn Selectable + Send + '_>`) where the channels'
/// types differ.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a case of a select",
    label = "expected `select::recv(&ch)` or `select::send(&ch, value)`"
)]
pub trait Selectable: AsCase {}

impl<C: AsCase + ?Sized> Selectable for C {}

impl<T> AsCase for Op<'_, T> {
    fn as_case(&mut self) -> Pin<&mut (dyn Case + '_)> {
        match &mut self.form {
            Form::Recv(case) => {
                case.as_mut().renew();
                case.as_mut()
            }
            Form::Send(case) => {
                assert!(case.as_mut().renew(), "a send that has sent its value is a case of another select");
                case.as_mut()
            }
        }
    }
}

impl<C: AsCase + ?Sized> AsCase for Box<C> {
    fn as_case(&mut self) -> Pin<&mut (dyn Case + '_)> {
        (**self).as_case()
    }
}

impl<C: AsCase + ?Sized> AsCase for &mut C {
    fn as_case(&mut self) -> Pin<&mut (dyn Case + '_)> {
        (**self).as_case()
    }
}

/// What [`recv`] receives from: a [`Chan`] or a [`Receiver`].
#[diagnostic::on_unimplemented(
    message = "cannot receive from `{Self}`",
    label = "a `Chan` or a `Receiver` can be received from"
)]
pub trait ReceiveFrom<T>: AsReceiver<T> {}

/// What [`send`] sends to: a [`Chan`] or a [`Sender`].
#[diagnostic::on_unimplemented(
    message = "cannot send a `{T}` to `{Self}`",
    label = "a `Chan<{T}>` or a `Sender<{T}>` can be sent to"
)]
pub trait SendTo<T>: AsSender<T> {}

/// Implements [`ReceiveFrom`] for a handle.
macro_rules! receive_from {
    ($name:ident) => {
        impl<T> ReceiveFrom<T> for $name<T> {}
        impl<T> AsReceiver<T> for $name<T> {
            fn recv_op(&self, place: &'static Location<'static>) -> Op<'_, T> {
                Op { form: Form::Recv(Box::pin(RecvCase::new(self.core(), self, place))) }
            }
        }
    };
}

/// Implements [`SendTo`] for a handle.
macro_rules! send_to {
    ($name:ident) => {
        impl<T> SendTo<T> for $name<T> {}
        impl<T> AsSender<T> for $name<T> {
            fn send_op(&self, value: T, place: &'static Location<'static>) -> Op<'_, T> {
                Op { form: Form::Send(Box::pin(SendCase::new(self.core(), self, value, place))) }
            }
        }
    };
}

receive_from!(Chan);
receive_from!(Receiver);
send_to!(Chan);
send_to!(Sender);

/// A receive from `ch` (a [`Chan`] or a [`Receiver`]) as a case of [`cases`].
#[must_use]
#[track_caller]
pub fn recv<T>(ch: &impl ReceiveFrom<T>) -> Op<'_, T> {
    ch.recv_op(Location::caller())
}

/// A send of `value` to `ch` (a [`Chan`] or a [`Sender`]) as a case of [`cases`].
#[must_use]
#[track_caller]
pub fn send<T>(ch: &impl SendTo<T>, value: T) -> Op<'_, T> {
    ch.send_op(value, Location::caller())
}

/// The cases of a dynamic select, each of the type `C`.
struct Dynamic<'a, C> {
    /// The cases.
    slots: Vec<Slot<'a>>,
    /// The cases' type, for `Send`.
    types: PhantomData<C>,
}

// SAFETY: every slot borrows a `C`, since nobody outside this file says what a `C`'s case is; if `C` may go to another
// thread, so may a mutable borrow of it.
unsafe impl<C: Send> Send for Dynamic<'_, C> {}

impl<'a, C: Selectable> Dynamic<'a, C> {
    /// The cases as the engine wants them.
    fn new(cases: &'a mut [C]) -> Dynamic<'a, C> {
        let slots = cases.iter_mut().map(|case| Some(case.as_case())).collect();
        Dynamic { slots, types: PhantomData }
    }
}

impl<'a, C> Storage<'a> for Dynamic<'a, C> {
    fn slots(&mut self) -> &mut [Slot<'a>] {
        &mut self.slots
    }

    fn with_parts<R>(&mut self, f: impl FnOnce(Parts<'a, '_>) -> R) -> R {
        let n = self.slots.len();
        f(Parts {
            slots: &mut self.slots,
            order: &mut vec![0; n],
            heads: &mut vec![ptr::null(); n],
            signs: &mut vec![0; n],
            sorted: &mut vec![ptr::null(); n],
        })
    }
}

/// The future of [`cases`]: yields the number of the chosen case.
///
/// # Cancel safety
/// A select that is dropped has received nothing: a value that was handed to it goes to the next receiver. A value of one
/// of its sends either was taken by a receiver or is still there, see [`Op::unsent`].
#[must_use = "a select does nothing until it is awaited"]
pub struct Cases<'a, C> {
    /// The select.
    select: Select<'a, Dynamic<'a, C>>,
    /// Whether there is no case at all.
    empty: bool,
}

/// Waits until one of `cases` can go on, commits it and yields its number. Without cases it waits for ever.
///
/// # Go
/// `reflect.Select`
///
/// # Panics
/// With Go's `send on closed channel` if the chosen send meets a closed channel, and at once if one of the cases is a
/// send that another select has sent.
///
/// # Cancel safety
/// See [`Cases`].
///
/// # Examples
/// ```
/// use go::prelude::*;
/// use go::select;
///
/// #[go::main]
/// async fn main() {
///     let channels: Vec<Chan<usize>> = (0..3).map(|_| Chan::buffered(1)).collect();
///     channels[2].send(7).await;
///     let mut cases: Vec<_> = channels.iter().map(select::recv).collect();
///     let chosen = select::cases(&mut cases).await;
///     assert_eq!((chosen, cases[chosen].received()), (2, Some(7)));
/// }
/// ```
#[track_caller]
pub fn cases<C: Selectable>(cases: &mut [C]) -> Cases<'_, C> {
    let empty = cases.is_empty();
    Cases { select: engine::select(Dynamic::new(cases)), empty }
}

impl<C> Future for Cases<'_, C> {
    type Output = usize;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
        if self.empty {
            let mut forever = engine::forever_at(self.select.place());
            return match Pin::new(&mut forever).poll(cx) {
                Poll::Ready(never) => match never {},
                Poll::Pending => Poll::Pending,
            };
        }
        // SAFETY: the select is pinned with this future and never moved.
        unsafe { self.map_unchecked_mut(|this| &mut this.select) }.poll(cx)
    }
}

impl<C> fmt::Debug for Cases<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.select.fmt(f)
    }
}

/// Commits one of `cases` that can go on now and yields its number; `None` if none can.
///
/// # Go
/// `reflect.Select` with a default case.
///
/// # Panics
/// As [`cases`].
///
/// # Examples
/// ```
/// use go::prelude::*;
/// use go::select;
///
/// let ch = Chan::buffered(1);
/// assert_eq!(select::try_cases(&mut [select::recv(&ch)]), None);
/// assert_eq!(select::try_cases(&mut [select::send(&ch, 1)]), Some(0));
/// ```
pub fn try_cases<C: Selectable>(cases: &mut [C]) -> Option<usize> {
    let mut storage = Dynamic::new(cases);
    // None of the cases is a future, so nobody keeps the waker.
    let mut cx = Context::from_waker(std::task::Waker::noop());
    match storage.with_parts(|parts| engine::without_waiting(parts, &mut cx)) {
        DEFAULT => None,
        chosen => Some(chosen),
    }
}
