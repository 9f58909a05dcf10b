//! Who is to be told when a context is done.

use std::sync::Arc;

use super::after_func::AfterFunc;
use super::node::Node;
use crate::chan::Chan;
use crate::shim::{Anchor, Counted};

/// One who is to be told.
pub(super) enum Child {
    /// A context below; it is not kept by those above.
    Node(Anchor<Node>),
    /// One who is no context.
    Heir(Heir),
}

/// One who is to be told and is no context: when the context goes that it belongs to, those above it take it over.
pub(super) enum Heir {
    /// A function that is to run.
    Func(Arc<AfterFunc>),
    /// The channel of a context that is gone.
    Done(Chan<()>),
}

/// One who was taken out of the table to be told.
pub(super) enum Told {
    /// A context below.
    Node(Counted<Node>),
    /// One who is no context.
    Heir(Heir),
}

/// The children of a context: a table whose places keep their numbers, so that a child leaves in no time.
#[derive(Default)]
pub(super) struct Children {
    /// The places.
    places: Vec<Place>,
    /// The first free place, or [`NONE`].
    free: u32,
    /// How many places are taken.
    count: u32,
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
/// Numbers are below this one, which is a bit that nodes use for themselves.
pub(super) const MOST: u32 = 1 << 31;
/// How many children are taken out at a time: others wait for the table's lock meanwhile.
pub(super) const BATCH: usize = 32;

impl Children {
    /// No children.
    pub(super) const fn new() -> Children {
        Children { places: Vec::new(), free: NONE, count: 0 }
    }

    /// Whether there are none.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Takes a child in; the number of its place.
    pub(super) fn insert(&mut self, child: Child) -> u32 {
        if self.free == NONE && self.places.len() == self.places.capacity() {
            self.sweep();
        }
        self.count += 1;
        let number = self.free;
        if let Some(place) = number.checked_sub(1).and_then(|index| self.places.get_mut(index as usize)) {
            if let Place::Free(next) = std::mem::replace(place, Place::Taken(child)) {
                self.free = next;
            }
            return number;
        }
        self.places.push(Place::Taken(child));
        match u32::try_from(self.places.len()) {
            Ok(number) if number < MOST => number,
            _ => panic!("go: a context has fewer than 2^31 children"),
        }
    }

    /// Frees the places of channels that nobody has any more, before the table grows. If these are few it grows all the
    /// same, so that this costs no more than growing.
    fn sweep(&mut self) {
        let before = self.count;
        for number in 1..=self.places.len() as u32 {
            if let Place::Taken(Child::Heir(Heir::Done(done))) = &self.places[number as usize - 1]
                && done.is_last()
            {
                drop(self.remove(number));
            }
        }
        if ((before - self.count) as usize) * 4 < self.places.len() {
            self.places.reserve(self.places.len());
        }
    }

    /// Takes those out who are no contexts, of a table whose context goes; those below would keep it.
    pub(super) fn take_heirs(&mut self) -> Vec<Heir> {
        if self.is_empty() {
            return Vec::new();
        }
        let heir = |place| match place {
            Place::Taken(Child::Heir(heir)) => Some(heir),
            Place::Taken(Child::Node(_)) | Place::Free(_) => None,
        };
        std::mem::take(self).places.into_iter().filter_map(heir).collect()
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

    /// Takes a batch of children out; false if there are no others. From then on none is taken in any more: the numbers
    /// of the places left over stay, those of free ones mean nothing.
    ///
    /// # Safety
    /// The caller holds the table's lock, under which a context leaves the table before it goes.
    pub(super) unsafe fn take_some(&mut self, told: &mut Vec<Told>) -> bool {
        for _ in 0..BATCH {
            match self.places.pop() {
                None => return false,
                Some(Place::Free(_)) => continue,
                Some(Place::Taken(Child::Heir(heir))) => told.push(Told::Heir(heir)),
                // One that is on its way out waits for the lock, and will find that it has no place.
                Some(Place::Taken(Child::Node(anchor))) => {
                    // SAFETY: the context is in the table and the lock is held, so it is still there.
                    if let Some(node) = unsafe { anchor.handle() } {
                        node.has_left();
                        told.push(Told::Node(node));
                    }
                }
            }
            self.count -= 1;
        }
        true
    }

    /// How many there are.
    #[cfg(all(test, not(go_loom)))]
    pub(super) fn len(&self) -> u32 {
        self.count
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use super::{BATCH, Child, Children, Told};
    use crate::context::background;
    use crate::context::node::{Kind, Node};
    use crate::shim::Counted;

    #[test]
    fn places_are_used_again() {
        let (node, []) = Counted::new(|| Node { parent: background(), kind: Kind::WithoutCancel });
        let child = || Child::Node(node.anchor());
        let mut children = Children::new();
        let numbers: Vec<u32> = (0..3).map(|_| children.insert(child())).collect();
        assert!(children.remove(numbers[1]).is_some() && children.remove(numbers[1]).is_none());
        assert!(children.remove(numbers[0]).is_some());
        assert_eq!(children.len(), 1);
        assert_eq!(children.insert(child()), numbers[0]);
        assert_eq!(children.insert(child()), numbers[1]);
        assert_eq!(children.insert(child()), 4);
        assert!(children.remove(2).is_some());
        let mut told = Vec::new();
        // SAFETY: nobody else has the table, and the node is there.
        while unsafe { children.take_some(&mut told) } {}
        assert_eq!(told.len(), 3);
        assert!(told.iter().all(|told| matches!(told, Told::Node(told) if told.is_same(&node))));
        assert!(children.is_empty() && children.remove(3).is_none());
    }

    #[test]
    fn children_are_taken_out_in_batches() {
        let (node, []) = Counted::new(|| Node { parent: background(), kind: Kind::WithoutCancel });
        let mut children = Children::new();
        for _ in 0..BATCH + 1 {
            children.insert(Child::Node(node.anchor()));
        }
        let mut told = Vec::new();
        // SAFETY: nobody else has the table, and the node is there.
        assert!(unsafe { children.take_some(&mut told) });
        assert_eq!((told.len(), children.len()), (BATCH, 1));
        assert!(children.remove(BATCH as u32).is_none() && children.remove(1).is_some());
        // SAFETY: as above.
        assert!(!unsafe { children.take_some(&mut told) });
        assert_eq!(told.len(), BATCH);
    }
}
