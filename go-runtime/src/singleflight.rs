//! Go's x/sync `singleflight`: the same work asked for by many is done once.
//!
//! # Invariants
//! 1. A flight is in the group's table while its work is under way, unless it was forgotten or another took its place.
//! 2. Who joins a flight does so under the table's lock, before the flight lands; so the number of those that joined is
//!    final when it has.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::chan::{Chan, Receiver};
use crate::context::Cause;
use crate::func::{Catch, Caught, PanicValue, rethrow};
use crate::goroutine::WaitReason;
use crate::rt::{self, Spawner};
use crate::share::Share;
use crate::waiter::{Inside, Monitor, WaitOp};

/// The error of a flight: any error, shared by those who asked for the work.
///
/// `?` makes one of every error, and so does `into()`. It derefs to `dyn Error`: `errors::is(&*error, &..)`.
///
/// # Go
/// The `error` that the function of `Do` returns.
pub type Error = Cause;

/// What came of the work.
///
/// # Go
/// `singleflight.Result`, and what `Do` returns.
#[derive(Debug, Clone)]
pub struct Outcome<V> {
    /// The value, or the error.
    pub result: Result<V, Error>,
    /// Whether others got the same.
    pub shared: bool,
}

impl<V: Default> Default for Outcome<V> {
    /// The zero value, which a channel yields once it is closed.
    fn default() -> Outcome<V> {
        Outcome { result: Ok(V::default()), shared: false }
    }
}

/// A class of work: for each key it is done by one at a time, and whoever asks meanwhile gets what came of it.
///
/// A handle: clones, which [`go!`](crate::go!) makes by itself, are the same group.
///
/// # Go
/// `singleflight.Group` of golang.org/x/sync, with types. `Do` is [`call`](Group::call) here, since `do` is a word of
/// Rust's.
///
/// # Examples
/// ```
/// use go::{prelude::*, singleflight};
///
/// static LOADS: sync::atomic::Int64 = sync::atomic::Int64::new(0);
///
/// #[go::main]
/// async fn main() {
///     let group = singleflight::Group::<String, &str>::new();
///     let results = chan!(bool);
///     for _ in 0..3 {
///         go! {
///             let outcome = group
///                 .call("page", async {
///                     LOADS.add(1);
///                     time::sleep(time::MILLISECOND).await;
///                     Ok("text".to_owned())
///                 })
///                 .await;
///             results <- outcome.shared && outcome.result.unwrap() == "text";
///         }
///     }
///     for _ in 0..3 {
///         assert!(chan!(<-results));
///     }
///     assert_eq!(LOADS.load(), 1);
/// }
/// ```
pub struct Group<V, K = String> {
    /// The group.
    core: Arc<Core<V, K>>,
}

/// What the handles share.
struct Core<V, K> {
    /// The flights.
    flights: Mutex<HashMap<K, Arc<Flight<V>>>>,
}

/// Work that is under way, and those that wait for it.
struct Flight<V> {
    /// What came of it, and those that wait.
    landing: Monitor<Landing<V>>,
}

/// What came of a flight.
struct Landing<V> {
    /// It is over.
    is_over: bool,
    /// How it ended; nothing if the call that did the work was dropped.
    end: Option<Arc<End<V>>>,
    /// How many asked besides the first.
    others: usize,
    /// The channels of those that do not wait themselves.
    channels: Vec<Chan<Outcome<V>>>,
}

/// How a flight ended.
enum End<V> {
    /// It returned.
    Returned(Result<V, Error>),
    /// It panicked with this text.
    Panicked(String),
    /// It called `runtime::goexit`.
    Exited,
}

/// Where a call stands.
enum Role<V> {
    /// It does the work.
    First(Arc<Flight<V>>),
    /// It waits for it.
    Other(Arc<Flight<V>>),
}

impl<V, K: Eq + Hash> Core<V, K> {
    /// The flights.
    fn flights(&self) -> MutexGuard<'_, HashMap<K, Arc<Flight<V>>>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the flight of a key, or begins it; with a channel for the outcome if the caller does not wait itself.
    fn join(&self, key: &K, channel: Option<&Chan<Outcome<V>>>) -> Role<V>
    where
        K: Clone,
    {
        let mut flights = self.flights();
        if let Some(flight) = flights.get(key) {
            flight.landing.with(|landing| {
                landing.others += 1;
                landing.channels.extend(channel.cloned());
            });
            return Role::Other(Arc::clone(flight));
        }
        let channels = channel.cloned().into_iter().collect();
        let landing = Landing { is_over: false, end: None, others: 0, channels };
        let flight = Arc::new(Flight { landing: Monitor::new(landing) });
        flights.insert(key.clone(), Arc::clone(&flight));
        Role::First(flight)
    }
}

/// The call that does the work.
struct Pilot<V, K: Eq + Hash> {
    /// The group.
    core: Arc<Core<V, K>>,
    /// The key.
    key: K,
    /// The work.
    flight: Arc<Flight<V>>,
    /// Whether it is over.
    has_landed: bool,
}

/// What is left to do when a flight has landed.
struct Landed<V> {
    /// How many asked besides the first.
    others: usize,
    /// The channels that are to be told.
    channels: Vec<Chan<Outcome<V>>>,
}

impl<V, K: Eq + Hash> Pilot<V, K> {
    /// The flight has ended: those that wait go on.
    fn land(&mut self, end: Option<End<V>>) -> Landed<V> {
        self.has_landed = true;
        let end = end.map(Arc::new);
        let mut flights = self.core.flights();
        if flights.get(&self.key).is_some_and(|flight| Arc::ptr_eq(flight, &self.flight)) {
            flights.remove(&self.key);
        }
        // Under the table's lock, so that nobody joins any more.
        self.flight.landing.with(|landing| {
            landing.is_over = true;
            landing.end = end;
            landing.grant_all();
            Landed { others: landing.others, channels: std::mem::take(&mut landing.channels) }
        })
    }
}

impl<V, K: Eq + Hash> Drop for Pilot<V, K> {
    fn drop(&mut self) {
        if !self.has_landed {
            // The call was dropped: one of those that wait does the work, and the channels learn that it was not done.
            self.land(None).channels.iter().for_each(Chan::close);
        }
    }
}

impl<V, K> Group<V, K>
where
    V: Clone + Send + Sync + 'static,
    K: Eq + Hash + Clone + Send + 'static,
{
    /// A group where nothing is under way.
    #[must_use]
    pub fn new() -> Group<V, K> {
        Group { core: Arc::new(Core { flights: Mutex::new(HashMap::new()) }) }
    }

    /// Does `work` and returns what came of it; or, if the work of this key is under way, waits for that and returns a
    /// clone. Then `work` is dropped.
    ///
    /// # Go
    /// `g.Do(key, fn)`
    ///
    /// # Panics
    /// If the work panics, all calls that wait for it do, with its text. If it calls `runtime::goexit`, so do they.
    ///
    /// # Cancel safety
    /// When the call that does the work is dropped, one of those that wait does its own work instead.
    #[track_caller]
    pub fn call<F>(&self, key: impl Into<K>, work: F) -> impl Future<Output = Outcome<V>> + Send
    where
        F: Future<Output = Result<V, Error>> + Send,
    {
        let (key, at) = (key.into(), Location::caller());
        let core = Arc::clone(&self.core);
        async move {
            loop {
                let flight = match core.join(&key, None) {
                    Role::First(flight) => return fly(Pilot { core, key, flight, has_landed: false }, work).await,
                    Role::Other(flight) => flight,
                };
                let op = WaitOp {
                    reason: WaitReason::WaitGroupWait,
                    place: at,
                    tag: 0,
                    front: false,
                    attempt: |landing: &mut Inside<'_, Landing<V>>| landing.is_over,
                    undo: |_| {},
                };
                flight.landing.wait(op).await;
                let end = flight.landing.with(|landing| landing.end.clone());
                match end.as_deref() {
                    Some(End::Returned(result)) => return Outcome { result: result.clone(), shared: true },
                    Some(End::Panicked(text)) => PanicValue::new(text.clone()).throw(),
                    Some(End::Exited) => rt::goexit(),
                    // The call that did the work was dropped.
                    None => {}
                }
            }
        }
    }

    /// As [`call`](Group::call) in a goroutine of its own: a channel that yields what came of the work. The channel is closed
    /// without a value if the call that does the work is dropped.
    ///
    /// # Go
    /// `g.DoChan(key, fn)`. A panic of the work ends the process, since nobody who waits could see it.
    ///
    /// # Examples
    /// ```
    /// use go::{prelude::*, singleflight};
    ///
    /// #[go::main]
    /// async fn main() {
    ///     let group = singleflight::Group::<i32>::new();
    ///     let ch = group.do_chan("answer", async { Ok(42) });
    ///     select! {
    ///         case outcome := <-ch: assert_eq!(outcome.result.unwrap(), 42)
    ///         case <-time::after(time::SECOND): panic!("too slow")
    ///     }
    /// }
    /// ```
    #[track_caller]
    pub fn do_chan<F>(&self, key: impl Into<K>, work: F) -> Receiver<Outcome<V>>
    where
        F: Future<Output = Result<V, Error>> + Send + 'static,
    {
        let key = key.into();
        let channel = Chan::buffered(1);
        if let Role::First(flight) = self.core.join(&key, Some(&channel)) {
            let pilot = Pilot { core: Arc::clone(&self.core), key, flight, has_landed: false };
            Spawner::current().spawn("singleflight.(*Group).doCall", Location::caller(), async move {
                fly(pilot, work).await;
            });
        }
        channel.receiver()
    }

    /// Forgets the work of a key that is under way: the next call does it again, without waiting for that.
    ///
    /// # Go
    /// `g.Forget(key)`
    pub fn forget(&self, key: impl Into<K>) {
        self.core.flights().remove(&key.into());
    }
}

/// Does the work of a flight.
async fn fly<V, K, F>(mut pilot: Pilot<V, K>, work: F) -> Outcome<V>
where
    V: Clone,
    K: Eq + Hash,
    F: Future<Output = Result<V, Error>>,
{
    let caught = match Catch::new(work).await {
        Ok(result) => {
            let Landed { others, channels } = pilot.land(Some(End::Returned(result.clone())));
            let outcome = Outcome { result, shared: others > 0 };
            for channel in channels {
                // It has room for the one value that it ever gets.
                let _ = channel.try_send(outcome.clone());
            }
            return outcome;
        }
        Err(caught) => caught,
    };
    let end = match &caught {
        Caught::Panic(panic) => End::Panicked(panic.value.to_string()),
        Caught::Exit(_) => End::Exited,
    };
    let channels = pilot.land(Some(end)).channels;
    let unseen = match &caught {
        Caught::Panic(panic) if !channels.is_empty() => Some(panic.value.to_string()),
        _ => None,
    };
    if let Some(text) = unseen {
        // Who waits on a channel cannot see the panic, so nobody may recover it.
        Spawner::current().spawn("singleflight.(*Group).doCall.func1", Location::caller(), async move {
            PanicValue::new(text).throw();
        });
        std::future::pending::<()>().await;
    }
    channels.iter().for_each(Chan::close);
    rethrow(caught)
}

impl<V, K> Clone for Group<V, K> {
    fn clone(&self) -> Group<V, K> {
        Group { core: Arc::clone(&self.core) }
    }
}

impl<V, K> Share for Group<V, K> {
    fn share(&self) -> Group<V, K> {
        self.clone()
    }
}

impl<V, K> Default for Group<V, K>
where
    V: Clone + Send + Sync + 'static,
    K: Eq + Hash + Clone + Send + 'static,
{
    fn default() -> Group<V, K> {
        Group::new()
    }
}

impl<V, K> fmt::Debug for Group<V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flights = self.core.flights.lock().unwrap_or_else(PoisonError::into_inner).len();
        f.debug_struct("Group").field("flights", &flights).finish_non_exhaustive()
    }
}
