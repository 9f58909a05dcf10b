//! `go!`: the name, the start and the end of a goroutine.

use std::future::{Future, IntoFuture};
use std::panic::Location;

use crate::rt::{self, Name};

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
