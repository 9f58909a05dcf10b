//! `chan!` and the operators.

use std::future::{Future, IntoFuture, Ready};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::chan::{Chan, Receiver, Recv, Send as SendFuture, Sender, capacity};
use crate::select::arm::{RecvArm, SendArm};
use crate::select::future::FutureCase;
use crate::texts;

/// What a capacity is converted to, whatever integer it is.
pub type Capacity = i128;

/// `chan!(T, n)`
#[must_use]
#[track_caller]
pub const fn make_chan<T>(n: Capacity) -> Chan<T> {
    match capacity::<T>(n) {
        Some(n) => Chan::buffered(n),
        None => texts::makechan_out_of_range(),
    }
}

/// What can be sent to.
#[diagnostic::on_unimplemented(
    message = "cannot send to a `{Self}`",
    label = "this side of the channel only receives",
    note = "send to the `Chan` itself or to its `Sender`"
)]
pub trait Sends {}

impl<T> Sends for Chan<T> {}
impl<T> Sends for Sender<T> {}

/// What can be received from.
#[diagnostic::on_unimplemented(
    message = "cannot receive from a `{Self}`",
    label = "this side of the channel only sends",
    note = "receive from the `Chan` itself or from its `Receiver`"
)]
pub trait Receives {}

impl<T> Receives for Chan<T> {}
impl<T> Receives for Receiver<T> {}

/// What a closed channel yields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no zero value for a closed channel to yield",
    label = "`<-` needs the zero value of `{Self}`, its `Default`",
    note = "derive or implement `Default` for `{Self}`, or receive with `.recv().await`, which yields an `Option`"
)]
pub trait Zero: Sized {
    /// The zero value.
    fn zero() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> Zero for T {
    fn zero() -> T {
        T::default()
    }
}

/// What the two-valued receive `v, ok := <-x` needs.
#[diagnostic::on_unimplemented(
    message = "a future has no `ok`",
    label = "`v, ok := <-x` is for channels; this is a future: write `v := <-x`"
)]
pub trait Closes {}

/// `ch <- v`
pub trait SendTo {
    /// What the channel carries.
    type Value;
    /// The send.
    #[track_caller]
    fn __go_send(&self, value: Self::Value) -> SendFuture<'_, Self::Value>
    where
        Self: Sends;
    /// The send as a case.
    #[track_caller]
    fn __go_send_case(&self, value: Self::Value) -> SendArm<'_, Self::Value>
    where
        Self: Sends;
}

/// Implements [`SendTo`] for a handle; for a [`Receiver`] too, so that its error is ours.
macro_rules! send_to {
    ($name:ident) => {
        impl<T> SendTo for $name<T> {
            type Value = T;
            #[inline]
            #[track_caller]
            fn __go_send(&self, value: T) -> SendFuture<'_, T>
            where
                Self: Sends,
            {
                SendFuture::new(self.lazy(), value, Location::caller())
            }
            #[inline]
            #[track_caller]
            fn __go_send_case(&self, value: T) -> SendArm<'_, T>
            where
                Self: Sends,
            {
                SendArm::new(self.core(), self, value, Location::caller())
            }
        }
    };
}

send_to!(Chan);
send_to!(Sender);
send_to!(Receiver);

/// `<-x` where `x` is a channel, with what becomes of what was received.
#[must_use = "a receive does nothing until it is awaited"]
#[derive(Debug)]
pub struct RecvMap<'a, T, R> {
    /// The receive.
    recv: Recv<'a, T>,
    /// Makes the result. A pointer, since a type of its own would repeat a missing zero value's error at the `.await`.
    map: fn(Option<T>) -> R,
}

impl<T, R> Future for RecvMap<'_, T, R> {
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        let map = self.map;
        // SAFETY: the receive is pinned with this future and never moved.
        unsafe { self.map_unchecked_mut(|this| &mut this.recv) }.poll(cx).map(map)
    }
}

/// `v` of `v := <-ch`.
#[inline]
pub(super) fn value<T: Zero>(received: Option<T>) -> T {
    received.unwrap_or_else(T::zero)
}

/// `v, ok` of `v, ok := <-ch`.
#[inline]
pub(super) fn value_ok<T: Zero>(received: Option<T>) -> (T, bool) {
    received.map_or_else(|| (T::zero(), false), |value| (value, true))
}

/// `<-x` where `x` is a channel.
pub trait RecvByRef {
    /// What the channel carries.
    type Value;
    /// `<-ch`
    #[track_caller]
    fn __go_recv(&self) -> RecvMap<'_, Self::Value, Self::Value>
    where
        Self: Receives,
        Self::Value: Zero;
    /// `<-ch;`
    #[track_caller]
    fn __go_recv_discard(&self) -> RecvMap<'_, Self::Value, ()>
    where
        Self: Receives;
    /// `v, ok := <-ch`
    #[track_caller]
    fn __go_recv_ok(&self) -> RecvMap<'_, Self::Value, (Self::Value, bool)>
    where
        Self: Receives,
        Self::Value: Zero;
    /// `case <-ch`
    #[track_caller]
    fn __go_case(&self) -> RecvArm<'_, Self::Value>
    where
        Self: Receives;
}

/// Implements [`RecvByRef`] for a handle; for a [`Sender`] too, so that its error is ours.
macro_rules! recv_by_ref {
    ($name:ident) => {
        impl<T> RecvByRef for $name<T> {
            type Value = T;
            #[inline]
            #[track_caller]
            fn __go_recv(&self) -> RecvMap<'_, T, T>
            where
                Self: Receives,
                T: Zero,
            {
                RecvMap { recv: Recv::new(self.lazy(), Location::caller()), map: value }
            }
            #[inline]
            #[track_caller]
            fn __go_recv_discard(&self) -> RecvMap<'_, T, ()>
            where
                Self: Receives,
            {
                RecvMap { recv: Recv::new(self.lazy(), Location::caller()), map: drop }
            }
            #[inline]
            #[track_caller]
            fn __go_recv_ok(&self) -> RecvMap<'_, T, (T, bool)>
            where
                Self: Receives,
                T: Zero,
            {
                RecvMap { recv: Recv::new(self.lazy(), Location::caller()), map: value_ok }
            }
            #[inline]
            #[track_caller]
            fn __go_case(&self) -> RecvArm<'_, T>
            where
                Self: Receives,
            {
                RecvArm::new(self.core(), self, Location::caller())
            }
        }
    };
}

recv_by_ref!(Chan);
recv_by_ref!(Sender);
recv_by_ref!(Receiver);

/// `<-future;`: the future without its output.
#[must_use = "a receive does nothing until it is awaited"]
#[derive(Debug)]
pub struct Discard<F> {
    /// The future.
    future: F,
}

impl<F: Future> Future for Discard<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: the inner future is pinned with this one and never moved.
        unsafe { self.map_unchecked_mut(|this| &mut this.future) }.poll(cx).map(drop)
    }
}

/// `<-x` where `x` is a future.
pub trait RecvByValue: IntoFuture + Sized {
    /// `<-future`
    fn __go_recv(self) -> Self::IntoFuture {
        self.into_future()
    }
    /// `<-future;`
    fn __go_recv_discard(self) -> Discard<Self::IntoFuture> {
        Discard { future: self.into_future() }
    }
    /// Never called: the bound is not met.
    fn __go_recv_ok(self) -> Ready<(Self::Output, bool)>
    where
        Self: Closes,
    {
        unreachable!("a future has no `ok`")
    }
    /// `case <-future`
    #[track_caller]
    fn __go_case(self) -> FutureCase<Self::IntoFuture> {
        FutureCase::new(self.into_future(), Location::caller())
    }
}

impl<F: IntoFuture> RecvByValue for F {}
