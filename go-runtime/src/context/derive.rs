//! Contexts made from others.

use std::sync::Arc;
use std::time::Duration;

use super::error::{CANCELED, Cause, DEADLINE_EXCEEDED};
use super::handle::Context;
use super::node::{Cancel, Kind, Node, OwnDeadline};
use super::value::Pair;
use crate::rt;
use crate::time::{Action, Time, now};

/// Cancels a context: `cancel()`. When it returns, the context and everything derived from it is done.
///
/// Any goroutine may call it, and more than once. Dropping it does nothing.
///
/// # Go
/// `context.CancelFunc`
pub type CancelFunc = Arc<dyn Fn() + Send + Sync>;

/// Cancels a context with a cause: `cancel(error)`.
///
/// The type of the errors is inferred from the calls. To cancel without a cause, as Go's `cancel(nil)`, give it
/// [`CANCELED`].
///
/// # Go
/// `context.CancelCauseFunc`
pub type CancelCauseFunc<E = Cause> = Arc<dyn Fn(E) + Send + Sync>;

/// A node that can be cancelled below `parent`, and joins its tree.
fn cancelable(parent: &Context, deadline: Option<Time>, own_deadline: Option<OwnDeadline>) -> Arc<Node> {
    let node = Arc::new(Node { parent: parent.clone(), kind: Kind::Cancel(Cancel::new(deadline, own_deadline)) });
    node.join();
    node
}

/// The function that cancels `node`.
fn cancel_func(node: &Arc<Node>) -> CancelFunc {
    let node = Arc::clone(node);
    Arc::new(move || node.cancel(&CANCELED, None))
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
    let node = cancelable(parent, parent.deadline(), None);
    let cancel = cancel_func(&node);
    (Context::from_node(node), cancel)
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
    let node = cancelable(parent, parent.deadline(), None);
    let ctx = Context::from_node(Arc::clone(&node));
    (ctx, Arc::new(move |cause: E| node.cancel(&CANCELED, Some(cause.into()))))
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
    until(parent, deadline, None)
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
    until(parent, deadline, Some(cause.into()))
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
    until(parent, now() + timeout, None)
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
    until(parent, now() + timeout, Some(cause.into()))
}

/// A context with a deadline.
fn until(parent: &Context, deadline: Time, cause: Option<Cause>) -> (Context, CancelFunc) {
    if parent.deadline().is_some_and(|earlier| earlier.before(deadline)) {
        // The deadline of above comes first, so that there is nothing to add.
        return with_cancel(parent);
    }
    let node = cancelable(parent, Some(deadline), Some(OwnDeadline { cause: cause.clone() }));
    let timers = rt::timers();
    let left = deadline.nanos_since(&timers.now());
    if left <= 0 {
        node.cancel(&DEADLINE_EXCEEDED, cause);
    } else if let Some(cancel) = node.cancelable().filter(|cancel| cancel.error().is_none()) {
        let when = timers.deadline(Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX)));
        let key = timers.add(when, Action::Call(Arc::clone(&node) as _));
        cancel.set_timer(timers, key);
    }
    let cancel = cancel_func(&node);
    (Context::from_node(node), cancel)
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
    Context::from_node(Arc::new(Node { parent: parent.clone(), kind }))
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
    Context::from_node(Arc::new(Node { parent: parent.clone(), kind: Kind::WithoutCancel }))
}
