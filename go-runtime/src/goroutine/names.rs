//! Numbers for the names of goroutines' functions and for the `go` statements, so that a record holds four bytes of each.
//!
//! A program has as many names as it has `go` statements, and a statement as many sites as it has functions around it,
//! whatever the number of its goroutines; none is ever forgotten.

use std::cell::Cell;
use std::collections::HashMap;
use std::panic::Location;

use crate::shim::Lock;

/// How many sites a thread remembers the numbers of.
const REMEMBERED: usize = 64;
/// The number of no name.
const NONE: u32 = 0;

/// Every name, at its number less one.
static NAMES: Lock<Vec<&'static str>> = Lock::new(Vec::new());
/// The number of each name.
static NUMBERS: Lock<Option<HashMap<&'static str, u32>>> = Lock::new(None);

/// What is the same for all goroutines that one function starts with one `go` statement.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Site {
    /// The number of the name of the goroutines' function.
    name: u32,
    /// Where the `go` statement stands.
    place: &'static Location<'static>,
    /// The number of the name of the function that starts them.
    creator: u32,
}

/// Every site, at its number.
static SITES: Lock<Vec<Site>> = Lock::new(Vec::new());
/// The number of each site.
static SITE_NUMBERS: Lock<Option<HashMap<Site, u32>>> = Lock::new(None);

/// A site that a thread has looked up, and its numbers.
#[derive(Clone, Copy)]
struct Known {
    /// Where the name lies.
    name: usize,
    /// How long it is.
    length: usize,
    /// Where the place lies; 0 for none.
    place: usize,
    /// The number of the creator's name.
    creator: u32,
    /// The number of the site, and of the name.
    numbers: (u32, u32),
}

thread_local! {
    /// The sites that this thread has looked up.
    static RECENT: [Cell<Known>; REMEMBERED] = const {
        [const { Cell::new(Known { name: 0, length: 0, place: 0, creator: 0, numbers: (0, 0) }) }; REMEMBERED]
    };
}

/// The numbers of the site where the function with the number `creator` starts goroutines called `name`, and of that name.
#[inline]
pub(super) fn site(name: &'static str, place: &'static Location<'static>, creator: u32) -> (u32, u32) {
    let (start, length, at) = (name.as_ptr().addr(), name.len(), std::ptr::from_ref(place).addr());
    // The places of a program lie close together: neighbours shall not share one here.
    let index = ((at >> 3) ^ (at >> 9) ^ creator as usize) % REMEMBERED;
    RECENT
        .try_with(|recent| {
            let known = recent[index].get();
            if known.place == at && known.name == start && known.length == length && known.creator == creator {
                return known.numbers;
            }
            let numbers = look_up_site(name, place, creator);
            recent[index].set(Known { name: start, length, place: at, creator, numbers });
            numbers
        })
        .unwrap_or_else(|_| look_up_site(name, place, creator))
}

/// The numbers of a site that this thread does not remember.
#[cold]
fn look_up_site(name: &'static str, place: &'static Location<'static>, creator: u32) -> (u32, u32) {
    let name = number(name);
    let site = Site { name, place, creator };
    let mut numbers = SITE_NUMBERS.lock();
    let number = *numbers.get_or_insert_default().entry(site).or_insert_with(|| {
        let mut sites = SITES.lock();
        sites.push(site);
        (sites.len() - 1) as u32
    });
    (number, name)
}

/// The name, the place and the creator's name of the site with a number that [`site`] gave.
pub(super) fn of_site(number: u32) -> Option<(&'static str, &'static Location<'static>, &'static str)> {
    let site = SITES.lock().get(number as usize).copied()?;
    Some((name(site.name), site.place, name(site.creator)))
}

/// The number of a name.
#[cold]
pub(super) fn number(name: &'static str) -> u32 {
    if name.is_empty() {
        return NONE;
    }
    let mut numbers = NUMBERS.lock();
    *numbers.get_or_insert_default().entry(name).or_insert_with(|| {
        let mut names = NAMES.lock();
        names.push(name);
        names.len() as u32
    })
}

/// The name with a number that [`number`] gave.
fn name(number: u32) -> &'static str {
    let Some(index) = number.checked_sub(1) else { return "" };
    NAMES.lock().get(index as usize).copied().unwrap_or_default()
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use std::panic::Location;

    use super::{name, number, of_site, site};

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
    fn a_site_has_one_number_for_each_function_around_it() {
        let (here, there) = (Location::caller(), &*Box::leak(Box::new(*Location::caller())));
        let (main, other) = (number("main.main"), number("main.other"));
        let (first, worker) = site("main.worker", here, main);
        assert_eq!(name(worker), "main.worker");
        assert_eq!(site("main.worker", here, main), (first, worker), "the thread remembers it");
        let (second, _) = site("main.worker", here, other);
        let (third, _) = site("main.helper", here, main);
        assert!(first != second && first != third && second != third);
        assert_eq!(of_site(first), Some(("main.worker", here, "main.main")));
        assert_eq!(of_site(second), Some(("main.worker", here, "main.other")));
        assert_eq!(of_site(site("main.worker", there, 0).0).map(|(.., creator)| creator), Some(""));
        let elsewhere = std::thread::spawn(move || site("main.worker", here, main)).join().expect("no panic");
        assert_eq!(elsewhere, (first, worker));
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
