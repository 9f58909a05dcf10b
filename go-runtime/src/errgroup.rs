//! Go's x/sync `errgroup`: goroutines that work on one task together, and the first error of them.
//!
//! # Invariants
//! A goroutine of a group with a limit holds one of its places from before it starts until it has ended; so the number of
//! places that are taken is at most the limit, and the limit changes only while none is taken.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

use crate::context::{self, CANCELED, CancelCauseFunc, Cause, Context};
use crate::func::{Catch, Caught, rethrow};
use crate::goroutine::WaitReason;
use crate::rt::Spawner;
use crate::share::Share;
use crate::shim::{Lazy, LazyArc};
use crate::sync::WaitGroup;
use crate::waiter::{Inside, Monitor, WaitOp};

/// The error of a group: any error, shared by those who ask for it.
///
/// `?` makes one of every error, and so does `into()`. It derefs to `dyn Error`: `errors::is(&*error, &..)`.
///
/// # Go
/// The `error` that a group's functions return.
pub type Error = Cause;

/// Goroutines that work on one task together.
///
/// A handle: clones, which [`go!`](crate::go!) makes by itself, are the same group; it may be a `static`. A group that was
/// made by [`with_context`] cancels its context when one of its goroutines fails; a plain one lets the others go on.
///
/// # Go
/// `errgroup.Group` of golang.org/x/sync. As there, a goroutine of a group that panics ends the process before
/// [`wait`](Group::wait) returns.
///
/// # Examples
/// ```
/// use go::{errgroup, prelude::*};
///
/// #[go::main]
/// async fn main() {
///     let g = errgroup::Group::new();
///     for text in ["1", "2", "three"] {
///         g.go(async move {
///             let n: i32 = text.parse()?;
///             println!("{n}");
///             Ok(())
///         })
///         .await;
///     }
///     assert_eq!(g.wait().await.unwrap_err().to_string(), "invalid digit found in string");
/// }
/// ```
pub struct Group {
    /// The group.
    core: LazyArc<Core>,
}

/// What the handles share.
struct Core {
    /// The goroutines.
    members: WaitGroup,
    /// Cancels the group's context, if it has one.
    cancel: Option<CancelCauseFunc<Error>>,
    /// The first error.
    error: OnceLock<Error>,
    /// How many goroutines there may be, and those that wait to start one.
    places: Monitor<Places>,
}

/// How many goroutines there may be.
struct Places {
    /// At most so many; as many as there are asked for if this is `None`.
    limit: Option<usize>,
    /// How many there are of those that were started under a limit.
    taken: usize,
    /// How many were let in without a place and have not started yet.
    without: usize,
}

impl Lazy for Core {
    fn make(_config: usize) -> Core {
        Core::new(None)
    }
}

/// A goroutine's place in a group with a limit, given back when this is dropped.
struct Place {
    /// The group.
    group: Group,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.group.core().places.with(leave);
    }
}

/// Takes a place if one is free.
fn enter(places: &mut Inside<'_, Places>) -> bool {
    let Some(limit) = places.limit else {
        places.without += 1;
        return true;
    };
    let is_free = places.taken < limit;
    places.taken += usize::from(is_free);
    is_free
}

/// Gives a place to the one that has waited longest, or back.
fn leave(places: &mut Inside<'_, Places>) {
    if !places.grant_first() {
        places.taken -= 1;
    }
}

impl Core {
    /// A group without goroutines and without a limit.
    fn new(cancel: Option<CancelCauseFunc<Error>>) -> Core {
        Core {
            members: WaitGroup::new(),
            cancel,
            error: OnceLock::new(),
            places: Monitor::new(Places { limit: None, taken: 0, without: 0 }),
        }
    }

    /// One of the goroutines has ended with this error.
    fn fail(&self, error: Error) {
        if self.error.set(error.clone()).is_ok()
            && let Some(cancel) = &self.cancel
        {
            cancel(error);
        }
    }
}

/// A group and a context for it, which is done as soon as one of the group's goroutines returns an error, and at the latest
/// when [`wait`](Group::wait) returns. The error is the context's [`cause`](context::cause).
///
/// # Go
/// `errgroup.WithContext(ctx)`
///
/// # Examples
/// ```
/// use go::{errgroup, prelude::*};
///
/// #[go::main]
/// async fn main() {
///     let (g, ctx) = errgroup::with_context(&context::background());
///     g.go(async { Err(errors::new("out of paper").into()) }).await;
///     g.go(async move {
///         chan!(<-ctx.done());
///         assert_eq!(context::cause(&ctx).unwrap().to_string(), "out of paper");
///         Err(ctx.err().unwrap().into())
///     })
///     .await;
///     assert_eq!(g.wait().await.unwrap_err().to_string(), "out of paper");
/// }
/// ```
#[must_use]
pub fn with_context(ctx: &Context) -> (Group, Context) {
    let (ctx, cancel) = context::with_cancel_cause::<Error>(ctx);
    (Group { core: LazyArc::from_arc(Arc::new(Core::new(Some(cancel)))) }, ctx)
}

impl Group {
    /// A group without a context and without a limit.
    #[must_use]
    pub const fn new() -> Group {
        Group { core: LazyArc::new(0) }
    }

    /// The group.
    fn core(&self) -> &Core {
        self.core.get().expect("a group is never nil")
    }

    /// Starts `future` as a goroutine of the group. If the group has a limit, this waits until one may start.
    ///
    /// The first error that one of the goroutines returns is the group's.
    ///
    /// # Go
    /// `g.Go(f)`
    ///
    /// # Cancel safety
    /// If the call is dropped while it waits, nothing is started and nobody's place is lost.
    ///
    /// # Examples
    /// ```
    /// use go::{errgroup, prelude::*};
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let (g, squares) = (errgroup::Group::new(), chan!(i32, 3));
    ///     for n in 1..=3 {
    ///         let squares = squares.clone();
    ///         g.go(async move {
    ///             squares.send(n * n).await;
    ///             Ok(())
    ///         })
    ///         .await;
    ///     }
    ///     assert!(g.wait().await.is_ok());
    ///     assert_eq!(squares.len(), 3);
    /// }
    /// ```
    #[track_caller]
    pub fn go<F>(&self, future: F) -> impl Future<Output = ()> + Send
    where
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let at = Location::caller();
        let op = WaitOp { reason: WaitReason::ChanSend, place: at, tag: 0, front: false, attempt: enter, undo: leave };
        let wait = self.core().places.wait(op);
        async move {
            wait.await;
            self.start(future, at);
        }
    }

    /// Starts `future` as a goroutine of the group unless the limit forbids it; whether it was started.
    ///
    /// # Go
    /// `g.TryGo(f)`
    ///
    /// # Examples
    /// ```
    /// use go::{errgroup, prelude::*};
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let g = errgroup::Group::new();
    ///     g.set_limit(1);
    ///     let gate = chan!(bool);
    ///     let inside = gate.clone();
    ///     assert!(g.try_go(async move {
    ///         inside.recv().await;
    ///         Ok(())
    ///     }));
    ///     assert!(!g.try_go(async { Ok(()) }));
    ///     gate.close();
    ///     assert!(g.wait().await.is_ok());
    /// }
    /// ```
    #[track_caller]
    #[must_use = "the future is dropped if this is false"]
    pub fn try_go<F>(&self, future: F) -> bool
    where
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let may = self.core().places.with(enter);
        if may {
            self.start(future, Location::caller());
        }
        may
    }

    /// Starts a goroutine, whose place is taken already.
    fn start<F>(&self, future: F, at: &'static Location<'static>)
    where
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let group = self.clone();
        // If a limit came between, another one that starts may take this for its own: their numbers are right.
        let has_place = self.core().places.with(|places| {
            let has_place = places.without == 0;
            places.without -= usize::from(!has_place);
            has_place
        });
        let place = has_place.then(|| Place { group: self.clone() });
        self.core().members.add(1);
        Spawner::current().spawn("errgroup.(*Group).Go.func1", at, async move {
            let core = group.core();
            match Catch::new(future).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => core.fail(error),
                Err(Caught::Exit(payload)) => {
                    drop(place);
                    core.members.done();
                    rethrow(Caught::Exit(payload))
                }
                // The process ends, and nobody is to go on before.
                Err(panic) => {
                    std::mem::forget(place);
                    rethrow(panic)
                }
            }
            drop(place);
            core.members.done();
        });
    }

    /// Waits until all goroutines of the group have ended, and cancels the group's context: the first error that one of
    /// them returned.
    ///
    /// # Go
    /// `g.Wait()`
    ///
    /// # Cancel safety
    /// A wait that is dropped is as if it had not been.
    #[track_caller]
    pub fn wait(&self) -> impl Future<Output = Result<(), Error>> + Send {
        let core = self.core();
        let members = core.members.wait();
        async move {
            members.await;
            let error = core.error.get();
            if let Some(cancel) = &core.cancel {
                cancel(error.cloned().unwrap_or_else(|| CANCELED.into()));
            }
            error.map_or(Ok(()), |error| Err(error.clone()))
        }
    }

    /// Lets at most `limit` goroutines of the group be there at the same time; a negative number means any number, and
    /// with zero none can start.
    ///
    /// # Go
    /// `g.SetLimit(n)`
    ///
    /// # Panics
    /// With Go's `errgroup: modify limit while 2 goroutines in the group are still active`.
    #[track_caller]
    pub fn set_limit(&self, limit: i64) {
        let active = self.core().places.with(|places| {
            if places.taken > 0 {
                return places.taken;
            }
            places.limit = usize::try_from(limit).ok();
            // Those that waited for a limit that was zero.
            while places.has_waiting() && enter(places) {
                places.grant_first();
            }
            0
        });
        if active > 0 {
            panic!("errgroup: modify limit while {active} goroutines in the group are still active");
        }
    }
}

impl Clone for Group {
    fn clone(&self) -> Group {
        Group { core: self.core.clone() }
    }
}

impl Share for Group {
    fn share(&self) -> Group {
        self.clone()
    }
}

impl Default for Group {
    fn default() -> Group {
        Group::new()
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let core = self.core();
        let limit = core.places.with(|places| places.limit);
        f.debug_struct("Group")
            .field("members", &core.members)
            .field("limit", &limit)
            .field("error", &core.error.get())
            .finish()
    }
}
