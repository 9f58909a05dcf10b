//! The short lock around a channel's or a monitor's state.
//!
//! A spin lock (see [`Gate`]), cheap for a thread that takes it again and again: the sections it guards are a few dozen
//! instructions and never run user code. A thread that comes to a lock that leans towards another one makes a system call.
//!
//! # Invariants
//! The holder never waits for anything but another such lock, never wakes a task and never drops a value of the user's. No
//! thread takes a lock that it holds.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use super::{Gate, Slot};

/// A value behind a spin lock, and a word beside the lock that anybody may read.
pub(crate) struct Lock<T, W = ()> {
    /// What is not guarded.
    head: Head<W>,
    /// What is guarded.
    value: Slot<T>,
}

/// A lock without what it guards: whoever is inside of the gate holds it.
pub(crate) struct Head<W> {
    /// Lets one thread in at a time.
    pub(crate) gate: Gate,
    /// The word.
    pub(crate) word: W,
}

// SAFETY: the lock hands the value to one thread at a time, so sending it between threads is all that is needed.
unsafe impl<T: Send, W: Sync> Sync for Lock<T, W> {}
// SAFETY: owning the lock is owning the value.
unsafe impl<T: Send, W: Send> Send for Lock<T, W> {}

impl<T> Lock<T> {
    /// A free lock around `value`.
    pub(crate) const fn new(value: T) -> Lock<T> {
        Lock::with_word(value, ())
    }
}

impl<T, W> Lock<T, W> {
    /// A free lock around `value`, and the word beside it.
    pub(crate) const fn with_word(value: T, word: W) -> Lock<T, W> {
        Lock { head: Head { gate: Gate::new(), word }, value: Slot::new(value) }
    }

    /// Takes the lock until the guard goes.
    #[inline]
    pub(crate) fn lock(&self) -> LockGuard<'_, T, W> {
        self.head.gate.enter(0);
        LockGuard { lock: self, _thread: PhantomData }
    }

    /// The lock without what it guards.
    #[inline]
    pub(crate) fn head(&self) -> &Head<W> {
        &self.head
    }

    /// Gives the value to `f` while the caller holds the lock by the gate of its [`Lock::head`].
    ///
    /// # Safety
    /// The caller holds the lock, and `f` does not come back to it.
    #[inline]
    pub(crate) unsafe fn with_raw<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: the caller holds the lock.
        unsafe { self.value.with_mut(f) }
    }
}

/// The right to use what the lock guards; gives the lock back when dropped.
pub(crate) struct LockGuard<'a, T, W = ()> {
    /// The lock taken.
    lock: &'a Lock<T, W>,
    /// It is given back on the thread that took it, towards which it may lean.
    _thread: PhantomData<*mut ()>,
}

impl<T, W> LockGuard<'_, T, W> {
    /// The guarded value.
    fn pointer(&self) -> *mut T {
        // SAFETY: the guard holds the lock.
        unsafe { self.lock.value.with_mut(|value| value as *mut T) }
    }
}

impl<T, W> Deref for LockGuard<'_, T, W> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock, and the reference borrows the guard.
        unsafe { &*self.pointer() }
    }
}

impl<T, W> DerefMut for LockGuard<'_, T, W> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard holds the lock, and the reference borrows the guard.
        unsafe { &mut *self.pointer() }
    }
}

impl<T, W> Drop for LockGuard<'_, T, W> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the guard took the lock when it was made.
        unsafe { self.lock.head.gate.leave(0) }
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use super::Lock;

    #[test]
    fn one_thread_at_a_time() {
        let lock = Lock::new(0u32);
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| {
                    for _ in 0..10_000 {
                        *lock.lock() += 1;
                    }
                });
            }
        });
        assert_eq!(*lock.lock(), 40_000);
    }

    /// More turns in a row than it takes a lock to lean towards a thread.
    const BURST: u32 = 2_000;

    #[test]
    fn one_thread_at_a_time_while_it_leans() {
        const BURSTS: u32 = 50;
        let lock = Lock::new(0u32);
        std::thread::scope(|s| {
            for _ in 0..3 {
                s.spawn(|| {
                    for _ in 0..BURSTS {
                        for _ in 0..BURST {
                            *lock.lock() += 1;
                        }
                        // The others' bursts come in between.
                        std::thread::yield_now();
                    }
                });
            }
        });
        assert_eq!(*lock.lock(), 3 * BURSTS * BURST);
    }

    #[test]
    fn threads_that_hold_several_leaning_locks_go_on() {
        // More than a thread may hold by their leaning.
        let locks: Vec<Lock<u32>> = (0..20).map(|_| Lock::new(0)).collect();
        let all = || {
            let mut guards: Vec<_> = locks.iter().map(Lock::lock).collect();
            guards.iter_mut().for_each(|guard| **guard += 1);
        };
        std::thread::scope(|s| {
            for _ in 0..2 {
                s.spawn(|| (0..2 * BURST).for_each(|_| all()));
            }
        });
        assert!(locks.iter().all(|lock| *lock.lock() == 4 * BURST));
    }

    #[test]
    fn a_lock_that_leans_to_a_thread_that_has_ended_can_be_taken() {
        let lock = Lock::new(0u32);
        for burst in 1..=10 {
            std::thread::scope(|s| {
                s.spawn(|| (0..BURST).for_each(|_| *lock.lock() += 1));
            });
            assert_eq!(*lock.lock(), burst * BURST);
        }
    }
}
