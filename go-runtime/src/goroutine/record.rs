//! What is known of each goroutine: id, name, where it was started, why and where it waits.
//!
//! Records live in slabs that are never freed and are used again, as Go's `g`s are; so a report may read any record at
//! any time, and a goroutine writes its own with two relaxed stores.

use std::panic::Location;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use super::{WaitReason, clock};
use crate::shim::Lock;

/// One goroutine's record.
pub(crate) struct Record {
    /// The record's own number.
    number: u32,
    /// How many goroutines have had it.
    lives: AtomicU32,
    /// The goroutine's number, or 0 for a record that nobody uses.
    id: AtomicU64,
    /// The scheduler it belongs to.
    owner: AtomicUsize,
    /// A [`WaitReason`] in the lowest byte, and above it the second since when, by the [`clock`](super::clock).
    waits: AtomicU64,
    /// Where it waits.
    place: AtomicPtr<Location<'static>>,
    /// The executor's task, null before it is there and after it has ended.
    task: AtomicPtr<()>,
    /// What does not change while it lives.
    spawned: Lock<Option<Spawned>>,
}

/// What is known when a goroutine starts.
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
    /// Where it waits; `None` if it runs.
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
static FREE: [Lock<Vec<&'static Record>>; SHARDS] = [const { Lock::new(Vec::new()) }; SHARDS];

/// The free list of this thread.
fn shard() -> &'static Lock<Vec<&'static Record>> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static MINE: usize = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    }
    &FREE[MINE.try_with(|mine| *mine).unwrap_or(0)]
}

impl Record {
    /// A record for a goroutine that starts.
    pub(crate) fn take(id: u64, owner: usize, spawned: Spawned) -> &'static Record {
        let free = shard().lock().pop();
        let record = free.or_else(Record::bring_over).unwrap_or_else(Record::grow);
        *record.spawned.lock() = Some(spawned);
        // A load and a store: whoever takes a record has it alone.
        record.lives.store(record.lives.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        record.owner.store(owner, Ordering::Relaxed);
        record.set_running();
        // Release: pairs with the acquire in `registered`; what was stored above belongs to this id.
        record.id.store(id, Ordering::Release);
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
                let mut list = list.lock();
                let kept = list.len().saturating_sub(SLAB as usize);
                list.split_off(kept)
            };
            let record = taken.pop()?;
            mine.lock().append(&mut taken);
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
                owner: AtomicUsize::new(0),
                waits: AtomicU64::new(0),
                place: AtomicPtr::new(ptr::null_mut()),
                task: AtomicPtr::new(ptr::null_mut()),
                spawned: Lock::new(None),
            })
            .collect();
        let slab: &'static [Record] = Vec::leak(slab);
        SLABS.lock().push(slab);
        shard().lock().extend(slab[1..].iter().rev());
        &slab[0]
    }

    /// The goroutine is over.
    pub(crate) fn release(&'static self) {
        self.task.store(ptr::null_mut(), Ordering::Relaxed);
        self.id.store(0, Ordering::Relaxed);
        // Whoever holds all these locks keeps goroutines from getting beyond this line, see `tasks`.
        shard().lock().push(self);
    }

    /// The goroutine's task is there.
    #[inline]
    pub(crate) fn set_task(&self, task: *mut ()) {
        // Release: pairs with the acquire in `tasks`.
        self.task.store(task, Ordering::Release);
    }

    /// Calls `of` with the task of each goroutine of a scheduler, while none of these tasks can be freed; it must not run
    /// anything of a goroutine's.
    pub(crate) fn tasks<R>(owner: usize, mut of: impl FnMut(NonNull<()>) -> R) -> Vec<R> {
        let slabs = SLABS.lock().clone();
        // A goroutine that ends goes through `release` before its task is freed, and waits there.
        let _locks: Vec<_> = FREE.iter().map(Lock::lock).collect();
        slabs
            .iter()
            .flat_map(|slab| slab.iter())
            .filter(|record| record.id.load(Ordering::Acquire) != 0 && record.owner.load(Ordering::Relaxed) == owner)
            .filter_map(|record| NonNull::new(record.task.load(Ordering::Acquire)))
            .map(&mut of)
            .collect()
    }

    /// The goroutine's number.
    pub(crate) fn id(&self) -> u64 {
        self.id.load(Ordering::Relaxed)
    }

    /// A number of this goroutine and no other, whatever its runtime; never 0.
    pub(crate) fn incarnation(&self) -> u64 {
        u64::from(self.number) << 32 | u64::from(self.lives.load(Ordering::Relaxed))
    }

    /// The name of the goroutine's function.
    pub(crate) fn name(&self) -> &'static str {
        self.spawned.lock().map_or("", |spawned| spawned.name)
    }

    /// The goroutine is about to run.
    #[inline]
    pub(crate) fn set_running(&self) {
        if BARE {
            return;
        }
        self.waits.store(WaitReason::Running as u64, Ordering::Relaxed);
    }

    /// Whether the goroutine has not said what it waits for since it ran.
    #[inline]
    pub(crate) fn is_running(&self) -> bool {
        !BARE && self.waits.load(Ordering::Relaxed) == WaitReason::Running as u64
    }

    /// The goroutine is about to wait.
    #[inline]
    pub(crate) fn set_waiting(&self, reason: WaitReason, place: Option<&'static Location<'static>>) {
        if BARE {
            return;
        }
        let place = place.map_or(ptr::null(), ptr::from_ref).cast_mut();
        self.place.store(place, Ordering::Relaxed);
        self.waits.store(clock::seconds() << 8 | reason as u64, Ordering::Relaxed);
    }

    /// What a report shows; `None` for a free record.
    pub(crate) fn registered(&self) -> Option<Registered> {
        // Acquire: pairs with the release in `take`.
        let id = self.id.load(Ordering::Acquire);
        let spawned = (*self.spawned.lock())?;
        if id == 0 {
            return None;
        }
        let waits = self.waits.load(Ordering::Relaxed);
        let reason = WaitReason::from_number(waits as u8);
        // SAFETY: the pointer is null or was made from a `&'static Location`.
        let place = unsafe { self.place.load(Ordering::Relaxed).as_ref() };
        // Where a goroutine that runs waited before is of no interest.
        let place = place.filter(|_| reason != WaitReason::Running);
        Some(Registered { id, incarnation: self.incarnation(), reason, since: waits >> 8, place, spawned })
    }

    /// The records of a scheduler, by number.
    pub(crate) fn all(owner: usize) -> Vec<Registered> {
        let slabs = SLABS.lock().clone();
        let mut all: Vec<Registered> = slabs
            .iter()
            .flat_map(|slab| slab.iter())
            .filter(|record| record.owner.load(Ordering::Relaxed) == owner)
            .filter_map(Record::registered)
            .collect();
        all.sort_by_key(|registered| registered.id);
        all
    }
}
