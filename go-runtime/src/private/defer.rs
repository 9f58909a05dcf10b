//! `defer!`.

use std::future::IntoFuture;

use super::go::Called;
use crate::share::Share;

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
    note = "to hand it over, write `move` before it: `defer!(f(move x))`, in `golang!` `defer f(move x);`; to borrow it, write `&x`"
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
