//! `golang!`: calls that wait by themselves.

use std::future::{Future, IntoFuture, Ready, ready};

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

/// It was a future, which is awaited.
pub trait SettleFuture {
    /// The future.
    type Future: Future;
    /// The future.
    fn __go_settle(self) -> Self::Future;
}

impl<F: IntoFuture> SettleFuture for Settle<F> {
    type Future = F::IntoFuture;
    #[inline]
    fn __go_settle(mut self) -> F::IntoFuture {
        self.take().into_future()
    }
}

/// It was no future: it is the value.
pub trait SettleValue {
    /// The value's type.
    type Value;
    /// The value, as a future.
    fn __go_settle(self) -> Ready<Self::Value>;
}

impl<T> SettleValue for &mut Settle<T> {
    type Value = T;
    #[inline]
    fn __go_settle(self) -> Ready<T> {
        ready(self.take())
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
