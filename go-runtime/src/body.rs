//! What a function that is to run in a goroutine of its own may return: nothing, or a future.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A function as a value, which may wait: `f().await`. A handle.
///
/// # Go
/// `func()`, `func() R`
pub type Func<R = ()> = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = R> + Send>> + Send + Sync>;

/// The function `f` as a value.
///
/// # Go
/// A function literal that is put into a variable, a list or a field.
///
/// # Examples
/// ```
/// use go::{Func, prelude::*};
///
/// #[go::main]
/// async fn main() {
///     let mut steps: Vec<Func<i32>> = Vec::new();
///     for i in 1..=3 {
///         steps.push(go::func(move || async move { i * i }));
///     }
///     let mut sum = 0;
///     for step in &steps {
///         sum += step().await;
///     }
///     assert_eq!(sum, 14);
/// }
/// ```
pub fn func<C, F>(f: C) -> Func<F::Output>
where
    C: Fn() -> F + Send + Sync + 'static,
    F: Future + Send + 'static,
{
    Arc::new(move || Box::pin(f()))
}

/// Marks functions that return nothing.
#[derive(Debug, Clone, Copy)]
pub struct Plain;

/// Marks functions that return a future.
#[derive(Debug, Clone, Copy)]
pub struct Waiting;

/// Marks functions that never return.
#[derive(Debug, Clone, Copy)]
pub struct Diverging;

/// Names a function's result, so that `!` has a name on stable Rust.
pub trait Returns {
    /// The result.
    type Output;
}

impl<R> Returns for fn() -> R {
    type Output = R;
}

/// The result of a function that runs in its own goroutine: `()`, or a future that the goroutine waits for.
///
/// [`time::after_func`](crate::time::after_func) and [`context::after_func`](crate::context::after_func) take
/// `|| { .. }` as well as `|| async { .. }`. The parameter tells the two apart and is always inferred.
///
/// # Examples
/// ```
/// fn takes<R: go::Body<M>, M>(_f: impl FnOnce() -> R) {}
///
/// takes(|| {});
/// takes(|| async {});
/// takes(|| panic!("never called here"));
/// ```
#[diagnostic::on_unimplemented(
    message = "a goroutine's function returns nothing or a future, not `{Self}`",
    label = "this function returns `{Self}`",
    note = "end the function with `;`, or make it `|| async move {{ .. }}` if it has to wait"
)]
pub trait Body<M> {
    /// Runs what is left to run.
    fn finish(self) -> impl Future<Output = ()> + Send;
}

impl Body<Plain> for () {
    fn finish(self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

impl<F: Future<Output = ()> + Send> Body<Waiting> for F {
    fn finish(self) -> impl Future<Output = ()> + Send {
        self
    }
}

impl Body<Diverging> for <fn() -> ! as Returns>::Output {
    fn finish(self) -> impl Future<Output = ()> + Send {
        #[allow(unreachable_code, reason = "that is the point of the type")]
        std::future::ready(self)
    }
}
