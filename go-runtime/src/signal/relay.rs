//! Who is told of which signals, and the thread that tells them.
//!
//! # Invariants
//! 1. A signal's handler is installed once and stays. Its flag says whether it has the system's usual effect: so it has
//!    while nobody is told and it is not ignored, if it had it before.
//! 2. Each registration is a source of wakes for the deadlock detector, and so is each delivery until everybody has been
//!    woken.
//!
//! # Locking
//! Values are put into channels under the lock, so that whoever has left gets no more; nothing is woken or called under it.

use std::collections::BTreeMap;
use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use signal_hook::flag::register_conditional_default;
use signal_hook::iterator::{Handle, Signals};

use super::disposition::{self, Disposition};
use super::kind::{SIGQUIT, Set, Signal};
use crate::chan::{Sender, Wakers};
use crate::context::CancelCauseFunc;
use crate::{errors, rt};

/// Who is told.
pub(super) enum Target {
    /// A channel.
    Channel(Sender<Signal>),
    /// A context, which is cancelled.
    Context {
        /// Cancels it; also what it is recognised by.
        cancel: CancelCauseFunc,
    },
}

/// One that is told.
struct Registration {
    /// Of which signals.
    signals: Set,
    /// Who.
    target: Target,
}

/// Everything there is.
struct Relay {
    /// Those that are told, in the order in which they came.
    registrations: Vec<Registration>,
    /// The signals that have no effect.
    ignored: Set,
    /// Installed handlers: whether the signal has its usual effect.
    installed: BTreeMap<c_int, Arc<AtomicBool>>,
    /// Tells the thread of more signals; `None` before it runs.
    thread: Option<Handle>,
}

static RELAY: Mutex<Relay> =
    Mutex::new(Relay { registrations: Vec::new(), ignored: Set::EMPTY, installed: BTreeMap::new(), thread: None });

/// The relay; nothing panics under the lock but what is out of memory.
fn relay() -> MutexGuard<'static, Relay> {
    RELAY.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Relay {
    /// Makes `signals` have the effect that they are to have.
    fn settle(&mut self, signals: Set) {
        for signal in signals.iter() {
            let taken = self.ignored.has(signal) || self.registrations.iter().any(|one| one.signals.has(signal));
            if taken && !self.installed.contains_key(&signal.number()) && !self.install(signal) {
                continue;
            }
            if let Some(usual) = self.installed.get(&signal.number()) {
                usual.store(!taken, Ordering::SeqCst);
            }
            if signal == SIGQUIT {
                rt::take_quit(taken);
            }
        }
    }

    /// Installs a handler; false for a signal that cannot be handled.
    fn install(&mut self, signal: Signal) -> bool {
        let thread = match &self.thread {
            Some(thread) => thread,
            None => match start() {
                Some(thread) => self.thread.insert(thread),
                None => return false,
            },
        };
        let usual = Arc::new(AtomicBool::new(false));
        // Where it had no effect, or another handler's, there is nothing to be brought back.
        let before = disposition::of(signal.number());
        if before == Disposition::Usual && register_conditional_default(signal.number(), Arc::clone(&usual)).is_err() {
            return false;
        }
        self.installed.insert(signal.number(), usual);
        thread.add_signal(signal.number()).is_ok()
    }

    /// Takes the registrations out that `leaves` says, and settles their signals. They are closed as sources by the caller.
    fn remove(&mut self, leaves: impl Fn(&Target) -> bool) -> Vec<Registration> {
        let gone: Vec<Registration> = self.registrations.extract_if(.., |one| leaves(&one.target)).collect();
        self.settle(gone.iter().fold(Set::EMPTY, |signals, one| signals.with(one.signals)));
        gone
    }

    /// Nobody is told of `signals` any more; the registrations that are left without signals.
    fn forget(&mut self, signals: Set) -> Vec<Registration> {
        for one in &mut self.registrations {
            one.signals = one.signals.without(signals);
        }
        self.registrations.extract_if(.., |one| one.signals.is_empty()).collect()
    }
}

/// Starts the thread; `None` where there are no signals to be had.
fn start() -> Option<Handle> {
    let mut signals = Signals::new::<_, c_int>([]).ok()?;
    let handle = signals.handle();
    rt::service("go-signal", move || signals.forever().for_each(|number| deliver(Signal::from(number))));
    Some(handle)
}

/// Drops registrations that are gone, without the lock.
fn close(gone: Vec<Registration>) {
    let count = gone.len();
    drop(gone);
    for _ in 0..count {
        rt::source_closes();
    }
}

/// `target` is told of `signals` from now on.
pub(super) fn add(target: Target, signals: Set) {
    rt::source_opens();
    let mut relay = relay();
    relay.ignored = relay.ignored.without(signals);
    let channel = |one: &&mut Registration| match (&one.target, &target) {
        (Target::Channel(there), Target::Channel(new)) => there == new,
        _ => false,
    };
    let known = match relay.registrations.iter_mut().find(channel) {
        Some(one) => {
            one.signals = one.signals.with(signals);
            true
        }
        None => false,
    };
    if !known {
        relay.registrations.push(Registration { signals, target });
    }
    relay.settle(signals);
    drop(relay);
    if known {
        // The channel is a source already.
        rt::source_closes();
    }
}

/// Nobody that `leaves` recognises is told any more.
pub(super) fn remove(leaves: impl Fn(&Target) -> bool) {
    let gone = relay().remove(leaves);
    close(gone);
}

/// Nobody is told of `signals` any more, and they have no effect, or the usual one.
pub(super) fn forget(signals: Set, ignore: bool) {
    let mut relay = relay();
    relay.ignored = if ignore { relay.ignored.with(signals) } else { relay.ignored.without(signals) };
    let gone = relay.forget(signals);
    relay.settle(signals);
    drop(relay);
    close(gone);
}

/// Whether a signal has no effect.
pub(super) fn is_ignored(signal: Signal) -> bool {
    let relay = relay();
    relay.ignored.has(signal)
        || !relay.installed.contains_key(&signal.number()) && disposition::of(signal.number()) == Disposition::Ignored
}

/// Tells everybody of a signal that has come.
fn deliver(signal: Signal) {
    // Until the end: whoever was registered may leave meanwhile, and be woken all the same.
    rt::source_opens();
    let (mut woken, mut cancels) = (Vec::new(), Vec::new());
    for one in relay().registrations.iter().filter(|one| one.signals.has(signal)) {
        match &one.target {
            Target::Channel(channel) => {
                let Some(core) = channel.core() else { continue };
                let mut wakers = Wakers::default();
                // A channel that is full or closed gets nothing.
                core.send_in(&mut core.state.lock(), &mut wakers, &mut Some(signal));
                woken.push(wakers);
            }
            Target::Context { cancel } => cancels.push(Arc::clone(cancel)),
        }
    }
    woken.into_iter().for_each(|mut wakers| wakers.wake());
    for cancel in cancels {
        cancel(errors::new(format!("{signal} signal received")).into());
    }
    rt::source_closes();
}
