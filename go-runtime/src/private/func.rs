//! Go functions: what deferred calls keep, and what a function returns that recovers.

use std::any::Any;
use std::cell::RefCell;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::go::{AFuture, AValue};
use crate::func::{Deferred, PanicValue};
use crate::share::Share;

/// A variable that a deferred block names.
#[derive(Debug)]
pub struct Deferring<'a, T>(pub &'a T);

/// A reference to a handle becomes a handle of the block's own.
pub trait DeferringRef {
    /// What the reference names.
    type Value;
    /// The block's own handle.
    fn __go_defer(&self) -> Self::Value;
}

impl<T: Share> DeferringRef for &&&Deferring<'_, &T> {
    type Value = T;
    fn __go_defer(&self) -> T {
        self.0.share()
    }
}

/// Handles are shared.
pub trait DeferringShare {
    /// The variable's type.
    type Value;
    /// The block's own handle.
    fn __go_defer(&self) -> Self::Value;
}

impl<T: Share> DeferringShare for &&Deferring<'_, T> {
    type Value = T;
    fn __go_defer(&self) -> T {
        self.0.share()
    }
}

/// `Copy` values are copied.
pub trait DeferringCopy {
    /// The variable's type.
    type Value;
    /// The block's own copy.
    fn __go_defer(&self) -> Self::Value;
}

impl<T: Copy> DeferringCopy for &Deferring<'_, T> {
    type Value = T;
    fn __go_defer(&self) -> T {
        *self.0
    }
}

/// What a deferred block can use without being told.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not shared with a deferred block by itself",
    label = "this is neither a handle (`Chan`, `Context`, `WaitGroup`, `Arc<..>`) nor `Copy`",
    note = "to hand it over, write `move` and its name: `defer!(move name {{ .. }})`; in `golang!`, `defer move name {{ .. }}`",
    note = "if the function still needs it, put it behind a handle, or defer a call: `defer!(f(&name))` borrows a parameter"
)]
pub trait Deferrable {}

/// Anything else is an error that names the way out.
pub trait DeferringOther {
    /// The variable's type.
    type Value;
    /// Never called: the bound is not met.
    fn __go_defer(&self) -> Self::Value
    where
        Self::Value: Deferrable,
    {
        unreachable!("the variable is not shared")
    }
}

impl<T> DeferringOther for Deferring<'_, T> {
    type Value = T;
}

/// A variable of which a deferred block has a copy: borrowed until the end of the block that defines it.
#[derive(Debug)]
pub struct Held<'a, T>(pub &'a T);

/// The borrow: with it in scope, a change of the variable, which the deferred block would not see, does not compile.
///
/// The compiler's message names the type, and the type the way out.
#[derive(Debug)]
pub struct TheDeferredBlockHasACopySayMoveToKeepIt<'a>(PhantomData<&'a ()>);

impl Drop for TheDeferredBlockHasACopySayMoveToKeepIt<'_> {
    fn drop(&mut self) {}
}

/// A handle is the same thing wherever it is.
pub trait HoldShare {
    /// Nothing to hold.
    fn __go_hold(&self) {}
}

impl<T: Share> HoldShare for &&Held<'_, T> {}

/// A copied variable must not change.
pub trait HoldCopy<'a> {
    /// The borrow.
    fn __go_hold(&self) -> TheDeferredBlockHasACopySayMoveToKeepIt<'a>;
}

impl<'a, T: Copy + 'a> HoldCopy<'a> for &Held<'a, T> {
    fn __go_hold(&self) -> TheDeferredBlockHasACopySayMoveToKeepIt<'a> {
        TheDeferredBlockHasACopySayMoveToKeepIt(PhantomData)
    }
}

/// Anything else was an error already.
pub trait HoldOther {
    /// Nothing to hold.
    fn __go_hold(&self) {}
}

impl<T> HoldOther for Held<'_, T> {}

/// What a deferred call of a Go function calls.
#[derive(Debug)]
pub struct Framed<'a, T>(pub &'a T);

/// A handle of a function is shared.
pub trait FramedShare {
    /// What is called.
    type Value;
    /// What is called.
    fn __go_framed(&self) -> Self::Value;
}

impl<T: Share> FramedShare for &&Framed<'_, T> {
    type Value = T;
    fn __go_framed(&self) -> T {
        self.0.share()
    }
}

/// Functions are copied; the clone of a closure owns clones of what the closure owns.
pub trait FramedClone {
    /// What is called.
    type Value;
    /// What is called.
    fn __go_framed(&self) -> Self::Value;
}

impl<T: Clone> FramedClone for &Framed<'_, T> {
    type Value = T;
    fn __go_framed(&self) -> T {
        self.0.clone()
    }
}

/// Anything else is borrowed, which only a parameter can be.
pub trait FramedBorrow<'a> {
    /// The function's type.
    type Value;
    /// What is called.
    fn __go_framed(&self) -> &'a Self::Value;
}

impl<'a, T> FramedBorrow<'a> for Framed<'a, T> {
    type Value = T;
    fn __go_framed(&self) -> &'a T {
        self.0
    }
}

/// An argument of a deferred macro, such as what is printed.
#[derive(Debug)]
pub struct Printed<'a, T>(pub &'a T);

/// Handles are shared.
pub trait PrintedShare {
    /// What the macro gets.
    type Value;
    /// What the macro gets.
    fn __go_printed(&self) -> Self::Value;
}

impl<T: Share> PrintedShare for &&&Printed<'_, T> {
    type Value = T;
    fn __go_printed(&self) -> T {
        self.0.share()
    }
}

/// Values are cloned, as Go evaluates what is printed at the statement.
pub trait PrintedClone {
    /// What the macro gets.
    type Value;
    /// What the macro gets.
    fn __go_printed(&self) -> Self::Value;
}

impl<T: Clone> PrintedClone for &&Printed<'_, T> {
    type Value = T;
    fn __go_printed(&self) -> T {
        self.0.clone()
    }
}

/// Anything else is borrowed, which only a parameter can be.
pub trait PrintedBorrow<'a> {
    /// The variable's type.
    type Value;
    /// What the macro gets.
    fn __go_printed(&self) -> &'a Self::Value;
}

impl<'a, T> PrintedBorrow<'a> for &Printed<'a, T> {
    type Value = T;
    fn __go_printed(&self) -> &'a T {
        self.0
    }
}

/// The type of a result, for which a zero value is looked for.
#[derive(Debug)]
pub struct ZeroOf<R>(PhantomData<R>);

/// Names the type of a result.
#[must_use]
pub const fn zero_of<R>() -> ZeroOf<R> {
    ZeroOf(PhantomData)
}

/// `Default` is Go's zero value.
pub trait ZeroDefault {
    /// The result's type.
    type Value;
    /// The zero value.
    fn __go_zero(&self) -> Option<Self::Value>;
    /// What a named result begins with.
    fn __go_start(&self) -> Self::Value;
}

impl<R: Default> ZeroDefault for &&ZeroOf<R> {
    type Value = R;
    fn __go_zero(&self) -> Option<R> {
        Some(R::default())
    }
    fn __go_start(&self) -> R {
        R::default()
    }
}

/// A `Result` begins as `Ok`: Go's nil error.
pub trait ZeroResult {
    /// The result's type.
    type Value;
    /// The zero value.
    fn __go_zero(&self) -> Option<Self::Value>;
    /// What a named result begins with.
    fn __go_start(&self) -> Self::Value;
}

impl<T: Default, E> ZeroResult for &ZeroOf<Result<T, E>> {
    type Value = Result<T, E>;
    fn __go_zero(&self) -> Option<Result<T, E>> {
        Some(Ok(T::default()))
    }
    fn __go_start(&self) -> Result<T, E> {
        Ok(T::default())
    }
}

/// What a named result can begin with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no zero value for the named result to begin with",
    label = "a named result begins as the zero value of its type, its `Default`",
    note = "derive or implement `Default` for `{Self}`, or return an `Option` or a `Result`"
)]
pub trait Starts {}

/// Other types have none.
pub trait ZeroOther {
    /// The result's type.
    type Value;
    /// No zero value.
    fn __go_zero(&self) -> Option<Self::Value> {
        None
    }
    /// Never called: the bound is not met.
    fn __go_start(&self) -> Self::Value
    where
        Self::Value: Starts,
    {
        unreachable!("the type has no zero value")
    }
}

impl<R> ZeroOther for ZeroOf<R> {
    type Value = R;
}

/// The zero value of a function without a result.
#[must_use]
pub const fn zero_unit() -> Option<()> {
    Some(())
}

/// There is no zero value, or no way to ask for one.
#[must_use]
pub const fn zero_none<R>() -> Option<R> {
    None
}

/// The zero value of a closure that does not say what it returns: nothing, most likely.
#[must_use]
pub fn zero_unsaid<R: 'static>() -> Option<R> {
    let unit: Box<dyn Any> = Box::new(());
    unit.downcast::<R>().ok().map(|unit| *unit)
}

/// `recover!()`
pub fn recover(deferred: &Deferred) -> Option<PanicValue> {
    deferred.recover()
}

thread_local! {
    /// The deferred call that is being polled for the first time.
    static DIRECT: RefCell<Option<Direct>> = const { RefCell::new(None) };
}

/// A deferred call on its way to the function that it calls.
#[derive(Debug)]
struct Direct {
    /// How the function is called, perhaps with a path and generic arguments.
    name: &'static str,
    /// The panic that it may recover.
    deferred: Deferred,
}

/// The panic that the function `name`, which has just begun, may recover: that of the frame that deferred it, if it was
/// deferred directly.
#[must_use]
pub fn called(name: &'static str) -> Deferred {
    let direct = DIRECT.with_borrow_mut(|direct| direct.take_if(|direct| last_name(direct.name) == name));
    direct.map_or_else(Deferred::none, |direct| direct.deferred)
}

/// The name of a function without its path and its generic arguments.
fn last_name(path: &str) -> &str {
    let plain = match path.find('<') {
        Some(at) if at > 0 => &path[..at],
        _ => path,
    };
    plain.trim_end_matches("::").rsplit("::").next().unwrap_or(plain)
}

/// How a function is called.
#[must_use]
pub fn name_of_callee<F>(_callee: &F) -> &'static str {
    std::any::type_name::<F>()
}

/// The future of a deferred call, which may recover if its function does so directly.
#[derive(Debug)]
pub struct Directly<F> {
    /// The call.
    future: F,
    /// What its function gets with the first poll.
    direct: Option<Direct>,
}

impl<F: Future> Future for Directly<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        /// Takes back what nobody took, also when the call panics.
        struct TakeBack(Option<Direct>);
        impl Drop for TakeBack {
            fn drop(&mut self) {
                let outer = self.0.take();
                DIRECT.with_borrow_mut(|direct| *direct = outer);
            }
        }
        // SAFETY: the future is pinned with this one and never moved; the other field is not pinned.
        let (future, direct) = unsafe {
            let this = self.get_unchecked_mut();
            (Pin::new_unchecked(&mut this.future), this.direct.take())
        };
        let _take_back = direct.map(|direct| TakeBack(DIRECT.with_borrow_mut(|place| place.replace(direct))));
        future.poll(cx).map(drop)
    }
}

impl AFuture {
    /// Runs the future of a deferred call.
    pub fn finish_deferred<F: IntoFuture>(
        self,
        deferred: Deferred,
        name: &'static str,
        future: F,
    ) -> Directly<F::IntoFuture> {
        Directly { future: future.into_future(), direct: Some(Direct { name, deferred }) }
    }
}

impl AValue {
    /// Drops the result of a deferred call.
    pub fn finish_deferred<T>(self, _deferred: Deferred, _name: &'static str, value: T) -> std::future::Ready<()> {
        drop(value);
        std::future::ready(())
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use super::last_name;

    #[test]
    fn names_without_paths() {
        assert_eq!(last_name("demo::worker::run"), "run");
        assert_eq!(last_name("demo::run<alloc::vec::Vec<u8>>"), "run");
        assert_eq!(last_name("run"), "run");
    }
}
