//! The function that cancels a context.

use std::fmt;
use std::ops::Deref;
use std::ptr;
use std::sync::Arc;

use super::error::CANCELED;
use super::node::Node;
use crate::share::Share;
use crate::shim::{ACTIVE, Counted};

/// Cancels a context: `cancel()`. When it returns, the context and everything derived from it is done.
///
/// Any goroutine may call it, and more than once. Dropping it does nothing. A handle: clones, which
/// [`go!`](crate::go!) makes by itself, cancel the same context. Any function can be made one with `from`.
///
/// # Go
/// `context.CancelFunc`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let (ctx, cancel) = context::with_cancel(&context::background());
/// let both = context::CancelFunc::from(move || {
///     println!("stopping");
///     cancel();
/// });
/// both();
/// assert_eq!(ctx.err(), Some(context::CANCELED));
/// ```
#[derive(Clone)]
pub struct CancelFunc {
    /// What it does.
    inner: Inner,
}

/// What a [`CancelFunc`] does.
#[derive(Clone)]
enum Inner {
    /// Cancels a context: the context's own memory is the function.
    Node(Counted<Node, ACTIVE>),
    /// Something else.
    Func(Arc<dyn Fn() + Send + Sync>),
}

impl CancelFunc {
    /// The function that cancels `node`.
    #[inline]
    pub(super) fn new(node: Counted<Node, ACTIVE>) -> CancelFunc {
        CancelFunc { inner: Inner::Node(node) }
    }
}

/// `node` as the function that cancels it.
#[inline]
fn as_function(node: &Node) -> &(dyn Fn() + Send + Sync + 'static) {
    /// `node` as what `closure` would make of it.
    #[inline]
    fn cast<F: Fn() + Send + Sync>(node: &Node, _closure: impl FnOnce(Node) -> F) -> &F {
        const { assert!(size_of::<F>() == size_of::<Node>() && align_of::<F>() == align_of::<Node>()) }
        // SAFETY: `F` is a closure that captures one `Node` by value; since it is as large as that, it is nothing else.
        unsafe { &*ptr::from_ref(node).cast::<F>() }
    }
    cast(node, |node| move || node.cancel(&CANCELED, None))
}

impl Deref for CancelFunc {
    type Target = dyn Fn() + Send + Sync;

    #[inline]
    fn deref(&self) -> &(dyn Fn() + Send + Sync + 'static) {
        match &self.inner {
            Inner::Node(node) => as_function(node),
            Inner::Func(function) => &**function,
        }
    }
}

impl<F: Fn() + Send + Sync + 'static> From<F> for CancelFunc {
    fn from(function: F) -> CancelFunc {
        CancelFunc { inner: Inner::Func(Arc::new(function)) }
    }
}

impl Share for CancelFunc {
    fn share(&self) -> CancelFunc {
        self.clone()
    }
}

impl fmt::Debug for CancelFunc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CancelFunc { .. }")
    }
}
