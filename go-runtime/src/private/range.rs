//! `for v := range x`: what can be ranged over.

use std::collections::{BTreeMap, HashMap};
use std::future::{Future, Ready, ready};

use crate::chan::{Chan, Receiver, Recv};

/// What `for v := range x` can range over.
#[diagnostic::on_unimplemented(
    message = "cannot range over a `{Self}`",
    label = "`range` takes a channel, an integer, a list or a map",
    note = "write Rust's loop: `for v in x {{ .. }}`"
)]
pub trait Ranges {
    /// What goes through the loop.
    type Cursor: Cursor;
    /// The start of the loop.
    fn cursor(&self) -> Self::Cursor;
}

/// A loop under way.
pub trait Cursor {
    /// What a round gets.
    type Item;
    /// The wait for the next round.
    type Next<'a>: Future<Output = Option<Self::Item>>
    where
        Self: 'a;
    /// The next round, or the end.
    #[track_caller]
    fn next(&mut self) -> Self::Next<'_>;
}

/// The start of a loop with one variable.
#[inline]
pub fn range<R: Ranges + ?Sized>(x: &R) -> R::Cursor {
    x.cursor()
}

/// The next round of a loop.
#[inline]
#[track_caller]
pub fn next<C: Cursor>(cursor: &mut C) -> C::Next<'_> {
    cursor.next()
}

impl<R: Ranges + ?Sized> Ranges for &R {
    type Cursor = R::Cursor;
    fn cursor(&self) -> R::Cursor {
        (**self).cursor()
    }
}

impl<T> Ranges for Receiver<T> {
    type Cursor = Receiver<T>;
    fn cursor(&self) -> Receiver<T> {
        self.clone()
    }
}

impl<T> Ranges for Chan<T> {
    type Cursor = Receiver<T>;
    fn cursor(&self) -> Receiver<T> {
        self.receiver()
    }
}

impl<T> Cursor for Receiver<T> {
    type Item = T;
    type Next<'a>
        = Recv<'a, T>
    where
        T: 'a;
    #[inline]
    #[track_caller]
    fn next(&mut self) -> Recv<'_, T> {
        self.recv()
    }
}

/// A loop over items that are there already.
#[derive(Debug, Clone)]
pub struct Items<I>(I);

impl<I: Iterator> Cursor for Items<I> {
    type Item = I::Item;
    type Next<'a>
        = Ready<Option<I::Item>>
    where
        I: 'a;
    #[inline]
    fn next(&mut self) -> Ready<Option<I::Item>> {
        ready(self.0.next())
    }
}

/// An integer is the number of rounds.
macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Ranges for $number {
            type Cursor = Items<std::ops::Range<$number>>;
            #[inline]
            fn cursor(&self) -> Self::Cursor {
                Items(0..*self)
            }
        })*
    };
}

numbers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

impl<T> Ranges for [T] {
    type Cursor = Items<std::ops::Range<usize>>;
    fn cursor(&self) -> Self::Cursor {
        Items(0..self.len())
    }
}

impl<T, const N: usize> Ranges for [T; N] {
    type Cursor = Items<std::ops::Range<usize>>;
    fn cursor(&self) -> Self::Cursor {
        Items(0..N)
    }
}

impl<T> Ranges for Vec<T> {
    type Cursor = Items<std::ops::Range<usize>>;
    fn cursor(&self) -> Self::Cursor {
        Items(0..self.len())
    }
}

impl<K: Clone, V, S> Ranges for HashMap<K, V, S> {
    type Cursor = Items<std::vec::IntoIter<K>>;
    fn cursor(&self) -> Self::Cursor {
        Items(self.keys().cloned().collect::<Vec<K>>().into_iter())
    }
}

impl<K: Clone, V> Ranges for BTreeMap<K, V> {
    type Cursor = Items<std::vec::IntoIter<K>>;
    fn cursor(&self) -> Self::Cursor {
        Items(self.keys().cloned().collect::<Vec<K>>().into_iter())
    }
}

/// What `for k, v := range x` can range over. Keys and values are copies, as in Go.
#[diagnostic::on_unimplemented(
    message = "cannot range over the pairs of a `{Self}`",
    label = "two variables are for a list or a map; a channel and an integer yield one value",
    note = "write Rust's loop: `for (i, v) in x.into_iter().enumerate() {{ .. }}`"
)]
pub trait RangePairs {
    /// The key or the index.
    type Key;
    /// The value.
    type Value;
    /// Copies of all pairs.
    fn pairs(&self) -> Vec<(Self::Key, Self::Value)>;
}

/// The start of a loop with two variables.
pub fn range_pairs<R: RangePairs + ?Sized>(x: &R) -> Items<std::vec::IntoIter<(R::Key, R::Value)>> {
    Items(x.pairs().into_iter())
}

impl<R: RangePairs + ?Sized> RangePairs for &R {
    type Key = R::Key;
    type Value = R::Value;
    fn pairs(&self) -> Vec<(R::Key, R::Value)> {
        (**self).pairs()
    }
}

impl<T: Clone> RangePairs for [T] {
    type Key = usize;
    type Value = T;
    fn pairs(&self) -> Vec<(usize, T)> {
        self.iter().cloned().enumerate().collect()
    }
}

impl<T: Clone, const N: usize> RangePairs for [T; N] {
    type Key = usize;
    type Value = T;
    fn pairs(&self) -> Vec<(usize, T)> {
        self.as_slice().pairs()
    }
}

impl<T: Clone> RangePairs for Vec<T> {
    type Key = usize;
    type Value = T;
    fn pairs(&self) -> Vec<(usize, T)> {
        self.as_slice().pairs()
    }
}

impl RangePairs for str {
    type Key = usize;
    type Value = char;
    fn pairs(&self) -> Vec<(usize, char)> {
        self.char_indices().collect()
    }
}

impl<K: Clone, V: Clone, S> RangePairs for HashMap<K, V, S> {
    type Key = K;
    type Value = V;
    fn pairs(&self) -> Vec<(K, V)> {
        self.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}

impl<K: Clone, V: Clone> RangePairs for BTreeMap<K, V> {
    type Key = K;
    type Value = V;
    fn pairs(&self) -> Vec<(K, V)> {
        self.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}
