//! What is known of each goroutine: id, name, where it was started, why and where it waits.
//!
//! Records live in slabs that are never freed and are used again, as Go's `g`s are; so a report may read any record at
//! any time, and a goroutine writes its own with two relaxed stores. A record is one line of the cache.
//!
//! # Invariants
//! 1. Whoever takes a free record writes it between two steps of its `lives`. A reader that finds the same even number
//!    before and after has read what belongs to one goroutine.

use std::panic::Location;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence};

use super::{WaitReason, clock, names};
use crate::shim::Lock;

/// One goroutine's record.
#[repr(align(64))]
pub(crate) struct Record {
    /// The record's own number.
    number: u32,
    /// Twice how many goroutines have had it; odd while it is being written for the next one.
    lives: AtomicU32,
    /// The goroutine's number, or 0 for a record that nobody uses.
    id: AtomicU64,
    /// A [`WaitReason`] in the lowest [`REASON_BITS`], and above them the second since when, see [`since`].
    waits: AtomicU32,
    /// The number of its function's name.
    name: AtomicU32,
    /// The number of what is the same for all goroutines of a `go` statement, see [`names::site`].
    site: AtomicU32,
    /// The scheduler it belongs to; the last one's when nobody uses the record.
    owner: AtomicPtr<()>,
    /// Where it waits.
    place: AtomicPtr<Location<'static>>,
    /// The executor's task, null before it is there and after it has ended.
    task: AtomicPtr<()>,
    /// The number of the goroutine that started it.
    parent: AtomicU64,
}

const _: () = assert!(size_of::<Record>() == 64 || usize::BITS != 64);

/// How many bits of [`Record::waits`] are the reason.
const REASON_BITS: u32 = 5;

/// The second since when a goroutine waits, from its lowest bits; there is room for those of four years.
fn since(bits: u32, now: u64) -> u64 {
    let room = u32::MAX >> REASON_BITS;
    let ago = (now as u32).wrapping_sub(bits) & room;
    // The clock may go back by a second for a moment.
    if ago > room / 2 { now } else { now.saturating_sub(u64::from(ago)) }
}

/// Who starts a goroutine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Creator {
    /// The goroutine's number, 0 for none.
    id: u64,
    /// The number of the name of its function.
    name: u32,
}

impl Creator {
    /// A goroutine, or nobody.
    #[inline]
    pub(crate) fn of(record: Option<&'static Record>) -> Creator {
        match record {
            Some(record) => Creator { id: record.id(), name: record.name.load(Ordering::Relaxed) },
            None => Creator::function(""),
        }
    }

    /// A function that is no goroutine's.
    pub(crate) fn function(name: &'static str) -> Creator {
        Creator { id: 0, name: names::number(name) }
    }
}

/// What is known when a goroutine starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    /// The name of its function.
    pub(crate) name: &'static str,
    /// Where the `go` statement stands.
    pub(crate) place: &'static Location<'static>,
    /// Who starts it.
    pub(crate) creator: Creator,
}

/// The [`Origin`] of a goroutine, read for a report.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spawned {
    /// The name of its function.
    pub(crate) name: &'static str,
    /// Where the `go` statement stands.
    pub(crate) place: &'static Location<'static>,
    /// The number of the goroutine that started it, 0 for none.
    pub(crate) parent: u64,
    /// The name of the function that started it.
    pub(crate) parent_name: &'static str,
}

/// A record read for a report.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registered {
    /// The goroutine's number.
    pub(crate) id: u64,
    /// Its own number, see [`Record::incarnation`].
    pub(crate) incarnation: u64,
    /// Why it waits.
    pub(crate) reason: WaitReason,
    /// The second since when it waits, by the [`clock`](super::clock).
    pub(crate) since: u64,
    /// Where it waits, or has waited until it was woken.
    pub(crate) place: Option<&'static Location<'static>>,
    /// What is known since it started.
    pub(crate) spawned: Spawned,
}

/// Whether nobody writes why goroutines wait: a build to measure what writing it costs, and for nothing else.
const BARE: bool = cfg!(go_bare);

/// How many records a slab has.
const SLAB: u32 = 256;
/// How many free lists there are; threads are spread over them.
const SHARDS: usize = 16;

/// Every slab ever made.
static SLABS: Lock<Vec<&'static [Record]>> = Lock::new(Vec::new());
/// The records that nobody uses.
static FREE: [Shard; SHARDS] = [const { Shard(Lock::new(Vec::new())) }; SHARDS];

/// A free list, in lines of the cache of its own.
#[repr(align(128))]
struct Shard(Lock<Vec<&'static Record>>);

/// The free list of this thread.
fn shard() -> &'static Shard {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static MINE: usize = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    }
    &FREE[MINE.try_with(|mine| *mine).unwrap_or(0)]
}

impl Record {
    /// A record for a goroutine that starts.
    pub(crate) fn take(id: u64, owner: *const (), origin: Origin) -> &'static Record {
        let free = shard().0.lock().pop();
        let record = free.or_else(Record::bring_over).unwrap_or_else(Record::grow);
        // Before the record is odd, since it may take locks.
        let (site, name) = names::site(origin.name, origin.place, origin.creator.name);
        // Loads and stores: whoever takes a record has it alone.
        let lives = record.lives.load(Ordering::Relaxed);
        record.lives.store(lives.wrapping_add(1), Ordering::Relaxed);
        // Release: pairs with the acquire fence in `registered`. Whoever sees one of the stores below sees the odd number.
        fence(Ordering::Release);
        record.owner.store(owner.cast_mut(), Ordering::Relaxed);
        record.parent.store(origin.creator.id, Ordering::Relaxed);
        record.name.store(name, Ordering::Relaxed);
        record.site.store(site, Ordering::Relaxed);
        record.set_runnable();
        record.id.store(id, Ordering::Relaxed);
        // Release: pairs with the acquire in `registered`; what was stored above belongs to this life.
        record.lives.store(lives.wrapping_add(2), Ordering::Release);
        record
    }

    /// Takes records out of another list, of which one is used now.
    ///
    /// A record goes to the list of the thread where its goroutine ends. Where some threads start and others end them, the
    /// one list would otherwise grow for ever while the others make new slabs.
    #[cold]
    fn bring_over() -> Option<&'static Record> {
        let mine = shard();
        FREE.iter().filter(|list| !ptr::eq(*list, mine)).find_map(|list| {
            let mut taken = {
                let mut list = list.0.lock();
                let kept = list.len().saturating_sub(SLAB as usize);
                list.split_off(kept)
            };
            let record = taken.pop()?;
            mine.0.lock().append(&mut taken);
            Some(record)
        })
    }

    /// Makes a slab and takes one record of it.
    #[cold]
    fn grow() -> &'static Record {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let first = NEXT.fetch_add(SLAB, Ordering::Relaxed);
        let slab: Vec<Record> = (first..first + SLAB)
            .map(|number| Record {
                number,
                lives: AtomicU32::new(0),
                id: AtomicU64::new(0),
                waits: AtomicU32::new(0),
                name: AtomicU32::new(0),
                site: AtomicU32::new(0),
                owner: AtomicPtr::new(ptr::null_mut()),
                place: AtomicPtr::new(ptr::null_mut()),
                task: AtomicPtr::new(ptr::null_mut()),
                parent: AtomicU64::new(0),
            })
            .collect();
        let slab: &'static [Record] = Vec::leak(slab);
        SLABS.lock().push(slab);
        shard().0.lock().extend(slab[1..].iter().rev());
        &slab[0]
    }

    /// The goroutine is over.
    pub(crate) fn release(&'static self) {
        self.task.store(ptr::null_mut(), Ordering::Relaxed);
        self.id.store(0, Ordering::Relaxed);
        // Whoever holds all these locks keeps goroutines from getting beyond this line, see `tasks`.
        shard().0.lock().push(self);
    }

    /// The goroutine's task is there.
    #[inline]
    pub(crate) fn set_task(&self, task: *mut ()) {
        // Release: pairs with the acquire in `tasks`.
        self.task.store(task, Ordering::Release);
    }

    /// Calls `of` with the task of each goroutine of a scheduler, while none of these tasks can be freed; it must not run
    /// anything of a goroutine's.
    pub(crate) fn tasks<R>(owner: *const (), mut of: impl FnMut(NonNull<()>) -> R) -> Vec<R> {
        let slabs = SLABS.lock().clone();
        // A goroutine that ends goes through `release` before its task is freed, and waits there.
        let _locks: Vec<_> = FREE.iter().map(|list| list.0.lock()).collect();
        slabs
            .iter()
            .flat_map(|slab| slab.iter())
            .filter_map(|record| {
                // Acquire: pairs with the release in `set_task`, so what follows is of the same goroutine.
                let task = NonNull::new(record.task.load(Ordering::Acquire))?;
                (record.id.load(Ordering::Relaxed) != 0 && ptr::eq(record.owner(), owner)).then_some(task)
            })
            .map(&mut of)
            .collect()
    }

    /// The goroutine's number.
    pub(crate) fn id(&self) -> u64 {
        self.id.load(Ordering::Relaxed)
    }

    /// A number of this goroutine and no other, whatever its runtime; never 0.
    pub(crate) fn incarnation(&self) -> u64 {
        self.incarnation_of(self.lives.load(Ordering::Relaxed))
    }

    /// See [`Record::incarnation`].
    fn incarnation_of(&self, lives: u32) -> u64 {
        u64::from(self.number) << 32 | u64::from(lives)
    }

    /// The scheduler that the goroutine belongs to, or did if it is over and nobody else has had the record.
    #[inline]
    pub(crate) fn owner(&self) -> *const () {
        self.owner.load(Ordering::Relaxed)
    }

    /// The goroutine is about to run.
    #[inline]
    pub(crate) fn set_running(&self) {
        if BARE {
            return;
        }
        self.waits.store(WaitReason::Running as u32, Ordering::Relaxed);
    }

    /// The goroutine could run.
    #[inline]
    pub(crate) fn set_runnable(&self) {
        if BARE {
            return;
        }
        self.waits.store(WaitReason::Runnable as u32, Ordering::Relaxed);
    }

    /// Whether the goroutine has not said what it waits for since it ran.
    #[inline]
    pub(crate) fn is_running(&self) -> bool {
        !BARE && self.waits.load(Ordering::Relaxed) == WaitReason::Running as u32
    }

    /// The goroutine is about to wait.
    #[inline]
    pub(crate) fn set_waiting(&self, reason: WaitReason, place: Option<&'static Location<'static>>) {
        if BARE {
            return;
        }
        let place = place.map_or(ptr::null(), ptr::from_ref).cast_mut();
        self.place.store(place, Ordering::Relaxed);
        self.waits.store((clock::seconds() as u32) << REASON_BITS | reason as u32, Ordering::Relaxed);
    }

    /// What a report shows; `None` for a free record.
    pub(crate) fn registered(&self) -> Option<Registered> {
        let mut looks = 0u32;
        let (lives, id, waits, place, parent, site) = loop {
            // Acquire: pairs with the release in `take`.
            let lives = self.lives.load(Ordering::Acquire);
            let id = self.id.load(Ordering::Relaxed);
            let waits = self.waits.load(Ordering::Relaxed);
            let place = self.place.load(Ordering::Relaxed);
            let parent = self.parent.load(Ordering::Relaxed);
            let site = self.site.load(Ordering::Relaxed);
            // Acquire: pairs with the release fence in `take`.
            fence(Ordering::Acquire);
            if lives.is_multiple_of(2) && self.lives.load(Ordering::Relaxed) == lives {
                break (lives, id, waits, place, parent, site);
            }
            looks += 1;
            if looks.is_multiple_of(64) {
                // Whoever writes it may have been interrupted.
                std::thread::yield_now();
            }
            std::hint::spin_loop();
        };
        if id == 0 {
            return None;
        }
        let (name, spawned_at, parent_name) = names::of_site(site)?;
        let spawned = Spawned { name, place: spawned_at, parent, parent_name };
        let reason = WaitReason::from_number((waits & !(u32::MAX << REASON_BITS)) as u8);
        // SAFETY: the pointer is null or was made from a `&'static Location`.
        let place = unsafe { place.as_ref() };
        // Where a goroutine that runs waited before is of no interest.
        let place = place.filter(|_| reason.is_wait());
        let incarnation = self.incarnation_of(lives);
        Some(Registered {
            id,
            incarnation,
            reason,
            since: since(waits >> REASON_BITS, clock::seconds()),
            place,
            spawned,
        })
    }

    /// The records of a scheduler, by number. `is_woken` says whether a task waits no longer; it is called while that one
    /// cannot be freed.
    pub(crate) fn all(owner: *const (), is_woken: impl Fn(NonNull<()>) -> bool) -> Vec<Registered> {
        let slabs = SLABS.lock().clone();
        let mut all: Vec<Registered> = {
            // As in `tasks`.
            let _locks: Vec<_> = FREE.iter().map(|list| list.0.lock()).collect();
            slabs
                .iter()
                .flat_map(|slab| slab.iter())
                .filter(|record| ptr::eq(record.owner(), owner))
                .filter_map(|record| {
                    let mut registered = record.registered()?;
                    // Nobody writes into the record of a goroutine that is woken: that would cost every wake.
                    if registered.reason.is_wait()
                        && NonNull::new(record.task.load(Ordering::Acquire)).is_some_and(&is_woken)
                    {
                        registered.reason = WaitReason::Runnable;
                    }
                    Some(registered)
                })
                .collect()
        };
        all.sort_by_key(|registered| registered.id);
        all
    }
}

#[cfg(all(test, not(go_loom)))]
mod tests {
    use super::since;

    #[test]
    fn a_second_is_found_from_its_lowest_bits() {
        assert_eq!(since(7, 7), 7);
        assert_eq!(since(7, 4000), 7);
        // The clock of whoever asks is behind.
        assert_eq!(since(8, 7), 7);
        // After the bits have begun again.
        let room = 1u64 << 27;
        assert_eq!(since(7, 3 * room + 9), 3 * room + 7);
        assert_eq!(since((room - 1) as u32, room + 1), room - 1);
    }
}
