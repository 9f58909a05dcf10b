//! The contract with `go-macros`: every name that an expansion uses. Not for use by hand.
//!
//! Which of several impls applies is decided by method resolution: an impl that takes the operand by value comes before
//! one that takes it by reference, and a wrapper behind two references before one behind one.

use std::convert::Infallible;
use std::future::{Future, IntoFuture, Ready};
use std::pin::Pin;
use std::task::{Context, Poll};

pub use std::panic::Location;
pub use std::pin::pin;

pub use crate::chan::{Chan, Receiver, Sender};
use crate::chan::{Recv, Send as SendFuture, capacity};
use crate::rt::{self, Name};
pub use crate::rt::{TestOptions, main, test};
pub use crate::select::engine::{forever, select, select_default};
use crate::select::future::{FutureCase, FutureOutput};
use crate::select::recv::{RecvCase, RecvOutput};
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
    fn __go_send_case(&self, value: Self::Value) -> SendCase<'_, Self::Value>
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
                SendFuture::new(self.core(), value, Location::caller())
            }
            #[inline]
            #[track_caller]
            fn __go_send_case(&self, value: T) -> SendCase<'_, T>
            where
                Self: Sends,
            {
                SendCase::new(self.core(), value, Location::caller())
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

/// `v` of `v := <-ch`.
fn value<T: Zero>(received: Option<T>) -> T {
    received.unwrap_or_else(T::zero)
}

/// `v, ok` of `v, ok := <-ch`.
fn value_ok<T: Zero>(received: Option<T>) -> (T, bool) {
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
    fn __go_case(&self) -> RecvCase<'_, Self::Value>
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
                RecvMap { recv: Recv::new(self.core(), Location::caller()), map: value }
            }
            #[inline]
            #[track_caller]
            fn __go_recv_discard(&self) -> RecvMap<'_, T, ()>
            where
                Self: Receives,
            {
                RecvMap { recv: Recv::new(self.core(), Location::caller()), map: drop }
            }
            #[inline]
            #[track_caller]
            fn __go_recv_ok(&self) -> RecvMap<'_, T, (T, bool)>
            where
                Self: Receives,
                T: Zero,
            {
                RecvMap { recv: Recv::new(self.core(), Location::caller()), map: value_ok }
            }
            #[inline]
            #[track_caller]
            fn __go_case(&self) -> RecvCase<'_, T>
            where
                Self: Receives,
            {
                RecvCase::new(self.core(), Location::caller())
            }
        }
    };
}

recv_by_ref!(Chan);
recv_by_ref!(Sender);
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

// ---- select! ----

/// The traits whose methods expansions call, without their names.
pub mod traits {
    pub use super::{
        CalleeClone as _, CalleeOther as _, CalleeShare as _, CaptureCopy as _, CaptureOther as _, CaptureRef as _,
        CaptureShare as _, DeferFuture as _, DeferValue as _, FinishFuture as _, FunctionBorrow as _, FunctionShare as _, FinishValue as _, FutureChosen as _,
        KeepBorrow as _, KeepCopy as _, KeepShare as _, RecvByRef as _, RecvByValue as _, RecvChosen as _, SendTo as _,
    };
}

/// What the chosen case of a channel received.
pub trait RecvChosen {
    /// What the channel carries.
    type Value;
    /// `case v := <-ch`
    fn __go_value(self) -> Self::Value
    where
        Self::Value: Zero;
    /// `case v, ok := <-ch`
    fn __go_value_ok(self) -> (Self::Value, bool)
    where
        Self::Value: Zero;
    /// `case <-ch`
    fn __go_discard(self);
}

impl<T> RecvChosen for RecvOutput<T> {
    type Value = T;
    fn __go_value(self) -> T
    where
        T: Zero,
    {
        value(self.received())
    }
    fn __go_value_ok(self) -> (T, bool)
    where
        T: Zero,
    {
        value_ok(self.received())
    }
    fn __go_discard(self) {}
}

/// What the chosen case of a future yielded.
pub trait FutureChosen: Sized {
    /// The future's output.
    type Value;
    /// `case v := <-future`
    fn __go_value(self) -> Self::Value;
    /// Never called: the bound is not met.
    fn __go_value_ok(self) -> (Self::Value, bool)
    where
        Self: Closes,
    {
        unreachable!("a future has no `ok`")
    }
    /// `case <-future`
    fn __go_discard(self) {}
}

impl<V> FutureChosen for FutureOutput<V> {
    type Value = V;
    fn __go_value(self) -> V {
        self.value()
    }
}

/// The output of the case that the engine has chosen.
pub fn chosen<V>(output: Option<V>) -> V {
    output.unwrap_or_else(|| unreachable_case())
}

/// How a select with a bare `break` or `continue` in it is left.
#[derive(Debug)]
pub enum Flow<V, C> {
    /// A body has ended: the select's value.
    Value(V),
    /// A body continues the loop around the select.
    Continue(C),
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

/// The name of a goroutine that calls `f`.
pub fn name_of<F>(_f: &F) -> Name {
    Name::Of(std::any::type_name::<F>())
}

/// The name of a goroutine that calls the method of `receiver` that the type `M` is called after.
pub fn name_of_method<R, M>(_receiver: &R) -> Name {
    Name::of_method::<R, M>()
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

/// A reference to a handle becomes a handle of the goroutine's own.
pub trait CaptureRef {
    /// What the reference names.
    type Value;
    /// The goroutine's own handle.
    fn __go_capture(&self) -> Self::Value;
}

impl<T: Share> CaptureRef for &&&Capture<'_, &T> {
    type Value = T;
    fn __go_capture(&self) -> T {
        self.0.share()
    }
}

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

/// What a `go!` calls.
#[derive(Debug)]
pub struct Callee<'a, T>(pub &'a T);

/// A handle of a function is shared.
pub trait CalleeShare {
    /// The callee's type.
    type Value;
    /// The goroutine's own callee.
    fn __go_callee(&self) -> Self::Value;
}

impl<T: Share> CalleeShare for &&Callee<'_, T> {
    type Value = T;
    fn __go_callee(&self) -> T {
        self.0.share()
    }
}

/// Functions are copied; the clone of a closure owns clones of what the closure owns.
pub trait CalleeClone {
    /// The callee's type.
    type Value;
    /// The goroutine's own callee.
    fn __go_callee(&self) -> Self::Value;
}

impl<T: Clone> CalleeClone for &Callee<'_, T> {
    type Value = T;
    fn __go_callee(&self) -> T {
        self.0.clone()
    }
}

/// Anything else is an error that names the way out.
pub trait CalleeOther {
    /// The callee's type.
    type Value;
    /// Never called: the bound is not met.
    fn __go_callee(&self) -> Self::Value
    where
        Self::Value: Share;
}

impl<T> CalleeOther for Callee<'_, T> {
    type Value = T;
    fn __go_callee(&self) -> T
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

impl<F: IntoFuture> FinishFuture for &Called<'_, F> {}

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
    pub async fn finish<F: IntoFuture>(self, future: F) {
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

/// A variable that a deferred call names.
#[derive(Debug)]
pub struct Keep<'a, T>(pub &'a T);

/// What a deferred call can keep without being told.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not kept for a deferred call by itself",
    label = "this argument is neither a handle (`Chan`, `Context`, `WaitGroup`, `Arc<..>`) nor `Copy`",
    note = "to hand it over, write `move` before it: `defer!(f(move x))`; to borrow it, write `&x`"
)]
pub trait Kept {}

/// Handles are shared.
pub trait KeepShare {
    /// What the call gets.
    type Value;
    /// An argument.
    fn __go_keep(&self) -> Self::Value;
    /// A receiver, a callee, or a macro's argument.
    fn __go_borrow(&self) -> Self::Value;
}

impl<T: Share> KeepShare for &&Keep<'_, T> {
    type Value = T;
    fn __go_keep(&self) -> T {
        self.0.share()
    }
    fn __go_borrow(&self) -> T {
        self.0.share()
    }
}

/// `Copy` values are copied.
pub trait KeepCopy {
    /// What the call gets.
    type Value;
    /// An argument.
    fn __go_keep(&self) -> Self::Value;
    /// A receiver, a callee, or a macro's argument.
    fn __go_borrow(&self) -> Self::Value;
}

impl<T: Copy> KeepCopy for &Keep<'_, T> {
    type Value = T;
    fn __go_keep(&self) -> T {
        *self.0
    }
    fn __go_borrow(&self) -> T {
        *self.0
    }
}

/// Anything else is borrowed until the call if the call can do with a reference.
pub trait KeepBorrow<'a> {
    /// The variable's type.
    type Value;
    /// Never called: the bound is not met.
    fn __go_keep(&self) -> Self::Value
    where
        Self::Value: Kept,
    {
        unreachable!("the variable is not kept")
    }
    /// A receiver, a callee, or a macro's argument.
    fn __go_borrow(&self) -> &'a Self::Value;
}

impl<'a, T> KeepBorrow<'a> for Keep<'a, T> {
    type Value = T;
    fn __go_borrow(&self) -> &'a T {
        self.0
    }
}

/// What a deferred call calls.
#[derive(Debug)]
pub struct Function<'a, T>(pub &'a T);

/// A handle of a function is shared.
pub trait FunctionShare {
    /// What is called.
    type Value;
    /// What is called.
    fn __go_function(&self) -> Self::Value;
}

impl<T: Share> FunctionShare for &Function<'_, T> {
    type Value = T;
    fn __go_function(&self) -> T {
        self.0.share()
    }
}

/// Anything else is borrowed until the call.
pub trait FunctionBorrow<'a> {
    /// The function's type.
    type Value;
    /// What is called.
    fn __go_function(&self) -> &'a Self::Value;
}

impl<'a, T> FunctionBorrow<'a> for Function<'a, T> {
    type Value = T;
    fn __go_function(&self) -> &'a T {
        self.0
    }
}

/// What a deferred call may return.
#[diagnostic::on_unimplemented(
    message = "a deferred call cannot wait in an ordinary function",
    label = "this call returns a future, which nobody would await",
    note = "in a function marked `#[go::func]` a deferred call may wait"
)]
pub trait EndsAtOnce {}

/// An `async fn` was deferred.
pub trait DeferFuture {
    /// Never called: the bound is not met.
    fn __go_deferred(&self)
    where
        Self: EndsAtOnce,
    {
    }
}

impl<F: IntoFuture> DeferFuture for &Called<'_, F> {}

/// An ordinary function was deferred.
pub trait DeferValue {
    /// Nothing is left to do.
    fn __go_deferred(&self) {}
}

impl<T> DeferValue for Called<'_, T> {}

/// The type of `select! {}`.
pub type Never = Infallible;
