//! What a goroutine may share without being told.

use std::sync::{Arc, Weak};

/// A handle: a value whose clone means *the same thing*, so that [`go!`](crate::go!) may clone it without being told.
///
/// Channels, contexts, wait groups and the other handles of this crate, and [`Arc`], are handles. A `Vec` or a
/// `String` is not: its clone is another value, so a goroutine that wants it says `move`.
///
/// # Go
/// A Go closure shares every variable; two goroutines that change one of them race. Here what is shared is named by its
/// type, and a race does not compile.
///
/// # Examples
/// ```
/// use std::sync::Arc;
///
/// #[derive(Clone)]
/// struct Pool {
///     jobs: Arc<Vec<u32>>,
/// }
///
/// impl go::Share for Pool {
///     fn share(&self) -> Pool {
///         self.clone()
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not shared with a goroutine by itself",
    label = "this variable is neither a handle (`Chan`, `Context`, `WaitGroup`, `Arc<..>`) nor `Copy`",
    note = "to hand it over, write `move` and its name: `go!(move name {{ .. }})` or `go!(f(move name))`; in `golang!`, `go move name {{ .. }}`",
    note = "to share it, put it behind a handle: a channel, an atomic or a `sync::Mutex` in an `Arc`"
)]
pub trait Share {
    /// Another handle of the same thing.
    #[must_use]
    fn share(&self) -> Self;
}

impl<T: ?Sized> Share for Arc<T> {
    fn share(&self) -> Arc<T> {
        Arc::clone(self)
    }
}

impl<T: ?Sized> Share for Weak<T> {
    fn share(&self) -> Weak<T> {
        Weak::clone(self)
    }
}

impl<T: Share> Share for Option<T> {
    fn share(&self) -> Option<T> {
        self.as_ref().map(T::share)
    }
}

impl<T: Share, const N: usize> Share for [T; N] {
    fn share(&self) -> [T; N] {
        std::array::from_fn(|i| self[i].share())
    }
}
