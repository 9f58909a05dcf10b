//! `golang!`: calls that wait by themselves.

use std::convert::Infallible;
use std::future::{Future, IntoFuture, Ready, ready};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What a call of a function returns that waits.
#[diagnostic::on_unimplemented(
    message = "this call does not wait: it returns a `{Self}`, which is no future",
    label = "the name is taken for a function of the block, an imported one, or one of the library's that wait",
    note = "to call another function of this name, write its path: `module::name(..)`; give a variable another name"
)]
pub trait Waits {}

/// What a call returned that waits or may wait.
#[derive(Debug)]
pub struct Settle<T>(Option<T>);

/// Takes what a call returned.
#[inline]
#[must_use]
pub const fn settle<T>(returned: T) -> Settle<T> {
    Settle(Some(returned))
}

impl<T> Settle<T> {
    /// What the method returned.
    fn take(&mut self) -> T {
        match self.0.take() {
            Some(returned) => returned,
            None => unreachable!("it is taken once"),
        }
    }
}

/// What a method returned: a value, or a future to await. One of the two variants is never made.
///
/// The expansion looks at the variant and then gives the whole away, before it waits, and the compiler sees that for a value
/// it never does: a guard that must not leave its thread does not make the goroutine one that must not either.
#[derive(Debug)]
pub enum Split<V, F> {
    /// It was no future.
    Value(V),
    /// It was one.
    Future(F),
}

/// There is no value beside the future.
#[derive(Debug)]
pub struct NoValue(Infallible);

/// There is no future beside the value.
#[derive(Debug)]
pub struct NoFuture(Infallible);

// An inherent method comes before a trait's, unless its bound is not met.
impl<F: IntoFuture> Settle<F> {
    /// The future.
    #[inline]
    pub fn __go_settle(mut self) -> Split<NoValue, F::IntoFuture> {
        Split::Future(self.take().into_future())
    }
}

/// It was no future: it is the value.
pub trait SettleValue {
    /// The value's type.
    type Value;
    /// The value.
    fn __go_settle(self) -> Split<Self::Value, NoFuture>;
}

impl<T> SettleValue for Settle<T> {
    type Value = T;
    #[inline]
    fn __go_settle(mut self) -> Split<T, NoFuture> {
        Split::Value(self.take())
    }
}

impl<F: Future> Split<NoValue, F> {
    /// Never called.
    #[inline]
    pub fn __go_value(self) -> F::Output {
        match self {
            Split::Value(never) => match never.0 {},
            Split::Future(_) => unreachable!("it is a future"),
        }
    }

    /// The future.
    #[inline]
    pub fn __go_future(self) -> F {
        match self {
            Split::Value(never) => match never.0 {},
            Split::Future(future) => future,
        }
    }
}

impl<T> Split<T, NoFuture> {
    /// The value.
    #[inline]
    pub fn __go_value(self) -> T {
        match self {
            Split::Value(value) => value,
            Split::Future(never) => match never.0 {},
        }
    }

    /// Never called.
    #[inline]
    pub fn __go_future(self) -> Unreached<T> {
        match self {
            Split::Value(_) => unreachable!("it is a value"),
            Split::Future(never) => match never.0 {},
        }
    }
}

/// A future that there is none of, which everybody may see: the compiler leaves out the wait for it, and so does not ask
/// whether what lives at that place may change its thread.
#[derive(Debug)]
pub struct Unreached<T>(pub Infallible, pub PhantomData<fn() -> T>);

impl<T> Future for Unreached<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<T> {
        match self.0 {}
    }
}

/// It is a function's that waits: it was a future, which is awaited.
pub trait WaitFuture {
    /// The future.
    type Future: Future;
    /// The future.
    fn __go_wait(self) -> Self::Future;
}

impl<F: IntoFuture> WaitFuture for Settle<F> {
    type Future = F::IntoFuture;
    #[inline]
    fn __go_wait(mut self) -> F::IntoFuture {
        self.take().into_future()
    }
}

/// It was no future, which is an error that names the way out.
pub trait WaitOther {
    /// The value's type.
    type Value;
    /// Never called: the bound is not met.
    fn __go_wait(self) -> Ready<Self::Value>
    where
        Self::Value: Waits;
}

impl<T> WaitOther for &mut Settle<T> {
    type Value = T;
    fn __go_wait(self) -> Ready<T>
    where
        T: Waits,
    {
        ready(self.take())
    }
}
