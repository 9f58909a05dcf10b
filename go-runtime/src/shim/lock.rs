//! The short lock around a channel's or a monitor's state.
//!
//! A spin lock (see [`Gate`]), cheap for a thread that takes it again and again: the sections it guards are a few dozen
//! instructions and never run user code.
//!
//! # Invariants
//! The holder never blocks, never wakes a task and never drops a value of the user's.

use std::ops::{Deref, DerefMut};

use super::{Gate, Slot};

/// A value behind a spin lock.
pub(crate) struct Lock<T> {
    /// Lets one thread in at a time.
    gate: Gate,
    /// What is guarded.
    value: Slot<T>,
}

// SAFETY: the lock hands the value to one thread at a time, so sending it between threads is all that is needed.
unsafe impl<T: Send> Sync for Lock<T> {}
// SAFETY: owning the lock is owning the value.
unsafe impl<T: Send> Send for Lock<T> {}

impl<T> Lock<T> {
    /// A free lock around `value`.
    pub(crate) const fn new(value: T) -> Lock<T> {
        Lock { gate: Gate::new(), value: Slot::new(value) }
    }

    /// Takes the lock until the guard goes.
    #[inline]
    pub(crate) fn lock(&self) -> LockGuard<'_, T> {
        self.lock_raw();
        LockGuard { lock: self }
    }

    /// Takes the lock; [`Lock::unlock_raw`] gives it back.
    #[inline]
    pub(crate) fn lock_raw(&self) {
        self.gate.enter();
    }

    /// Gives the lock back.
    ///
    /// # Safety
    /// The caller took it with [`Lock::lock_raw`] and has not given it back since.
    #[inline]
    pub(crate) unsafe fn unlock_raw(&self) {
        // SAFETY: the caller's promise.
        unsafe { self.gate.leave() };
    }

    /// Gives the value to `f` while the caller holds the lock by [`Lock::lock_raw`].
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
pub(crate) struct LockGuard<'a, T> {
    /// The lock taken.
    lock: &'a Lock<T>,
}

impl<T> LockGuard<'_, T> {
    /// The guarded value.
    fn pointer(&self) -> *mut T {
        // SAFETY: the guard holds the lock.
        unsafe { self.lock.value.with_mut(|value| value as *mut T) }
    }
}

impl<T> Deref for LockGuard<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock, and the reference borrows the guard.
        unsafe { &*self.pointer() }
    }
}

impl<T> DerefMut for LockGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard holds the lock, and the reference borrows the guard.
        unsafe { &mut *self.pointer() }
    }
}

impl<T> Drop for LockGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the guard took the lock when it was made.
        unsafe { self.lock.unlock_raw() }
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
