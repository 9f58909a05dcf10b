//! `Timer`, `Ticker` and the functions that make channels of them.

use std::fmt;
use std::panic::Location;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use super::Time;
use super::heap::Key;
use super::timers::{Action, Call, Timers};
use crate::body::Body;
use crate::chan::{Chan, Receiver};
use crate::goroutine::Creator;
use crate::rt::{self, Spawner};
use crate::share::Share;

/// A channel that receives the time in `duration`.
///
/// The channel is a timer's: its `len` and `cap` are 0. When nobody has it any more, the timer goes.
///
/// # Go
/// `time.After(d)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let start = time::now();
///     let fired = time::after(time::MILLISECOND).recv().await.unwrap();
///     assert!(fired.sub(start) >= time::MILLISECOND);
/// }
/// ```
pub fn after(duration: Duration) -> Receiver<Time> {
    let timers = rt::timers();
    let channel = Chan::timer();
    timers.tick(timers.deadline(duration), &channel, 0);
    channel.into()
}

/// A channel that receives the time every `duration`; the nil channel for a duration of zero.
///
/// A receiver that is slow finds one tick; those after it are dropped and the rhythm goes on.
///
/// # Go
/// `time.Tick(d)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let ticks = time::tick(time::MILLISECOND);
///     for _ in 0..3 {
///         assert!(ticks.recv().await.is_some());
///     }
///     assert!(time::tick(0 * time::SECOND).is_nil());
/// }
/// ```
pub fn tick(duration: Duration) -> Receiver<Time> {
    if duration.is_zero() {
        return Receiver::default();
    }
    let timers = rt::timers();
    let channel = Chan::timer();
    timers.tick(timers.deadline(duration), &channel, nanos(duration));
    channel.into()
}

/// Runs `f` in a goroutine of its own in `duration`, unless the timer is stopped before. Its `c` is the nil channel.
///
/// `f` returns nothing or a future: `|| { .. }` and `|| async move { .. }` both work. It is cloned for each run, since
/// [`Timer::reset`] may run it again; a closure over handles is `Clone`. The goroutine runs on the current runtime.
///
/// # Go
/// `time.AfterFunc(d, f)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let done = chan!(&str);
///     let ch = done.clone();
///     time::after_func(time::MILLISECOND, move || async move { ch.send("late").await });
///     assert_eq!(done.recv().await, Some("late"));
/// }
/// ```
#[track_caller]
pub fn after_func<F, R, M>(duration: Duration, f: F) -> Timer
where
    F: FnOnce() -> R + Clone + Send + 'static,
    R: Body<M> + Send + 'static,
    M: 'static,
{
    /// The function.
    struct GoFunc<F> {
        /// The user's function, cloned for each run.
        function: Mutex<F>,
        /// Starts it.
        start: fn(F, Spawner, &'static Location<'static>),
        /// Where it runs.
        spawner: Spawner,
        /// Where the program asked for it.
        place: &'static Location<'static>,
    }

    impl<F: Clone + Send> Call for GoFunc<F> {
        fn call(self: Arc<Self>) {
            let function = self.function.lock().unwrap_or_else(PoisonError::into_inner).clone();
            (self.start)(function, self.spawner, self.place);
        }
    }

    /// What the goroutine is created by, as in Go. Looked up once: all names are behind one lock.
    static CREATOR: LazyLock<Creator> = LazyLock::new(|| Creator::function("time.goFunc"));

    let call = GoFunc {
        function: Mutex::new(f),
        start: |f, spawner, place| {
            spawner.spawn_function::<F>(*CREATOR, place, async move { f().finish().await });
        },
        spawner: Spawner::current(),
        place: Location::caller(),
    };
    let timers = rt::timers();
    let key = timers.add(timers.deadline(duration), Action::Call(Arc::new(call)));
    Timer { c: Receiver::default(), inner: Some(Arc::new(Inner { timers, key, channel: Chan::nil() })) }
}

/// A timer that sends the time to its channel in `duration`.
///
/// # Go
/// `time.NewTimer(d)`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let timer = time::new_timer(time::HOUR);
///     assert!(timer.stop());
/// }
/// ```
#[must_use]
pub fn new_timer(duration: Duration) -> Timer {
    Timer::new(duration)
}

/// A ticker that sends the time to its channel every `duration`.
///
/// # Go
/// `time.NewTicker(d)`
///
/// # Panics
/// With Go's `non-positive interval for NewTicker` for a duration of zero.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let ticker = time::new_ticker(time::MILLISECOND);
///     assert!(ticker.c.recv().await.is_some());
///     ticker.stop();
/// }
/// ```
#[must_use]
#[track_caller]
pub fn new_ticker(duration: Duration) -> Ticker {
    Ticker::new(duration)
}

/// One event in the future: a value in the channel `c`, or the run of a function ([`after_func`]).
///
/// A handle: clones are the same timer. The channel is synchronous as the program sees it: `len` and `cap` are 0, and
/// after [`stop`](Timer::stop) or [`reset`](Timer::reset) no value of before is received. A timer that nobody has goes by
/// itself; the timer of [`after_func`] runs its function all the same.
///
/// # Go
/// `*time.Timer`, with the rules of Go 1.23. The default is Go's zero `Timer`, which was never started.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let timer = time::Timer::new(time::MILLISECOND);
///     assert!(timer.c.recv().await.is_some());
///     assert!(!timer.reset(time::HOUR), "it had fired");
///     assert!(timer.stop());
/// }
/// ```
#[derive(Clone, Default)]
pub struct Timer {
    /// The channel that receives the time; nil for a timer that runs a function.
    pub c: Receiver<Time>,
    /// The timer; `None` for one that was never started.
    inner: Option<Arc<Inner>>,
}

/// An event that comes again and again: a value in the channel `c`.
///
/// The first tick comes after one period. A receiver that is slow finds one tick; those after it are dropped and the
/// rhythm goes on. [`stop`](Ticker::stop) does not close the channel.
///
/// # Go
/// `*time.Ticker`. The default is Go's zero `Ticker`, which was never started.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let ticker = time::Ticker::new(time::MILLISECOND);
///     for _ in 0..3 {
///         assert!(ticker.c.recv().await.is_some());
///     }
///     ticker.stop();
/// }
/// ```
#[derive(Clone, Default)]
pub struct Ticker {
    /// The channel that receives the time.
    pub c: Receiver<Time>,
    /// The timer; `None` for one that was never started.
    inner: Option<Arc<Inner>>,
}

/// What the handles of one timer share.
struct Inner {
    /// Where it waits.
    timers: &'static Timers,
    /// Its slot.
    key: Key,
    /// The channel, kept so that the slot is there while there is a handle; nil for a function.
    channel: Chan<Time>,
}

impl Inner {
    /// A running channel timer.
    fn channel(duration: Duration, period: u64) -> (Receiver<Time>, Option<Arc<Inner>>) {
        let timers = rt::timers();
        let channel = Chan::timer();
        let key = timers.tick(timers.deadline(duration), &channel, period);
        let inner = key.map(|key| Arc::new(Inner { timers, key, channel: channel.clone() }));
        (channel.into(), inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if self.channel.is_nil() {
            self.timers.abandon(self.key);
        }
    }
}

impl Timer {
    /// A timer that sends the time to `c` in `duration`. [`new_timer`] under Rust's name.
    #[must_use]
    pub fn new(duration: Duration) -> Timer {
        let (c, inner) = Inner::channel(duration, 0);
        Timer { c, inner }
    }

    /// Stops the timer. True if that kept it from happening: it had not fired, or its value had not been received. The
    /// channel is not closed.
    ///
    /// A function that has started goes on, and `stop` does not wait for it.
    ///
    /// # Panics
    /// With Go's `time: Stop called on uninitialized Timer` for the default timer.
    ///
    /// # Examples
    /// ```
    /// use go::prelude::*;
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let timer = time::after_func(time::HOUR, || println!("never"));
    ///     assert!(timer.stop());
    ///     assert!(!timer.stop());
    /// }
    /// ```
    #[track_caller]
    pub fn stop(&self) -> bool {
        match &self.inner {
            Some(inner) => inner.timers.stop(inner.key),
            None => panic!("time: Stop called on uninitialized Timer"),
        }
    }

    /// Makes the timer happen in `duration` from now, whether or not it has happened. True if it was still to happen (or
    /// its value still to be received).
    ///
    /// # Panics
    /// With Go's `time: Reset called on uninitialized Timer` for the default timer.
    ///
    /// # Examples
    /// ```
    /// use go::prelude::*;
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let timer = time::new_timer(time::HOUR);
    ///     assert!(timer.reset(time::MILLISECOND));
    ///     assert!(timer.c.recv().await.is_some());
    /// }
    /// ```
    #[track_caller]
    pub fn reset(&self, duration: Duration) -> bool {
        match &self.inner {
            Some(inner) => inner.timers.rearm(inner.key, inner.timers.deadline(duration), 0),
            None => panic!("time: Reset called on uninitialized Timer"),
        }
    }
}

impl Ticker {
    /// A ticker with the period `duration`. [`new_ticker`] under Rust's name.
    ///
    /// # Panics
    /// With Go's `non-positive interval for NewTicker` for a duration of zero.
    #[must_use]
    #[track_caller]
    pub fn new(duration: Duration) -> Ticker {
        assert!(!duration.is_zero(), "non-positive interval for NewTicker");
        let (c, inner) = Inner::channel(duration, nanos(duration));
        Ticker { c, inner }
    }

    /// Stops the ticks. The channel is not closed; a tick that nobody has received is gone.
    ///
    /// # Examples
    /// ```
    /// use go::prelude::*;
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let ticker = time::new_ticker(time::MILLISECOND);
    ///     ticker.stop();
    ///     assert!(ticker.c.try_recv().is_err());
    /// }
    /// ```
    pub fn stop(&self) {
        if let Some(inner) = &self.inner {
            inner.timers.stop(inner.key);
        }
    }

    /// Stops the ticks and begins again with the period `duration`: the next tick comes in `duration` from now.
    ///
    /// # Panics
    /// With Go's `non-positive interval for Ticker.Reset` for a duration of zero, and with `time: Reset called on
    /// uninitialized Ticker` for the default ticker.
    ///
    /// # Examples
    /// ```
    /// use go::prelude::*;
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let ticker = time::new_ticker(time::HOUR);
    ///     ticker.reset(time::MILLISECOND);
    ///     assert!(ticker.c.recv().await.is_some());
    /// }
    /// ```
    #[track_caller]
    pub fn reset(&self, duration: Duration) {
        assert!(!duration.is_zero(), "non-positive interval for Ticker.Reset");
        match &self.inner {
            Some(inner) => {
                inner.timers.rearm(inner.key, inner.timers.deadline(duration), nanos(duration));
            }
            None => panic!("time: Reset called on uninitialized Ticker"),
        }
    }
}

impl Share for Timer {
    fn share(&self) -> Timer {
        self.clone()
    }
}

impl Share for Ticker {
    fn share(&self) -> Ticker {
        self.clone()
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").field("c", &self.c).finish_non_exhaustive()
    }
}

impl fmt::Debug for Ticker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticker").field("c", &self.c).finish_non_exhaustive()
    }
}

/// A duration in nanoseconds.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
