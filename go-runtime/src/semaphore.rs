//! Go's x/sync `semaphore`: a number of units that goroutines take some of.
//!
//! # Invariants
//! 1. Who waits is served in the order of the tickets: nobody takes units past the first in the line, however few it wants. So
//!    one that wants many is not starved by those that want few.
//! 2. Units are given by whoever frees them, under the lock: one that is gone from `line` has its units.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::chan::{Chan, Receiver};
use crate::context::{self, Context};
use crate::select::engine;
use crate::select::recv::RecvCase;
use crate::select::storage::cases_of;
use crate::share::Share;
use crate::shim::{Lazy, LazyArc};

/// A semaphore with weights: a number of units, of which each goroutine takes as many as it needs.
///
/// A handle: clones, which [`go!`](crate::go!) makes by itself, are the same semaphore; it may be a `static`.
///
/// # Go
/// `semaphore.Weighted` of golang.org/x/sync.
///
/// # Examples
/// ```
/// use go::{prelude::*, semaphore::Weighted};
///
/// #[go::main]
/// async fn main() {
///     let (ctx, memory) = (context::background(), Weighted::new(10));
///     memory.acquire(&ctx, 7).await.unwrap();
///     assert!(!memory.try_acquire(4));
///     go! {
///         defer! { memory.release(7) }
///         time::sleep(time::MILLISECOND).await;
///     }
///     memory.acquire(&ctx, 4).await.unwrap();
///     memory.release(4);
/// }
/// ```
pub struct Weighted {
    /// The semaphore.
    core: LazyArc<Core>,
}

/// What the handles share.
struct Core {
    /// How many units there are.
    size: i64,
    /// Who has them and who waits.
    state: Mutex<State>,
}

/// Who has units and who waits for some.
struct State {
    /// How many units are taken.
    taken: i64,
    /// The number of the next one that waits.
    next: u64,
    /// Those that wait, in the order in which they came.
    line: BTreeMap<u64, Waiting>,
}

/// One that waits.
struct Waiting {
    /// How many units it wants.
    wants: i64,
    /// Closed when it has them.
    ready: Chan<()>,
}

impl Lazy for Core {
    fn make(config: usize) -> Core {
        let state = State { taken: 0, next: 0, line: BTreeMap::new() };
        Core { size: i64::try_from(config).unwrap_or(i64::MAX), state: Mutex::new(state) }
    }
}

impl Core {
    /// The state.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the free units to those that have waited longest, and wakes them without the lock.
    fn serve(&self, mut state: MutexGuard<'_, State>) {
        let mut served = Vec::new();
        let State { taken, line, .. } = &mut *state;
        while let Some(first) = line.first_entry() {
            if self.size - *taken < first.get().wants {
                break;
            }
            let Waiting { wants, ready } = first.remove();
            *taken += wants;
            served.push(ready);
        }
        drop(state);
        served.iter().for_each(Chan::close);
    }
}

/// A place in the line, or units that the goroutine does not know of yet: given up when this is dropped.
struct Ticket<'a> {
    /// The semaphore.
    core: &'a Core,
    /// The number.
    number: u64,
    /// How many units it stands for.
    wants: i64,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut state = self.core.state();
        if state.line.remove(&self.number).is_none() {
            state.taken -= self.wants;
        }
        // What this one did not get may be enough for the next.
        self.core.serve(state);
    }
}

/// Whether a context is done, by its channel.
fn is_done(done: &Receiver<()>) -> bool {
    matches!(done.try_recv(), Err(crate::TryRecvError::Closed))
}

impl Weighted {
    /// A semaphore with `size` units.
    ///
    /// # Go
    /// `semaphore.NewWeighted(n)`
    #[must_use]
    pub const fn new(size: i64) -> Weighted {
        // A word of the handle's has room for one bit less.
        const MOST: i64 = i64::MAX / 2;
        let size = if size < 0 {
            0
        } else if size > MOST {
            MOST
        } else {
            size
        };
        Weighted { core: LazyArc::new(size as usize) }
    }

    /// The semaphore.
    fn core(&self) -> &Core {
        self.core.get().expect("a semaphore is never nil")
    }

    /// Waits for `n` units until `ctx` is done. Whoever comes first is served first.
    ///
    /// # Errors
    /// The context's, if it is done before the units are there; then nothing is taken. Who asks for more units than there
    /// are waits until then, and stands in nobody's way.
    ///
    /// # Go
    /// `s.Acquire(ctx, n)`
    ///
    /// # Cancel safety
    /// An `acquire` that is dropped has taken nothing, and its place in the line is gone.
    ///
    /// # Examples
    /// ```
    /// use go::{prelude::*, semaphore::Weighted};
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let (ctx, cancel) = context::with_cancel(&context::background());
    ///     let s = Weighted::new(1);
    ///     s.acquire(&ctx, 1).await.unwrap();
    ///     go! { cancel(); }
    ///     assert_eq!(s.acquire(&ctx, 1).await, Err(context::CANCELED));
    /// }
    /// ```
    #[track_caller]
    pub fn acquire(&self, ctx: &Context, n: i64) -> impl Future<Output = Result<(), context::Error>> + Send {
        let at = Location::caller();
        async move {
            let core = self.core();
            let done = ctx.done();
            // A context that is done comes first, even if there are units.
            let canceled = || Err(ctx.err().unwrap_or(context::CANCELED));
            if is_done(&done) {
                return canceled();
            }
            if n > core.size {
                let mut case = pin!(RecvCase::new(done.core(), &done, at));
                engine::select(cases_of::<1>().case(case.as_mut())).at(at).await;
                return canceled();
            }
            let ready = Chan::new();
            let ticket = {
                let mut state = core.state();
                if core.size - state.taken >= n && state.line.is_empty() {
                    state.taken += n;
                    return Ok(());
                }
                let number = state.next;
                state.next += 1;
                state.line.insert(number, Waiting { wants: n, ready: ready.clone() });
                Ticket { core, number, wants: n }
            };
            {
                let mut has = pin!(RecvCase::new(ready.core(), &ready, at));
                let mut ends = pin!(RecvCase::new(done.core(), &done, at));
                engine::select(cases_of::<2>().case(has.as_mut()).case(ends.as_mut())).at(at).await;
            }
            if is_done(&done) {
                // The ticket gives back what came meanwhile.
                return canceled();
            }
            std::mem::forget(ticket);
            Ok(())
        }
    }

    /// Takes `n` units if they are there and nobody waits for some; whether it took them.
    ///
    /// # Go
    /// `s.TryAcquire(n)`
    ///
    /// # Examples
    /// ```
    /// use go::semaphore::Weighted;
    ///
    /// let s = Weighted::new(3);
    /// assert!(s.try_acquire(2) && !s.try_acquire(2));
    /// s.release(1);
    /// assert!(s.try_acquire(2));
    /// ```
    #[must_use = "without the units the work must not be done"]
    pub fn try_acquire(&self, n: i64) -> bool {
        let core = self.core();
        let mut state = core.state();
        let is_free = core.size - state.taken >= n && state.line.is_empty();
        if is_free {
            state.taken += n;
        }
        is_free
    }

    /// Gives `n` units back.
    ///
    /// # Go
    /// `s.Release(n)`
    ///
    /// # Panics
    /// With Go's `semaphore: released more than held`.
    #[track_caller]
    pub fn release(&self, n: i64) {
        let core = self.core();
        let mut state = core.state();
        state.taken -= n;
        if state.taken < 0 {
            drop(state);
            panic!("semaphore: released more than held");
        }
        core.serve(state);
    }
}

impl Clone for Weighted {
    fn clone(&self) -> Weighted {
        Weighted { core: self.core.clone() }
    }
}

impl Share for Weighted {
    fn share(&self) -> Weighted {
        self.clone()
    }
}

impl fmt::Debug for Weighted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let core = self.core();
        let (taken, waiting) = {
            let state = core.state();
            (state.taken, state.line.len())
        };
        let mut shown = f.debug_struct("Weighted");
        shown.field("size", &core.size).field("taken", &taken).field("waiting", &waiting).finish()
    }
}
