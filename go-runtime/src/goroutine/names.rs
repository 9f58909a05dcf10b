//! Numbers for the names of goroutines' functions, so that a record holds four bytes of each.
//!
//! A program has as many names as it has `go` statements, whatever the number of its goroutines; none is ever forgotten.

use std::cell::Cell;
use std::collections::HashMap;

use crate::shim::Lock;

/// How many names a thread remembers the numbers of.
const REMEMBERED: usize = 64;

/// Every name, at its number.
static NAMES: Lock<Vec<&'static str>> = Lock::new(Vec::new());
/// The number of each name.
static NUMBERS: Lock<Option<HashMap<&'static str, u32>>> = Lock::new(None);

thread_local! {
    /// Where names lie whose numbers this thread has looked up, how long they are, and their numbers.
    static RECENT: [Cell<(usize, usize, u32)>; REMEMBERED] = const { [const { Cell::new((0, 0, 0)) }; REMEMBERED] };
}

/// The number of a name.
#[inline]
pub(super) fn number(name: &'static str) -> u32 {
    let (address, length) = (name.as_ptr().addr(), name.len());
    // The names of a program lie close together: neighbours shall not share a place.
    let place = (address ^ (address >> 6)) % REMEMBERED;
    RECENT
        .try_with(|recent| {
            let (known, len, number) = recent[place].get();
            if known == address && len == length {
                return number;
            }
            let number = look_up(name);
            recent[place].set((address, length, number));
            number
        })
        .unwrap_or_else(|_| look_up(name))
}

/// The number of a name that this thread does not remember.
#[cold]
fn look_up(name: &'static str) -> u32 {
    let mut numbers = NUMBERS.lock();
    *numbers.get_or_insert_default().entry(name).or_insert_with(|| {
        let mut names = NAMES.lock();
        names.push(name);
        (names.len() - 1) as u32
    })
}

/// The name with a number that [`number`] gave.
pub(super) fn name(number: u32) -> &'static str {
    NAMES.lock().get(number as usize).copied().unwrap_or_default()
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use super::{name, number};

    #[test]
    fn a_name_has_one_number() {
        let leaked: &'static str = String::from("main.worker").leak();
        assert_eq!(number("main.worker"), number(leaked), "wherever it lies");
        assert_eq!(name(number(leaked)), "main.worker");
        let start: &'static str = &leaked[..4];
        assert_eq!(name(number(start)), "main", "a name that begins at the same place is another");
        assert_eq!(name(number("")), "");
    }

    #[test]
    fn threads_give_the_same_numbers() {
        let names: Vec<&'static str> = (0..200).map(|i| &*format!("main.f{i}").leak()).collect();
        let all: Vec<Vec<u32>> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| names.iter().map(|name| number(name)).collect())).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        for numbers in &all {
            assert_eq!(numbers, &all[0]);
            for (number, expected) in numbers.iter().zip(&names) {
                assert_eq!(name(*number), *expected);
            }
        }
    }
}
