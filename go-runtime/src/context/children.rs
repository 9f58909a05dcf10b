//! Who is to be told when a context is done.

use std::sync::{Arc, Weak};

use super::after_func::AfterFunc;
use super::node::Node;

/// One who is told.
pub(super) enum Child {
    /// A context below; it is not kept by those above.
    Node(Weak<Node>),
    /// A function that is to run.
    Func(Arc<AfterFunc>),
}

/// The children of a context: a table whose places keep their numbers, so that a child leaves in no time.
#[derive(Default)]
pub(super) struct Children {
    /// The places.
    places: Vec<Place>,
    /// The first free place, or [`NONE`].
    free: u32,
    /// How many places are taken.
    count: usize,
}

/// A place in the table.
enum Place {
    /// Taken.
    Taken(Child),
    /// Free; the next free place.
    Free(u32),
}

/// No place. Numbers are stored plus one, so that an empty table needs no allocation.
const NONE: u32 = 0;

impl Children {
    /// No children.
    pub(super) const fn new() -> Children {
        Children { places: Vec::new(), free: NONE, count: 0 }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Takes a child in; the number of its place.
    pub(super) fn insert(&mut self, child: Child) -> u32 {
        self.count += 1;
        let number = self.free;
        if let Some(place) = number.checked_sub(1).and_then(|index| self.places.get_mut(index as usize)) {
            if let Place::Free(next) = std::mem::replace(place, Place::Taken(child)) {
                self.free = next;
            }
            return number;
        }
        self.places.push(Place::Taken(child));
        u32::try_from(self.places.len()).expect("a context has fewer than 2^32 children")
    }

    /// Lets the child at a place go. It is returned so that the caller can drop it without a lock.
    pub(super) fn remove(&mut self, number: u32) -> Option<Child> {
        let place = number.checked_sub(1).and_then(|index| self.places.get_mut(index as usize))?;
        match std::mem::replace(place, Place::Free(self.free)) {
            Place::Taken(child) => {
                self.free = number;
                self.count -= 1;
                Some(child)
            }
            Place::Free(next) => {
                *place = Place::Free(next);
                None
            }
        }
    }

    /// Takes all of them.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Child> + use<> {
        let all = std::mem::replace(self, Children::new());
        all.places.into_iter().filter_map(|place| match place {
            Place::Taken(child) => Some(child),
            Place::Free(_) => None,
        })
    }

    /// How many there are.
    #[cfg(all(test, not(go_loom)))]
    pub(super) fn len(&self) -> usize {
        self.count
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use std::sync::Weak;

    use super::{Child, Children};

    #[test]
    fn places_are_used_again() {
        let mut children = Children::new();
        let numbers: Vec<u32> = (0..3).map(|_| children.insert(Child::Node(Weak::new()))).collect();
        assert!(children.remove(numbers[1]).is_some() && children.remove(numbers[1]).is_none());
        assert!(children.remove(numbers[0]).is_some());
        assert_eq!(children.len(), 1);
        assert_eq!(children.insert(Child::Node(Weak::new())), numbers[0]);
        assert_eq!(children.insert(Child::Node(Weak::new())), numbers[1]);
        assert_eq!(children.insert(Child::Node(Weak::new())), 4);
        assert_eq!(children.take().count(), 4);
        assert!(children.is_empty() && children.remove(2).is_none());
    }
}
