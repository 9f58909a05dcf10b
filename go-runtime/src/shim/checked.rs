//! The model checker's atomics, cell and lock, made at their first use.
//!
//! loom's own types cannot be made in a `const` expression, which `static` channels and locks need. These can; loom's
//! object is made by the thread that touches it first. loom wants the making to happen before every other use, so a
//! model touches what it shares (with `len`, `with`, …) before it starts its threads.

use std::cell::UnsafeCell;
use std::ops::Deref;
use std::sync::OnceLock;

/// An atomic that a `const` expression can make.
macro_rules! atomic {
    ($name:ident, $value:ty) => {
        /// loom's atomic of this name, made at its first use.
        pub(crate) struct $name {
            /// What it holds at first.
            initial: $value,
            /// loom's atomic.
            checked: OnceLock<loom::sync::atomic::$name>,
        }

        impl $name {
            /// An atomic that holds `initial`.
            pub(crate) const fn new(initial: $value) -> $name {
                $name { initial, checked: OnceLock::new() }
            }
        }

        impl Deref for $name {
            type Target = loom::sync::atomic::$name;

            fn deref(&self) -> &loom::sync::atomic::$name {
                self.checked.get_or_init(|| loom::sync::atomic::$name::new(self.initial))
            }
        }
    };
}

atomic!(AtomicU32, u32);
atomic!(AtomicU64, u64);

/// Tells loom of the accesses to something it does not hold itself.
pub(crate) struct Watch {
    /// loom's cell.
    checked: OnceLock<loom::cell::UnsafeCell<()>>,
}

impl Watch {
    /// A watch that has seen nothing.
    pub(crate) const fn new() -> Watch {
        Watch { checked: OnceLock::new() }
    }

    /// Runs `f` as an exclusive access.
    pub(crate) fn exclusive<R>(&self, f: impl FnOnce() -> R) -> R {
        self.checked.get_or_init(|| loom::cell::UnsafeCell::new(())).with_mut(|_| f())
    }
}

/// What a spin lock is to loom, which does not know that a spinning thread waits: a mutex without a guard.
pub(crate) struct Gate {
    /// loom's mutex.
    mutex: OnceLock<loom::sync::Mutex<()>>,
    /// The guard of whoever is inside.
    held: UnsafeCell<Option<loom::sync::MutexGuard<'static, ()>>>,
}

// SAFETY: `held` is touched only by the thread that holds the mutex.
unsafe impl Sync for Gate {}
// SAFETY: as above; a gate moves only while nobody is inside, when `held` is empty.
unsafe impl Send for Gate {}

impl Gate {
    /// A gate with nobody inside.
    pub(crate) const fn new() -> Gate {
        Gate { mutex: OnceLock::new(), held: UnsafeCell::new(None) }
    }

    /// Goes in.
    pub(crate) fn enter(&self, _others: usize) {
        let mutex: *const loom::sync::Mutex<()> = self.mutex.get_or_init(|| loom::sync::Mutex::new(()));
        // SAFETY: the guard is dropped by `leave`, before the gate can move or go.
        let guard = unsafe { &*mutex }.lock().expect("loom's mutex is not poisoned");
        // SAFETY: this thread holds the mutex.
        unsafe { *self.held.get() = Some(guard) };
    }

    /// Goes out.
    ///
    /// # Safety
    /// The caller is inside.
    pub(crate) unsafe fn leave(&self, _others: usize) {
        // SAFETY: this thread holds the mutex.
        let guard = unsafe { (*self.held.get()).take() };
        drop(guard);
    }
}
