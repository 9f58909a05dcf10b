//! The form of select whose number of cases is known only at run time.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::case::{Case, RecvCase, SendCase};
use super::engine::{self, DEFAULT, Parts, Select, Slot, Storage};
use crate::chan::{Chan, Core, Receiver, Sender};

/// One case of [`cases`]: a send or a receive of a channel of `T`.
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
            Form::Recv(case) => case.as_mut().output().and_then(super::RecvOutput::received),
            Form::Send(_) => None,
        }
    }

    /// The value of a send that was not chosen.
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

/// Anything that [`cases`] can choose: an [`Op`], or a boxed one where the channels' types differ.
pub trait Selectable {
    /// The case without its type.
    #[doc(hidden)]
    fn case(&mut self) -> Pin<&mut (dyn Case + '_)>;
}

impl<T> Selectable for Op<'_, T> {
    fn case(&mut self) -> Pin<&mut (dyn Case + '_)> {
        match &mut self.form {
            Form::Recv(case) => case.as_mut(),
            Form::Send(case) => case.as_mut(),
        }
    }
}

impl<S: Selectable + ?Sized> Selectable for Box<S> {
    fn case(&mut self) -> Pin<&mut (dyn Case + '_)> {
        (**self).case()
    }
}

impl<S: Selectable + ?Sized> Selectable for &mut S {
    fn case(&mut self) -> Pin<&mut (dyn Case + '_)> {
        (**self).case()
    }
}

/// What a dynamic receive receives from.
pub trait ReceiveFrom<T> {
    /// The channel.
    #[doc(hidden)]
    fn receive_from(&self) -> Option<&Core<T>>;
}

/// What a dynamic send sends to.
pub trait SendTo<T> {
    /// The channel.
    #[doc(hidden)]
    fn send_to(&self) -> Option<&Core<T>>;
}

impl<T> ReceiveFrom<T> for Chan<T> {
    fn receive_from(&self) -> Option<&Core<T>> {
        self.core()
    }
}

impl<T> ReceiveFrom<T> for Receiver<T> {
    fn receive_from(&self) -> Option<&Core<T>> {
        self.core()
    }
}

impl<T> SendTo<T> for Chan<T> {
    fn send_to(&self) -> Option<&Core<T>> {
        self.core()
    }
}

impl<T> SendTo<T> for Sender<T> {
    fn send_to(&self) -> Option<&Core<T>> {
        self.core()
    }
}

/// A receive from `ch` (a [`Chan`] or a [`Receiver`]) as a case of [`cases`].
#[must_use]
#[track_caller]
pub fn recv<T>(ch: &impl ReceiveFrom<T>) -> Op<'_, T> {
    Op { form: Form::Recv(Box::pin(RecvCase::new(ch.receive_from(), Location::caller()))) }
}

/// A send of `value` to `ch` (a [`Chan`] or a [`Sender`]) as a case of [`cases`].
#[must_use]
#[track_caller]
pub fn send<T>(ch: &impl SendTo<T>, value: T) -> Op<'_, T> {
    Op { form: Form::Send(Box::pin(SendCase::new(ch.send_to(), value, Location::caller()))) }
}

/// The cases of a dynamic select, each of the type `C`.
struct Dynamic<'a, C> {
    /// The cases.
    slots: Vec<Slot<'a>>,
    /// See [`Parts`].
    order: Vec<u32>,
    /// See [`Parts`].
    by_address: Vec<u32>,
    /// The cases' type, for `Send`.
    types: PhantomData<C>,
}

// SAFETY: every slot borrows a `C`; if `C` may go to another thread, so may a mutable borrow of it.
unsafe impl<C: Send> Send for Dynamic<'_, C> {}

impl<'a, C: Selectable> Dynamic<'a, C> {
    /// The cases as the engine wants them.
    fn new(cases: &'a mut [C]) -> Dynamic<'a, C> {
        let n = cases.len();
        let slots = cases.iter_mut().map(|case| Some(case.case())).collect();
        Dynamic { slots, order: vec![0; n], by_address: vec![0; n], types: PhantomData }
    }
}

impl<'a, C> Storage<'a> for Dynamic<'a, C> {
    fn parts(&mut self) -> Parts<'a, '_> {
        Parts { slots: &mut self.slots, order: &mut self.order, by_address: &mut self.by_address }
    }
}

/// The future of [`cases`]: yields the number of the chosen case.
///
/// # Cancel safety
/// A select that is dropped has committed no case.
#[must_use = "a select does nothing until it is awaited"]
pub struct Cases<'a, C> {
    /// The select.
    select: Select<'a, Dynamic<'a, C>>,
    /// Whether there is no case at all.
    empty: bool,
}

/// Waits until one of `cases` can go on, commits it and yields its number. Without cases it waits for ever.
///
/// A case serves once: make new ones for the next select.
///
/// # Go
/// `reflect.Select`
///
/// # Panics
/// With Go's `send on closed channel` if the chosen send meets a closed channel.
///
/// # Cancel safety
/// A select that is dropped has committed no case.
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
/// With Go's `send on closed channel` if the chosen send meets a closed channel.
pub fn try_cases<C: Selectable>(cases: &mut [C]) -> Option<usize> {
    let mut storage = Dynamic::new(cases);
    // None of the cases is a future, so nobody keeps the waker.
    let mut cx = Context::from_waker(std::task::Waker::noop());
    match engine::without_waiting(storage.parts(), &mut cx) {
        DEFAULT => None,
        chosen => Some(chosen),
    }
}
