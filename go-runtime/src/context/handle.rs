//! The handle of a context.

use std::fmt;
use std::mem;

use super::error::{Cause, Error};
use super::node::{Cancel, Kind, Node};
use crate::chan::{Chan, Receiver};
use crate::share::Share;
use crate::shim::Counted;
use crate::time::{Signed, Time, now};

/// Carries a deadline, a cancellation and values through a program, from a call to the calls it makes.
///
/// A handle: clones, which [`go!`](crate::go!) makes by itself, are the same context. Its `Display` is Go's:
/// `context.Background.WithCancel`.
///
/// # Go
/// `context.Context`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// async fn work(ctx: &Context) -> &'static str {
///     select! {
///         case <-ctx.done(): "told to stop"
///         case <-time::after(time::HOUR): "done"
///     }
/// }
///
/// #[go::main]
/// async fn main() {
///     let (ctx, cancel) = context::with_timeout(&context::background(), time::MILLISECOND);
///     defer! { cancel() }
///     assert_eq!(work(&ctx).await, "told to stop");
/// }
/// ```
#[derive(Clone, Default)]
pub struct Context {
    /// Which it is.
    inner: Inner,
}

/// What a context may be.
#[derive(Clone, Default)]
pub(super) enum Inner {
    /// The root.
    #[default]
    Background,
    /// The root where it is not clear yet which context to use.
    Todo,
    /// One derived from another.
    Node(Counted<Node>),
}

/// The root of all contexts: never done, without a deadline and without values.
///
/// # Go
/// `context.Background()`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let ctx = context::background();
/// assert!(ctx.done().is_nil() && ctx.err().is_none());
/// assert_eq!(ctx.to_string(), "context.Background");
/// ```
#[must_use]
pub const fn background() -> Context {
    Context { inner: Inner::Background }
}

/// As [`background`], where it is not clear yet which context to use.
///
/// # Go
/// `context.TODO()`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// assert_eq!(context::todo().to_string(), "context.TODO");
/// ```
#[must_use]
pub const fn todo() -> Context {
    Context { inner: Inner::Todo }
}

/// What is behind `ctx.err()`: the error given to the function of
/// [`with_cancel_cause`](super::with_cancel_cause) and its kin, otherwise the error itself; `None` while it is not done.
///
/// # Go
/// `context.Cause(ctx)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let (ctx, cancel) = context::with_cancel(&context::background());
/// assert!(context::cause(&ctx).is_none());
/// cancel();
/// assert_eq!(context::cause(&ctx).unwrap(), context::CANCELED);
/// ```
#[must_use]
pub fn cause(ctx: &Context) -> Option<Cause> {
    ctx.canceler()?.cause()
}

impl Context {
    /// The context of `node`.
    #[inline]
    pub(super) fn from_node(node: Counted<Node>) -> Context {
        Context { inner: Inner::Node(node) }
    }

    /// What it is.
    #[inline]
    pub(super) fn into_inner(mut self) -> Inner {
        mem::take(&mut self.inner)
    }

    /// The nearest node, this or above, that can be cancelled.
    #[inline]
    pub(super) fn canceler_node(&self) -> Option<&Counted<Node>> {
        let Inner::Node(node) = &self.inner else { return None };
        match &node.kind {
            Kind::Cancel(_) => Some(node),
            Kind::Value { canceler, .. } => canceler.as_ref(),
            Kind::WithoutCancel => None,
        }
    }

    /// The cancellable part of that node.
    #[inline]
    pub(super) fn canceler(&self) -> Option<&Cancel> {
        self.canceler_node().and_then(|node| node.cancelable())
    }

    /// The channel that is closed when the context is done: the same each time. The nil channel for a context that is
    /// never done.
    ///
    /// # Go
    /// `ctx.Done()`
    #[must_use]
    #[inline(always)]
    pub fn done(&self) -> Receiver<()> {
        self.canceler().map_or_else(Receiver::default, |cancel| {
            let done = match cancel.done() {
                Some(done) => done,
                None => self.first_done(cancel),
            };
            done.receiver_again()
        })
    }

    /// The channel when nobody has asked for it yet.
    #[cold]
    fn first_done<'a>(&'a self, cancel: &'a Cancel) -> &'a Chan<()> {
        /// The channel of a context that is never done; this one can be.
        static NEVER: Chan<()> = Chan::nil();
        self.canceler_node().map_or(&NEVER, |node| cancel.make_done(node))
    }

    /// The deadline that was given to this very context ends nothing any more; it is still told.
    #[cfg(feature = "http")]
    pub(crate) fn defuse(&self) {
        if let Some(cancel) = self.canceler() {
            cancel.defuse();
        }
    }

    /// Why the context is done; `None` while it is not.
    ///
    /// # Go
    /// `ctx.Err()`
    #[must_use]
    #[inline]
    pub fn err(&self) -> Option<Error> {
        self.canceler()?.error()
    }

    /// The time after which the context is done, if there is one.
    ///
    /// # Go
    /// `ctx.Deadline()`
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        let mut at = self.canceler_node();
        while let Some(node) = at {
            // The nearest is the earliest: a later one than that of above is not a node's own.
            if let Some(own) = node.cancelable().and_then(|cancel| cancel.own_deadline.as_ref()) {
                return Some(own.time);
            }
            at = node.parent.canceler_node();
        }
        None
    }

    /// The value that [`with_value`](super::with_value) gave to `key`; of several the nearest. `None` if there is none,
    /// or if it is of another type than `V`.
    ///
    /// Keys are equal if they have the same type and compare equal.
    ///
    /// # Go
    /// `ctx.Value(key).(V)`
    ///
    /// # Examples
    /// ```
    /// use go::prelude::*;
    ///
    /// #[derive(PartialEq, Eq)]
    /// struct UserKey;
    ///
    /// let ctx = context::with_value(&context::background(), UserKey, "ann");
    /// assert_eq!(ctx.value::<&str>(&UserKey), Some(&"ann"));
    /// assert_eq!(ctx.value::<i32>(&UserKey), None);
    /// ```
    #[must_use]
    pub fn value<V: 'static>(&self, key: &(impl Eq + 'static)) -> Option<&V> {
        let mut at = self;
        while let Inner::Node(node) = &at.inner {
            if let Kind::Value { entry, .. } = &node.kind
                && let Some(value) = entry.get(key)
            {
                return value.downcast_ref();
            }
            at = &node.parent;
        }
        None
    }
}

impl PartialEq for Context {
    /// Whether both are the same context.
    fn eq(&self, other: &Context) -> bool {
        match (&self.inner, &other.inner) {
            (Inner::Background, Inner::Background) | (Inner::Todo, Inner::Todo) => true,
            (Inner::Node(one), Inner::Node(two)) => one.is_same(two),
            _ => false,
        }
    }
}

impl Eq for Context {}

impl Share for Context {
    fn share(&self) -> Context {
        self.clone()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut nodes, mut at) = (Vec::new(), self);
        while let Inner::Node(node) = &at.inner {
            nodes.push(node);
            at = &node.parent;
        }
        f.write_str(if matches!(at.inner, Inner::Todo) { "context.TODO" } else { "context.Background" })?;
        for node in nodes.into_iter().rev() {
            match &node.kind {
                Kind::Cancel(Cancel { own_deadline: Some(own), .. }) => {
                    let left = Signed(own.time.nanos_since(&now()));
                    write!(f, ".WithDeadline({} [{left}])", own.time)?;
                }
                Kind::Cancel(_) => f.write_str(".WithCancel")?,
                Kind::Value { entry, .. } => {
                    write!(f, ".WithValue({}, {})", entry.key_text(), entry.value_text())?;
                }
                Kind::WithoutCancel => f.write_str(".WithoutCancel")?,
            }
        }
        Ok(())
    }
}
