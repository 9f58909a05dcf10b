//! What a goroutine takes along: handles are shared, `Copy` values copied, anything else is an error.

use crate::share::Share;

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

/// `Copy`, with an error of ours: a closure is tried as one before it is known whether it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not shared with a goroutine by itself",
    label = "this is neither a handle (`Chan`, `Context`, `WaitGroup`, `Arc<..>`) nor `Copy`",
    note = "to hand it over, write `move` and its name: `go!(move name {{ .. }})` or `go!(f(move name))`; in `golang!`, `go move name {{ .. }}`"
)]
pub trait Copied: Copy {}

#[diagnostic::do_not_recommend]
impl<T: Copy> Copied for T {}

/// `Copy` values are copied.
pub trait CaptureCopy {
    /// The variable's type.
    type Value;
    /// The goroutine's own copy.
    fn __go_capture(&self) -> Self::Value;
}

impl<T: Copied> CaptureCopy for &Capture<'_, T> {
    type Value = T;
    fn __go_capture(&self) -> T {
        *self.0
    }
}

/// What a goroutine can share without being told.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not shared with a goroutine by itself",
    label = "this is neither a handle (`Chan`, `Context`, `WaitGroup`, `Arc<..>`) nor `Copy`",
    note = "to hand it over, write `move` and its name: `go!(move name {{ .. }})` or `go!(f(move name))`; in `golang!`, `go move name {{ .. }}`",
    note = "to share it, put it behind a handle: a channel, an atomic or a `sync::Mutex` in an `Arc`"
)]
pub trait Shared {}

/// Anything else is an error that names the way out.
pub trait CaptureOther {
    /// The variable's type.
    type Value;
    /// Never called: the bound is not met.
    fn __go_capture(&self) -> Self::Value
    where
        Self::Value: Shared,
    {
        unreachable!("the variable is not shared")
    }
}

impl<T> CaptureOther for Capture<'_, T> {
    type Value = T;
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
        Self::Value: Shared,
    {
        unreachable!("the callee is not shared")
    }
}

impl<T> CalleeOther for Callee<'_, T> {
    type Value = T;
}
