//! A cell whose accesses the model checker sees.

use std::cell::UnsafeCell;

/// Storage that its protocol, not the type system, makes exclusive.
///
/// Under loom every access is checked for a concurrent one.
pub(crate) struct Slot<T> {
    /// The contents.
    value: UnsafeCell<T>,
    /// Shows the accesses to loom.
    #[cfg(go_loom)]
    watch: super::checked::Watch,
}

impl<T> Slot<T> {
    /// A slot that holds `value`.
    pub(crate) const fn new(value: T) -> Slot<T> {
        Slot {
            value: UnsafeCell::new(value),
            #[cfg(go_loom)]
            watch: super::checked::Watch::new(),
        }
    }

    /// Gives the contents to `f`.
    ///
    /// # Safety
    /// Nobody else may touch the contents until `f` returns.
    pub(crate) unsafe fn with_mut<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: the caller keeps everybody else out until `f` returns.
        let access = || f(unsafe { &mut *self.value.get() });
        #[cfg(go_loom)]
        return self.watch.exclusive(access);
        #[cfg(not(go_loom))]
        access()
    }
}
