//! Go's `sync/atomic`: the standard library's atomics, and the same under Go's names and with Go's methods.
//!
//! [`Int32`] and its kin are plain values as the standard library's: a `static`, a field, or behind an `Arc`. All their
//! operations are sequentially consistent, as Go's are. The functions ([`add_int32`] and so on) are Go's older form.
//!
//! # Examples
//! ```
//! use std::sync::Arc;
//! use go::prelude::*;
//! use go::sync::atomic::{self, Int32, Int64};
//!
//! static COUNTER: Int32 = Int32::new(0);
//!
//! #[go::main]
//! async fn main() {
//!     let total = Arc::new(Int64::new(0));
//!     let wg = sync::WaitGroup::new();
//!     for _ in 0..4 {
//!         let total = total.clone();
//!         wg.go(async move {
//!             atomic::add_int32(&COUNTER, 1);
//!             total.add(2);
//!         });
//!     }
//!     wg.wait().await;
//!     assert_eq!((COUNTER.load(), total.load()), (4, 8));
//! }
//! ```

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

pub use std::sync::atomic::*;

/// Makes an atomic number and its functions.
macro_rules! number {
    ($name:ident, $std:ident, $value:ty, $go:literal, $load:ident, $store:ident, $add:ident, $swap:ident, $cas:ident) => {
        #[doc = concat!("An atomic `", stringify!($value), "`.")]
        ///
        /// # Go
        #[doc = concat!("`atomic.", stringify!($name), "`")]
        ///
        /// # Examples
        /// ```
        #[doc = concat!("use go::sync::atomic::", stringify!($name), ";")]
        ///
        #[doc = concat!("static N: ", stringify!($name), " = ", stringify!($name), "::new(1);")]
        /// assert_eq!(N.add(2), 3);
        /// assert!(N.compare_and_swap(3, 5));
        /// assert_eq!(N.swap(7), 5);
        /// assert_eq!(N.load(), 7);
        /// ```
        #[derive(Default)]
        pub struct $name {
            /// The standard library's.
            value: $std,
        }

        impl $name {
            /// An atomic that holds `value`.
            #[must_use]
            pub const fn new(value: $value) -> $name {
                $name { value: $std::new(value) }
            }

            /// The value.
            ///
            /// # Go
            /// `x.Load()`
            #[inline]
            pub fn load(&self) -> $value {
                self.value.load(Ordering::SeqCst)
            }

            /// Puts `value` in place.
            ///
            /// # Go
            /// `x.Store(value)`
            #[inline]
            pub fn store(&self, value: $value) {
                self.value.store(value, Ordering::SeqCst);
            }

            /// Adds `delta`, wrapping around, and returns the new value.
            ///
            /// # Go
            /// `x.Add(delta)`
            #[inline]
            pub fn add(&self, delta: $value) -> $value {
                self.value.fetch_add(delta, Ordering::SeqCst).wrapping_add(delta)
            }

            /// Puts `new` in place and returns the value of before.
            ///
            /// # Go
            /// `x.Swap(new)`
            #[inline]
            pub fn swap(&self, new: $value) -> $value {
                self.value.swap(new, Ordering::SeqCst)
            }

            /// Puts `new` in place if the value is `old`; whether it was.
            ///
            /// # Go
            /// `x.CompareAndSwap(old, new)`
            #[inline]
            pub fn compare_and_swap(&self, old: $value, new: $value) -> bool {
                self.value.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst).is_ok()
            }

            /// Keeps the bits that are in `mask` and returns the value of before.
            ///
            /// # Go
            /// `x.And(mask)`
            #[inline]
            pub fn and(&self, mask: $value) -> $value {
                self.value.fetch_and(mask, Ordering::SeqCst)
            }

            /// Sets the bits that are in `mask` and returns the value of before.
            ///
            /// # Go
            /// `x.Or(mask)`
            #[inline]
            pub fn or(&self, mask: $value) -> $value {
                self.value.fetch_or(mask, Ordering::SeqCst)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.load(), f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.load(), f)
            }
        }

        impl From<$value> for $name {
            fn from(value: $value) -> $name {
                $name::new(value)
            }
        }

        /// The value.
        ///
        /// # Go
        #[doc = concat!("`atomic.Load", $go, "(addr)`")]
        #[inline]
        pub fn $load(addr: &$name) -> $value {
            addr.load()
        }

        /// Puts `value` in place.
        ///
        /// # Go
        #[doc = concat!("`atomic.Store", $go, "(addr, value)`")]
        #[inline]
        pub fn $store(addr: &$name, value: $value) {
            addr.store(value);
        }

        /// Adds `delta`, wrapping around, and returns the new value.
        ///
        /// # Go
        #[doc = concat!("`atomic.Add", $go, "(addr, delta)`")]
        #[inline]
        pub fn $add(addr: &$name, delta: $value) -> $value {
            addr.add(delta)
        }

        /// Puts `new` in place and returns the value of before.
        ///
        /// # Go
        #[doc = concat!("`atomic.Swap", $go, "(addr, new)`")]
        #[inline]
        pub fn $swap(addr: &$name, new: $value) -> $value {
            addr.swap(new)
        }

        /// Puts `new` in place if the value is `old`; whether it was.
        ///
        /// # Go
        #[doc = concat!("`atomic.CompareAndSwap", $go, "(addr, old, new)`")]
        #[inline]
        pub fn $cas(addr: &$name, old: $value, new: $value) -> bool {
            addr.compare_and_swap(old, new)
        }
    };
}

number!(Int32, AtomicI32, i32, "Int32", load_int32, store_int32, add_int32, swap_int32, compare_and_swap_int32);
number!(Int64, AtomicI64, i64, "Int64", load_int64, store_int64, add_int64, swap_int64, compare_and_swap_int64);
number!(Uint32, AtomicU32, u32, "Uint32", load_uint32, store_uint32, add_uint32, swap_uint32, compare_and_swap_uint32);
number!(Uint64, AtomicU64, u64, "Uint64", load_uint64, store_uint64, add_uint64, swap_uint64, compare_and_swap_uint64);

/// An atomic `bool`.
///
/// # Go
/// `atomic.Bool`
///
/// # Examples
/// ```
/// use go::sync::atomic::Bool;
///
/// static STARTED: Bool = Bool::new(false);
/// assert!(STARTED.compare_and_swap(false, true));
/// assert!(STARTED.load());
/// ```
#[derive(Default)]
pub struct Bool {
    /// The standard library's.
    value: AtomicBool,
}

impl Bool {
    /// An atomic that holds `value`.
    #[must_use]
    pub const fn new(value: bool) -> Bool {
        Bool { value: AtomicBool::new(value) }
    }

    /// The value.
    ///
    /// # Go
    /// `x.Load()`
    #[inline]
    pub fn load(&self) -> bool {
        self.value.load(Ordering::SeqCst)
    }

    /// Puts `value` in place.
    ///
    /// # Go
    /// `x.Store(value)`
    #[inline]
    pub fn store(&self, value: bool) {
        self.value.store(value, Ordering::SeqCst);
    }

    /// Puts `new` in place and returns the value of before.
    ///
    /// # Go
    /// `x.Swap(new)`
    #[inline]
    pub fn swap(&self, new: bool) -> bool {
        self.value.swap(new, Ordering::SeqCst)
    }

    /// Puts `new` in place if the value is `old`; whether it was.
    ///
    /// # Go
    /// `x.CompareAndSwap(old, new)`
    #[inline]
    pub fn compare_and_swap(&self, old: bool, new: bool) -> bool {
        self.value.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

impl fmt::Debug for Bool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.load(), f)
    }
}

/// An atomic pointer to something shared, or to nothing.
///
/// # Go
/// `atomic.Pointer[T]`; what it points at is in an `Arc`, and `None` is nil.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use go::sync::atomic::Pointer;
///
/// static CONFIG: Pointer<String> = Pointer::new();
/// assert!(CONFIG.load().is_none());
/// CONFIG.store(Some(Arc::new("debug".to_owned())));
/// assert_eq!(*CONFIG.load().unwrap(), "debug");
/// ```
pub struct Pointer<T> {
    /// What it points at; the lock is held for a copy of the pointer only.
    value: Mutex<Option<Arc<T>>>,
}

impl<T> Pointer<T> {
    /// A pointer to nothing.
    #[must_use]
    pub const fn new() -> Pointer<T> {
        Pointer { value: Mutex::new(None) }
    }

    /// What it points at.
    ///
    /// # Go
    /// `x.Load()`
    pub fn load(&self) -> Option<Arc<T>> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes it point at `new`.
    ///
    /// # Go
    /// `x.Store(new)`
    pub fn store(&self, new: Option<Arc<T>>) {
        drop(self.swap(new));
    }

    /// Makes it point at `new` and returns what it pointed at.
    ///
    /// # Go
    /// `x.Swap(new)`
    pub fn swap(&self, new: Option<Arc<T>>) -> Option<Arc<T>> {
        std::mem::replace(&mut *self.value.lock().unwrap_or_else(PoisonError::into_inner), new)
    }

    /// Makes it point at `new` if it points at the very object `old`; whether it did.
    ///
    /// # Go
    /// `x.CompareAndSwap(old, new)`
    pub fn compare_and_swap(&self, old: Option<&Arc<T>>, new: Option<Arc<T>>) -> bool {
        let mut value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        let same = value.as_ref().map(Arc::as_ptr) == old.map(Arc::as_ptr);
        let left = if same { std::mem::replace(&mut *value, new) } else { new };
        drop(value);
        drop(left);
        same
    }
}

impl<T> Default for Pointer<T> {
    fn default() -> Pointer<T> {
        Pointer::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for Pointer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pointer").field(&self.load()).finish()
    }
}
