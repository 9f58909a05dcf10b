//! Contexts made from others.

use std::sync::Arc;
use std::time::Duration;

use super::cancel_func::CancelFunc;
use super::deadline::{OwnDeadline, waker};
use super::error::{CANCELED, Cause};
use super::handle::Context;
use super::node::{Cancel, Kind, Node, join};
use super::value::Pair;
use crate::rt;
use crate::shim::{ACTIVE, Counted};
use crate::time::{Action, Time, Timers};

/// Cancels a context with a cause: `cancel(error)`.
///
/// The type of the errors is inferred from the calls. To cancel without a cause, as Go's `cancel(nil)`, give it
/// [`CANCELED`].
///
/// # Go
/// `context.CancelCauseFunc`
pub type CancelCauseFunc<E = Cause> = Arc<dyn Fn(E) + Send + Sync>;

/// The handles of a node that can be cancelled below `parent`, and has joined its tree: the context's, and `N` of those
/// that may cancel it.
#[inline]
fn cancelable<const N: usize>(
    parent: &Context,
    own_deadline: Option<OwnDeadline>,
) -> (Counted<Node>, [Counted<Node, ACTIVE>; N]) {
    let (node, active) =
        Counted::new(|| Node { parent: parent.clone(), kind: Kind::Cancel(Cancel::new(own_deadline)) });
    join(&node, node.anchor());
    (node, active)
}

/// A context that is done when `cancel()` is called or `parent` is done.
///
/// # Go
/// `context.WithCancel(parent)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let (ctx, cancel) = context::with_cancel(&context::background());
///     go! { cancel(); }
///     chan!(<-ctx.done());
///     assert_eq!(ctx.err(), Some(context::CANCELED));
/// }
/// ```
#[must_use = "the context is never done unless it is cancelled"]
pub fn with_cancel(parent: &Context) -> (Context, CancelFunc) {
    let (node, [handle]) = cancelable(parent, None);
    (Context::from_node(node), CancelFunc::new(handle))
}

/// As [`with_cancel`], with a reason: `cancel(error)`, which [`cause`](super::cause) tells.
///
/// # Go
/// `context.WithCancelCause(parent)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let (ctx, cancel) = context::with_cancel_cause(&context::background());
/// cancel(errors::new("lost the connection"));
/// assert_eq!(ctx.err(), Some(context::CANCELED));
/// assert_eq!(context::cause(&ctx).unwrap().to_string(), "lost the connection");
/// ```
#[must_use = "the context is never done unless it is cancelled"]
pub fn with_cancel_cause<E: Into<Cause>>(parent: &Context) -> (Context, CancelCauseFunc<E>) {
    let (node, [handle]) = cancelable(parent, None);
    (Context::from_node(node), Arc::new(move |cause: E| handle.cancel(&CANCELED, Some(cause.into()))))
}

/// A context that is done at `deadline`, or when `cancel()` is called or `parent` is done. A deadline of `parent` that
/// comes earlier stays.
///
/// Until then it holds a timer; call `cancel()` as soon as nobody needs the context.
///
/// # Go
/// `context.WithDeadline(parent, d)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let past = time::date(2022, 2, 10, 8, 0, 0, 0, time::LOCAL);
/// let (ctx, _cancel) = context::with_deadline(&context::background(), past);
/// assert_eq!(ctx.err(), Some(context::DEADLINE_EXCEEDED));
/// assert_eq!(ctx.deadline(), Some(past));
/// ```
#[must_use = "a timer waits for the deadline unless the context is cancelled"]
pub fn with_deadline(parent: &Context, deadline: Time) -> (Context, CancelFunc) {
    at(parent, deadline, None)
}

/// As [`with_deadline`]; `cause` is what [`cause`](super::cause) tells when the deadline has passed.
///
/// # Go
/// `context.WithDeadlineCause(parent, d, cause)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let past = time::date(2022, 2, 10, 8, 0, 0, 0, time::LOCAL);
/// let (ctx, _cancel) = context::with_deadline_cause(&context::background(), past, errors::new("too slow"));
/// assert_eq!(context::cause(&ctx).unwrap().to_string(), "too slow");
/// ```
#[must_use = "a timer waits for the deadline unless the context is cancelled"]
pub fn with_deadline_cause(parent: &Context, deadline: Time, cause: impl Into<Cause>) -> (Context, CancelFunc) {
    at(parent, deadline, Some(cause.into()))
}

/// A context that is done in `timeout`: [`with_deadline`] from now.
///
/// # Go
/// `context.WithTimeout(parent, timeout)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let (ctx, cancel) = context::with_timeout(&context::background(), time::MILLISECOND);
///     defer! { cancel() }
///     chan!(<-ctx.done());
///     assert_eq!(ctx.err(), Some(context::DEADLINE_EXCEEDED));
/// }
/// ```
#[must_use = "a timer waits for the deadline unless the context is cancelled"]
pub fn with_timeout(parent: &Context, timeout: Duration) -> (Context, CancelFunc) {
    within(parent, timeout, None)
}

/// As [`with_timeout`]; `cause` is what [`cause`](super::cause) tells when the time is up.
///
/// # Go
/// `context.WithTimeoutCause(parent, timeout, cause)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let soon = 0 * time::SECOND;
/// let (ctx, _cancel) = context::with_timeout_cause(&context::background(), soon, errors::new("no time at all"));
/// assert_eq!(ctx.err(), Some(context::DEADLINE_EXCEEDED));
/// assert_eq!(context::cause(&ctx).unwrap().to_string(), "no time at all");
/// ```
#[must_use = "a timer waits for the deadline unless the context is cancelled"]
pub fn with_timeout_cause(parent: &Context, timeout: Duration, cause: impl Into<Cause>) -> (Context, CancelFunc) {
    within(parent, timeout, Some(cause.into()))
}

/// A context with a deadline.
fn at(parent: &Context, deadline: Time, cause: Option<Cause>) -> (Context, CancelFunc) {
    let timers = rt::timers();
    until(parent, timers, &timers.now(), deadline, cause)
}

/// A context with a timeout.
fn within(parent: &Context, timeout: Duration, cause: Option<Cause>) -> (Context, CancelFunc) {
    let timers = rt::timers();
    timers.get_ready();
    let now = timers.now();
    until(parent, timers, &now, now + timeout, cause)
}

/// A context with a deadline.
fn until(
    parent: &Context,
    timers: &'static Timers,
    now: &Time,
    deadline: Time,
    cause: Option<Cause>,
) -> (Context, CancelFunc) {
    if parent.deadline().is_some_and(|earlier| earlier.before(deadline)) {
        // The deadline of above comes first, so that there is nothing to add.
        return with_cancel(parent);
    }
    let (node, [handle, timer]) = cancelable(parent, Some(OwnDeadline { time: deadline, cause }));
    let left = deadline.nanos_since(now);
    if left <= 0 {
        node.deadline_has_passed();
    } else if let Some(cancel) = node.cancelable().filter(|cancel| cancel.error().is_none()) {
        let when = now.monotonic().saturating_add(u64::try_from(left).unwrap_or(u64::MAX));
        let key = timers.add(when, Action::Wake(Some(waker(timer))));
        cancel.set_timer(timers, key);
    }
    (Context::from_node(node), CancelFunc::new(handle))
}

/// A context that carries `value` under `key`, and is otherwise as `parent`.
///
/// Use a type of your own for the key, so that nobody else's is equal.
///
/// # Go
/// `context.WithValue(parent, key, value)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[derive(PartialEq, Eq)]
/// enum Key {
///     Trace,
///     User,
/// }
///
/// let ctx = context::with_value(&context::background(), Key::Trace, 42u64);
/// let ctx = context::with_value(&ctx, Key::User, "ann".to_owned());
/// assert_eq!(ctx.value::<u64>(&Key::Trace), Some(&42));
/// assert_eq!(ctx.value::<String>(&Key::User).unwrap(), "ann");
/// ```
#[must_use]
pub fn with_value<K, V>(parent: &Context, key: K, value: V) -> Context
where
    K: Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    let kind = Kind::Value { entry: Box::new(Pair { key, value }), canceler: parent.canceler_node().cloned() };
    let (node, []) = Counted::new(|| Node { parent: parent.clone(), kind });
    Context::from_node(node)
}

/// A context with the values of `parent` that is never done and has no deadline.
///
/// # Go
/// `context.WithoutCancel(parent)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// let (ctx, cancel) = context::with_cancel(&context::background());
/// let log = context::without_cancel(&ctx);
/// cancel();
/// assert!(log.err().is_none() && log.done().is_nil());
/// ```
#[must_use]
pub fn without_cancel(parent: &Context) -> Context {
    let (node, []) = Counted::new(|| Node { parent: parent.clone(), kind: Kind::WithoutCancel });
    Context::from_node(node)
}
