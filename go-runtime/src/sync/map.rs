//! `Map`: a map that many goroutines may use.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::share::Share;
use crate::shim::{Lazy, LazyArc};

/// A map that many goroutines may use at the same time.
///
/// A handle: clones, which [`go!`](crate::go!) makes by itself, are the same map; it may be a `static`. Values are
/// given out as clones.
///
/// # Go
/// `sync.Map`, with types for keys and values.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// static AGES: sync::Map<&str, i32> = sync::Map::new();
///
/// #[go::main]
/// async fn main() {
///     AGES.store("ann", 30);
///     assert_eq!(AGES.load_or_store("ann", 99), (30, true));
///     assert_eq!(AGES.load_and_delete(&"ann"), Some(30));
///     assert_eq!(AGES.load(&"ann"), None);
/// }
/// ```
pub struct Map<K, V> {
    /// The map.
    core: LazyArc<Core<K, V>>,
}

/// What the handles share.
struct Core<K, V> {
    /// The entries. The lock is held for single operations, in which only the keys' and values' own `Hash`, `Eq` and
    /// `Clone` run.
    entries: RwLock<HashMap<K, V>>,
}

impl<K, V> Lazy for Core<K, V> {
    fn make(_config: usize) -> Core<K, V> {
        Core { entries: RwLock::new(HashMap::new()) }
    }
}

impl<K, V> Map<K, V> {
    /// An empty map.
    #[must_use]
    pub const fn new() -> Map<K, V> {
        Map { core: LazyArc::new(0) }
    }

    /// The entries, to read.
    fn read(&self) -> RwLockReadGuard<'_, HashMap<K, V>> {
        let core = self.core.get().expect("a map is never nil");
        core.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entries, to change.
    fn write(&self) -> RwLockWriteGuard<'_, HashMap<K, V>> {
        let core = self.core.get().expect("a map is never nil");
        core.entries.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes every entry.
    ///
    /// # Go
    /// `m.Clear()`
    pub fn clear(&self) {
        // The entries are dropped once the lock is given back.
        let entries = std::mem::take(&mut *self.write());
        drop(entries);
    }
}

impl<K: Eq + Hash, V: Clone> Map<K, V> {
    /// The value of `key`.
    ///
    /// # Go
    /// `m.Load(key)`
    pub fn load<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.read().get(key).cloned()
    }

    /// Makes `value` the value of `key`.
    ///
    /// # Go
    /// `m.Store(key, value)`
    pub fn store(&self, key: K, value: V) {
        drop(self.swap(key, value));
    }

    /// The value of `key` and true, or `value`, which is stored, and false.
    ///
    /// # Go
    /// `m.LoadOrStore(key, value)`
    pub fn load_or_store(&self, key: K, value: V) -> (V, bool) {
        match self.write().entry(key) {
            Entry::Occupied(entry) => (entry.get().clone(), true),
            Entry::Vacant(entry) => (entry.insert(value).clone(), false),
        }
    }

    /// Removes `key` and returns its value.
    ///
    /// # Go
    /// `m.LoadAndDelete(key)`
    pub fn load_and_delete<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let removed = self.write().remove_entry(key);
        removed.map(|(_, value)| value)
    }

    /// Removes `key`.
    ///
    /// # Go
    /// `m.Delete(key)`
    pub fn delete<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        drop(self.load_and_delete(key));
    }

    /// Makes `value` the value of `key` and returns the one of before.
    ///
    /// # Go
    /// `m.Swap(key, value)`
    pub fn swap(&self, key: K, value: V) -> Option<V> {
        // What is replaced is dropped once the lock is given back.
        self.write().insert(key, value)
    }

    /// Makes `new` the value of `key` if its value is `old`; whether it was.
    ///
    /// # Go
    /// `m.CompareAndSwap(key, old, new)`
    pub fn compare_and_swap<Q>(&self, key: &Q, old: &V, new: V) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
        V: PartialEq,
    {
        let mut entries = self.write();
        let (same, left) = match entries.get_mut(key) {
            Some(value) if value == old => (true, std::mem::replace(value, new)),
            _ => (false, new),
        };
        drop(entries);
        drop(left);
        same
    }

    /// Removes `key` if its value is `old`; whether it was.
    ///
    /// # Go
    /// `m.CompareAndDelete(key, old)`
    pub fn compare_and_delete<Q>(&self, key: &Q, old: &V) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
        V: PartialEq,
    {
        let mut entries = self.write();
        let removed = if entries.get(key) == Some(old) { entries.remove_entry(key) } else { None };
        drop(entries);
        removed.is_some()
    }

    /// Calls `f` with each key and its value until it returns false. `f` may use the map; what it changes meanwhile may
    /// or may not be seen, and no key comes twice.
    ///
    /// # Go
    /// `m.Range(f)`
    ///
    /// # Examples
    /// ```
    /// use go::sync::Map;
    ///
    /// let map: Map<i32, i32> = Map::new();
    /// (0..5).for_each(|n| map.store(n, n * n));
    /// map.range(|key, _| {
    ///     map.delete(key);
    ///     true
    /// });
    /// assert!(map.load(&3).is_none());
    /// ```
    pub fn range(&self, mut f: impl FnMut(&K, V) -> bool)
    where
        K: Clone,
    {
        let keys: Vec<K> = self.read().keys().cloned().collect();
        for key in &keys {
            let Some(value) = self.load(key) else { continue };
            if !f(key, value) {
                return;
            }
        }
    }
}

impl<K, V> Clone for Map<K, V> {
    fn clone(&self) -> Map<K, V> {
        Map { core: self.core.clone() }
    }
}

impl<K, V> Share for Map<K, V> {
    fn share(&self) -> Map<K, V> {
        self.clone()
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Map<K, V> {
        Map::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.read().iter()).finish()
    }
}
