//! The contract with `go-macros`: every name that an expansion uses. Not for use by hand.
//!
//! Which of several impls applies is decided by method resolution: an impl that takes the operand by value comes before
//! one that takes it by reference, and a wrapper behind two references before one behind one.

use std::convert::Infallible;
use std::future::{Future, IntoFuture};
use std::panic::Location;
use std::task::{Context, Poll};

pub use std::option::Option::Some;
pub use std::pin::{Pin, pin};

pub use crate::chan::{Chan, Receiver, Sender};
use crate::chan::{Recv, Send as SendFuture, capacity};
use crate::rt::{self, Name};
pub use crate::rt::{TestOptions, main, test};
pub use crate::select::case::Case;
pub use crate::select::engine::{forever, select, select_default};
use crate::select::future::FutureCase;
use crate::select::recv::RecvCase;
use crate::select::send::SendCase;
pub use crate::select::storage::cases_of;
use crate::share::Share;
use crate::texts;

// ---- chan! and the operators ----

/// `chan!(T, n)`
#[must_use]
#[track_caller]
pub const fn make_chan<T>(n: i128) -> Chan<T> {
    match capacity::<T>(n) {
        Some(n) => Chan::buffered(n),
        None => texts::makechan_out_of_range(),
    }
}

/// What `ch <- v` sends to.
#[diagnostic::on_unimplemented(
    message = "cannot send to `{Self}`",
    label = "the left side of `<-` is not a channel that can be sent to",
    note = "a `Chan<{T}>` or a `Sender<{T}>` can; a `Receiver` only receives"
)]
pub trait SendTo<T> {
    /// The send.
    fn send_to(&self, value: T, place: &'static Location<'static>) -> SendFuture<'_, T>;
    /// The send as a case.
    fn send_case(&self, value: T, place: &'static Location<'static>) -> SendCase<'_, T>;
}

/// Implements [`SendTo`] for a handle.
macro_rules! send_to {
    ($name:ident) => {
        impl<T> SendTo<T> for $name<T> {
            fn send_to(&self, value: T, place: &'static Location<'static>) -> SendFuture<'_, T> {
                SendFuture::new(self.core(), value, place)
            }
            fn send_case(&self, value: T, place: &'static Location<'static>) -> SendCase<'_, T> {
                SendCase::new(self.core(), value, place)
            }
        }
    };
}

send_to!(Chan);
send_to!(Sender);

impl<T, C: SendTo<T> + ?Sized> SendTo<T> for &C {
    fn send_to(&self, value: T, place: &'static Location<'static>) -> SendFuture<'_, T> {
        (**self).send_to(value, place)
    }
    fn send_case(&self, value: T, place: &'static Location<'static>) -> SendCase<'_, T> {
        (**self).send_case(value, place)
    }
}

/// `ch <- v`
#[inline]
#[track_caller]
pub fn send<T, C: SendTo<T> + ?Sized>(ch: &C, value: T) -> SendFuture<'_, T> {
    ch.send_to(value, Location::caller())
}

/// `case ch <- v`
#[inline]
#[track_caller]
pub fn send_case<T, C: SendTo<T> + ?Sized>(ch: &C, value: T) -> SendCase<'_, T> {
    ch.send_case(value, Location::caller())
}

/// `<-x` where `x` is a channel. `zero` makes the value that a closed channel yields.
#[must_use = "a receive does nothing until it is awaited"]
#[derive(Debug)]
pub struct RecvMap<'a, T, R> {
    /// The receive.
    recv: Recv<'a, T>,
    /// Makes the result.
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

/// `<-x` where `x` is a channel.
pub trait RecvByRef {
    /// What the channel carries.
    type Value;
    /// `<-ch`
    #[track_caller]
    fn __go_recv(&self) -> RecvMap<'_, Self::Value, Self::Value>
    where
        Self::Value: Default;
    /// `<-ch;`
    #[track_caller]
    fn __go_recv_discard(&self) -> RecvMap<'_, Self::Value, ()>;
    /// `v, ok := <-ch`
    #[track_caller]
    fn __go_recv_ok(&self) -> RecvMap<'_, Self::Value, (Self::Value, bool)>
    where
        Self::Value: Default;
}

/// A receive operation as a case, where the operand is a channel.
pub trait CaseByRef {
    /// What the channel carries.
    type Value;
    /// `case <-ch`
    #[track_caller]
    fn __go_case(&self) -> RecvCase<'_, Self::Value>;
}

/// Implements the receiving traits for a handle.
macro_rules! recv_by_ref {
    ($name:ident) => {
        impl<T> RecvByRef for $name<T> {
            type Value = T;
            #[inline]
            #[track_caller]
            fn __go_recv(&self) -> RecvMap<'_, T, T>
            where
                T: Default,
            {
                RecvMap { recv: self.recv(), map: Option::unwrap_or_default }
            }
            #[inline]
            #[track_caller]
            fn __go_recv_discard(&self) -> RecvMap<'_, T, ()> {
                RecvMap { recv: self.recv(), map: drop }
            }
            #[inline]
            #[track_caller]
            fn __go_recv_ok(&self) -> RecvMap<'_, T, (T, bool)>
            where
                T: Default,
            {
                RecvMap { recv: self.recv(), map: |value| value.map_or_else(|| (T::default(), false), |v| (v, true)) }
            }
        }

        impl<T> CaseByRef for $name<T> {
            type Value = T;
            #[inline]
            #[track_caller]
            fn __go_case(&self) -> RecvCase<'_, T> {
                RecvCase::new(self.core(), Location::caller())
            }
        }
    };
}

recv_by_ref!(Chan);
recv_by_ref!(Receiver);

/// `<-x` where `x` is a future.
pub trait RecvByValue: IntoFuture + Sized {
    /// `<-future`
    fn __go_recv(self) -> Self::IntoFuture {
        self.into_future()
    }
    /// `<-future;`
    fn __go_recv_discard(self) -> Self::IntoFuture {
        self.into_future()
    }
}

impl<F: IntoFuture> RecvByValue for F {}

/// A receive operation as a case, where the operand is a future.
pub trait CaseByValue: IntoFuture + Sized {
    /// `case <-future`
    #[track_caller]
    fn __go_case(self) -> FutureCase<Self::IntoFuture>;
}

impl<F: IntoFuture> CaseByValue for F {
    #[track_caller]
    fn __go_case(self) -> FutureCase<F::IntoFuture> {
        FutureCase::new(self.into_future(), Location::caller())
    }
}

/// The engine names a case that is not there; it never does.
#[cold]
pub fn unreachable_case() -> ! {
    unreachable!("a select chose a case that it does not have")
}

// ---- go! ----

/// The name of a goroutine that runs a block.
pub fn anonymous() -> Name {
    Name::Anonymous
}

/// The name of a goroutine that calls `name`.
pub fn named(name: &'static str) -> Name {
    Name::Named(name)
}

/// The name of a goroutine that calls `f`.
pub fn name_of<F>(_f: &F) -> Name {
    Name::Of(std::any::type_name::<F>())
}

/// Starts a goroutine.
#[inline]
#[track_caller]
pub fn go<F>(name: Name, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    rt::go(name, Location::caller(), future);
}

/// A variable that a goroutine names.
#[derive(Debug)]
pub struct Capture<'a, T>(pub &'a T);

/// Handles are shared.
pub trait CaptureShare {
    /// The variable's type.
    type Value;
    /// The goroutine's own handle.
    fn __go_capture(&self) -> Self::Value;
}

impl<T: Share> CaptureShare for &&Capture<'_, T> {
    type Value = T;
    fn __go_capture(&self) -> T {
        self.0.share()
    }
}

/// `Copy` values are copied.
pub trait CaptureCopy {
    /// The variable's type.
    type Value;
    /// The goroutine's own copy.
    fn __go_capture(&self) -> Self::Value;
}

impl<T: Copy> CaptureCopy for &Capture<'_, T> {
    type Value = T;
    fn __go_capture(&self) -> T {
        *self.0
    }
}

/// Anything else is an error that names the way out.
pub trait CaptureOther {
    /// The variable's type.
    type Value;
    /// Never called: the bound is not met.
    fn __go_capture(&self) -> Self::Value
    where
        Self::Value: Share;
}

impl<T> CaptureOther for Capture<'_, T> {
    type Value = T;
    fn __go_capture(&self) -> T
    where
        T: Share,
    {
        self.0.share()
    }
}

/// What the function of a `go!` call returned.
#[derive(Debug)]
pub struct Called<'a, T>(pub &'a T);

/// The call returned a future, which is the goroutine's body.
#[derive(Debug)]
pub struct AFuture;

/// The call is over.
#[derive(Debug)]
pub struct AValue;

/// An `async fn` was called.
pub trait FinishFuture {
    /// Which it is.
    fn __go_kind(&self) -> AFuture {
        AFuture
    }
}

impl<F: Future> FinishFuture for &Called<'_, F> {}

/// An ordinary function was called.
pub trait FinishValue {
    /// Which it is.
    fn __go_kind(&self) -> AValue {
        AValue
    }
}

impl<T> FinishValue for Called<'_, T> {}

impl AFuture {
    /// Runs the future.
    pub async fn finish<F: Future>(self, future: F) {
        future.await;
    }
}

impl AValue {
    /// Drops the value.
    pub fn finish<T>(self, value: T) -> std::future::Ready<()> {
        drop(value);
        std::future::ready(())
    }
}

// ---- defer! ----

/// The guard of a `defer!`.
#[must_use = "the call runs when the guard goes"]
pub struct Defer<F: FnOnce()> {
    /// The call.
    call: Option<F>,
}

/// Runs `call` at the end of the block.
pub fn defer<F: FnOnce()>(call: F) -> Defer<F> {
    Defer { call: Some(call) }
}

impl<F: FnOnce()> Drop for Defer<F> {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            call();
        }
    }
}

impl<F: FnOnce()> std::fmt::Debug for Defer<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Defer")
    }
}

/// The type of `select! {}`.
pub type Never = Infallible;
