//! A cell whose accesses the model checker sees.

/// Storage that its protocol, not the type system, makes exclusive.
///
/// Under loom every access is checked for a concurrent one.
pub(crate) struct Slot<T> {
    #[cfg(not(loom))]
    value: std::cell::UnsafeCell<T>,
    #[cfg(loom)]
    value: loom::cell::UnsafeCell<T>,
}

impl<T> Slot<T> {
    /// A slot that holds `value`.
    #[cfg(not(loom))]
    pub(crate) const fn new(value: T) -> Slot<T> {
        Slot { value: std::cell::UnsafeCell::new(value) }
    }

    /// A slot that holds `value`.
    #[cfg(loom)]
    pub(crate) fn new(value: T) -> Slot<T> {
        Slot { value: loom::cell::UnsafeCell::new(value) }
    }

    /// Gives the contents to `f`.
    ///
    /// # Safety
    /// Nobody else may touch the contents until `f` returns.
    pub(crate) unsafe fn with_mut<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        #[cfg(not(loom))]
        // SAFETY: the caller keeps everybody else out until `f` returns.
        return f(unsafe { &mut *self.value.get() });
        #[cfg(loom)]
        // SAFETY: as above; loom checks it.
        return self.value.with_mut(|p| f(unsafe { &mut *p }));
    }
}
